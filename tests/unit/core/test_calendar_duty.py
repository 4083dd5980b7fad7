"""What a policy must know about one instant, and when it may change."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from pbx_bridge.core.calendar import (
    Plan,
    absent,
    changes,
    duty,
    gaps,
    stretches,
)
from pbx_bridge.core.hours import Day, Days, DutyWindow, OpeningHours, Window
from pbx_bridge.core.override import Absence, Override, Replacement
from pbx_bridge.core.rotation import Rotation

BERLIN = ZoneInfo("Europe/Berlin")


def local(text: str) -> datetime:
    """Return the instant at which the clock in Berlin shows *text*."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def weekly(layer: str, *order: str, starts_at: str = "2026-01-05 08:00") -> Rotation:
    """Return a rotation with a handoff every Monday."""
    start = datetime.fromisoformat(starts_at)
    return Rotation(layer=layer, order=order, starts_at=start, shift=timedelta(weeks=1))


PLAN = Plan(
    hours=OpeningHours(Days(zone=BERLIN)),
    technicians=("anna", "ben", "carl"),
    rotations=(weekly("primary", "anna", "ben", "carl"), weekly("backup", "ben", "carl", "anna")),
)
START, END = local("2026-01-05 08:00"), local("2026-01-26 08:00")
TUESDAY, WEDNESDAY = local("2026-01-06 08:00"), local("2026-01-07 08:00")
NOON = local("2026-01-06 12:00")


def overridden(*overrides: Override, plan: Plan = PLAN) -> Plan:
    """Return *plan* with overrides."""
    return replace(plan, overrides=overrides)


def away(name: str) -> Absence:
    """Return an absence on Tuesday."""
    return Absence(technician=name, start=TUESDAY, end=WEDNESDAY)


def test_duty_tells_everything_about_an_instant() -> None:
    """Layers with their people, the window, whether the office is open, who is away."""
    window = Window(time(17), time(8))
    days = Days(zone=BERLIN)
    plan = replace(
        overridden(away("anna")),
        hours=OpeningHours(days, {Day.TUESDAY: (Window(time(8), time(17)),)}),
        duty_windows=(
            DutyWindow(name="evening", days=frozenset({Day.TUESDAY}), windows=(window,)),
        ),
    )

    day, evening = duty(plan, NOON), duty(plan, local("2026-01-06 20:00"))

    assert (day.at, day.is_open, day.window) == (NOON, True, None)
    assert (evening.is_open, evening.window) == (False, "evening")
    assert evening.layers == {"primary": ("carl",), "backup": ("ben",)}
    assert evening.absent == {"anna"}


def test_absent_from_start_until_just_before_the_end() -> None:
    """A replacement is no absence."""
    instead = Replacement(technician="carl", substitute="ben", start=TUESDAY, end=WEDNESDAY)
    plan = overridden(away("anna"), instead)

    assert absent(plan, TUESDAY) == {"anna"}
    assert absent(plan, TUESDAY - timedelta(seconds=1)) == frozenset()
    assert absent(plan, WEDNESDAY) == frozenset()


def test_changes_are_every_instant_at_which_duty_may_differ() -> None:
    """Handoffs, absences, opening hours and duty windows; neither end of the interval."""
    hours = OpeningHours(Days(zone=BERLIN), {Day.MONDAY: (Window(time(7), time(8, 30)),)})
    sunday = DutyWindow(
        name="sunday", days=frozenset({Day.SUNDAY}), windows=(Window(time(9), time(10)),)
    )
    sick = Absence(technician="zoe", start=local("2026-01-10 06:00"), end=local("2026-01-12 08:45"))
    plan = overridden(sick, plan=replace(PLAN, hours=hours, duty_windows=(sunday,)))

    found = changes(plan, local("2026-01-10 08:00"), local("2026-01-12 09:00"))

    assert [f"{at.astimezone(BERLIN):%d %H:%M}" for at in found] == [
        "11 09:00",
        "11 10:00",
        "12 07:00",
        "12 08:00",
        "12 08:30",
        "12 08:45",
    ]
    assert changes(plan, local("2026-01-12 08:30"), local("2026-01-12 08:45")) == []


@pytest.mark.parametrize("night", [date(2026, 3, 29), date(2026, 10, 25)])
def test_nobody_is_missing_on_a_night_on_which_the_clock_changes(night: date) -> None:
    """Shifts of an hour follow each other without a hole, forwards and backwards."""
    hourly = Rotation(
        layer="primary",
        order=("anna", "ben", "carl"),
        starts_at=datetime.combine(night, time()),
        shift=timedelta(hours=1),
    )
    plan = replace(PLAN, rotations=(hourly,))
    start = datetime.combine(night, time(), BERLIN).astimezone(UTC)

    cut = stretches(plan, "primary", start, start + timedelta(hours=6))

    assert gaps(plan, start, start + timedelta(hours=6)) == []
    lengths = {(s.end - s.start) / timedelta(hours=1) for s in cut}
    assert lengths == ({1.0} if night.month == 3 else {1.0, 2.0})
