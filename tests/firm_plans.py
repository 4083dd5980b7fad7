"""Plans of a firm in Berlin that is never open."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from pbx_bridge.core.calendar import Plan
from pbx_bridge.core.hours import Days, OpeningHours
from pbx_bridge.core.rotation import Rotation

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = timedelta(weeks=1)


def local(text: str) -> datetime:
    """Return the instant at which the clock in Berlin shows *text*."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def rotation(*order: str, shift: timedelta = WEEK, at: str = "2026-01-05 08:00") -> Rotation:
    """Return turns in the primary layer."""
    starts_at = datetime.fromisoformat(at)
    return Rotation(layer="primary", order=order, starts_at=starts_at, shift=shift)


def plan_of(*rotations: Rotation, **changes: object) -> Plan:
    """Return a plan of a firm that is never open."""
    plan = Plan(
        hours=OpeningHours(Days(zone=BERLIN)),
        technicians=("anna", "ben"),
        rotations=rotations,
    )
    return replace(plan, **changes)


WEEKLY = plan_of(rotation("anna", "ben"))
"""Ben follows Anna on Monday, 12 January 2026, at eight."""
