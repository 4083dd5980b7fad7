"""The journal in plain words: one sentence for each thing that can happen to a case."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import assert_never

from pbx_bridge.adapters.store.journal import JournalRow
from pbx_bridge.adapters.store.values import (
    CALL_EVENTS,
    ESCALATION_EVENTS,
    dump,
    load,
    load_named,
)
from pbx_bridge.cli.screen import plain
from pbx_bridge.core.call_events import (
    CallAlive,
    CallerLeft,
    CallEvent,
    CallTimer,
    DialplanEnded,
    DialplanHas,
    Greeted,
    HeardCertain,
    Judged,
    MessageEnded,
    SessionLost,
    SessionOpened,
    Told,
)
from pbx_bridge.core.call_flow import Call
from pbx_bridge.core.case import MessageEnd, RingOutcome, Urgency, Verdict
from pbx_bridge.core.case_life import (
    LifeEvent,
    NoteAdded,
    NoteHeard,
    NoteSpoken,
    OutcomeGiven,
    OutcomeWithdrawn,
)
from pbx_bridge.core.escalation_events import (
    CaseDone,
    CaseReopened,
    EscalationEvent,
    EscalationTimer,
    MobileBusy,
    PersonFree,
    RingAnswered,
    RingEnded,
    RingHeld,
    RingNotPlaced,
    RingPlaced,
    RingTakenOver,
    TakenByHand,
    TakenElsewhere,
)
from pbx_bridge.core.escalation_state import Escalation, EscalationPhase
from pbx_bridge.errors import StoreError
from pbx_bridge.runtime.transcripts import HEARD

ENDS: Mapping[MessageEnd, str] = {
    MessageEnd.DIGIT: "the caller ended the message with a key",
    MessageEnd.SILENCE: "silence ended the message",
    MessageEnd.FULL: "the message reached its greatest length",
    MessageEnd.HANGUP: "the caller hung up, which ended the message",
    MessageEnd.INTERRUPTED: "the message was interrupted; what is there is kept",
}
"""How a message can end."""

_OUTCOMES: Mapping[RingOutcome, str] = {
    RingOutcome.ACKNOWLEDGED: "pressed 1 and takes the case",
    RingOutcome.DECLINED: "pressed 2: declined",
    RingOutcome.NO_ANSWER: "did not answer, or hung up",
    RingOutcome.BUSY: "is busy",
    RingOutcome.UNREACHABLE: "cannot be reached",
}

_KEYS = (RingOutcome.ACKNOWLEDGED, RingOutcome.DECLINED)
"""Ends that somebody pressed."""

Names = Mapping[int, str]
"""Which technician each attempt of a case rang."""


def sentence(row: JournalRow, technicians: Names | None = None) -> str:
    """
    Return what *row* says, for somebody who knows nothing of this program.

    A row that this release cannot read is named as it stands, so that no timeline has a hole.

    Args:
        row: of the journal.
        technicians: by attempt; without it an attempt is called by its number.
    """
    return plain(_said(row, technicians))


def _said(row: JournalRow, technicians: Names | None) -> str:
    data = dump(row.data)
    try:
        match row.trigger:
            case trigger if trigger == HEARD:
                return f"heard so far: {row.data.get('text') or 'nothing yet'}"
            case "CallOpened":
                return _opened(load(Call, data, row.place))
            case "EscalationOpened":
                return _begun(load(Escalation, data, row.place))
            case name if name in CALL_EVENTS:
                return _of_call(load_named(CALL_EVENTS, name, data, row.place))
            case name if name in ESCALATION_EVENTS:
                event = load_named(ESCALATION_EVENTS, name, data, row.place)
                return _of_escalation(event, technicians or {})
            case name:
                return f"{name} {data}"
    except StoreError:
        return f"{row.trigger} {data}"


@dataclass(slots=True)
class Timeline:
    """Tells the rows of one timeline in their order, and nothing that was told before."""

    known: dict[str, str] = field(default_factory=dict)
    """The words of each case so far."""
    over: set[tuple[str, object]] = field(default_factory=set)
    """Case and attempt of the rings whose end was told."""

    def sentence(self, row: JournalRow, technicians: Names | None = None) -> str | None:
        """
        Return what `sentence` does; `None`: that would be nothing new.

        Of heard words only the new ones are told. Of a ring one end is: that somebody hung up
        after he pressed a key is none; a key after the end is told, for it counts.
        """
        if row.trigger == HEARD:
            return self._heard(row)
        ring = (row.case_id, row.data.get("attempt"))
        if row.trigger == RingPlaced.__name__:
            self.over.discard(ring)
        elif row.trigger == RingEnded.__name__:
            if ring in self.over and row.data.get("outcome") not in _KEYS:
                return None
            self.over.add(ring)
        return sentence(row, technicians)

    def _heard(self, row: JournalRow) -> str | None:
        text, before = str(row.data.get("text", "")), self.known.get(row.case_id, "")
        self.known[row.case_id] = text
        if text == before:
            return None
        if before and text.startswith(f"{before} "):
            return f"heard: {text.removeprefix(before).strip()}"
        return sentence(row)  # the recogniser thought better of it


def clock(at: datetime, zone: tzinfo) -> str:
    """Return the time of day in *zone* to a tenth of a second."""
    local = at.astimezone(zone)
    return f"{local:%H:%M:%S}.{local.microsecond // 100_000}"


def day(at: datetime, zone: tzinfo) -> str:
    """Return the date in *zone*, with its weekday."""
    return f"{at.astimezone(zone):%a %Y-%m-%d}"


def judgement(verdict: Verdict) -> str:
    """Return urgency and category in one phrase."""
    handled = ", handled as urgent" if verdict.urgency is Urgency.UNKNOWN else ""
    return f"{verdict.urgency.value} ({verdict.category}){handled}"


def _opened(call: Call) -> str:
    return f"a call arrives from {call.caller.number or 'a withheld number'}"


def _begun(state: Escalation) -> str:
    match state.phase:
        case EscalationPhase.RINGING:
            groups = (group.technicians for group in state.policy.groups())
            order = ", then ".join(" and ".join(p.name for p in people) for people in groups)
            return f"technicians are rung: {order}; {state.policy.rounds} round(s)"
        case EscalationPhase.ACKNOWLEDGED:
            return f"{state.owner} has taken the case already; nobody is rung"
        case EscalationPhase.EXHAUSTED | EscalationPhase.DONE:
            return "there is nobody to ring"
        case _:
            assert_never(state.phase)


def _of_call(event: CallEvent) -> str:
    match event:
        case SessionOpened(message_s=0):
            return "the service has the line"
        case SessionOpened(message_s=seconds):
            return f"the service has the line again; {seconds:.1f} s of the message are there"
        case Greeted():
            return "the caller has heard the greeting and the recording notice"
        case MessageEnded(end=end, message_s=seconds):
            return f"{ENDS[end]} ({seconds:.1f} s)"
        case HeardCertain(verdict=verdict):
            why = "; ".join(reason.text for reason in verdict.reasons)
            return f"certain while the caller speaks: {judgement(verdict)}{why and f': {why}'}"
        case Judged(verdict=verdict):
            why = "; ".join(reason.text for reason in verdict.reasons)
            return f"the verdict is {judgement(verdict)}{why and f': {why}'}"
        case Told():
            return "the caller has heard what happens next"
        case CallerLeft():
            return "the caller is not on the line any more"
        case SessionLost():
            return "Asterisk took the line back; the service looks where the caller is"
        case CallAlive():
            return "the caller is still on the line"
        case DialplanHas():
            return "Asterisk's own fallback serves the caller"
        case DialplanEnded(technician=None):
            return "Asterisk's own fallback is over; nobody took the case"
        case DialplanEnded(technician=technician):
            return f"Asterisk's own fallback is over; {technician} took the case"
        case CallTimer():
            return "a time limit of the call is over"
        case OutcomeGiven() | OutcomeWithdrawn() | NoteAdded() | NoteSpoken() | NoteHeard():
            return _of_life(event)
        case _:
            assert_never(event)


def _of_life(event: LifeEvent) -> str:
    match event:
        case OutcomeGiven(outcome=outcome, by=by, note=text):
            return f"{by} says how it ended: {outcome.value}{text and f'; note: {text}'}"
        case OutcomeWithdrawn(by=by):
            return f"{by} opens the case again"
        case NoteAdded(by=by, text=text):
            return f"a note by {by}: {text}"
        case NoteSpoken(by=by):
            return f"{by} has spoken a note"
        case NoteHeard(text=text):
            return f"the spoken note says: {text or '(nothing was understood)'}"
        case _:
            assert_never(event)


def _of_escalation(event: EscalationEvent, technicians: Names) -> str:
    match event:
        case TakenElsewhere(technician=technician):
            return f"{technician} pressed 1 in Asterisk's own fallback and takes the case"
        case EscalationTimer():
            return "a time limit of the ringing is over"
        case PersonFree():
            return "a technician is free again"
        case TakenByHand(by=by):
            return f"{by} takes the case by hand"
        case CaseReopened(by=by):
            return f"the technicians are rung again: {by} wants it"
        case CaseDone(by=by):
            return f"{by} says that nothing is left to do"
        case _:
            pass
    known = technicians.get(event.attempt)
    who = f"ring {event.attempt}: {known or 'the technician'}"
    match event:
        case RingPlaced():
            return f"{who} is rung"
        case RingNotPlaced():
            return f"{who} could not be rung: no connection to Asterisk"
        case RingHeld():
            return f"{who} is not rung yet: Asterisk's own fallback rings for this call"
        case MobileBusy():
            return f"{who} is not rung yet: the mobile is on another call of ours"
        case RingTakenOver():
            return f"{who} is needed for a more urgent case first"
        case RingAnswered():
            return f"{who} picks up (somebody, or a mailbox)"
        case RingEnded(outcome=outcome):
            return f"{who} {_OUTCOMES[outcome]}"
        case _:
            assert_never(event)
