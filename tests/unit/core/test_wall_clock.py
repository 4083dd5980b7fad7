"""What a wall time means on the nights on which clocks change."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbx_bridge.core.wall_clock import instant


@pytest.mark.parametrize(
    ("zone", "wall", "expected"),
    [
        ("Europe/Berlin", "2026-01-09 23:00", "2026-01-09 22:00"),
        ("Europe/Berlin", "2026-01-09 23:00:00.5", "2026-01-09 22:00:00.5"),
        ("Europe/Berlin", "2026-10-25 02:00:00.5", "2026-10-25 00:00:00.5"),
        ("Europe/Berlin", "2026-03-29 01:59", "2026-03-29 00:59"),
        ("Europe/Berlin", "2026-03-29 02:00", "2026-03-29 01:00"),  # skipped: 03:00 summer time
        ("Europe/Berlin", "2026-03-29 02:30", "2026-03-29 01:00"),
        ("Europe/Berlin", "2026-03-29 02:59:59.9", "2026-03-29 01:00"),
        ("Europe/Berlin", "2026-03-29 03:00", "2026-03-29 01:00"),
        ("Europe/Berlin", "2026-10-25 02:00", "2026-10-25 00:00"),  # comes twice: the first
        ("Europe/Berlin", "2026-10-25 02:59", "2026-10-25 00:59"),
        ("Europe/Berlin", "2026-10-25 03:00", "2026-10-25 02:00"),
        ("Europe/Moscow", "2026-03-29 02:30", "2026-03-28 23:30"),  # no switch
        ("America/New_York", "2026-03-08 02:30", "2026-03-08 07:00"),
        ("America/New_York", "2026-11-01 01:30", "2026-11-01 05:30"),
        ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03 15:30"),  # half an hour
        ("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04 14:45"),
        ("Asia/Beirut", "2026-03-29 00:00", "2026-03-28 22:00"),  # midnight is skipped
        ("America/Havana", "2026-11-01 00:30", "2026-11-01 04:30"),  # midnight comes twice
        ("Europe/Berlin", "2028-02-29 00:00", "2028-02-28 23:00"),
    ],
)
def test_instant_is_when_the_clock_first_reaches_the_time(
    zone: str, wall: str, expected: str
) -> None:
    """Twice: the first; skipped: the first instant after the gap."""
    found = instant(datetime.fromisoformat(wall), ZoneInfo(zone))

    assert found == datetime.fromisoformat(f"{expected}+00:00")
    assert found.utcoffset() == timedelta(0)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - wall times
    st.timedeltas(timedelta(0), timedelta(hours=3)),
    st.sampled_from(["Europe/Berlin", "Australia/Lord_Howe", "America/Havana", "Asia/Beirut"]),
)
def test_later_on_the_wall_is_never_earlier(wall: datetime, more: timedelta, zone: str) -> None:
    """Handoffs keep their order on every night."""
    tz = ZoneInfo(zone)

    assert instant(wall, tz) <= instant(wall + more, tz)


@given(st.timedeltas(timedelta(0), timedelta(hours=1) - timedelta(microseconds=1)))
def test_all_of_a_gap_is_the_instant_after_it(into: timedelta) -> None:
    """To the second, wherever in the gap the time would be."""
    skipped = datetime.fromisoformat("2026-03-29 02:00") + into

    expected = datetime.fromisoformat("2026-03-29 01:00+00:00")
    assert instant(skipped, ZoneInfo("Europe/Berlin")) == expected
