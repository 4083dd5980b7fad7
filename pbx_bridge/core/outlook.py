"""What the plan has to tell: shifts that begin, and gaps ahead; each once."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pbx_bridge.core.calendar import Plan, Shift, shifts
from pbx_bridge.core.calendar_lint import uncovered
from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.core.news import GapFacts, News, ShiftFacts
from pbx_bridge.core.wall_clock import instant

LATE = timedelta(hours=2)
"""So long after its start we still say that a shift has begun; we may have been down."""

FOLLOWED = timedelta(days=8)
"""How far a shift is followed to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownGap:
    """A gap as the last look saw it."""

    layer: str
    told_as: datetime
    """The start under which it was told; it stays, while the gap itself goes by."""
    end: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at the plan found."""

    news: tuple[News, ...]
    gaps: tuple[KnownGap, ...]
    """To be kept for the next look."""


def look(  # noqa: PLR0913  a plan, and how to look at it
    plan: Plan,
    now: datetime,
    known: Sequence[KnownGap],
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
        known: the gaps of the last look.
        rung: the layers that some policy rings; a gap in another one leaves nobody alone.
        shift_ahead: how long before it begins a shift is told first, by the clock on the wall.
        gap_ahead: how far we look for gaps.
    """
    news = list(_shift_news(plan, now, shift_ahead))
    gaps = []
    for gap in uncovered(plan, now, now + gap_ahead):
        if gap.layer not in rung:
            continue
        told_as = _told_as(known, gap.layer, gap.start, now)
        gaps.append(KnownGap(layer=gap.layer, told_as=told_as, end=gap.end))
        facts = GapFacts(layer=gap.layer, start=gap.start, end=gap.end)
        key = f"gap-{gap.layer}-{_stamp(told_as)}"
        news.append(News(key=key, topic=Topic.GAP_AHEAD, at=now, gap=facts))
    return Look(tuple(news), tuple(gaps))


def _shift_news(plan: Plan, now: datetime, ahead: timedelta) -> Iterator[News]:
    start, end = now - LATE, now + ahead + FOLLOWED
    for shift in shifts(plan, start, end):
        if shift.start == start:  # cut off there: it began before
            continue
        if shift.start <= now:
            if now < shift.end:
                yield _news(shift, now, end, has_begun=True)
        elif _before(shift.start, ahead, plan) <= now:
            yield _news(shift, now, end, has_begun=False)


def _news(shift: Shift, now: datetime, followed_to: datetime, *, has_begun: bool) -> News:
    turn = "begins" if has_begun else "ahead"
    return News(
        key=f"shift-{turn}-{shift.layer}-{shift.technician}-{_stamp(shift.start)}",
        topic=Topic.SHIFT_BEGINS,
        at=now,
        shift=ShiftFacts(
            layer=shift.layer,
            technician=shift.technician,
            start=shift.start,
            end=None if shift.end == followed_to else shift.end,
            has_begun=has_begun,
        ),
    )


def _before(at: datetime, ahead: timedelta, plan: Plan) -> datetime:
    """Return when the clock on the wall shows *ahead* less than at *at*."""
    zone = plan.hours.days.zone
    return instant(at.astimezone(zone).replace(tzinfo=None, fold=0) - ahead, zone)


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
