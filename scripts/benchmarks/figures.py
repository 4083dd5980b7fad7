"""Figures: many values of one thing, and what people want to know of them."""

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_SMALL = 10
_LARGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One thing that was measured, once or many times."""

    name: str
    unit: str
    values: tuple[float, ...]

    def to_dict(self) -> dict[str, object]:
        """Return name, unit, n, median, p95, min, max and the values in the order measured."""
        return {
            "name": self.name,
            "unit": self.unit,
            "n": len(self.values),
            "median": _rounded(statistics.median(self.values)),
            "p95": _rounded(percentile(self.values, 95)),
            "min": _rounded(min(self.values)),
            "max": _rounded(max(self.values)),
            "values": [_rounded(value) for value in self.values],
        }


def figure(name: str, unit: str, values: Iterable[float | None]) -> Figure | None:
    """Return the figure of what there is; `None` when nothing was measured."""
    found = tuple(value for value in values if value is not None)
    return Figure(name=name, unit=unit, values=found) if found else None


def share(name: str, happened: Sequence[bool]) -> Figure | None:
    """Return in how many of a hundred it happened; the name says of how many."""
    if not happened:
        return None
    told = f"{name} ({sum(happened)} of {len(happened)})"
    return figure(told, "%", [100 * sum(happened) / len(happened)])


def ratio(name: str, slow: Figure | None, fast: Figure | None) -> Figure | None:
    """Return how many times longer *slow* takes (medians); `None` when *fast* takes no time."""
    if slow is None or fast is None or statistics.median(fast.values) <= 0:
        return None
    return figure(name, "x", [statistics.median(slow.values) / statistics.median(fast.values)])


def percentile(values: Sequence[float], percent: float) -> float:
    """
    Return the value that *percent* of all *values* do not exceed (nearest rank).

    Always one that was really measured, so the p95 of 20 calls is the second slowest.

    Raises:
        ValueError: there are no values, or *percent* is not in 0 to 100.
    """
    if not values:
        raise ValueError("no values")
    if not 0 <= percent <= 100:
        raise ValueError(f"{percent} is not in 0 to 100")
    rank = max(1, math.ceil(len(values) * percent / 100))
    return sorted(values)[rank - 1]


def text_of(value: float) -> str:
    """Return *value* with as many digits as mean something."""
    if value == 0 or abs(value) >= _LARGE:
        return f"{value:,.0f}"
    if abs(value) >= _SMALL:
        return f"{value:.1f}"
    return f"{value:.3g}"


def _rounded(value: float) -> float:
    return round(value, 4)
