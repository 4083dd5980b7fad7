"""Which overrides are refused before they are made, and why."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from pbx_bridge.core.calendar import Plan
from pbx_bridge.core.override import (
    Absence,
    Addition,
    Override,
    Replacement,
    Swap,
    Takeover,
    layers,
    periods,
    technicians,
)
from pbx_bridge.core.period import Period

FARTHEST = timedelta(days=5 * 366)
"""How far away an override may begin and end."""


def refusals(plan: Plan, override: Override, now: datetime) -> list[str]:
    """Return everything for which *override* cannot be made at *now*; empty: it can."""
    return [
        *(
            f"{name!r} is no technician; known: {', '.join(plan.technicians)}"
            for name in sorted(technicians(override) - set(plan.technicians))
        ),
        *(
            f"{layer!r} is no layer; known: {', '.join(plan.layers)}"
            for layer in sorted(layers(override) - set(plan.layers))
        ),
        *_times(override, now),
        *_one_person(override),
        *_away(plan, override),
    ]


def _times(override: Override, now: datetime) -> Iterator[str]:
    times = periods(override)
    if any(period.is_empty for period in times):
        yield "it ends before it begins; give a later end"
    elif max(period.end for period in times) <= now:
        yield "it is over already; give a later end"
    if any(period.start < now - FARTHEST or period.end > now + FARTHEST for period in times):
        yield "it reaches more than 5 years away; who is gone for good is taken out of the file"


def _one_person(override: Override) -> Iterator[str]:
    halves = (override.first, override.second) if isinstance(override, Swap) else (override,)
    for half in halves:
        if isinstance(half, Replacement) and half.technician == half.substitute:
            yield f"{half.technician!r} cannot stand in for himself; name somebody else"
            return


def _away(plan: Plan, override: Override) -> Iterator[str]:
    """Yield when somebody is to step in who is away then: the absence would win."""
    for name, period in _stepping_in(override):
        for other in plan.overrides:
            if not isinstance(other, Absence) or other.technician != name:
                continue
            if not Period(other.start, other.end).clipped(period.start, period.end).is_empty:
                yield f"{name!r} is absent then; remove the absence first, or name somebody else"


def _stepping_in(override: Override) -> Iterator[tuple[str, Period]]:
    if isinstance(override, Swap):
        yield from _stepping_in(override.first)
        yield from _stepping_in(override.second)
    elif isinstance(override, Replacement | Takeover | Addition):
        yield override.substitute, Period(override.start, override.end)
