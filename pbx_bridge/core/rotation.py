"""Rotations: technicians who relieve each other, by the clock on the wall."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from pbx_bridge.core.wall_clock import instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """
    Ordered technicians of one layer, each on call until the next handoff, for ever.

    All lengths are wall clock: a week is seven days from 08:00 to 08:00 even when a DST night
    makes it 167 or 169 hours, and shifts of 12 hours stay at 08:00 and 20:00 all year round.
    """

    layer: str
    order: tuple[str, ...]
    """At least one; who is in it twice has two turns."""
    starts_at: datetime
    """The first handoff, to the first of `order`; wall clock, naive."""
    shift: timedelta
    """Between two handoffs on the wall clock; whole hours."""

    def handoff(self, turn: int, zone: tzinfo) -> datetime:
        """Return the instant (UTC) at which turn number *turn*, counted from 0, begins."""
        return instant(self.starts_at + turn * self.shift, zone)

    def turn_at(self, at: datetime, zone: tzinfo) -> int:
        """Return the number of the turn that runs at *at*; negative before the first."""
        wall = at.astimezone(zone).replace(tzinfo=None)
        turn = (wall - self.starts_at) // self.shift
        while self.handoff(turn + 1, zone) <= at:  # reached already, then the clock went back
            turn += 1
        return turn

    def handoffs(self, start: datetime, end: datetime, zone: tzinfo) -> Iterator[datetime]:
        """Yield the handoffs after *start* and before *end*, in order."""
        turn = max(self.turn_at(start, zone) + 1, 0)
        while (at := self.handoff(turn, zone)) < end:
            yield at
            turn += 1

    def candidates(self, turn: int) -> tuple[str, ...]:
        """Return all in the order in which they step in, beginning with whose turn it is."""
        place = turn % len(self.order)
        return self.order[place:] + self.order[:place]
