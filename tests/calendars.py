"""Random calendars around the nights that are hard: both DST switches, leap days, year ends."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import TypeVar
from zoneinfo import ZoneInfo

from pbx_bridge.core.calendar import Plan, Shift
from pbx_bridge.core.hours import Day, Days, DutyWindow, OpeningHours, SpecialDay, Window
from pbx_bridge.core.override import (
    Absence,
    Addition,
    Override,
    Replacement,
    Swap,
    Takeover,
)
from pbx_bridge.core.rotation import Rotation

T = TypeVar("T")

PEOPLE = ("anna", "ben", "carl", "dora", "emil")
LAYERS = ("primary", "backup", "owner")

NIGHTS: dict[str, tuple[date, ...]] = {
    "Europe/Berlin": (date(2026, 3, 29), date(2026, 10, 25)),
    "Europe/Warsaw": (date(2027, 3, 28), date(2027, 10, 31)),
    "Europe/London": (date(2026, 3, 29), date(2026, 10, 25)),
    "Europe/Moscow": (date(2026, 3, 29), date(2026, 10, 25)),  # no switch since 2014
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),  # half an hour
    "Asia/Beirut": (date(2026, 3, 29), date(2026, 10, 25)),  # at midnight, both ways
    "America/Havana": (date(2026, 3, 8), date(2026, 11, 1)),  # forward at midnight
    "America/Santiago": (date(2026, 9, 6), date(2026, 4, 5)),
}
"""Both switches of each zone."""

EVERYWHERE = (date(2028, 2, 29), date(2027, 3, 1), date(2026, 12, 31), date(2027, 1, 1))
"""A leap day, the end of a February without one, a year's last and first day."""


def random_plan(random: Random) -> tuple[Plan, datetime, datetime]:
    """Return a plan, and the start and end (UTC) of some days around a hard night."""
    name = random.choice(list(NIGHTS))
    zone = ZoneInfo(name)
    night = random.choice(NIGHTS[name] * 2 + EVERYWHERE)
    start = datetime.combine(night, time(), UTC) - timedelta(hours=random.randint(1, 24 * 9))
    end = datetime.combine(night, time(), UTC) + timedelta(hours=random.randint(1, 24 * 9))
    days = _days(random, zone, night)
    plan = Plan(
        hours=OpeningHours(days, _week(random)),
        technicians=PEOPLE[: random.randint(2, 5)],
        rotations=_some(random, 3, lambda: _rotation(random, night)),
        standing=tuple(_some(random, 3, lambda: random.choice(PEOPLE))),
        planned=_some(random, 2, lambda: _shift(random, night)),
        overrides=_some(random, 4, lambda: _override(random, night)),
        duty_windows=_some(random, 3, lambda: _duty_window(random)),
    )
    return plan, start, end


def _some(random: Random, most: int, make: Callable[[], T]) -> tuple[T, ...]:
    return tuple(make() for _ in range(random.randint(0, most)))


def _near(random: Random, night: date) -> datetime:
    """Return an instant near *night*, often within its hours of trouble."""
    hours = random.choice([random.randint(-200, 200), random.randint(-14, 20)])
    minutes = random.choice([0, 0, 30, 17])
    return datetime.combine(night, time(), UTC) + timedelta(hours=hours, minutes=minutes)


def _span(random: Random, night: date) -> tuple[datetime, datetime]:
    start = _near(random, night)
    return start, start + timedelta(minutes=random.choice([30, 60, 720, 1440, 4000, 15000]))


def _clock(random: Random) -> time:
    hour = random.choice([random.randint(0, 23), random.randint(0, 3)])
    return time(hour, random.choice([0, 0, 30, 15]))


def _rotation(random: Random, night: date) -> Rotation:
    shift = random.choice(
        [timedelta(weeks=1), timedelta(days=1), timedelta(hours=12), timedelta(hours=1)]
    )
    before = timedelta(days=random.choice([-3, 0, 1, 5, 12, 40]))
    return Rotation(
        layer=random.choice(LAYERS[:2]),
        order=tuple(random.choice(PEOPLE) for _ in range(random.randint(1, 4))),
        starts_at=datetime.combine(night - before, _clock(random)),
        shift=shift * random.randint(1, 2),
    )


def _shift(random: Random, night: date) -> Shift:
    start, end = _span(random, night)
    return Shift(
        start=start, end=end, layer=random.choice(LAYERS), technician=random.choice(PEOPLE)
    )


def _override(random: Random, night: date) -> Override:
    (start, end), (other_start, other_end) = _span(random, night), _span(random, night)
    one, two = random.choice(PEOPLE), random.choice(PEOPLE)
    layer = random.choice(LAYERS[:2])
    anywhere = random.choice([layer, None])
    replacement = Replacement(technician=one, substitute=two, start=start, end=end, layer=anywhere)
    back = Replacement(
        technician=two, substitute=one, start=other_start, end=other_end, layer=anywhere
    )
    kinds: Sequence[Override] = (
        Absence(technician=one, start=start, end=end),
        replacement,
        Takeover(substitute=one, layer=layer, start=start, end=end),
        Addition(substitute=one, layer=layer, start=start, end=end),
        Swap(first=replacement, second=back),
    )
    return random.choice(kinds)


def _window(random: Random) -> Window:
    return Window(_clock(random), random.choice([_clock(random), time()]))


def _week(random: Random) -> dict[Day, tuple[Window, ...]]:
    return {day: _some(random, 2, lambda: _window(random)) for day in Day if random.random() < 0.7}


def _days(random: Random, zone: ZoneInfo, night: date) -> Days:
    def near() -> date:
        return night + timedelta(days=random.randint(-2, 2))

    holidays = {near(): "holiday" for _ in range(random.randint(0, 2))}
    special = {
        near(): SpecialDay(
            windows=_some(random, 2, lambda: _window(random)),
            is_holiday=random.choice([None, True, False]),
        )
        for _ in range(random.randint(0, 1))
    }
    return Days(zone=zone, holiday_on=holidays.get, special=special)


def _duty_window(random: Random) -> DutyWindow:
    days = frozenset(day for day in Day if random.random() < 0.4)
    windows = _some(random, 2, lambda: _window(random))
    return DutyWindow(
        name=random.choice(["evening", "sunday", "night"]), days=days, windows=windows
    )
