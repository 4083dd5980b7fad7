"""What the plan has to tell: shifts, and gaps ahead; each once."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from pbx_bridge.core.calendar import Plan, Stretch, gaps
from pbx_bridge.core.calendar_lint import uncovered
from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.core.news import GapFacts, News
from pbx_bridge.core.shift_check import BegunShift, begun_shifts
from pbx_bridge.core.shift_news import FOLLOWED, KnownShift, look_at_shifts


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownGap:
    """A gap as the last look saw it."""

    layer: str
    told_as: datetime
    """The start under which it is told; it stays, while the gap itself goes by."""
    end: datetime
    goes_on: bool = False
    """It has no end as far as we looked; `end` is how far that was."""
    told_at: datetime | None = None
    """When it was told last; `None`: by a release that told each start once."""

    @property
    def key(self) -> str:
        """The key of its news: another one each time it is to be told."""
        again = f"-{_stamp(self.told_at)}" if self.told_at else ""
        return f"gap-{self.layer}-{_stamp(self.told_as)}{again}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What one look leaves for the next."""

    gaps: tuple[KnownGap, ...] = ()
    shifts: tuple[KnownShift, ...] = ()
    begun: tuple[BegunShift, ...] = ()
    """Those of the last minutes: their mobiles are checked already, if they are at all."""


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
    found = []
    for gap, goes_on in _gaps_ahead(plan, now, gap_ahead):
        if gap.layer not in rung:
            continue
        named = _named(gap, now, known.gaps, goes_on=goes_on)
        found.append(named)
        end = None if goes_on else gap.end
        facts = GapFacts(layer=gap.layer, start=gap.start, end=end)
        news.append(News(key=named.key, topic=Topic.GAP_AHEAD, at=now, gap=facts))
    begun = begun_shifts(plan, now, rung)
    return Look(tuple(news), Known(gaps=tuple(found), shifts=of_shifts.known, begun=begun))


def _gaps_ahead(plan: Plan, now: datetime, ahead: timedelta) -> Iterator[tuple[Stretch, bool]]:
    """Yield the gaps that begin within *ahead*, each with whether it has no end that we see."""
    followed_to = now + ahead + FOLLOWED
    cut = {gap.layer: gap.start for gap in gaps(plan, now, followed_to) if gap.end == followed_to}
    for gap in uncovered(plan, now, followed_to):
        if gap.start < now + ahead:
            yield gap, gap.layer in cut and cut[gap.layer] <= gap.start


def _named(gap: Stretch, now: datetime, known: Sequence[KnownGap], *, goes_on: bool) -> KnownGap:
    """
    Return *gap* under the name under which it is told.

    A gap that goes by begins "now" at each look, and one that is filled in part is still the
    same: as long as it meets a known one it keeps that one's name. One that begins earlier, or
    ends later than at the last look, is told again; so is one that was gone for a look.
    """
    for old in known:
        if old.layer == gap.layer and max(old.told_as, now) <= gap.start < old.end:
            has_grown = not old.goes_on and (goes_on or gap.end > old.end)
            told_at = now if has_grown else old.told_at
            return replace(old, end=gap.end, goes_on=goes_on, told_at=told_at)
    return KnownGap(layer=gap.layer, told_as=gap.start, end=gap.end, goes_on=goes_on, told_at=now)


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
