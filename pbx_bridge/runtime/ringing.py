"""Carries out what an escalation wants from the telephone."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from weakref import WeakValueDictionary

import structlog

from pbx_bridge.core.call_events import (
    AdoptOwner,
    CallAlive,
    CallerLeft,
    DialplanEnded,
    DialplanHas,
    Escalate,
    LookAfterCall,
)
from pbx_bridge.core.case import MessageEnd, RingOutcome, Urgency
from pbx_bridge.core.escalation_events import (
    CancelRing,
    MarkTaken,
    MobileBusy,
    Ring,
    RingEnded,
    RingHeld,
    RingNotPlaced,
    RingPlaced,
    RingTakenOver,
    TakenElsewhere,
    TakeOver,
)
from pbx_bridge.core.escalation_state import Attempt, Escalation, EscalationPhase
from pbx_bridge.core.phone_check import NO_CASE
from pbx_bridge.errors import AmiError, AmiRejected, AmiUnavailable, StoreError, UnsafeValue
from pbx_bridge.ports import (
    CallStore,
    EscalationStore,
    LiveChannel,
    Pending,
    Phones,
    Recordings,
    RingOrder,
)
from pbx_bridge.runtime.cases import Opening, Trigger
from pbx_bridge.runtime.lookout import OVER, OWN_MARK, TAKEN, Fate, Lookout, Tokens
from pbx_bridge.runtime.policies import ChoosePolicy, patient_policy
from pbx_bridge.runtime.switchboard import attempt_of, channel_id

log = structlog.get_logger()

Post = Callable[[str, Trigger], None]


GIVEN_UP = (RingOutcome.NO_ANSWER, RingOutcome.UNREACHABLE)
"""Outcomes of a ring that may be our own guess: Asterisk may think otherwise."""

UNASKED = Escalate(Urgency.UNKNOWN, "other")
"""What a case counts as that was taken before anybody asked how urgent it is."""


async def _nobody_in_the_way(_: str) -> None:
    """Find no check, neither under way nor left over."""


class Ringing:
    """Rings, cancels and looks; every failure becomes an event of the case."""

    def __init__(  # noqa: PLR0913  the composition root names each of them once
        self,
        post: Post,
        open_escalation: Callable[[str, Opening], Awaitable[object]],
        *,
        calls: CallStore,
        escalations: EscalationStore,
        phones: Phones,
        recordings: Recordings,
        lookout: Lookout,
        tokens: Tokens,
        policy: ChoosePolicy,
        callers: Collection[str] = (),
        make_way: Callable[[str], Awaitable[None]] = _nobody_in_the_way,
        end_check: Callable[[str], Awaitable[None]] = _nobody_in_the_way,
    ) -> None:
        """
        Remember what to ring with.

        *callers* holds who has called us and is on the line: no time to remind him. *make_way*
        ends a check of a mobile before a case rings somebody, *end_check* a check's leg that was
        left over; they must not raise.
        """
        self._post, self._open = post, open_escalation
        self._calls, self._escalations = calls, escalations
        self._phones, self._recordings = phones, recordings
        self._lookout, self._tokens, self._policy = lookout, tokens, policy
        self._callers, self._make_way, self._end_check = callers, make_way, end_check
        self._marking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def escalate(self, pending: Pending) -> None:
        """Start to ring, unless somebody took the case while we were away."""
        effect, case_id = pending.effect, pending.case_id
        assert isinstance(effect, Escalate)  # noqa: S101  the dispatcher's own table
        stored = await self._calls.load(case_id)
        if stored is None:
            raise StoreError(f"case {case_id} has no call")
        owner = await self._owner(stored.state.call_id)
        policy = patient_policy(self._policy, effect, stored.state)
        number = self._lookout.number_of(owner)
        await self._open(case_id, Opening(effect.urgency, policy, owner, number))
        if owner is not None:
            await self._count_key(case_id)

    async def adopt_owner(self, pending: Pending) -> None:
        """A technician pressed 1 in the dialplan: the escalation is over before it begins."""
        effect = pending.effect
        assert isinstance(effect, AdoptOwner)  # noqa: S101
        await self.give(pending.case_id, effect.technician)

    async def ring(self, pending: Pending) -> None:
        """Let a mobile ring; look before ringing what may be ringing already."""
        ring, case_id = pending.effect, pending.case_id
        assert isinstance(ring, Ring)  # noqa: S101
        leg = channel_id(case_id, ring.attempt)
        try:
            if not await self._is_wanted(case_id, ring, leg):
                return
            await self._make_way(ring.technician)
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

    async def give(self, case_id: str, technician: str) -> None:
        """
        Let a case belong to who pressed 1 in the dialplan, whether or not anybody was rung.

        The key is read once more: it may be one that counted long ago, of a case that rings again.
        Raises `AmiError` when it cannot be read.
        """
        if await self._escalations.load(case_id) is None:
            policy, number = self._policy(UNASKED), self._lookout.number_of(technician)
            await self._open(case_id, Opening(UNASKED.urgency, policy, technician, number))
        await self._count_key(case_id)

    async def cancel(self, pending: Pending) -> None:
        """Stop a leg, ringing or talking, but not one on which the key 1 was pressed."""
        assert isinstance(pending.effect, CancelRing)  # noqa: S101
        effect = pending.effect
        await self._stop(pending.case_id, effect.attempt, taken_by=effect.taken_by)

    async def _stop(self, case_id: str, attempt: int, *, taken_by: str | None = None) -> bool:
        """End a leg, and return `True`, unless the key 1 was pressed there."""
        stored = await self._escalations.load(case_id)
        if stored is not None and stored.state.phase not in OVER:
            try:
                press = await self._key_press(stored.state)
            except AmiRejected:
                press = None
            if press == RingEnded(attempt, RingOutcome.ACKNOWLEDGED):
                self._post(case_id, press)
                return False
        leg = channel_id(case_id, attempt)
        if taken_by is not None:
            await self._phones.dismiss(leg, taken_by)
        else:
            await self._phones.cancel(leg)
        return True

    async def take_over(self, pending: Pending) -> None:
        """Ask a less urgent case for a technician who has not answered it yet."""
        assert isinstance(pending.effect, TakeOver)  # noqa: S101
        self._post(pending.effect.case_id, RingTakenOver(pending.effect.attempt))

    async def mark_taken(self, pending: Pending) -> None:
        """Let the dialplan know whose a case is now: the effect may come late, after the next."""
        assert isinstance(pending.effect, MarkTaken)  # noqa: S101
        case_id, technician = pending.case_id, pending.effect.technician
        # One at a time: an older one that takes its time must not end after a newer one.
        async with self._marking.setdefault(case_id, asyncio.Lock()):
            call = await self._calls.load(case_id)
            stored = await self._escalations.load(case_id)
            if call is None or stored is None:
                return
            esc = stored.state
            value = self._mark_of(esc, technician)
            if value is not None:
                await self._mark(esc, call.state.call_id, value)

    def _mark_of(self, esc: Escalation, technician: str | None) -> str | None:
        """Return what AstDB is to hold; `None`: nobody who could be named has the case."""
        if esc.phase in (EscalationPhase.RINGING, EscalationPhase.EXHAUSTED):
            return ""
        who = esc.owner if esc.phase is EscalationPhase.ACKNOWLEDGED else technician
        if who is None:
            return None
        leg = channel_id(esc.case_id, OWN_MARK)
        return f"{who}/{leg}/{self._tokens.token(leg)}"

    async def _mark(self, esc: Escalation, call_id: str, value: str) -> None:
        """Overwrite a mark that is no news any more; a key pressed meanwhile counts."""
        there = await self._phones.recall(TAKEN, call_id) or ""
        press = self._lookout.press_of(esc, there)
        if press is not None:
            self._post(esc.case_id, press)  # what follows from it marks the case anew
        elif there != value:
            await self._phones.remember(TAKEN, call_id, value, expected=there)

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
        except AmiError:
            self._post(case_id, CallerLeft(message_s, MessageEnd.INTERRUPTED))
            return
        match finding.fate:
            case Fate.WITH_US:
                self._post(case_id, CallAlive())
            case Fate.IN_FALLBACK:
                self._post(case_id, DialplanHas())
            case Fate.TAKEN:
                self._post(case_id, DialplanEnded(finding.technician, message_s))
                await self._count_key(case_id)
            case Fate.NOBODY:  # nobody claimed the call: the line may have been cut
                self._post(case_id, CallerLeft(message_s, MessageEnd.INTERRUPTED))

    async def _is_wanted(self, case_id: str, ring: Ring, leg: str) -> bool:
        """Whether this ring is still to be placed; posts what a look at Asterisk shows instead."""
        stored = await self._escalations.load(case_id)
        wanted = stored.state.find(ring.attempt) if stored else None
        if stored is None or wanted is None or wanted.outcome is not None or wanted.is_under_way:
            return False
        try:
            found = await self._look_before(stored.state, ring, leg)
        except AmiRejected as exc:  # rather rung twice than not at all
            log.warning("attempt.unlooked", case_id=case_id, attempt=ring.attempt, reason=str(exc))
            return True
        if found is not None:
            self._post(case_id, found)
        return found is None

    async def _look_before(self, esc: Escalation, ring: Ring, leg: str) -> Trigger | None:
        """Return what speaks against a ring: a key pressed, a leg alive, a fallback that rings."""
        press = await self._key_press(esc)
        if press is not None:
            return press
        live = await self._phones.live()
        for channel in live:
            if (attempt_of(channel.channel_id) or ("", 0))[0] == NO_CASE:
                await self._end_check(channel.channel_id)
        if any(channel.channel_id == leg for channel in live):
            return RingPlaced(ring.attempt)
        mine = esc.find(ring.attempt)
        if mine is not None and mine.is_reminder and ring.technician in self._callers:
            return MobileBusy(ring.attempt)  # perhaps he is just saying that it is done
        if await self._is_on_the_phone(ring.technician, live):
            return MobileBusy(ring.attempt)
        call = await self._calls.load(esc.case_id)
        if call is None:
            return None
        finding = await self._lookout.call(call.state.call_id, live)
        return RingHeld(ring.attempt) if finding.fate is Fate.IN_FALLBACK else None

    async def _is_on_the_phone(self, technician: str, live: list[LiveChannel]) -> bool:
        """
        Whether this technician's mobile is on a leg of any case; ends those that we had given up.

        There is such a stray when Asterisk took an order and its reply was lost, or when a leg
        could not be stopped in time. Whoever has pressed a key, or may be about to, is left alone.
        """
        is_busy = False
        for channel in live:
            case_id, attempt = attempt_of(channel.channel_id) or ("", 0)
            stored = await self._escalations.load(case_id) if case_id else None
            leg = stored.state.find(attempt) if stored else None
            if leg is None or leg.technician != technician:
                continue
            if _is_listening(leg, channel):
                is_busy = True
            elif leg.outcome in GIVEN_UP:
                log.warning("attempt.stray", case_id=case_id, attempt=attempt)
                is_busy = not await self._stop(case_id, attempt) or is_busy
        return is_busy

    async def _count_key(self, case_id: str) -> None:
        stored = await self._escalations.load(case_id)
        press = await self._key_press(stored.state) if stored else None
        if press is not None:
            self._post(case_id, press)

    async def _key_press(self, esc: Escalation) -> RingEnded | TakenElsewhere | None:
        call = await self._calls.load(esc.case_id)
        return await self._lookout.key_press(esc, call.state.call_id) if call else None

    async def _owner(self, call_id: str) -> str | None:
        try:
            return await self._lookout.taken_by(call_id)
        except AmiError:
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


def _is_listening(leg: Attempt, channel: LiveChannel) -> bool:
    """Whether a human may be on a leg that lives, whatever its case knows of it."""
    if leg.outcome is RingOutcome.UNREACHABLE:  # it was never rung, as far as we were told
        return channel.is_up
    return leg.outcome in (None, RingOutcome.ACKNOWLEDGED, RingOutcome.DECLINED)
