"""Looks at the plan now and then, and has people told of what it holds for them."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta

import structlog

from pbx_bridge.core.calendar import Plan
from pbx_bridge.core.news import News
from pbx_bridge.core.outlook import look
from pbx_bridge.core.shift_check import BegunShift, newly_begun
from pbx_bridge.errors import StoreError
from pbx_bridge.ports import Clock, NoticeStore
from pbx_bridge.runtime.notices import Notices

log = structlog.get_logger()

LOOK_EVERY_S = 60.0
"""How late "your shift has begun" may be."""


class Outlook:
    """Tells shifts and gaps ahead, each once, over restarts too."""

    def __init__(  # noqa: PLR0913  the composition root names each of them once
        self,
        clock: Clock,
        queue: NoticeStore,
        notices: Notices,
        plan: Callable[[], Plan],
        *,
        rung_of: Callable[[Sequence[str]], Collection[str]],
        shift_ahead: timedelta,
        gap_ahead: timedelta,
        on_begun: Callable[[Sequence[BegunShift]], None] | None = None,
    ) -> None:
        """
        Remember what to ask.

        Args:
            clock: tells the time.
            queue: where it is kept what the last look saw.
            notices: writes what was found.
            plan: returns the plan as it is.
            rung_of: of all layers returns those that some policy rings.
            shift_ahead: see `look`.
            gap_ahead: see `look`.
            on_begun: is given each shift that has begun, once; `None`: nobody is.
        """
        self._clock, self._queue, self._notices, self._plan = clock, queue, notices, plan
        self._rung_of = rung_of
        self._shift_ahead, self._gap_ahead = shift_ahead, gap_ahead
        self._on_begun = on_begun
        self._told: frozenset[str] = frozenset()
        """Keys of the last look; they are in the queue, no need to ask the disk each minute."""

    async def run(self) -> None:
        """Look every `LOOK_EVERY_S` until cancelled; the crash boundary of looking."""
        while True:
            try:
                await self.look()
            except StoreError as exc:
                log.error("store.unusable", code=exc.code, reason=str(exc))
            except Exception:  # the next look may go better
                log.exception("outlook.crashed")
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Look once; raise `StoreError` when what was found cannot be kept."""
        now, plan = self._clock.now(), self._plan()
        known = await self._queue.known()
        found = await asyncio.to_thread(  # calls go on meanwhile
            look,
            plan,
            now,
            known,
            rung=self._rung_of(plan.layers),
            shift_ahead=self._shift_ahead,
            gap_ahead=self._gap_ahead,
        )
        if found.known != known:
            # First: a gap must have its name before it is told under it, and what was told ahead
            # must be known when it is taken away.
            await self._queue.keep_known(now, found.known)
            if self._on_begun is not None:  # after it: rather no check than one at each restart
                self._on_begun(newly_begun(found.known.begun, known.begun))
        fresh = [news for news in found.news if news.key not in self._told]
        await self._notices.publish(fresh, _concerned)
        self._told = frozenset(news.key for news in found.news)


def _concerned(news: News) -> frozenset[str]:
    return frozenset({news.shift.technician} if news.shift else ())
