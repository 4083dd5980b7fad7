"""How a technician says by key how a case ended."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbx_bridge.core.ack_flow import Ask, Close, Heard
from pbx_bridge.core.case_life import OUTCOME_KEYS, CaseOutcome
from pbx_bridge.core.outcome_flow import (
    MAX_SILENCES,
    MAX_SLIPS,
    NoteTaken,
    NotSaved,
    OutcomeFlow,
    OutcomePhase,
    RecordNote,
    Save,
    Saved,
    advance,
    next_request,
)

PROMPTS = Path(__file__).parents[3] / "pbx_bridge" / "prompts" / "de.toml"
KEYS = "0123456789*#"


def after(*events: object) -> OutcomeFlow:
    """Return the state after *events*; a digit stands for itself."""
    flow = OutcomeFlow()
    for event in events:
        flow = advance(flow, Heard(event) if isinstance(event, str) else event)
    return flow


@pytest.mark.parametrize(("key", "outcome"), OUTCOME_KEYS.items())
def test_key_then_1_saves(key: str, outcome: CaseOutcome) -> None:
    """Two steps; he hears what he chose in between."""
    assert next_request(after(key)) == Ask((f"outcome-{outcome}", "outcome-confirm"))
    assert next_request(after(key, "1")) == Save(outcome)


@pytest.mark.parametrize("other", ["2", "3", "9", "*"])
def test_another_key_than_1_goes_back(other: str) -> None:
    """He pressed the wrong one and chooses again; nothing is saved."""
    assert next_request(after("3", other)) == Ask(("outcome-menu",))
    assert next_request(after("3", other, "5", "1")) == Save(CaseOutcome.FOLLOW_UP)


def test_receipt_and_the_offer_of_a_note() -> None:
    """Only after it is committed; 1 is yes."""
    assert next_request(after("3", "1", Saved())) == Ask(("outcome-saved", "note-offer"))
    assert next_request(after("3", "1", Saved(), "1")) == RecordNote()
    assert next_request(after("3", "1", NotSaved())) == Close(())
    assert next_request(after("3", "1", Saved(), Heard(None))) == Close(())


@pytest.mark.parametrize(("is_kept", "said"), [(True, ("note-saved",)), (False, ())])
def test_receipt_of_a_note(is_kept: bool, said: tuple[str, ...]) -> None:
    """Who said nothing is not told that it is saved."""
    assert next_request(after("3", "1", Saved(), "1", NoteTaken(is_kept))) == Close(said)


def test_note_without_an_outcome() -> None:
    """0 leads past the outcome; the case stays open."""
    assert next_request(after("0")) == RecordNote()


def test_confirmation_is_asked_for_again_once() -> None:
    """Silence is no yes."""
    asked = Ask(("outcome-fixed", "outcome-confirm"))

    assert next_request(after("3", Heard(None))) == asked
    assert next_request(after("3", *[Heard(None)] * MAX_SILENCES)) == Close(())


def test_stuck_key_does_not_keep_the_line() -> None:
    """After some wrong keys nobody is there."""
    assert after(*["1"] * MAX_SLIPS).phase is OutcomePhase.CHOOSING
    assert after(*["1"] * (MAX_SLIPS + 1)).phase is OutcomePhase.OVER
    assert after("3", *["2", "3"] * (MAX_SLIPS + 1)).phase is OutcomePhase.OVER


events = st.one_of(
    st.builds(Heard, st.none() | st.sampled_from(KEYS)),
    st.sampled_from([Saved(), NotSaved()]),
    st.builds(NoteTaken, st.booleans()),
)


@given(st.lists(events, max_size=20))
def test_only_1_after_an_outcome_saves(talk: list[object]) -> None:
    """Whatever is pressed: nothing ends a case but 1 after the name of an outcome."""
    flow = OutcomeFlow()
    for event in talk:
        before, flow = flow, advance(flow, event)

        if flow.phase is OutcomePhase.SAVING is not before.phase:
            assert (before.phase, event) == (OutcomePhase.CONFIRMING, Heard("1"))
            assert next_request(flow) == Save(before.chosen)


@given(st.lists(st.none() | st.sampled_from(KEYS), min_size=30, max_size=30))
def test_every_talk_comes_to_an_end(keys: list[str | None]) -> None:
    """And each sound that it asks for is shipped."""
    texts = tomllib.loads(PROMPTS.read_text(encoding="utf-8"))["texts"]
    flow = OutcomeFlow()
    for key in keys:
        match next_request(flow):
            case Save():
                flow = advance(flow, Saved())
            case RecordNote():
                flow = advance(flow, NoteTaken(True))
            case Ask(sounds=sounds) | Close(sounds=sounds):
                assert set(sounds) <= set(texts)
                flow = advance(flow, Heard(key))

    assert isinstance(next_request(flow), Close)
