"""Season, opening hours and duty window, as the rules see them."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from pbx_bridge.core.calendar import Plan
from pbx_bridge.core.hours import Day, Days, DutyWindow, OpeningHours, Window
from pbx_bridge.core.moment import context_at
from pbx_bridge.core.rulepack import Season

DAYS = Days(zone=ZoneInfo("Europe/Berlin"))
OFFICE = OpeningHours(DAYS, {Day.MONDAY: (Window(time(8), time(17)),)})
NIGHT = DutyWindow(name="night", days=frozenset(Day), windows=(Window(time(22), time(6)),))


def plan(hours: OpeningHours = OFFICE) -> Plan:
    return Plan(hours=hours, technicians=(), duty_windows=(NIGHT,))


@pytest.mark.parametrize(
    ("month", "season"),
    [(1, Season.WINTER), (4, Season.WINTER), (5, None), (7, Season.SUMMER), (9, None)],
)
def test_season_is_that_of_the_month(month: int, season: Season | None) -> None:
    """Between the seasons the words alone decide."""
    assert context_at(plan(), datetime(2026, month, 15, 12, tzinfo=UTC)).season is season


def test_month_is_that_of_the_firm() -> None:
    """Shortly before midnight in London it is June in Berlin already."""
    assert context_at(plan(), datetime(2026, 5, 31, 22, 30, tzinfo=UTC)).season is Season.SUMMER


@pytest.mark.parametrize(
    ("at", "hours"),
    [
        (datetime(2026, 1, 12, 6, tzinfo=UTC), 1.0),  # a Monday
        (datetime(2026, 1, 12, 10, tzinfo=UTC), 0.0),
        (datetime(2026, 1, 10, 7, tzinfo=UTC), 48.0),
    ],
)
def test_hours_until_the_office_opens(at: datetime, hours: float) -> None:
    """None are left while it is open."""
    assert context_at(plan(), at).office_opens_in_h == hours


def test_firm_without_opening_hours_never_opens() -> None:
    """Nothing is said about an office that is not there."""
    assert context_at(plan(OpeningHours(DAYS)), datetime(2026, 1, 12, tzinfo=UTC)).facts() == {
        "winter",
        "window-night",
    }


def test_duty_window_is_a_fact() -> None:
    """A firm's own rule may ask whether it is night."""
    at_noon = datetime(2026, 1, 12, 11, tzinfo=UTC)

    assert context_at(plan(), at_noon).window is None
    assert context_at(plan(), at_noon.replace(hour=22)).window == "night"
