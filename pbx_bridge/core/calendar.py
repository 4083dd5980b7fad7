"""Who is on call, over an interval or at one instant: rotations, planned shifts, overrides."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise

from pbx_bridge.core.hours import MOMENT, DutyWindow, OpeningHours, duty_periods, duty_window
from pbx_bridge.core.override import Absence, Override, applied, periods
from pbx_bridge.core.period import Period, merged
from pbx_bridge.core.rotation import Rotation

PRIMARY = "primary"
"""The layer that is rung first, and the only one where no rotation is configured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Somebody is on call in a layer, from `start` until just before `end`, UTC."""

    start: datetime
    end: datetime
    layer: str
    technician: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A layer's answer to "who is on call", while it stays the same."""

    start: datetime
    end: datetime
    layer: str
    people: tuple[str, ...]
    """In the order in which they are rung; empty: nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that decides who is on call."""

    hours: OpeningHours
    technicians: tuple[str, ...]
    """All who can be rung; anybody else whom the plan names counts as absent."""
    rotations: tuple[Rotation, ...] = ()
    """Of several in one layer, the one that started last counts."""
    standing: tuple[str, ...] = ()
    """Who is on call in layer `PRIMARY` where it has no rotation: all of them, one by one."""
    planned: tuple[Shift, ...] = ()
    """Imported shifts; while a layer has one, its rotation rests."""
    overrides: tuple[Override, ...] = ()
    """As they were made; a later one sees what the earlier ones made of it."""
    duty_windows: tuple[DutyWindow, ...] = ()

    @property
    def layers(self) -> tuple[str, ...]:
        """Every layer, in the order in which they are first named."""
        standing = (PRIMARY,) if self.standing else ()
        rotating = (rotation.layer for rotation in self.rotations)
        return tuple(dict.fromkeys((*rotating, *standing, *(s.layer for s in self.planned))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What a policy must know about one instant."""

    at: datetime
    is_open: bool
    """Whether the office is open; a plan without opening hours is never."""
    window: str | None
    """Name of the duty window; `None` outside all of them."""
    layers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Technicians on call in each layer, in the order in which they are rung; maybe none."""
    absent: frozenset[str] = frozenset()
    """Technicians who must not be rung at all."""


def duty(plan: Plan, at: datetime) -> Duty:
    """Return who is on call at *at*, and what kind of time it is."""
    return Duty(
        at=at,
        is_open=plan.hours.is_open(at),
        window=duty_window(plan.hours.days, plan.duty_windows, at),
        layers={layer: on_call(plan, layer, at) for layer in plan.layers},
        absent=absent(plan, at),
    )


def on_call(plan: Plan, layer: str, at: datetime) -> tuple[str, ...]:
    """Return who is on call in *layer* at *at*, in the order in which they are rung."""
    (stretch,) = stretches(plan, layer, at, at + MOMENT)
    return stretch.people


def absent(plan: Plan, at: datetime) -> frozenset[str]:
    """Return who is sick or away at *at*."""
    return frozenset(
        each.technician
        for each in plan.overrides
        if isinstance(each, Absence) and Period(each.start, each.end).covers(at)
    )


def stretches(plan: Plan, layer: str, start: datetime, end: datetime) -> list[Stretch]:
    """
    Return who is on call in *layer*, cut where the answer changes.

    They cover *start* to *end* without a hole; at least one when *end* is later.
    """
    bounds = [start, *sorted(_bounds(plan, start, end)), end]
    cut: list[Stretch] = []
    for begin, until in pairwise(bounds):
        people = _people(plan, layer, begin)
        if cut and cut[-1].people == people:
            begin = cut.pop().start  # noqa: PLW2901 - the same people go on
        cut.append(Stretch(start=begin, end=until, layer=layer, people=people))
    return cut


def shifts(plan: Plan, start: datetime, end: datetime) -> list[Shift]:
    """Return everybody's shifts from *start* to *end*, cut off there, in order of time."""
    found = [
        Shift(start=period.start, end=period.end, layer=layer, technician=technician)
        for layer in plan.layers
        for technician, period in _personal(stretches(plan, layer, start, end))
    ]
    return sorted(found, key=lambda shift: shift.start)


def turns(plan: Plan, shift: Shift) -> list[Shift]:
    """Return *shift* cut at the handoffs of its layer: whoever has two weeks has two turns."""
    rotations = [rotation for rotation in plan.rotations if rotation.layer == shift.layer]
    zone = plan.hours.days.zone
    found = {at for each in rotations for at in each.handoffs(shift.start, shift.end, zone)}
    for at in tuple(found):
        begun = [each for each in rotations if each.handoff(0, zone) <= at]
        last = max(begun, key=lambda each: each.starts_at)
        rests = any(one.layer == shift.layer and one.start < at < one.end for one in plan.planned)
        if rests or at != last.handoff(last.turn_at(at, zone), zone):
            found.discard(at)
    bounds = [shift.start, *sorted(found), shift.end]
    return [replace(shift, start=start, end=end) for start, end in pairwise(bounds)]


def gaps(plan: Plan, start: datetime, end: datetime) -> list[Stretch]:
    """Return when a layer has nobody, whether the office is open or not; in order of time."""
    cut = (one for layer in plan.layers for one in stretches(plan, layer, start, end))
    return sorted((one for one in cut if not one.people), key=lambda gap: gap.start)


def changes(plan: Plan, start: datetime, end: datetime) -> list[datetime]:
    """Return when `duty` may give another answer than before, after *start* and before *end*."""
    found = {
        at for layer in plan.layers for at in (s.start for s in stretches(plan, layer, start, end))
    }
    times = plan.hours.open_periods(start, end)
    times += duty_periods(plan.hours.days, plan.duty_windows, start, end)
    times += [period for override in plan.overrides for period in periods(override)]
    found |= {at for period in times for at in (period.start, period.end)}
    return sorted(at for at in found if start < at < end)


def _bounds(plan: Plan, start: datetime, end: datetime) -> set[datetime]:
    """Return every instant after *start* and before *end* at which the answer may change."""
    zone = plan.hours.days.zone
    found = {at for rotation in plan.rotations for at in rotation.handoffs(start, end, zone)}
    edges = [Period(shift.start, shift.end) for shift in plan.planned]
    edges += [period for override in plan.overrides for period in periods(override)]
    found |= {at for period in edges for at in (period.start, period.end)}
    return {at for at in found if start < at < end}


def _people(plan: Plan, layer: str, at: datetime) -> tuple[str, ...]:
    """Return who is on call in *layer*; who steps in there depends on the other layers too."""
    present = frozenset(plan.technicians) - absent(plan, at)
    meant = {each: _meant(plan, each, at) for each in plan.layers}
    on_call_in = {each: frozenset(people) & present for each, (people, _) in meant.items()}
    for each, (people, order) in meant.items():
        elsewhere = frozenset(
            name for other, names in on_call_in.items() if other != each for name in names
        )
        filled = _without_absent(people, order, present, elsewhere)
        if each == layer:
            return filled
        on_call_in[each] = frozenset(filled)
    return ()


def _meant(plan: Plan, layer: str, at: datetime) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return who would be on call if nobody were absent, and in which order others step in."""
    people, order = _scheduled(plan, layer, at)
    for override in plan.overrides:
        people = applied(override, people, layer=layer, at=at)
    return people, order


def _scheduled(plan: Plan, layer: str, at: datetime) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return who is on call without overrides, and in which order others step in."""
    order = _order(plan, layer, at)
    planned = tuple(
        dict.fromkeys(
            shift.technician
            for shift in plan.planned
            if shift.layer == layer and Period(shift.start, shift.end).covers(at)
        )
    )
    if planned:
        return planned, order
    rotates = any(rotation.layer == layer for rotation in plan.rotations)
    if not rotates and layer == PRIMARY:
        return tuple(dict.fromkeys(plan.standing)), plan.standing
    return order[:1], order


def _order(plan: Plan, layer: str, at: datetime) -> tuple[str, ...]:
    """Return the order of the rotation that runs, beginning with whose turn it is."""
    zone = plan.hours.days.zone
    started = [
        rotation
        for rotation in plan.rotations
        if rotation.layer == layer and rotation.handoff(0, zone) <= at
    ]
    if not started:
        return ()
    running = max(started, key=lambda rotation: rotation.starts_at)
    return running.candidates(running.turn_at(at, zone))


def _without_absent(
    people: tuple[str, ...],
    order: tuple[str, ...],
    present: frozenset[str],
    elsewhere: frozenset[str],
) -> tuple[str, ...]:
    """
    Put the next in *order* in the place of each who is not *present*.

    Whoever is on call *elsewhere* is passed over as long as there is anybody else: one phone
    cannot ring for two layers.
    """
    taken = {name for name in people if name in present}
    filled: list[str] = []
    for name in people:
        if name in present:
            filled.append(name)
            continue
        place = order.index(name) if name in order else 0
        line = [one for one in order[place:] + order[:place] if one in present - taken]
        free = [one for one in line if one not in elsewhere]
        for substitute in (free or line)[:1]:
            filled.append(substitute)
            taken.add(substitute)
    return tuple(filled)


def _personal(cut: list[Stretch]) -> Iterator[tuple[str, Period]]:
    """Yield each person's time, joined over stretches that follow each other."""
    times: dict[str, list[Period]] = {}
    for stretch in cut:
        for name in stretch.people:
            times.setdefault(name, []).append(Period(stretch.start, stretch.end))
    for name, parts in times.items():
        for period in merged(parts):
            yield name, period
