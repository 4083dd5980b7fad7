"""What was measured, as a table for people and as JSON for machines."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.figures import Figure, percentile, text_of

_NAME_WIDTH = 58


class NotMeasuredError(Exception):
    """A part could not be measured here; the text says why and what would help."""


@dataclass(slots=True, kw_only=True)
class Section:
    """One part of the benchmark."""

    name: str
    title: str
    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What one must know to read the figures."""
    failures: list[str] = field(default_factory=list)
    """What did not happen though it must: a caller for whom nobody was rung."""
    data: list[dict[str, Any]] = field(default_factory=list)
    """What the figures were made of, where a later run can be added to it."""
    loads: tuple[float, float] = (0.0, 0.0)
    """Load of the machine (1 minute) before and after."""

    def add(self, *figures: Figure | None) -> None:
        """Take in what was measured; `None` was not."""
        self.figures += [one for one in figures if one is not None]

    def to_dict(self) -> dict[str, object]:
        """Return all of it as plain data."""
        return {
            "name": self.name,
            "title": self.title,
            "load_before": self.loads[0],
            "load_after": self.loads[1],
            "figures": [one.to_dict() for one in self.figures],
            "notes": self.notes,
            "failures": self.failures,
            "data": self.data,
        }


def table(section: Section) -> str:
    """Return *section* as text."""
    before, after = section.loads
    head = f"{section.title}  (load {before:.1f} -> {after:.1f})"
    columns = f"{'n':>6}{'median':>10}{'p95':>10}{'min':>10}{'max':>10}"
    rows = [f"{'':<{_NAME_WIDTH}}{columns}", *map(_row, section.figures)]
    notes = [f"  note: {note}" for note in section.notes]
    failures = [f"  FAILED: {failure}" for failure in section.failures]
    return "\n".join([head, *(rows if section.figures else []), *notes, *failures])


def document(machine: dict[str, object], sections: Iterable[Section]) -> dict[str, object]:
    """Return the whole run as plain data."""
    return {"machine": machine, "sections": [section.to_dict() for section in sections]}


def _row(one: Figure) -> str:
    shown = one.to_dict()
    figures = (
        (shown["median"],)
        if len(one.values) == 1
        else (shown["median"], percentile(one.values, 95), shown["min"], shown["max"])
    )
    cells = "".join(f"{text_of(float(str(value))):>10}" for value in figures)
    name = f"  {one.name} ({one.unit})"
    return f"{name:<{_NAME_WIDTH}}{len(one.values):>6}{cells}"
