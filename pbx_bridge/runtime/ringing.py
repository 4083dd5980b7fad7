"""Carries out what an escalation wants from the telephone."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog

from pbx_bridge.core.call_flow import (
    AdoptOwner,
    CallAlive,
    CallerLeft,
    DialplanEnded,
    DialplanHas,
    Escalate,
    LookAfterCall,
)
from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.escalation import (
    CancelRing,
    MarkTaken,
    Ring,
    RingEnded,
    RingNotPlaced,
    RingPlaced,
    TakenElsewhere,
)
from pbx_bridge.core.policy import Policy
from pbx_bridge.errors import AmiRejected, AmiUnavailable, StoreError, UnsafeValue
from pbx_bridge.ports import CallStore, EscalationStore, Pending, Phones, Recordings, RingOrder
from pbx_bridge.runtime.cases import Opening, Trigger
from pbx_bridge.runtime.lookout import TAKEN, Fate, Lookout, Tokens
from pbx_bridge.runtime.switchboard import channel_id

log = structlog.get_logger()

Post = Callable[[str, Trigger], None]


class Ringing:
    """Rings, cancels and looks; every failure becomes an event of the case."""

    def __init__(  # noqa: PLR0913  the composition root names each of them once
        self,
        post: Post,
        *,
        calls: CallStore,
        escalations: EscalationStore,
        phones: Phones,
        recordings: Recordings,
        lookout: Lookout,
        tokens: Tokens,
        policy: Callable[[], Policy],
    ) -> None:
        self._post, self._calls, self._escalations = post, calls, escalations
        self._phones, self._recordings = phones, recordings
        self._lookout, self._tokens, self._policy = lookout, tokens, policy
        self.inherited_up_to = 0
        """Effects up to this number may have been carried out before a crash: look first."""

    async def escalate(self, pending: Pending) -> None:
        """Start to ring, unless somebody took the case while we were away."""
        effect, case_id = pending.effect, pending.case_id
        assert isinstance(effect, Escalate)  # noqa: S101  the dispatcher's own table
        stored = await self._calls.load(case_id)
        if stored is None:
            raise StoreError(f"case {case_id} has no call")
        owner = await self._owner(stored.state.call_id)
        self._post(case_id, Opening(self._policy(), owner))

    async def adopt_owner(self, pending: Pending) -> None:
        """A technician pressed 1 in the dialplan: the escalation is over before it begins."""
        assert isinstance(pending.effect, AdoptOwner)  # noqa: S101
        self._post(pending.case_id, Opening(self._policy(), pending.effect.technician))

    async def ring(self, pending: Pending) -> None:
        """Let a mobile ring; look before ringing what may be ringing already."""
        ring, case_id = pending.effect, pending.case_id
        assert isinstance(ring, Ring)  # noqa: S101
        leg = channel_id(case_id, ring.attempt)
        try:
            if not await self._is_wanted(pending, ring, leg):
                return
            await self._phones.ring(await self._order(case_id, ring, leg))
        except AmiUnavailable as exc:
            log.warning("attempt.unreachable", case_id=case_id, attempt=ring.attempt, code=exc.code)
            self._post(case_id, RingNotPlaced(ring.attempt))
            return
        except (AmiRejected, UnsafeValue) as exc:
            log.error("attempt.unreachable", case_id=case_id, attempt=ring.attempt, reason=str(exc))
            self._post(case_id, RingEnded(ring.attempt, RingOutcome.UNREACHABLE))
            return
        who = ring.technician
        log.info("attempt.started", case_id=case_id, attempt=ring.attempt, technician=who)
        self._post(case_id, RingPlaced(ring.attempt))

    async def cancel(self, pending: Pending) -> None:
        """Stop a leg, ringing or talking."""
        assert isinstance(pending.effect, CancelRing)  # noqa: S101
        await self._phones.cancel(channel_id(pending.case_id, pending.effect.attempt))

    async def mark_taken(self, pending: Pending) -> None:
        """Let the dialplan's fallback know that it has nobody to ring."""
        assert isinstance(pending.effect, MarkTaken)  # noqa: S101
        stored = await self._calls.load(pending.case_id)
        if stored is not None:
            leg = channel_id(pending.case_id, 0)
            value = f"{pending.effect.technician}/{leg}/{self._tokens.token(leg)}"
            await self._phones.remember(TAKEN, stored.state.call_id, value)

    async def look_after(self, pending: Pending) -> None:
        """Ask Asterisk where the caller is; without Asterisk there is no caller either."""
        assert isinstance(pending.effect, LookAfterCall)  # noqa: S101
        await self.look(pending.case_id)

    async def look(self, case_id: str) -> None:
        """Post what became of the call of a case."""
        stored = await self._calls.load(case_id)
        if stored is None:
            return
        call = stored.state
        message_s = await asyncio.to_thread(self._recordings.message_s, call.recording)
        try:
            finding = await self._lookout.call(call.call_id)
        except AmiUnavailable:
            self._post(case_id, CallerLeft(message_s))
            return
        match finding.fate:
            case Fate.WITH_US:
                self._post(case_id, CallAlive())
            case Fate.IN_FALLBACK:
                self._post(case_id, DialplanHas())
            case Fate.TAKEN:
                self._post(case_id, DialplanEnded(finding.technician, message_s))
                self._post(case_id, TakenElsewhere(finding.technician or ""))
            case Fate.NOBODY:
                self._post(case_id, CallerLeft(message_s))

    async def _is_wanted(self, pending: Pending, ring: Ring, leg: str) -> bool:
        """Whether this ring is still to be placed; posts what it finds instead."""
        stored = await self._escalations.load(pending.case_id)
        current = stored.state.current if stored else None
        if current is None or current.attempt != ring.attempt:
            return False
        if pending.seq > self.inherited_up_to:
            return True
        if any(channel.channel_id == leg for channel in await self._phones.live()):
            self._post(pending.case_id, RingPlaced(ring.attempt))
            return False
        call = await self._calls.load(pending.case_id)
        owner = await self._lookout.taken_by(call.state.call_id) if call else None
        if owner is not None:
            self._post(pending.case_id, TakenElsewhere(owner))
        return owner is None

    async def _owner(self, call_id: str) -> str | None:
        try:
            return await self._lookout.taken_by(call_id)
        except AmiUnavailable:
            return None  # the ring itself will find Asterisk away, and wait for it

    async def _order(self, case_id: str, ring: Ring, leg: str) -> RingOrder:
        stored = await self._calls.load(case_id)
        if stored is None:
            raise StoreError(f"case {case_id} has no call")
        call = stored.state
        return RingOrder(
            channel_id=leg,
            token=self._tokens.token(leg),
            number=ring.number,
            timeout=timedelta(seconds=ring.timeout_s),
            case_id=case_id,
            attempt=ring.attempt,
            technician=ring.technician,
            call_id=call.call_id,
            caller_number=call.caller.number or "",
            recording=call.recording,
            language=call.language,
        )
