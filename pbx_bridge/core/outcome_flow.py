"""How a technician says by key how a case ended: choose, confirm with 1, and a spoken note."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from pbx_bridge.core.ack_flow import ACCEPT, Ask, Close, Heard
from pbx_bridge.core.case_life import OUTCOME_KEYS, CaseOutcome

NOTE_ONLY = "0"
"""A note without an outcome."""

MAX_SILENCES = 2
MAX_SLIPS = 5
"""Wrong keys in one talk; a stuck key must not keep a line for ever."""


class OutcomePhase(StrEnum):
    """Where the talk stands."""

    CHOOSING = "choosing"
    CONFIRMING = "confirming"
    SAVING = "saving"
    """He confirmed; it is being committed."""
    OFFERING = "offering"
    """It is committed; he may add a spoken note."""
    SPEAKING = "speaking"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeFlow:
    """The state; see `OutcomePhase`."""

    phase: OutcomePhase = OutcomePhase.CHOOSING
    chosen: CaseOutcome | None = None
    silences: int = 0
    slips: int = 0
    has_note: bool = False


@dataclass(frozen=True, slots=True)
class Saved:
    """The outcome is committed."""


@dataclass(frozen=True, slots=True)
class NotSaved:
    """The outcome could not be kept; he must not hear that it was."""


@dataclass(frozen=True, slots=True)
class NoteTaken:
    """The recording of the note is over; *is_kept*: something was said, and is committed."""

    is_kept: bool


OutcomeEvent = Heard | Saved | NotSaved | NoteTaken


@dataclass(frozen=True, slots=True)
class Save:
    """Commit the outcome; then report `Saved` or `NotSaved`."""

    outcome: CaseOutcome


@dataclass(frozen=True, slots=True)
class RecordNote:
    """Beep and record until ``#``, silence or hang-up, commit it, then report `NoteTaken`."""


OutcomeRequest = Ask | Save | RecordNote | Close


def next_request(flow: OutcomeFlow) -> OutcomeRequest:
    """Return what to do on the technician's line."""
    match flow.phase:
        case OutcomePhase.CHOOSING:
            return Ask(("outcome-menu",))
        case OutcomePhase.CONFIRMING:
            return Ask((f"outcome-{flow.chosen}", "outcome-confirm"))
        case OutcomePhase.SAVING:
            return Save(flow.chosen or CaseOutcome.NO_ACTION)
        case OutcomePhase.OFFERING:
            return Ask(("outcome-saved", "note-offer"))
        case OutcomePhase.SPEAKING:
            return RecordNote()
        case OutcomePhase.OVER:
            return Close(("note-saved",) if flow.has_note else ())
        case _:
            assert_never(flow.phase)


def advance(flow: OutcomeFlow, event: OutcomeEvent) -> OutcomeFlow:
    """Return the state that follows; nothing but 1 after an outcome's key ends a case."""
    match event, flow.phase:
        case Heard(digit=digit), OutcomePhase.CHOOSING:
            return _chosen(flow, digit)
        case Heard(digit=digit), OutcomePhase.CONFIRMING:
            if digit == ACCEPT:
                return replace(flow, phase=OutcomePhase.SAVING)
            again = _missed(flow, digit)
            if digit is None or again.phase is OutcomePhase.OVER:
                return again
            return replace(again, phase=OutcomePhase.CHOOSING, chosen=None)
        case Saved(), OutcomePhase.SAVING:
            return replace(flow, phase=OutcomePhase.OFFERING, silences=0)
        case NotSaved(), OutcomePhase.SAVING:
            return replace(flow, phase=OutcomePhase.OVER)
        case Heard(digit=digit), OutcomePhase.OFFERING:
            is_wanted = digit == ACCEPT
            return replace(flow, phase=OutcomePhase.SPEAKING if is_wanted else OutcomePhase.OVER)
        case NoteTaken(is_kept=is_kept), OutcomePhase.SPEAKING:
            return replace(flow, phase=OutcomePhase.OVER, has_note=is_kept)
        case _:
            return flow


def _chosen(flow: OutcomeFlow, digit: str | None) -> OutcomeFlow:
    if digit == NOTE_ONLY:
        return replace(flow, phase=OutcomePhase.SPEAKING)
    outcome = OUTCOME_KEYS.get(digit or "")
    if outcome is None:
        return _missed(flow, digit)
    return replace(flow, phase=OutcomePhase.CONFIRMING, chosen=outcome, silences=0)


def _missed(flow: OutcomeFlow, digit: str | None) -> OutcomeFlow:
    """Count a silence or a wrong key; too many of them end the talk, and nothing is changed."""
    silences = flow.silences + (digit is None)
    slips = flow.slips + (digit is not None)
    is_over = silences >= MAX_SILENCES or slips > MAX_SLIPS
    phase = OutcomePhase.OVER if is_over else flow.phase
    return replace(flow, phase=phase, silences=silences, slips=slips)
