"""What the plan has to tell: shifts, and gaps ahead; each once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pbx_bridge.core.calendar import Plan
from pbx_bridge.core.calendar_lint import uncovered
from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.core.news import GapFacts, News
from pbx_bridge.core.shift_news import KnownShift, look_at_shifts


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownGap:
    """A gap as the last look saw it."""

    layer: str
    told_as: datetime
    """The start under which it was told; it stays, while the gap itself goes by."""
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What one look leaves for the next."""

    gaps: tuple[KnownGap, ...] = ()
    shifts: tuple[KnownShift, ...] = ()


NOTHING_KNOWN = Known()
"""Nobody has looked yet."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at the plan found."""

    news: tuple[News, ...]
    known: Known
    """To be kept for the next look."""


def look(  # noqa: PLR0913  a plan, and how to look at it
    plan: Plan,
    now: datetime,
    known: Known,
    *,
    rung: Collection[str],
    shift_ahead: timedelta,
    gap_ahead: timedelta,
) -> Look:
    """
    Return what is to be told at *now*.

    News that was told is found again by the next look, under the same key: whoever tells it
    must keep the keys.

    Args:
        plan: who is on call.
        now: the time, UTC.
        known: what the last look left.
        rung: the layers that some policy rings; a gap in another one leaves nobody alone.
        shift_ahead: how long before it begins a shift is told first, by the clock on the wall.
        gap_ahead: how far we look for gaps.
    """
    of_shifts = look_at_shifts(plan, now, shift_ahead, known.shifts)
    news = list(of_shifts.news)
    gaps = []
    for gap in uncovered(plan, now, now + gap_ahead):
        if gap.layer not in rung:
            continue
        told_as = _told_as(known.gaps, gap.layer, gap.start, now)
        gaps.append(KnownGap(layer=gap.layer, told_as=told_as, end=gap.end))
        facts = GapFacts(layer=gap.layer, start=gap.start, end=gap.end)
        key = f"gap-{gap.layer}-{_stamp(told_as)}"
        news.append(News(key=key, topic=Topic.GAP_AHEAD, at=now, gap=facts))
    return Look(tuple(news), Known(gaps=tuple(gaps), shifts=of_shifts.known))


def _told_as(known: Sequence[KnownGap], layer: str, start: datetime, now: datetime) -> datetime:
    """
    Return the start under which a gap is told.

    A gap that goes on begins "now" at each look, and one that is filled in part is still the
    same: as long as it meets a known one it keeps that one's. Only one that begins earlier
    than was told is news again.
    """
    for gap in known:
        if gap.layer == layer and max(gap.told_as, now) <= start < gap.end:
            return gap.told_as
    return start


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
