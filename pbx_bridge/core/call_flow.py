"""One inbound call, as *which fact is still missing*: whoever resumes it starts there."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from pbx_bridge.core import case_life
from pbx_bridge.core.call_events import (
    AdoptOwner,
    CallAlive,
    CallEffect,
    CallerLeft,
    CallEvent,
    CallTimer,
    DialplanEnded,
    DialplanHas,
    Escalate,
    Greeted,
    HeardCertain,
    Judged,
    LookAfterCall,
    MessageEnded,
    SessionLost,
    SessionOpened,
    Told,
    Transcribe,
)
from pbx_bridge.core.case import Caller, MessageEnd, Reason, Transcript, Urgency, Verdict
from pbx_bridge.core.case_life import (
    UNTOLD,
    CaseLife,
    LifeEvent,
    NoteAdded,
    NoteHeard,
    NoteSpoken,
    OutcomeGiven,
    OutcomeWithdrawn,
)


class CallPhase(StrEnum):
    """Where a call stands."""

    RECEIVING = "receiving"
    """The caller is on the line and his message is not whole."""
    HEARING = "hearing"
    """The message is whole, the verdict is not there."""
    DECIDED = "decided"
    """Somebody is rung, or the office gets it in the morning."""
    ELSEWHERE = "elsewhere"
    """The dialplan's own fallback has the caller; we wait for what becomes of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimits:
    """How long things may take; frozen into the call when it arrives."""

    message: timedelta = timedelta(seconds=180)
    """The longest message."""
    silence: timedelta = timedelta(seconds=4)
    """Silence that ends a message."""
    verdict: timedelta = timedelta(seconds=5)
    """How long after the message we wait for a transcript; then urgency is unknown."""
    call: timedelta = timedelta(seconds=60)
    """Beyond the longest message: after that somebody looks whether the caller still lives."""
    look_again: timedelta = timedelta(seconds=10)
    """Between two looks at a call that we do not hold in our own hands."""
    ceiling: timedelta = timedelta(minutes=20)
    """Beyond the longest message: whatever the looks say, the call is decided by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The state of one inbound call; `wake_at` (UTC) is set until the call is `decided`."""

    case_id: str
    call_id: str
    caller: Caller
    recording: str
    """Path of the recording without its extension, chosen by the dialplan."""
    language: str
    arrived_at: datetime
    limits: CallLimits
    phase: CallPhase = CallPhase.RECEIVING
    is_greeted: bool = False
    message: MessageEnd | None = None
    message_s: float = 0.0
    """Length of the message in seconds."""
    is_told: bool = False
    """Whether the caller was told what happens next."""
    is_gone: bool = False
    transcript: Transcript | None = None
    verdict: Verdict | None = None
    rang_early: bool = False
    """Whether technicians are rung since before the message was whole."""
    wake_at: datetime | None = None
    life: CaseLife = UNTOLD
    """What people said of the case since."""


@dataclass(frozen=True, slots=True)
class CallTransition:
    """What follows from one event."""

    state: Call
    effects: tuple[CallEffect, ...] = ()


ENOUGH_S = 1.0
"""Audio from this length on is kept as the message after an interruption, not asked for again."""

UNHEARD = Verdict(urgency=Urgency.UNKNOWN)
"""What holds while nobody knows better; it rings."""


def open_call(now: datetime, call: Call) -> CallTransition:
    """Take on a call that has just arrived; its case is on disk before the greeting."""
    limit = call.limits.message + call.limits.call
    return CallTransition(replace(call, wake_at=now + limit))


def advance(now: datetime, call: Call, event: CallEvent) -> CallTransition:
    """
    Return the state and effects that follow from *event* at *now* (UTC).

    Every event may come twice, late or never. Nothing makes a verdict milder once a
    technician is rung for it, and a case is escalated once.
    """
    match event:
        case Judged():
            return _judged(call, event)
        case Told():
            return CallTransition(replace(call, is_told=True))
        case OutcomeGiven() | OutcomeWithdrawn() | NoteAdded() | NoteSpoken() | NoteHeard():
            return _lived(now, call, event)
        case _ if call.phase is CallPhase.DECIDED:
            return CallTransition(call)
        case SessionOpened(message_s=message_s):
            return _opened(now, call, message_s)
        case DialplanEnded():
            return _taken_back(now, call, event)
        case DialplanHas():
            state = replace(call, phase=CallPhase.ELSEWHERE)
            return CallTransition(_wake(state, now + call.limits.look_again))
        case CallerLeft(message_s=message_s, end=end):
            return _whole(now, call, end, message_s, is_gone=True)
        case SessionLost() | CallAlive():
            return _looked_after(now, call)
        case CallTimer():
            return _timer(now, call)
        case HeardCertain(verdict=verdict):
            return _rung_early(call, verdict)
        case Greeted():
            return CallTransition(replace(call, is_greeted=True))
        case MessageEnded(end=end, message_s=message_s):
            return _whole(now, call, end, message_s, is_gone=call.is_gone)
        case _:
            assert_never(event)


