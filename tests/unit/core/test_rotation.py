"""Whose turn it is: handoffs stay where they are on the wall."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pbx_bridge.core.rotation import Rotation

BERLIN = ZoneInfo("Europe/Berlin")


def rotation(starts_at: str, **length: float) -> Rotation:
    """Return Anna, Ben and Carl in turn."""
    return Rotation(
        layer="primary",
        order=("anna", "ben", "carl"),
        starts_at=datetime.fromisoformat(starts_at),
        shift=timedelta(**length),
    )


def utc(text: str) -> datetime:
    """Return an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def handoffs(turns: Rotation, start: str, end: str) -> list[str]:
    """Return the handoffs as the clock in Berlin shows them."""
    found = turns.handoffs(utc(start), utc(end), BERLIN)
    return [f"{at.astimezone(BERLIN):%m-%d %H:%M}" for at in found]


def test_week_over_the_switch_is_seven_days_on_the_wall() -> None:
    """The handoff stays on Monday at 08:00 in winter and in summer."""
    weekly = rotation("2026-03-16 08:00", weeks=1)

    assert handoffs(weekly, "2026-03-20", "2026-04-07") == [
        "03-23 08:00",
        "03-30 08:00",
        "04-06 08:00",
    ]
    assert weekly.handoff(2, BERLIN) - weekly.handoff(1, BERLIN) == timedelta(hours=167)


def test_shifts_in_hours_follow_the_wall_clock_too() -> None:
    """Twelve hours stay 08:00 and 20:00; the DST night's shift is an hour shorter or longer."""
    half_days = rotation("2026-03-28 08:00", hours=12)

    assert handoffs(half_days, "2026-03-28 08:00", "2026-03-30") == [
        "03-28 20:00",
        "03-29 08:00",
        "03-29 20:00",
    ]
    assert half_days.handoff(2, BERLIN) - half_days.handoff(1, BERLIN) == timedelta(hours=11)


def test_handoff_in_the_gap_is_right_after_it() -> None:
    """At 02:30 that does not come, the next one begins at 03:00."""
    nightly = rotation("2026-03-27 02:30", days=1)

    assert handoffs(nightly, "2026-03-28 12:00", "2026-03-30 12:00") == [
        "03-29 03:00",
        "03-30 02:30",
    ]


def test_handoff_that_comes_twice_counts_once() -> None:
    """The first 02:30 hands over; the second changes nothing."""
    nightly = rotation("2026-10-24 02:30", days=1)

    assert nightly.turn_at(utc("2026-10-25 00:29"), BERLIN) == 0
    assert nightly.turn_at(utc("2026-10-25 00:30"), BERLIN) == 1
    assert nightly.turn_at(utc("2026-10-25 01:15"), BERLIN) == 1  # 02:15 for the second time
    assert nightly.turn_at(utc("2026-10-25 01:30"), BERLIN) == 1


def test_shift_that_the_clock_skips_has_no_length() -> None:
    """Of hourly shifts the one from 02:00 to 03:00 falls out in spring."""
    hourly = rotation("2026-03-29 00:00", hours=1)

    assert hourly.turn_at(utc("2026-03-29 00:59:59"), BERLIN) == 1
    assert hourly.turn_at(utc("2026-03-29 01:00"), BERLIN) == 3


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2025-12-28 22:59", -1),
        ("2025-12-28 23:00", 0),
        ("2026-01-04 22:59:59", 0),
        ("2026-01-04 23:00", 1),
        ("2028-02-27 22:59", 112),
        ("2028-02-28 00:00", 113),
    ],
)
def test_turns_count_on_over_year_ends_and_leap_days(at: str, expected: int) -> None:
    """The number of a turn is the number of handoffs before it."""
    assert rotation("2025-12-29 00:00", weeks=1).turn_at(utc(at), BERLIN) == expected


def test_no_handoff_before_the_first() -> None:
    """Before its start a rotation has nobody; its first handoff is the start."""
    weekly = rotation("2026-01-05 08:00", weeks=1)

    assert handoffs(weekly, "2025-11-01", "2026-01-13") == ["01-05 08:00", "01-12 08:00"]


def test_interval_has_neither_end_as_handoff() -> None:
    """Only what happens inside is told."""
    daily = rotation("2026-01-05 01:00", days=1)

    assert handoffs(daily, "2026-01-06 00:00", "2026-01-07 00:00") == []


def test_candidates_begin_with_whose_turn_it_is() -> None:
    """After him the others step in, in order."""
    assert rotation("2026-01-05", days=1).candidates(5) == ("carl", "anna", "ben")
