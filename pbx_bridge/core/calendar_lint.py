"""What is unwise in a plan, found before it matters: nobody on call, one person twice."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import combinations

from pbx_bridge.core.calendar import Plan, Shift, Stretch, gaps, shifts, stretches
from pbx_bridge.core.override import Absence, Override, layers, periods, technicians
from pbx_bridge.core.period import Period, merged, shared, without

FOLLOWED = timedelta(days=60)
"""How far around the looked at time an override is followed to see what it changes."""


class ConcernKind(StrEnum):
    """What is wrong."""

    GAP = "gap"
    """A layer has nobody while the office is closed."""
    TWICE = "twice"
    """An override puts somebody into two layers at once; his number is busy the second time."""
    STRANGER = "stranger"
    """An override or a planned shift names somebody who is no technician any more."""
    NO_LAYER = "no-layer"
    """An override names a layer that is not there any more."""
    IDLE = "idle"
    """An override changes nothing: whom it names is not on call then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """One thing that a person should look at; equal ones are one."""

    kind: ConcernKind
    start: datetime
    end: datetime
    """Where the looked at time ends, if the matter goes on."""
    layer: str | None = None
    technician: str | None = None
    override: int | None = None
    """Its place in `Plan.overrides`; after `numbered` its number, by which it can be removed."""


def numbered(found: Iterable[Concern], numbers: Sequence[int]) -> list[Concern]:
    """Return *found* with the numbers of the overrides instead of their places."""
    return [
        concern
        if concern.override is None
        else replace(concern, override=numbers[concern.override])
        for concern in found
    ]


def concerns(plan: Plan, start: datetime, end: datetime) -> list[Concern]:
    """Return everything unwise in *plan* from *start* to *end*, each once, in order of time."""
    found = [
        *_gaps(plan, start, end),
        *_twice(plan, start, end),
        *_strangers(plan, start, end),
        *_overrides(plan, start, end),
    ]
    return sorted(dict.fromkeys(found), key=lambda concern: concern.start)


def uncovered(plan: Plan, start: datetime, end: datetime) -> list[Stretch]:
    """
    Return the gaps that matter: a layer has nobody although the office is closed.

    One gap stays one, however often the office opens meanwhile; it begins and ends with the
    first and the last time at which it matters.
    """
    is_open = plan.hours.open_periods(start, end)
    found = []
    for gap in gaps(plan, start, end):
        times = without([Period(gap.start, gap.end)], is_open)
        if times:
            found.append(replace(gap, start=times[0].start, end=times[-1].end))
    return found


def _gaps(plan: Plan, start: datetime, end: datetime) -> Iterator[Concern]:
    for gap in uncovered(plan, start, end):
        yield Concern(kind=ConcernKind.GAP, start=gap.start, end=gap.end, layer=gap.layer)


def _twice(plan: Plan, start: datetime, end: datetime) -> Iterator[Concern]:
    """Yield where one person is in two layers, unless the rotations alone say so."""
    meant = dict(_doubles(replace(plan, overrides=()), start, end))
    for (name, layer), times in _doubles(plan, start, end):
        for period in without(times, meant.get((name, layer), [])):
            yield Concern(
                kind=ConcernKind.TWICE,
                start=period.start,
                end=period.end,
                layer=layer,
                technician=name,
            )


def _doubles(
    plan: Plan, start: datetime, end: datetime
) -> Iterator[tuple[tuple[str, str], list[Period]]]:
    """Yield for technician and later layer when he is in an earlier one too."""
    times: dict[str, dict[str, list[Period]]] = {layer: {} for layer in plan.layers}
    for shift in shifts(plan, start, end):
        own = times[shift.layer].setdefault(shift.technician, [])
        own.append(Period(shift.start, shift.end))
    found: dict[tuple[str, str], list[Period]] = {}
    for earlier, later in combinations(plan.layers, 2):
        for name, own in times[later].items():
            both = shared(times[earlier].get(name, []), own)
            found.setdefault((name, later), []).extend(both)
    for key, parts in found.items():
        yield key, merged(parts)


def _strangers(plan: Plan, start: datetime, end: datetime) -> Iterator[Concern]:
    for shift in plan.planned:
        if shift.technician not in plan.technicians and _touches(shift, start, end):
            yield Concern(
                kind=ConcernKind.STRANGER,
                start=shift.start,
                end=shift.end,
                layer=shift.layer,
                technician=shift.technician,
            )


def _overrides(plan: Plan, start: datetime, end: datetime) -> Iterator[Concern]:
    for place, override in enumerate(plan.overrides):
        times = [p for p in periods(override) if not p.clipped(start, end).is_empty]
        if not times:
            continue
        blank = Concern(
            kind=ConcernKind.IDLE,
            start=min(period.start for period in times),
            end=max(period.end for period in times),
            override=place,
        )
        strangers = sorted(technicians(override) - set(plan.technicians))
        missing = sorted(layers(override) - set(plan.layers))
        for name in strangers:
            yield replace(blank, kind=ConcernKind.STRANGER, technician=name)
        for layer in missing:
            yield replace(blank, kind=ConcernKind.NO_LAYER, layer=layer)
        is_away = isinstance(override, Absence)  # whoever is away need not be on call
        if not (is_away or strangers or missing) and _is_idle(plan, override, start, end):
            yield blank


def _is_idle(plan: Plan, override: Override, start: datetime, end: datetime) -> bool:
    """
    Whether *override* changes nothing at all.

    One that reaches far away may change something there. It is not followed that far: to the
    end of the calendar that would take for ever.
    """
    times = periods(override)
    near = tuple(each.clipped(start - FOLLOWED, end + FOLLOWED) for each in times)
    return near == times and not changes_anything(plan, override)


def changes_anything(plan: Plan, override: Override) -> bool:
    """Whether somebody else is on call because of *override*, which may be in *plan* or not."""
    others = tuple(each for each in plan.overrides if each is not override)
    before = replace(plan, overrides=others)
    after = replace(plan, overrides=(*others, override)) if override not in plan.overrides else plan
    return any(
        stretches(before, layer, period.start, period.end)
        != stretches(after, layer, period.start, period.end)
        for period in periods(override)
        for layer in plan.layers
    )


def overruling(plan: Plan, layer: str) -> list[int]:
    """Return the places of the overrides that change what the planned shifts of *layer* say."""
    meant = replace(plan, overrides=())
    own = [Period(shift.start, shift.end) for shift in plan.planned if shift.layer == layer]
    return [
        place
        for place, override in enumerate(plan.overrides)
        if any(
            stretches(meant, layer, part.start, part.end)
            != stretches(replace(plan, overrides=(override,)), layer, part.start, part.end)
            for part in shared(own, periods(override))
        )
    ]


def _touches(shift: Shift, start: datetime, end: datetime) -> bool:
    return not Period(shift.start, shift.end).clipped(start, end).is_empty
