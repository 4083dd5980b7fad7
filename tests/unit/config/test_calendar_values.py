"""Times of day in the file."""

from datetime import time

import pytest
from pydantic import TypeAdapter, ValidationError

from pbx_bridge.config.calendar_values import ClockText, WindowText, window_of
from pbx_bridge.core.hours import Window

WINDOW, CLOCK = TypeAdapter(WindowText), TypeAdapter(ClockText)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("08:00-12:30", Window(time(8), time(12, 30))),
        ("18:00-24:00", Window(time(18), time())),
        ("18:00-00:00", Window(time(18), time())),
        ("18:00-06:00", Window(time(18), time(6))),
        ("00:00-24:00", Window(time(), time())),
    ],
)
def test_window_reads_as_written(text: str, expected: Window) -> None:
    """24:00 is the midnight that ends the day."""
    assert window_of(WINDOW.validate_python(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8-12", "is no part of a day"),
        ("08:00-25:00", "is no part of a day"),
        ("24:00-08:00", "is no part of a day"),
        ("08:00-12:00 ", "is no part of a day"),
        ("08:00-08:00", "has no length"),
    ],
)
def test_window_of_another_form_is_refused(text: str, expected: str) -> None:
    """The text shows the form."""
    with pytest.raises(ValidationError, match=expected):
        WINDOW.validate_python(text)


def test_clock_is_hours_and_minutes() -> None:
    """TOML's own times come with seconds."""
    assert [CLOCK.validate_python(text) for text in ("08:00", "23:59:00")] == ["08:00", "23:59:00"]
    for text in ("8:00", "24:00", "08:00:30", "noon"):
        with pytest.raises(ValidationError, match="is no time of day"):
            CLOCK.validate_python(text)
