"""What the calendar knows about the moment of a call, for the rules that ask for it."""

from datetime import datetime

from pbx_bridge.core.calendar import Plan
from pbx_bridge.core.hours import OpeningHours, duty_window
from pbx_bridge.core.rulepack import Context, Season

SEASONS = {
    **dict.fromkeys((10, 11, 12, 1, 2, 3, 4), Season.WINTER),
    **dict.fromkeys((6, 7, 8), Season.SUMMER),
}
"""By month: a home needs heating from October to April; May and September may be either."""


def context_at(plan: Plan, at: datetime) -> Context:
    """Return season, distance to the opening of the office, and duty window of *at*."""
    days = plan.hours.days
    return Context(
        season=SEASONS.get(at.astimezone(days.zone).month),
        office_opens_in_h=_opens_in_h(plan.hours, at),
        window=duty_window(days, plan.duty_windows, at),
    )


def _opens_in_h(hours: OpeningHours, at: datetime) -> float | None:
    """Return the hours until the office opens, 0 while it is open; None: it never does."""
    if hours.is_open(at):
        return 0.0
    opens_at = hours.next_change(at)
    return None if opens_at is None else (opens_at - at).total_seconds() / 3600
