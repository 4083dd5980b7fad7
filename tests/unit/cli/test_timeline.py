"""Every row of the journal reads as a sentence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from examples import NOW, POLICY, made_of, opened_call, opened_escalation
from hypothesis import given, settings
from hypothesis import strategies as st

from pbx_bridge.adapters.store.journal import JournalRow, Machine, journal_row
from pbx_bridge.adapters.store.values import dump
from pbx_bridge.cli.timeline import ENDS, Timeline, clock, day, sentence
from pbx_bridge.core import call_flow, escalation
from pbx_bridge.core.call_events import (
    CallEvent,
    DialplanEnded,
    Judged,
    MessageEnded,
    SessionOpened,
)
from pbx_bridge.core.case import (
    MessageEnd,
    Reason,
    RingOutcome,
    Transcript,
    Urgency,
    Verdict,
)
from pbx_bridge.core.case_life import NoteAdded
from pbx_bridge.core.escalation_events import EscalationEvent, RingEnded, RingPlaced, TakenElsewhere
from pbx_bridge.core.lineup import ALONE
from pbx_bridge.runtime.transcripts import HEARD

BERLIN = ZoneInfo("Europe/Berlin")


def row(event: object, trigger: str = "", machine: Machine = Machine.CALL) -> JournalRow:
    """Return the row that the store reads back for *event*."""
    name = trigger or type(event).__name__
    return journal_row((1, "1001", NOW.isoformat(), machine, 2, name, dump(event)))


EVENTS = (*get_args(CallEvent), *get_args(EscalationEvent))


@pytest.mark.parametrize("kind", EVENTS)
@given(data=st.data())
@settings(max_examples=15)
def test_every_event_reads_as_a_sentence(kind: type, data: st.DataObject) -> None:
    """Words, not the name of a class and not JSON; a new class cannot be forgotten."""
    event = data.draw(made_of([kind]))

    said = sentence(row(event))

    assert not said.startswith(kind.__name__)
    assert len(said.split()) >= 3


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (SessionOpened(), "the service has the line"),
        (SessionOpened(3.25), "the service has the line again; 3.2 s of the message are there"),
        (
            MessageEnded(MessageEnd.DIGIT, 12.5),
            "the caller ended the message with a key (12.5 s)",
        ),
        (DialplanEnded("anna"), "Asterisk's own fallback is over; anna took the case"),
        (DialplanEnded(None), "Asterisk's own fallback is over; nobody took the case"),
        (
            TakenElsewhere("ben"),
            "ben pressed 1 in Asterisk's own fallback and takes the case",
        ),
    ],
)
def test_sentence_says_what_the_event_holds(event: object, said: str) -> None:
    """Seconds, ends and names are in it."""
    assert sentence(row(event)) == said


def test_note_cannot_move_the_cursor() -> None:
    """Whoever follows sees what was written, and not what it would do."""
    assert sentence(row(NoteAdded("anna", "\x1b[2Jno"))) == "a note by anna: �[2Jno"


def test_verdict_comes_with_its_reasons() -> None:
    """Who reads it can follow why somebody was woken."""
    reason = Reason(rule="de.x", text="a pipe has burst", words="rohr geplatzt", weight=5)
    verdict = Verdict(urgency=Urgency.EMERGENCY, category="water", reasons=(reason,))

    said = sentence(row(Judged(verdict, Transcript())))

    assert said == "the verdict is emergency (water): a pipe has burst"


def test_unknown_verdict_says_how_it_is_handled() -> None:
    """Nobody may read it as harmless."""
    said = sentence(row(Judged(call_flow.UNHEARD, Transcript())))

    assert said == "the verdict is unknown (other), handled as urgent"


def test_attempt_is_called_by_its_technician_where_he_is_known() -> None:
    """The event itself has only a number."""
    placed = row(RingPlaced(2))

    assert sentence(placed) == "ring 2: the technician is rung"
    assert sentence(placed, {2: "ben"}) == "ring 2: ben is rung"


def test_every_outcome_and_end_has_its_words() -> None:
    """Two different outcomes never read alike."""
    outcomes = {sentence(row(RingEnded(1, outcome))) for outcome in RingOutcome}
    ends = {ENDS[end] for end in MessageEnd}

    assert len(outcomes) == len(RingOutcome)
    assert len(ends) == len(MessageEnd)


def test_openings_say_who_calls_and_who_is_rung() -> None:
    """They carry whole states, of which the reader wants two facts."""
    call, begun = opened_call().state, opened_escalation().state
    empty = type(POLICY)(steps=())
    nobody = escalation.open_escalation(NOW, "1", Urgency.URGENT, empty, ALONE).state
    taken = escalation.open_taken(NOW, "1", Urgency.URGENT, POLICY, "ben").state

    assert sentence(row(call, "CallOpened")) == "a call arrives from +4930123456"
    assert sentence(row(begun, "EscalationOpened")) == (
        "technicians are rung: anna, then ben; 2 round(s)"
    )
    assert sentence(row(nobody, "EscalationOpened")) == "there is nobody to ring"
    assert sentence(row(taken, "EscalationOpened")) == (
        "ben has taken the case already; nobody is rung"
    )


def test_words_so_far_are_quoted() -> None:
    """The runtime notes them under the name that is read here."""
    heard = row({"text": "wasser im keller"}, HEARD, Machine.NOTE)

    assert sentence(heard) == "heard so far: wasser im keller"


def test_timeline_of_words_tells_only_what_is_new() -> None:
    """Thirty lines that each repeat the last one read badly; a corrected text is whole."""
    timeline = Timeline()
    texts = ("wasser", "wasser im", "wasser im", "wasser im keller", "wasser in", "wasser innen")

    said = [timeline.sentence(row({"text": text}, HEARD, Machine.NOTE)) for text in texts]

    assert said == [
        "heard so far: wasser",
        "heard: im",
        None,
        "heard: keller",
        "heard so far: wasser in",
        "heard so far: wasser innen",
    ]
    assert timeline.sentence(row(RingPlaced(1)), {1: "anna"}) == "ring 1: anna is rung"


def told(*events: object) -> list[str | None]:
    """Return what one timeline tells of *events* in their order."""
    timeline = Timeline()
    return [timeline.sentence(row(event), {1: "anna", 2: "ben"}) for event in events]


@pytest.mark.parametrize("key", [RingOutcome.ACKNOWLEDGED, RingOutcome.DECLINED])
def test_ring_ends_once_in_a_timeline(key: RingOutcome) -> None:
    """Whoever pressed a key hangs up afterwards; he did answer."""
    first, hung_up, other = told(
        RingEnded(1, key), RingEnded(1, RingOutcome.NO_ANSWER), RingEnded(2, RingOutcome.NO_ANSWER)
    )

    assert first == sentence(row(RingEnded(1, key)), {1: "anna"})
    assert hung_up is None
    assert other == "ring 2: ben did not answer, or hung up"


def test_late_yes_stands_in_the_timeline() -> None:
    """It counts; and so does the end of a ring that is rung again under its own number."""
    silent, late = told(RingEnded(1, RingOutcome.NO_ANSWER), RingEnded(1, RingOutcome.ACKNOWLEDGED))
    busy, _, again = told(
        RingEnded(1, RingOutcome.BUSY), RingPlaced(1), RingEnded(1, RingOutcome.BUSY)
    )

    assert silent == "ring 1: anna did not answer, or hung up"
    assert late == "ring 1: anna pressed 1 and takes the case"
    assert busy == again == "ring 1: anna is busy"


def test_ends_of_two_cases_are_two() -> None:
    """Each has a ring 1."""
    timeline, end = Timeline(), row(RingEnded(1, RingOutcome.BUSY))

    assert timeline.sentence(end) == timeline.sentence(replace(end, case_id="1002"))


@pytest.mark.parametrize("trigger", ["OfANewerRelease", "MessageEnded", "CallOpened"])
def test_unreadable_row_is_shown_as_it_stands(trigger: str) -> None:
    """A row that is strange must not hide the others."""
    assert sentence(row({"odd": 1}, trigger)) == f'{trigger} {{"odd":1}}'


def test_times_are_the_firms_to_a_tenth_of_a_second() -> None:
    """Cut, not rounded: a time never shows before it was."""
    at = datetime(2026, 1, 9, 22, 59, 59, tzinfo=UTC) + timedelta(milliseconds=990)

    assert (day(at, BERLIN), clock(at, BERLIN)) == ("Fri 2026-01-09", "23:59:59.9")
    assert day(at + timedelta(seconds=1), BERLIN) == "Sat 2026-01-10"
