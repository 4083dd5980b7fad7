"""Stretches of time, UTC: to the start they belong, to the end they do not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From `start` until just before `end`, both aware; empty when `end` is not later."""

    start: datetime
    end: datetime

    def covers(self, at: datetime) -> bool:
        """Whether *at* lies in it."""
        return self.start <= at < self.end

    def clipped(self, start: datetime, end: datetime) -> "Period":
        """Return the part of it that lies in *start* to *end*; perhaps an empty one."""
        return Period(max(self.start, start), min(self.end, end))

    @property
    def is_empty(self) -> bool:
        """Whether no instant lies in it."""
        return self.end <= self.start


def merged(periods: Iterable[Period]) -> list[Period]:
    """Return the same time in order: no two overlap or touch, none is empty."""
    joined: list[Period] = []
    for period in sorted(period for period in periods if not period.is_empty):
        if joined and period.start <= joined[-1].end:
            joined[-1] = Period(joined[-1].start, max(joined[-1].end, period.end))
        else:
            joined.append(period)
    return joined


def without(periods: Iterable[Period], holes: Iterable[Period]) -> list[Period]:
    """Return the time of *periods* that lies in none of *holes*, in order."""
    left = merged(periods)
    for hole in merged(holes):
        parts = (
            (Period(p.start, min(p.end, hole.start)), Period(max(p.start, hole.end), p.end))
            for p in left
        )
        left = [part for pair in parts for part in pair if not part.is_empty]
    return left


def shared(ones: Iterable[Period], others: Iterable[Period]) -> list[Period]:
    """Return the time that lies in both, in order."""
    left, right = merged(ones), merged(others)
    found: list[Period] = []
    while left and right:
        both = left[0].clipped(right[0].start, right[0].end)
        if not both.is_empty:
            found.append(both)
        (left if left[0].end <= right[0].end else right).pop(0)
    return found
