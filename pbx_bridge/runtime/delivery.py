"""Sends what is queued: each addressee by itself, with limits, so that none holds up another."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby

import structlog

from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.errors import BridgeError, NotifyFailed, NotifyRefused, StoreError
from pbx_bridge.ports import Addressee, Clock, NoticeStore, QueuedNotice

log = structlog.get_logger()

IDLE_S = 5.0
"""How often somebody looks for what was put off."""

SEND_LIMIT_S = 120.0
"""For one try, whatever the notifier's own limits are."""

PAUSE = timedelta(seconds=5)
"""Before the second try; doubled each time."""

LONGEST_PAUSE = timedelta(minutes=10)

KEPT_FOR = timedelta(hours=1)
"""How long it is worth telling a turn of a case; later nobody tries any more."""

KEPT_LONGER = {
    # A person must act upon these, also when the mail server is down from Friday to Monday.
    Topic.EXHAUSTED: timedelta(days=3),
    Topic.LINE_DOWN: timedelta(days=3),
    Topic.CONTESTED: timedelta(days=3),
    Topic.GAP_AHEAD: timedelta(days=3),
    Topic.SHIFT_BEGINS: timedelta(hours=12),
    Topic.SHIFT_WITHDRAWN: timedelta(hours=12),
    Topic.PHONE_CHECK: timedelta(hours=12),
}


class Delivery:
    """Takes notices from the queue; a hanging addressee hangs alone, and not for ever."""

    def __init__(
        self,
        clock: Clock,
        queue: NoticeStore,
        addressees: Sequence[Addressee],
        *,
        send_limit_s: float = SEND_LIMIT_S,
    ) -> None:
        self._clock, self._queue = clock, queue
        self._addressees: Mapping[str, Addressee] = {one.name: one for one in addressees}
        self._send_limit_s = send_limit_s
        self._running: dict[str, asyncio.Task[None]] = {}
        self._unbooked: set[int] = set()
        """Sent, and the database could not take it down: not sent again."""
        self._news = asyncio.Event()

    def hurry(self) -> None:
        """Look at the queue now: something was put into it."""
        self._news.set()

    async def run(self) -> None:
        """Send what is due until cancelled."""
        while True:
            await self.turn()
            try:
                async with asyncio.timeout(IDLE_S):
                    await self._news.wait()
            except TimeoutError:
                continue

    async def turn(self) -> None:
        """Start what is due for everybody for whom nothing is under way; does not wait for it."""
        self._news.clear()
        try:
            due = await self._queue.due(self._clock.now())
        except StoreError as exc:
            log.error("store.unusable", code=exc.code, reason=str(exc))
            return
        due.sort(key=lambda one: (one.addressee, one.seq))
        for name, group in groupby(due, key=lambda one: one.addressee):
            if name not in self._running:
                task = asyncio.create_task(self._serve(list(group)))
                self._running[name] = task
                task.add_done_callback(partial(self._ended, name))

    async def flush(self) -> None:
        """Try all that is due now, and return when each was tried."""
        await self.turn()
        await asyncio.gather(*self._running.values())

    async def stop(self) -> None:
        """Stop what is under way; it is queued still and starts again next time."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, name: str, _: asyncio.Task[None]) -> None:
        self._running.pop(name, None)

    async def _serve(self, notices: Sequence[QueuedNotice]) -> None:
        for queued in notices:
            try:
                await self._deliver(queued)
            except StoreError as exc:  # it stays as it was, and is looked at again
                log.error("store.unusable", code=exc.code, reason=str(exc))

    async def _deliver(self, queued: QueuedNotice) -> None:
        one = self._addressees.get(queued.addressee)
        if one is None:
            await self._give_up(queued, "the configuration does not name it any more")
            return
        if queued.seq not in self._unbooked:
            try:
                await self._send(one, queued)
            except NotifyRefused as exc:
                await self._give_up(queued, str(exc))
                return
            except BridgeError as exc:
                await self._put_off(queued, str(exc))
                return
            except Exception as exc:  # crash boundary: a plug-in may raise anything
                log.exception("notify.crashed", to=queued.addressee)
                await self._put_off(queued, repr(exc))
                return
            log.info("notify.sent", to=queued.addressee, **_what(queued))
            self._unbooked.add(queued.seq)
        await self._queue.mark_sent(queued.seq, self._clock.now())
        self._unbooked.discard(queued.seq)

    async def _send(self, one: Addressee, queued: QueuedNotice) -> None:
        try:
            async with asyncio.timeout(self._send_limit_s):
                await one.notifier.send(queued.notice)
        except TimeoutError as exc:
            raise NotifyFailed(f"it hangs, stopped after {self._send_limit_s:.0f} s") from exc

    async def _put_off(self, queued: QueuedNotice, reason: str) -> None:
        now = self._clock.now()
        retry_at = now + min(PAUSE * 2 ** min(queued.failures, 16), LONGEST_PAUSE)
        if retry_at > _keep_until(queued):
            await self._give_up(queued, reason)
            return
        if queued.failures == 0:  # said once; and once more when it is given up
            log.warning("notify.failed", to=queued.addressee, reason=reason, **_what(queued))
        await self._queue.mark_failed(queued.seq, reason, retry_at)

    async def _give_up(self, queued: QueuedNotice, reason: str) -> None:
        await self._queue.give_up(queued.seq, self._clock.now(), reason)
        log.error(
            "notify.given_up",
            to=queued.addressee,
            failures=queued.failures + 1,
            reason=reason,
            **_what(queued),
        )


def _keep_until(queued: QueuedNotice) -> datetime:
    return queued.queued_at + KEPT_LONGER.get(queued.topic, KEPT_FOR)


def _what(queued: QueuedNotice) -> dict[str, str]:
    case_id = queued.notice.case_id
    return {"topic": queued.topic.value} | ({"case_id": case_id} if case_id else {})
