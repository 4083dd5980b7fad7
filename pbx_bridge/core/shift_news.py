"""Who is told of a shift: before it begins, when it has, and when it is his no more."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from pbx_bridge.core.calendar import Plan, Shift, shifts
from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.core.news import News, ShiftFacts
from pbx_bridge.core.wall_clock import instant

LATE = timedelta(hours=2)
"""So long after its start we still say that a shift has begun; we may have been down."""

FOLLOWED = timedelta(days=8)
"""How far a shift is followed to its end; further than any shift is told ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownShift:
    """A shift that was told ahead, as the last look saw it."""

    layer: str
    technician: str
    start: datetime
    is_his: bool = True
    """`False`: it was taken away, and that was told."""
    turn: int = 1
    """How often it was given to him; each time is told anew."""


@dataclass(frozen=True, slots=True)
class ShiftLook:
    """What one look at the shifts found."""

    news: tuple[News, ...]
    known: tuple[KnownShift, ...]
    """To be kept for the next look."""


def look_at_shifts(
    plan: Plan, now: datetime, ahead: timedelta, known: Sequence[KnownShift]
) -> ShiftLook:
    """
    Return what is to be told of shifts at *now*.

    Args:
        plan: who is on call.
        now: the time, UTC.
        ahead: how long before it begins a shift is told first, by the clock on the wall.
        known: what the last look kept.
    """
    start, end = now - LATE, now + ahead + FOLLOWED
    planned = shifts(plan, start, end)
    before = {(one.layer, one.technician, one.start): one for one in known}
    news, kept = [], []
    for shift in planned:
        if shift.start == start:  # cut off there: it began before
            continue
        if shift.start <= now:
            if now < shift.end:
                news.append(_begun(shift, now, end))
        elif _before(shift.start, ahead, plan) <= now:
            told = _given(shift, before.pop((shift.layer, shift.technician, shift.start), None))
            kept.append(told)
            news.append(_ahead(shift, now, end, told.turn))
    for one in _taken_away(before.values(), planned, start):
        kept.append(one)
        news.append(_withdrawn(one, now))
    return ShiftLook(tuple(news), tuple(kept))


def _given(shift: Shift, known: KnownShift | None) -> KnownShift:
    if known is None:
        return KnownShift(layer=shift.layer, technician=shift.technician, start=shift.start)
    return known if known.is_his else replace(known, is_his=True, turn=known.turn + 1)


def _taken_away(
    known: Iterable[KnownShift], planned: Sequence[Shift], forgotten: datetime
) -> Iterator[KnownShift]:
    """Yield those whose technician is not on call when they begin; one that grew is still his."""
    for one in known:
        is_covered = any(
            (shift.layer, shift.technician) == (one.layer, one.technician)
            and shift.start <= one.start < shift.end
            for shift in planned
        )
        if one.start > forgotten and not is_covered:
            yield replace(one, is_his=False)


def _begun(shift: Shift, now: datetime, followed_to: datetime) -> News:
    facts = _facts(shift, followed_to, has_begun=True)
    return _news(Topic.SHIFT_BEGINS, f"shift-begins-{_name(facts)}", now, facts)


def _ahead(shift: Shift, now: datetime, followed_to: datetime, turn: int) -> News:
    facts = _facts(shift, followed_to, has_begun=False)
    return _news(Topic.SHIFT_BEGINS, f"shift-ahead-{_name(facts)}{_again(turn)}", now, facts)


def _withdrawn(one: KnownShift, now: datetime) -> News:
    facts = ShiftFacts(
        layer=one.layer, technician=one.technician, start=one.start, end=None, has_begun=False
    )
    key = f"shift-withdrawn-{_name(facts)}{_again(one.turn)}"
    return _news(Topic.SHIFT_WITHDRAWN, key, now, facts)


def _facts(shift: Shift, followed_to: datetime, *, has_begun: bool) -> ShiftFacts:
    return ShiftFacts(
        layer=shift.layer,
        technician=shift.technician,
        start=shift.start,
        end=None if shift.end == followed_to else shift.end,
        has_begun=has_begun,
    )


def _news(topic: Topic, key: str, now: datetime, facts: ShiftFacts) -> News:
    return News(key=key, topic=topic, at=now, shift=facts)


def _name(shift: ShiftFacts) -> str:
    return f"{shift.layer}-{shift.technician}-{shift.start.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _again(turn: int) -> str:
    return "" if turn == 1 else f"-{turn}"


def _before(at: datetime, ahead: timedelta, plan: Plan) -> datetime:
    """Return when the clock on the wall shows *ahead* less than at *at*."""
    zone = plan.hours.days.zone
    return instant(at.astimezone(zone).replace(tzinfo=None, fold=0) - ahead, zone)
