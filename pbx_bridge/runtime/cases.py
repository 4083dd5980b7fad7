"""The one actor that owns every case: it decides, commits, then has the effects carried out."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import get_args

import structlog

from pbx_bridge.core import call_flow, escalation
from pbx_bridge.core.call_events import CallEvent, CallTimer
from pbx_bridge.core.call_flow import Call
from pbx_bridge.core.case import Urgency
from pbx_bridge.core.case_life import OutcomeGiven
from pbx_bridge.core.escalation_events import (
    EscalationEvent,
    EscalationTimer,
    MobileBusy,
    PersonFree,
    RingHeld,
    RingNotPlaced,
    TakenElsewhere,
    Tell,
    Topic,
)
from pbx_bridge.core.escalation_state import Escalation, EscalationTransition
from pbx_bridge.core.neighbours import others_of, waiting_in_order
from pbx_bridge.core.policy import Policy
from pbx_bridge.errors import StaleCase, StoreError
from pbx_bridge.ports import CallStore, Clock, EscalationStore, Outbox
from pbx_bridge.runtime.deeds import Deeds

log = structlog.get_logger()

CALL_EVENTS: tuple[type, ...] = get_args(CallEvent)

IDLE_S = 1.0
"""How often somebody looks for timers when nothing else happens."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Start the escalation of a case, unless there is one."""

    urgency: Urgency
    policy: Policy
    owner: str | None = None
    """Who took the case in the dialplan's own screening; then nobody is rung."""
    number: str | None = None
    """Where the owner is rung; `None`: nobody we know."""


Trigger = CallEvent | EscalationEvent
State = Call | Escalation | None
Settled = asyncio.Future[State]


