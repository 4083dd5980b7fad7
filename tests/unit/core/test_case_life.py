"""What people say of a case."""

from dataclasses import replace
from datetime import timedelta

import pytest
from examples import NOW, opened_call
from hypothesis import given
from nights import call_events, called, life_events, nights

from pbx_bridge.core import call_flow
from pbx_bridge.core.ack_flow import ACCEPT, DECLINE
from pbx_bridge.core.call_flow import CallPhase
from pbx_bridge.core.case_life import (
    OUTCOME_KEYS,
    SENT_AGAIN,
    UNTOLD,
    CaseLife,
    CaseOutcome,
    CloseEscalation,
    NoteAdded,
    NoteHeard,
    NoteSpoken,
    OutcomeGiven,
    OutcomeWithdrawn,
    ReopenEscalation,
    TranscribeNote,
    advance,
)

FIXED = OutcomeGiven(CaseOutcome.FIXED, "anna")
LATER = NOW + timedelta(minutes=5)


def after(*events: object) -> CaseLife:
    """Return the state after *events*, a minute apart."""
    life = UNTOLD
    for minutes, event in enumerate(events):
        life = advance(NOW + timedelta(minutes=minutes), life, event).state
    return life


def test_every_outcome_has_one_key_and_none_is_yes_or_no() -> None:
    """1 and 2 alone never end a case."""
    assert sorted(OUTCOME_KEYS.values()) == sorted(CaseOutcome)
    assert not {ACCEPT, DECLINE} & set(OUTCOME_KEYS)


def test_outcomes_and_their_keys_are_for_ever() -> None:
    """They stand in every database, and technicians know them by heart: docs/operations.md."""
    assert {key: str(outcome) for key, outcome in OUTCOME_KEYS.items()} == {
        "3": "fixed",
        "4": "temporary-fix",
        "5": "follow-up",
        "6": "not-reached",
        "7": "no-action",
        "8": "wrong-number",
        "9": "passed-on",
    }


def test_outcome_that_is_typed_counts_for_anybody() -> None:
    """Only a key is asked whether its presser still has the case; nobody need say so."""
    assert not OutcomeGiven(CaseOutcome.FIXED, "office").is_by_key


def test_outcome_closes_the_case_with_who_and_when() -> None:
    """Every phone stops."""
    moved = advance(NOW, UNTOLD, FIXED)

    assert (moved.state.outcome, moved.state.by) == (CaseOutcome.FIXED, "anna")
    assert moved.state.done_at == NOW
    assert moved.effects == (CloseEscalation("anna"),)


def test_last_outcome_wins() -> None:
    """The journal has the first one too."""
    life = after(FIXED, OutcomeGiven(CaseOutcome.FOLLOW_UP, "office", note="part ordered"))

    assert (life.outcome, life.by) == (CaseOutcome.FOLLOW_UP, "office")
    assert life.done_at == NOW + timedelta(minutes=1)
    assert [(note.by, note.text) for note in life.notes] == [("office", "part ordered")]


def test_reopened_case_has_no_outcome_and_rings() -> None:
    """Its notes stay; one that is open already is left alone."""
    life = after(FIXED, NoteAdded("ben", "leaks again"))

    moved = advance(LATER, life, OutcomeWithdrawn("office"))

    assert (moved.state.outcome, moved.state.by, moved.state.done_at) == (None, None, None)
    assert moved.state.notes == life.notes
    assert moved.effects == (ReopenEscalation("office"),)
    assert advance(LATER, moved.state, OutcomeWithdrawn("office")).effects == ()


def test_note_is_kept_once_though_it_is_sent_twice() -> None:
    """Who got no answer sends it again; the same words of somebody else are another note."""
    life = after(NoteAdded("ben", "leaks"), NoteAdded("ben", "leaks"), NoteAdded("anna", "leaks"))

    assert [note.by for note in life.notes] == ["ben", "anna"]


def test_other_words_at_once_are_another_note() -> None:
    """Two in a minute: a second thing came to his mind."""
    life = after(NoteAdded("ben", "leaks"))

    more = advance(NOW, life, NoteAdded("ben", "key is with the neighbour")).state

    assert [note.text for note in more.notes] == ["leaks", "key is with the neighbour"]


def test_note_is_the_same_for_one_minute() -> None:
    """Whoever says it again after that means it: the office reads both."""
    noted = NoteAdded("ben", "nobody answers")

    again = advance(NOW + timedelta(seconds=61), after(noted), noted).state

    assert len(again.notes) == 2


def test_note_that_is_said_again_later_is_another() -> None:
    """He rang once more and nobody answered: at ten, and at eleven."""
    noted = NoteAdded("ben", "nobody answers")
    life = after(noted)

    soon = advance(NOW + SENT_AGAIN, life, noted).state
    later = advance(NOW + SENT_AGAIN + timedelta(seconds=1), life, noted).state
    again = advance(LATER + timedelta(hours=1), life, replace(FIXED, by="ben", note=noted.text))

    assert soon == life
    assert len(later.notes) == len(again.state.notes) == 2


def test_empty_note_is_none() -> None:
    """An outcome without a note adds no empty line."""
    assert after(FIXED, NoteAdded("ben", "")).notes == ()


def test_spoken_note_gets_its_words_later() -> None:
    """Only that one."""
    spoken = [NoteSpoken("anna", f"/spool/1.note-{n}") for n in (1, 2)]
    moved = advance(NOW, after(spoken[0]), spoken[1])
    life = advance(LATER, moved.state, NoteHeard("/spool/1.note-2", "pumpe getauscht")).state

    assert moved.effects == (TranscribeNote("anna", "/spool/1.note-2"),)
    assert [note.text for note in life.notes] == ["", "pumpe getauscht"]


@pytest.mark.parametrize("phase", list(CallPhase))
def test_outcome_counts_only_when_the_call_is_decided(phase: CallPhase) -> None:
    """Before that nobody can know how it ended; a note may be made at any time."""
    call = replace(opened_call().state, phase=phase)

    done = call_flow.advance(NOW, call, FIXED)
    noted = call_flow.advance(NOW, call, NoteAdded("office", "called back"))

    assert (done.state.life.outcome is not None) == (phase is CallPhase.DECIDED)
    assert bool(done.effects) == (phase is CallPhase.DECIDED)
    assert [note.text for note in noted.state.life.notes] == ["called back"]


@given(nights(call_events))
def test_outcome_never_stands_without_who_and_when(night) -> None:
    """And no event of the telephone changes what people said."""
    life = UNTOLD
    for _, event, moved in called(night):
        now = moved.state.life
        if not isinstance(event, LIFE):
            assert now == life
        assert (now.outcome is None) == (now.by is None) == (now.done_at is None)
        life = now


@given(nights(life_events))
def test_the_same_said_twice_is_said_once(night) -> None:
    """L6 for what people say; a note only as long as it may have been sent twice."""
    life, soon = UNTOLD, NOW + SENT_AGAIN
    for _, event in night:
        moved = advance(NOW, life, event)
        life = moved.state

        assert advance(soon, life, event).state == life
        assert advance(soon, life, event).effects == ()


LIFE = (OutcomeGiven, OutcomeWithdrawn, NoteAdded, NoteSpoken, NoteHeard)
