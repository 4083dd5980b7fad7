"""Carries out committed effects: at least once, in order, and none can block the others."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog

from pbx_bridge.core.call_events import CallEffect
from pbx_bridge.core.escalation_events import EscalationEffect
from pbx_bridge.errors import BridgeError, StoreError
from pbx_bridge.ports import Clock, Outbox, Pending

log = structlog.get_logger()

Effect = CallEffect | EscalationEffect


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """How one kind of effect is carried out."""

    act: Callable[[Pending], Awaitable[None]]
    """Raises `BridgeError` when it may work later."""
    is_slow: bool = False
    """Runs beside the actor, so that a mail server cannot hold up a ring."""
    tries: int | None = 10
    """After so many failures the effect is parked and reported; `None`: never."""
    pause: timedelta = timedelta(seconds=2)
    """Before the second try; doubled each time."""


class Deeds:
    """Starts each pending effect once at a time and keeps book of how it went."""

    def __init__(self, clock: Clock, outbox: Outbox) -> None:
        self._clock, self._outbox = clock, outbox
        self._duties: Mapping[type[Effect], Duty] = {}
        self._running: dict[int, asyncio.Task[None]] = {}
        self._unbooked: set[int] = set()
        """Carried out, and the database could not take it down: not carried out again."""

    def assign(self, duties: Mapping[type[Effect], Duty]) -> None:
        """Say who carries out what; called once, before the first effect."""
        self._duties = duties

    async def start(self, pending: Pending) -> None:
        """Carry out an effect, or see that it is being carried out."""
        if pending.seq in self._running:
            return
        if pending.seq in self._unbooked:
            await self._done(pending)
            return
        duty = self._duties[type(pending.effect)]
        if not duty.is_slow:
            await self._carry_out(pending, duty)
            return
        task = asyncio.create_task(self._carry_out(pending, duty))
        self._running[pending.seq] = task
        task.add_done_callback(lambda _: self._running.pop(pending.seq, None))

    async def stop(self) -> None:
        """Stop what is under way; it is pending still and starts again next time."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _carry_out(self, pending: Pending, duty: Duty) -> None:
        """Act once; the crash boundary of one effect."""
        try:
            await duty.act(pending)
        except BridgeError as exc:
            await self._put_off(pending, duty, f"{exc.code}: {exc}")
        except Exception as exc:  # one broken effect must not stop the others
            log.exception("effect.crashed", case_id=pending.case_id, effect=_name(pending))
            await self._put_off(pending, duty, repr(exc))
        else:
            await self._done(pending)

    async def _done(self, pending: Pending) -> None:
        is_booked = await self._book(self._outbox.mark_done(pending.seq, self._clock.now()))
        (self._unbooked.discard if is_booked else self._unbooked.add)(pending.seq)

    async def _put_off(self, pending: Pending, duty: Duty, error: str) -> None:
        failures = pending.failures + 1
        pause = duty.pause * 2 ** min(pending.failures, 6)
        retry_at = (
            self._clock.now() + pause if duty.tries is None or failures < duty.tries else None
        )
        what = {"case_id": pending.case_id, "effect": _name(pending), "failures": failures}
        if retry_at:
            log.warning("effect.failed", reason=error, **what)
        else:
            log.error("effect.parked", reason=error, **what)
        await self._book(self._outbox.mark_failed(pending.seq, error, retry_at))

    async def _book(self, write: Awaitable[None]) -> bool:
        try:
            await write
        except StoreError as exc:  # after a restart the effect happens again: all of them may
            log.error("store.unusable", code=exc.code, reason=str(exc))
            return False
        return True


def _name(pending: Pending) -> str:
    return type(pending.effect).__name__
