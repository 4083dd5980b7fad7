"""What an import would do: the shifts it makes, and everything that looks wrong with them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from itertools import combinations

from pbx_bridge.adapters.ical.reading import Event
from pbx_bridge.core.calendar import Shift
from pbx_bridge.core.period import Period, merged, without
from pbx_bridge.core.wall_clock import instant


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that looks wrong."""

    text: str
    is_error: bool = False
    """With an error nothing is imported; anything else is for a person to judge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Shifts in order of time, and flaws, errors first."""

    shifts: tuple[Shift, ...]
    flaws: tuple[Flaw, ...]

    @property
    def is_sound(self) -> bool:
        """Whether it may be applied."""
        return not any(flaw.is_error for flaw in self.flaws)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the events of a file are to be understood."""

    layer: str
    technicians: Sequence[str]
    zone: tzinfo
    """The firm's; times without a zone are by its clock."""
    all_day_from: time | None = None
    """When days without a time begin; `None`: at midnight, and that is told."""


def preview(events: Sequence[Event], found: Sequence[str], reading: Reading) -> Preview:
    """
    Return what importing *events* would do.

    Args:
        events: the file's, expanded.
        found: what is wrong with the file itself; each is an error.
        reading: how to understand the events.
    """
    flaws = [Flaw(text, is_error=True) for text in found]
    shifts = []
    for event in events:
        if event.layer not in (None, reading.layer):
            continue
        shift, about = _shift(event, reading)
        flaws += about
        if shift is not None:
            shifts.append(shift)
    shifts = sorted(dict.fromkeys(shifts), key=lambda shift: (shift.start, shift.technician))
    if not shifts:
        flaws.append(Flaw(f"no shift for {reading.layer!r} in the file", is_error=True))
    flaws += [*_overlaps(shifts, reading.zone), *_gaps(shifts, reading.zone)]
    once = dict.fromkeys(flaws)
    return Preview(
        shifts=tuple(shifts), flaws=tuple(sorted(once, key=lambda flaw: not flaw.is_error))
    )


def _shift(event: Event, reading: Reading) -> tuple[Shift | None, list[Flaw]]:
    """Return the shift that an event means, and what looks wrong with it."""
    flaws = []
    name = _technician(event.summary, reading.technicians)
    if name is None:
        known = ", ".join(reading.technicians)
        text = f"{_quoted(event)}: names no technician, or more than one; known: {known}"
        return None, [Flaw(text, is_error=True)]
    start, end = (_at(value, reading) for value in (event.start, event.end))
    if end <= start:
        return None, [Flaw(f"{_quoted(event)}: has no length", is_error=True)]
    if not isinstance(event.start, datetime) and reading.all_day_from is None:
        text = "is all day, taken from 00:00 to 24:00; for other handoffs say --all-day-from 08:00"
        flaws.append(Flaw(f"{event.summary!r} {text}"))
    elif isinstance(event.start, datetime) and event.start.tzinfo is None:
        flaws.append(Flaw(f"{event.summary!r} has no zone that we know; taken by the firm's clock"))
    if event.is_endless:
        flaws.append(Flaw(f"{event.summary!r} repeats for ever; import again within a year"))
    return Shift(start=start, end=end, layer=reading.layer, technician=name), flaws


def _technician(summary: str, technicians: Sequence[str]) -> str | None:
    """Return whom a summary names: it is his name, or exactly one of its words is."""
    folded = summary.strip().casefold()
    if folded in technicians:
        return folded
    words = set(re.findall(r"[\w-]+", folded))
    named = [name for name in technicians if name in words]
    return named[0] if len(named) == 1 else None


def _at(value: date | datetime, reading: Reading) -> datetime:
    if not isinstance(value, datetime):
        return instant(datetime.combine(value, reading.all_day_from or time()), reading.zone)
    if value.tzinfo is None:
        return instant(value, reading.zone)
    return value.astimezone(UTC)


def _overlaps(shifts: Sequence[Shift], zone: tzinfo) -> Iterator[Flaw]:
    for one, other in combinations(shifts, 2):
        if other.start >= one.end:
            continue
        both = Period(other.start, min(one.end, other.end))
        if one.technician == other.technician:
            yield Flaw(f"{one.technician} has two shifts at once from {_local(both.start, zone)}")
        else:
            names = f"{one.technician} and {other.technician}"
            yield Flaw(
                f"{names} are both on call from {_local(both.start, zone)} "
                f"until {_local(both.end, zone)}"
            )


def _gaps(shifts: Sequence[Shift], zone: tzinfo) -> Iterator[Flaw]:
    covered = merged(Period(shift.start, shift.end) for shift in shifts)
    if covered:
        for gap in without([Period(covered[0].start, covered[-1].end)], covered):
            yield Flaw(
                f"nobody is planned from {_local(gap.start, zone)} until {_local(gap.end, zone)}"
            )


def _quoted(event: Event) -> str:
    return f"{event.summary!r} on {event.start:%Y-%m-%d}"


def _local(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%a %Y-%m-%d %H:%M}"
