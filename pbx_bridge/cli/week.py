"""Draws who is on call: a row for each day, a bar of 24 hours for each layer."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby, pairwise

import click

from pbx_bridge.cli.times import moment
from pbx_bridge.core.calendar import Plan, on_call, stretches
from pbx_bridge.core.hours import Days
from pbx_bridge.core.wall_clock import instant

DAY = timedelta(days=1)

COLOURS = ("cyan", "yellow", "green", "magenta", "blue", "white")
"""Of the technicians, in their order; with more of them they repeat."""

NOBODY = "nobody"

FIRST = 12
"""Columns before the first bar: ``Mon 05 Jan``."""


@dataclass(frozen=True, slots=True)
class Bars:
    """How wide a bar is."""

    hours: int
    """Hours for each column: 1, or 2 or 3 where it would be too wide."""

    @property
    def columns(self) -> int:
        """Columns of one bar."""
        return 24 // self.hours


def week_lines(plan: Plan, first: date, days: int, width: int) -> Iterator[str]:
    """Yield the drawing of *days* days from *first*, then the exact handoffs."""
    bars = _bars(len(plan.layers), width)
    yield _head(f"{layer:<{bars.columns}}" for layer in plan.layers)
    yield _head(_scale(bars) for _ in plan.layers)
    for number in range(days):
        yield _row(plan, first + number * DAY, bars)
    yield ""
    yield from _handoffs(plan, first, days)


def _head(cells: Iterable[str]) -> str:
    return (" " * FIRST + "  ".join(cells)).rstrip()


def _bars(layers: int, width: int) -> Bars:
    fitting = (
        Bars(hours) for hours in (1, 2, 3) if FIRST + layers * (Bars(hours).columns + 2) <= width
    )
    return next(fitting, Bars(3))


def _scale(bars: Bars) -> str:
    marks = (f"{hour:<{6 // bars.hours}}" for hour in (0, 6, 12, 18))
    return f"{''.join(marks):<{bars.columns}}"


def _row(plan: Plan, day: date, bars: Bars) -> str:
    drawn = "  ".join(_bar(plan, layer, day, bars) for layer in plan.layers)
    note = _note(plan.hours.days, day)
    return (f"{day:%a %d %b}".ljust(FIRST) + drawn + (f"  {note}" if note else "")).rstrip()


def _note(days: Days, day: date) -> str:
    """Return what is special about a day: its name, and its length when clocks change."""
    start, end = (instant(datetime.combine(d, time()), days.zone) for d in (day, day + DAY))
    hours = (end - start) / timedelta(hours=1)
    return ", ".join(
        part for part in (days.name(day), f"{hours:g} h" if hours != 24 else "") if part
    )


def _bar(plan: Plan, layer: str, day: date, bars: Bars) -> str:
    """Return a day of a layer; a column shows who is on call when its hours begin."""
    begins = (datetime.combine(day, time(column * bars.hours)) for column in range(bars.columns))
    zone = plan.hours.days.zone
    cells = [on_call(plan, layer, instant(begin, zone)) for begin in begins]
    return "".join(_segment(plan, people, len(list(run))) for people, run in groupby(cells))


def _segment(plan: Plan, people: tuple[str, ...], columns: int) -> str:
    name = "+".join(people) or NOBODY
    text = f"|{name[: columns - 1]}".ljust(columns, "." if people else "!")[:columns]
    if not people:
        return click.style(text, fg="red", bold=True)
    place = plan.technicians.index(people[0]) if people[0] in plan.technicians else 0
    return click.style(text, fg=COLOURS[place % len(COLOURS)])


def _handoffs(plan: Plan, first: date, days: int) -> Iterator[str]:
    zone = plan.hours.days.zone
    start, end = (
        instant(datetime.combine(day, time()), zone) for day in (first, first + days * DAY)
    )
    size = max((len(layer) for layer in plan.layers), default=0)
    found = [
        (after.start, place, f"{layer:<{size}}  {_names(before.people)} -> {_names(after.people)}")
        for place, layer in enumerate(plan.layers)
        for before, after in pairwise(stretches(plan, layer, start, end))
    ]
    for at, _, text in sorted(found):
        yield f"{moment(at, zone)}  {text}"


def _names(people: tuple[str, ...]) -> str:
    return "+".join(people) or NOBODY