class Cases:
    """
    Moves cases on; every event goes through one inbox and is handled alone.

    `post` never blocks, so callbacks may use it. `submit` returns once the outcome is
    committed, so whoever says something to a person can say the truth.
    """

    def __init__(  # noqa: PLR0913  the composition root names each of them once
        self,
        clock: Clock,
        calls: CallStore,
        escalations: EscalationStore,
        outbox: Outbox,
        deeds: Deeds,
        *,
        on_turn: Callable[[], None] = lambda: None,
        on_call: Callable[[], None] = lambda: None,
    ) -> None:
        """
        Remember what to decide with.

        Args:
            clock: tells the time.
            calls: keeps calls.
            escalations: keeps escalations.
            outbox: keeps effects.
            deeds: carries effects out.
            on_turn: called at each turn.
            on_call: called when a call arrives, before it is on disk; must not block or raise.
        """
        self._clock, self._calls, self._escalations = clock, calls, escalations
        self._outbox, self._deeds = outbox, deeds
        self._inbox: asyncio.Queue[tuple[str, Trigger, Settled | None]] = asyncio.Queue()
        self._watchers: list[tuple[str, Callable[[State], bool], Settled]] = []
        self._has_failed = False
        self._on_turn, self._on_call = on_turn, on_call

    def post(self, case_id: str, trigger: Trigger) -> None:
        """Queue an event."""
        self._inbox.put_nowait((case_id, trigger, None))

    async def submit_call(self, case_id: str, trigger: CallEvent) -> Call:
        """Queue an event of the call and return the committed state; raise `StoreError`."""
        state = await self._submit(case_id, trigger)
        if not isinstance(state, Call):
            raise StoreError(f"case {case_id} has no call")
        return state

    async def submit_escalation(self, case_id: str, trigger: EscalationEvent) -> Escalation:
        """Queue an event of the escalation and return the committed state; raise `StoreError`."""
        state = await self._submit(case_id, trigger)
        if not isinstance(state, Escalation):
            raise StoreError(f"case {case_id} has no escalation")
        return state

    async def escalation(self, case_id: str) -> Escalation | None:
        """Return the escalation of a case as it is committed."""
        stored = await self._escalations.load(case_id)
        return stored.state if stored is not None else None

    async def open_call(self, call: Call) -> Call:
        """Commit a call that has just arrived; return it, or the one that is there already."""
        self._on_call()
        opening = call_flow.open_call(self._clock.now(), call)
        try:
            stored = await self._calls.open(self._clock.now(), opening)
        except StaleCase:
            known = await self._calls.find(call.call_id)
            if known is None:
                raise
            return known.state
        log.info("case.opened", case_id=call.case_id, call_id=call.call_id)
        return stored.state

    async def open_escalation(self, case_id: str, opening: Opening) -> Escalation:
        """
        Commit the start of an escalation, or return the one that is there already.

        Carrying out an effect may call this: it does not go through the inbox, so that the
        effect counts as done only when the escalation is on disk.
        """
        known = await self._escalations.load(case_id)
        if known is not None:
            return known.state
        now = self._clock.now()
        urgency, policy = opening.urgency, opening.policy
        if opening.owner is None:
            others = others_of(case_id, now, await self._escalations.neighbours(now))
            opened = escalation.open_escalation(now, case_id, urgency, policy, others)
        else:
            owner, number = opening.owner, opening.number
            opened = escalation.open_taken(now, case_id, urgency, policy, owner, number=number)
        await self._escalations.open(now, opened)
        log.info(
            "case.advanced",
            case_id=case_id,
            trigger=type(opening).__name__,
            before="-",
            phase=str(opened.state.phase),
        )
        return opened.state

    async def wait_for(
        self, case_id: str, is_reached: Callable[[State], bool], limit_s: float
    ) -> None:
        """Return when a committed state of the case satisfies *is_reached*, or after the limit."""
        reached: Settled = asyncio.get_running_loop().create_future()
        watcher = (case_id, is_reached, reached)
        self._watchers.append(watcher)
        try:
            for stored in (await self._calls.load(case_id), await self._escalations.load(case_id)):
                if stored is not None and is_reached(stored.state):
                    return
            async with asyncio.timeout(limit_s):
                await reached
        except TimeoutError:
            return
        finally:
            self._watchers.remove(watcher)

    async def run(self) -> None:
        """Handle events and timers until cancelled."""
        while True:
            self._on_turn()  # whoever watches us sees that the actor itself is alive
            await self.settle()
            try:
                async with asyncio.timeout(await self._idle_s()):
                    first = await self._inbox.get()
            except TimeoutError:
                continue
            await self._guarded(*first)

    async def settle(self) -> None:
        """Handle all that is posted or due now, and what follows from it."""
        self._has_failed = False
        await self._drain()  # left over from a crash: before any timer looks at it
        while True:
            while not self._inbox.empty():
                await self._guarded(*self._inbox.get_nowait())
            if self._has_failed or not await self._post_due():
                return

    async def _post_due(self) -> bool:
        now = self._clock.now()
        try:
            calls, escalations = await self._calls.due(now), await self._escalations.due(now)
        except StoreError as exc:
            log.error("store.unusable", code=exc.code, reason=str(exc))
            return False
        for case_id in calls:
            self.post(case_id, CallTimer())
        for case_id in escalations:
            self.post(case_id, EscalationTimer())
        return bool(calls or escalations)

    async def _idle_s(self) -> float:
        if self._has_failed:  # what is due stays due: do not spin on a broken disk
            return IDLE_S
        try:
            wake_at = await self._outbox.next_wake()
        except StoreError:
            return IDLE_S
        if wake_at is None:
            return IDLE_S
        return min(IDLE_S, max(0.0, (wake_at - self._clock.now()).total_seconds()))

    async def _submit(self, case_id: str, trigger: Trigger) -> State:
        settled: Settled = asyncio.get_running_loop().create_future()
        self._inbox.put_nowait((case_id, trigger, settled))
        return await settled

    async def _guarded(self, case_id: str, trigger: Trigger, settled: Settled | None) -> None:
        """Handle one event; the crash boundary of the actor."""
        try:
            state = await self._handle(case_id, trigger)
        except StoreError as exc:
            self._has_failed = True
            log.error("store.unusable", case_id=case_id, code=exc.code, reason=str(exc))
            _reject(settled, exc)
            return
        except Exception as exc:  # one broken case must not stop the others
            self._has_failed = True
            log.exception("case.crashed", case_id=case_id, trigger=type(trigger).__name__)
            _reject(settled, StoreError(f"case {case_id}: {exc}"))
            return
        if settled is not None and not settled.done():
            settled.set_result(state)
        for watched, is_reached, reached in self._watchers:
            if watched == case_id and not reached.done() and is_reached(state):
                reached.set_result(state)
        await self._drain()

    async def _handle(self, case_id: str, trigger: Trigger) -> State:
        if isinstance(trigger, CALL_EVENTS):
            return await self._advance_call(case_id, trigger)  # type: ignore[arg-type]  # get_args
        return await self._advance_escalation(case_id, trigger)  # type: ignore[arg-type]

    async def _advance_call(self, case_id: str, trigger: CallEvent) -> State:
        before = await self._calls.load(case_id)
        if before is None or await self._is_of_another(case_id, trigger):
            return before.state if before else None
        now = self._clock.now()
        after = call_flow.advance(now, before.state, trigger)
        await self._calls.save(now, before, trigger, after)
        _trace(case_id, trigger, str(before.state.phase), str(after.state.phase))
        return after.state

    async def _is_of_another(self, case_id: str, trigger: CallEvent) -> bool:
        """Whether whoever closes a case by key lost it while he talked; nothing is between."""
        if not (isinstance(trigger, OutcomeGiven) and trigger.is_by_key):
            return False
        esc = await self._escalations.load(case_id)
        if esc is None or esc.state.owner in (None, trigger.by):
            return False
        log.warning("outcome.refused", case_id=case_id, by=trigger.by, owner=esc.state.owner)
        return True

    async def _advance_escalation(self, case_id: str, trigger: EscalationEvent) -> State:
        before = await self._escalations.load(case_id)
        if before is None:
            return None
        now = self._clock.now()
        neighbours = await self._escalations.neighbours(now)
        event = replace(trigger, others=others_of(case_id, now, neighbours))
        after = escalation.advance(now, before.state, event)
        await self._escalations.save(now, before, event, after)
        _trace(case_id, trigger, str(before.state.phase), str(after.state.phase))
        if isinstance(trigger, TakenElsewhere) and _is_contested(after):
            # Both were told so on the telephone; the office must call one of them.
            owner = after.state.owner
            log.error("case.contested", case_id=case_id, owner=owner, other=trigger.technician)
        is_free = _held(before.state, now) - _held(after.state, now)
        if is_free and not isinstance(trigger, RingNotPlaced | RingHeld | MobileBusy):
            self._post_free(neighbours, case_id)
        return after.state

    def _post_free(self, neighbours: list[Escalation], case_id: str) -> None:
        """Somebody is free again: tell those that wait, the more urgent first."""
        for esc in waiting_in_order(neighbours):
            if esc.case_id != case_id:
                self.post(esc.case_id, PersonFree())

    async def _drain(self) -> None:
        """Start what is pending, and what that adds; each effect once."""
        started: set[int] = set()
        while True:
            try:
                pending = await self._outbox.pending(self._clock.now())
            except StoreError as exc:
                log.error("store.unusable", code=exc.code, reason=str(exc))
                return
            fresh = [effect for effect in pending if effect.seq not in started]
            if not fresh:
                return
            for effect in fresh:
                started.add(effect.seq)
                await self._deeds.start(effect)


def _is_contested(after: EscalationTransition) -> bool:
    return any(isinstance(one, Tell) and one.topic is Topic.CONTESTED for one in after.effects)


def _held(esc: Escalation, now: datetime) -> set[int]:
    """Return the attempts that keep somebody's phone busy."""
    return {attempt.attempt for attempt in (*esc.live, *esc.talking(now))}


def _trace(case_id: str, trigger: Trigger, before: str, after: str) -> None:
    """One line for each transition: ``client[state].input -> state``, as the journal has it."""
    name = type(trigger).__name__
    if before == after:
        log.debug("case.advanced", case_id=case_id, trigger=name, phase=after)
    else:
        log.info("case.advanced", case_id=case_id, trigger=name, before=before, phase=after)


def _reject(settled: Settled | None, exc: StoreError) -> None:
    if settled is not None and not settled.done():
        settled.set_exception(exc)
