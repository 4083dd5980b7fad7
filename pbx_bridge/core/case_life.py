"""What people say of a case: how it ended, and notes; written down beside its call."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never


class CaseOutcome(StrEnum):
    """How a case ended, as a technician or the office says it."""

    FIXED = "fixed"
    TEMPORARY_FIX = "temporary-fix"
    """It holds for now; somebody must come again."""
    FOLLOW_UP = "follow-up"
    """Nothing could be done tonight; the office makes an appointment."""
    NOT_REACHED = "not-reached"
    """The caller did not answer, or was not there."""
    NO_ACTION = "no-action"
    """There was nothing to do."""
    WRONG_NUMBER = "wrong-number"
    PASSED_ON = "passed-on"
    """Others do it: the network operator, the fire brigade, another firm."""


OUTCOME_KEYS: Mapping[str, CaseOutcome] = {
    "3": CaseOutcome.FIXED,
    "4": CaseOutcome.TEMPORARY_FIX,
    "5": CaseOutcome.FOLLOW_UP,
    "6": CaseOutcome.NOT_REACHED,
    "7": CaseOutcome.NO_ACTION,
    "8": CaseOutcome.WRONG_NUMBER,
    "9": CaseOutcome.PASSED_ON,
}
"""For ever: 1 and 2 stay yes and no, so that neither of them alone ever ends a case."""

OFFICE = "office"
"""Stands for whoever is no technician: the office."""

MAX_NOTE = 2000
"""Characters of a note."""

SENT_AGAIN = timedelta(minutes=1)
"""So long the same words of the same person are one note: who got no answer sends it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something that a person wanted to be kept; personal data, never logged."""

    at: datetime
    by: str
    text: str
    """Empty while a spoken note is not transcribed, and when nothing of it was understood."""
    recording: str | None = None
    """Path of a spoken note without its extension."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLife:
    """The state; an outcome that is there means that the case is done."""

    outcome: CaseOutcome | None = None
    by: str | None = None
    """Who said so: short name of a technician, or `OFFICE`."""
    done_at: datetime | None = None
    notes: tuple[Note, ...] = ()
    """Oldest first."""


UNTOLD = CaseLife()
"""Nobody has said anything yet."""


@dataclass(frozen=True, slots=True)
class OutcomeGiven:
    """A human says how the case ended; the last one counts, the journal keeps them all."""

    outcome: CaseOutcome
    by: str
    note: str = ""
    is_by_key: bool = False
    """He says it on the telephone, of a case of his: not while somebody else has it by now."""


@dataclass(frozen=True, slots=True)
class OutcomeWithdrawn:
    """A human wants the case open again."""

    by: str


@dataclass(frozen=True, slots=True)
class NoteAdded:
    """A human typed a note."""

    by: str
    text: str


@dataclass(frozen=True, slots=True)
class NoteSpoken:
    """A human spoke a note; it is on disk."""

    by: str
    recording: str


@dataclass(frozen=True, slots=True)
class NoteHeard:
    """The recogniser has the words of a spoken note."""

    recording: str
    text: str


LifeEvent = OutcomeGiven | OutcomeWithdrawn | NoteAdded | NoteSpoken | NoteHeard


@dataclass(frozen=True, slots=True)
class CloseEscalation:
    """Stop every phone that rings for the case."""

    by: str


@dataclass(frozen=True, slots=True)
class ReopenEscalation:
    """Ring again, if anybody was ever rung for the case."""

    by: str


@dataclass(frozen=True, slots=True)
class TranscribeNote:
    """Get the words of a spoken note."""

    by: str
    recording: str


LifeEffect = CloseEscalation | ReopenEscalation | TranscribeNote


@dataclass(frozen=True, slots=True)
class LifeTransition:
    """What follows from one event."""

    state: CaseLife
    effects: tuple[LifeEffect, ...] = ()


def advance(now: datetime, life: CaseLife, event: LifeEvent) -> LifeTransition:
    """Return what follows from *event* at *now* (UTC); the same said twice is said once."""
    match event:
        case OutcomeGiven(outcome=outcome, by=by, note=text):
            noted = _noted(now, life, by, text)
            if (life.outcome, life.by) == (outcome, by):
                return LifeTransition(noted)
            done = replace(noted, outcome=outcome, by=by, done_at=now)
            return LifeTransition(done, (CloseEscalation(by),))
        case OutcomeWithdrawn(by=by):
            opened = replace(life, outcome=None, by=None, done_at=None)
            return LifeTransition(opened, () if opened == life else (ReopenEscalation(by),))
        case NoteAdded(by=by, text=text):
            return LifeTransition(_noted(now, life, by, text))
        case NoteSpoken(by=by, recording=recording):
            if any(note.recording == recording for note in life.notes):
                return LifeTransition(life)
            spoken = Note(at=now, by=by, text="", recording=recording)
            kept = replace(life, notes=(*life.notes, spoken))
            return LifeTransition(kept, (TranscribeNote(by, recording),))
        case NoteHeard(recording=recording, text=text):
            notes = tuple(
                replace(note, text=text) if note.recording == recording else note
                for note in life.notes
            )
            return LifeTransition(replace(life, notes=notes))
        case _:
            assert_never(event)


def _noted(now: datetime, life: CaseLife, by: str, text: str) -> CaseLife:
    """Add a note, unless it was sent twice; later the same words are said anew."""
    same = (note for note in life.notes if (note.by, note.text) == (by, text))
    if not text or any(now - note.at <= SENT_AGAIN for note in same):
        return life
    return replace(life, notes=(*life.notes, Note(at=now, by=by, text=text)))