def _lived(now: datetime, call: Call, event: LifeEvent) -> CallTransition:
    if isinstance(event, OutcomeGiven) and call.phase is not CallPhase.DECIDED:
        return CallTransition(call)  # nobody can know yet how it ended
    moved = case_life.advance(now, call.life, event)
    return CallTransition(replace(call, life=moved.state), moved.effects)


def _opened(now: datetime, call: Call, message_s: float) -> CallTransition:
    if call.phase is CallPhase.HEARING:
        return CallTransition(call)
    limit = now + call.limits.message + call.limits.call
    held = replace(call, phase=CallPhase.RECEIVING, wake_at=limit)
    if call.message is not None:  # the fallback gave it back: only the verdict is missing
        return _whole(now, held, call.message, call.message_s, is_gone=False)
    if message_s < ENOUGH_S:
        return CallTransition(held)
    greeted = replace(held, is_greeted=True)  # he has spoken: he is not greeted again
    return _whole(now, greeted, MessageEnd.INTERRUPTED, message_s, is_gone=False)


def _looked_after(now: datetime, call: Call) -> CallTransition:
    if call.phase is CallPhase.HEARING:  # decided soon, with or without the caller
        return CallTransition(call)
    return CallTransition(_wake(call, now + call.limits.look_again))


def _rung_early(call: Call, verdict: Verdict) -> CallTransition:
    """Ring while he speaks: once, and not beside the fallback, which rings by itself."""
    is_ours = call.phase is not CallPhase.ELSEWHERE
    if call.rang_early or not is_ours or verdict.urgency is not Urgency.EMERGENCY:
        return CallTransition(call)
    state = replace(call, rang_early=True, verdict=verdict)
    if call.phase is CallPhase.HEARING:
        state = _decided(state)
    return CallTransition(state, (Escalate(verdict.urgency, verdict.category),))


def _judged(call: Call, event: Judged) -> CallTransition:
    if call.transcript is not None:
        return CallTransition(call)
    heard = replace(call, transcript=event.transcript)
    judged = heard if _is_milder(call, event.verdict) else replace(heard, verdict=event.verdict)
    return _decide(judged) if call.phase is CallPhase.HEARING else CallTransition(judged)


def _is_milder(call: Call, verdict: Verdict) -> bool:
    """Whether *verdict* would take back what somebody was rung for."""
    if call.rang_early:
        return verdict.urgency is not Urgency.EMERGENCY
    return call.phase is CallPhase.DECIDED and not verdict.rings


def _taken_back(now: datetime, call: Call, event: DialplanEnded) -> CallTransition:
    if event.technician is None:
        return _whole(now, call, MessageEnd.INTERRUPTED, event.message_s, is_gone=True)
    state = _heard(replace(call, is_gone=True), MessageEnd.INTERRUPTED, event.message_s)
    return CallTransition(_decided(state), (AdoptOwner(event.technician), Transcribe()))


def _whole(
    now: datetime, call: Call, end: MessageEnd, message_s: float, *, is_gone: bool
) -> CallTransition:
    if call.phase is CallPhase.HEARING:
        return CallTransition(replace(call, is_gone=is_gone))
    state = replace(_heard(call, end, message_s), phase=CallPhase.HEARING, is_gone=is_gone)
    if state.rang_early and state.transcript is None:  # he is told at once, read afterwards
        return CallTransition(_decided(state), (Transcribe(),))
    if state.verdict is not None:
        return _decide(state)
    return CallTransition(_wake(state, now + call.limits.verdict), (Transcribe(),))


def _heard(call: Call, end: MessageEnd, message_s: float) -> Call:
    if call.message is not None:
        return call
    return replace(call, message=end, message_s=message_s)


def _timer(now: datetime, call: Call) -> CallTransition:
    if call.wake_at is None or now < call.wake_at:
        return CallTransition(call)
    if call.phase is CallPhase.HEARING:
        return _decide(call)
    if now >= call.arrived_at + call.limits.message + call.limits.ceiling:
        over = _decide(_heard(call, MessageEnd.INTERRUPTED, 0.0))
        return CallTransition(over.state, (*over.effects, Transcribe()))
    return CallTransition(_wake(call, now + call.limits.look_again), (LookAfterCall(),))


def _decide(call: Call) -> CallTransition:
    decided = _decided(_doubted(call))
    verdict = decided.verdict or UNHEARD
    if call.rang_early or not verdict.rings:
        return CallTransition(decided)
    return CallTransition(decided, (Escalate(verdict.urgency, verdict.category),))


def _doubted(call: Call) -> Call:
    """Doubt a harmless verdict on a message that was cut off: the worst may not have been said."""
    verdict = call.verdict
    if verdict is None or verdict.rings or call.message is not MessageEnd.INTERRUPTED:
        return call
    why = Reason(rule="interrupted", text="the message was cut off", words="", weight=0.0)
    doubt = replace(verdict, urgency=Urgency.UNKNOWN, reasons=(why, *verdict.reasons))
    return replace(call, verdict=doubt)


def _decided(call: Call) -> Call:
    """Close the call; a verdict that nobody gave stands as `UNHEARD` from now on."""
    verdict = call.verdict or UNHEARD
    return replace(call, phase=CallPhase.DECIDED, verdict=verdict, wake_at=None)


def _wake(call: Call, at: datetime) -> Call:
    return replace(call, wake_at=at)
