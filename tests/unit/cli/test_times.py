"""Times as people type and read them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import click
import pytest

from pbx_bridge.cli.times import length, moment, parse_time

BERLIN = ZoneInfo("Europe/Berlin")
FRIDAY = datetime(2026, 1, 9, 22, 30, tzinfo=UTC)
"""23:30 in Berlin."""


def local(text: str) -> datetime:
    """Return the instant at which the clock in Berlin shows *text*."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-28 08:15", "2026-03-28 08:15"),
        ("2026-03-28T08:15", "2026-03-28 08:15"),
        ("2026-03-28T08:15:00", "2026-03-28 08:15"),
        ("2026-03-28 08:15:42", "2026-03-28 08:15:42"),
        ("2026-03-28", "2026-03-28 00:00"),
        ("08:15", "2026-01-09 08:15"),
        ("today", "2026-01-09 00:00"),
        ("Tomorrow 07:00", "2026-01-10 07:00"),
        ("friday 08:00", "2026-01-09 08:00"),
        ("monday", "2026-01-12 00:00"),
        ("thursday 23:59", "2026-01-15 23:59"),
        (" 2026-03-28 ", "2026-03-28 00:00"),
    ],
)
def test_time_is_by_the_firms_clock(text: str, expected: str) -> None:
    """A day of the week is today's or the next one."""
    assert parse_time(text, FRIDAY, BERLIN) == local(expected)


def test_now_and_times_with_an_offset_are_instants() -> None:
    """Whatever the firm's clock shows."""
    assert parse_time("now", FRIDAY, BERLIN) == FRIDAY
    for text in ("2026-01-09T22:30Z", "2026-01-09T17:30-05:00", "2026-01-09 22:30+00:00"):
        found = parse_time(text, FRIDAY, BERLIN)
        assert (found, found.utcoffset()) == (FRIDAY, timedelta(0))


def test_time_that_is_skipped_or_comes_twice_is_one_instant() -> None:
    """The first of the two, the first after the gap."""
    assert parse_time("2026-03-29 02:30", FRIDAY, BERLIN) == local("2026-03-29 03:00")
    assert parse_time("2026-10-25 02:30", FRIDAY, BERLIN).hour == 0


def test_day_as_an_end_is_its_end() -> None:
    """Who is away until Sunday is away on Sunday."""
    assert parse_time("sunday", FRIDAY, BERLIN, is_end=True) == local("2026-01-12 00:00")
    assert parse_time("2026-03-28", FRIDAY, BERLIN, is_end=True) == local("2026-03-29 00:00")
    assert parse_time("sunday 08:00", FRIDAY, BERLIN, is_end=True) == local("2026-01-11 08:00")


@pytest.mark.parametrize(
    "text", ["", " ", "soon", "25:00", "2026-02-30", "2026-03-28 8", "mon", "28.3.2026", "T"]
)
def test_anything_else_is_refused_with_the_forms(text: str) -> None:
    """And no traceback."""
    with pytest.raises(click.BadParameter, match="is no time; write"):
        parse_time(text, FRIDAY, BERLIN)


@pytest.mark.parametrize(
    "text",
    [
        "9999-12-31",
        "9999-12-31 23:59",
        "9999-12-31T23:59-05:00",
        "2101-01-01",
        "1999-12-31 23:59",
        "0001-01-01",
        "0001-01-01T00:00+05:00",
    ],
)
def test_year_that_nobody_means_is_refused(text: str) -> None:
    """A day more or less is not reckoned at the ends of the calendar."""
    for is_end in (False, True):
        with pytest.raises(click.BadParameter, match="too far away; give a year from 2000 to 2100"):
            parse_time(text, FRIDAY, BERLIN, is_end=is_end)


def test_last_day_that_can_be_meant() -> None:
    """Its end is the next year's first instant."""
    end = parse_time("2100-12-31", FRIDAY, BERLIN, is_end=True)

    assert end == local("2101-01-01 00:00")


def test_moment_shows_utc_beside_the_firms_clock() -> None:
    """With its date where that is another one."""
    assert moment(FRIDAY, BERLIN) == "Fri 2026-01-09 23:30 (22:30 UTC)"
    assert moment(local("2026-07-01 00:30"), BERLIN) == (
        "Wed 2026-07-01 00:30 (2026-06-30 22:30 UTC)"
    )


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (timedelta(days=2, hours=3), "2 d 3 h"),
        (timedelta(minutes=45), "45 min"),
        (timedelta(days=1, minutes=1), "1 d 1 min"),
        (timedelta(0), "0 min"),
    ],
)
def test_length_is_days_hours_and_minutes(span: timedelta, expected: str) -> None:
    """What is zero is left out."""
    assert length(span) == expected
