"""Whose mobile is checked because his shift has begun: each shift once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pbx_bridge.core.calendar import Plan, on_call, shifts
from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.core.news import News
from pbx_bridge.core.phone_check import PhoneCheck

SOON = timedelta(minutes=15)
"""So long after its start a shift still counts as one that begins; we may have been down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunShift:
    """A shift that has begun a moment ago."""

    layer: str
    technician: str
    start: datetime


def begun_shifts(plan: Plan, now: datetime, rung: Collection[str]) -> tuple[BegunShift, ...]:
    """
    Return the shifts that have begun within `SOON`.

    Args:
        plan: who is on call.
        now: the time, UTC.
        rung: the layers that some policy rings; nobody is woken for another one.
    """
    since = now - SOON
    found = shifts(plan, since, now + timedelta(microseconds=1))
    return tuple(
        BegunShift(layer=shift.layer, technician=shift.technician, start=shift.start)
        for shift in found
        if since < shift.start and shift.layer in rung  # one that starts at once is cut off there
    )


def is_still_his(plan: Plan, now: datetime, shift: BegunShift) -> bool:
    """Return whether his *shift* goes on: nobody took over meanwhile."""
    return shift.layer in plan.layers and shift.technician in on_call(plan, shift.layer, now)


def newly_begun(
    begun: Iterable[BegunShift], known: Collection[BegunShift]
) -> tuple[BegunShift, ...]:
    """Return those of *begun* that are not in *known*; whoever begins two shifts stands once."""
    by_name: dict[str, BegunShift] = {}
    for one in begun:
        if one not in known:
            by_name.setdefault(one.technician, one)
    return tuple(by_name.values())


def check_news(shift: BegunShift, check: PhoneCheck, now: datetime) -> News:
    """Return what the office is told of a check that did not succeed."""
    start = f"{shift.start.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    key = f"phone-check-{shift.layer}-{shift.technician}-{start}"
    return News(key=key, topic=Topic.PHONE_CHECK, at=now, check=check)
