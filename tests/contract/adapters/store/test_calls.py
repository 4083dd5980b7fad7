"""What every `CallStore` promises."""

from datetime import timedelta

import pytest
from examples import NOW, opened_call
from fakes import MemoryStore

from pbx_bridge.adapters.store.store import SqliteStore
from pbx_bridge.core.call_events import CallerLeft, Greeted, Judged, MessageEnded, Transcribe
from pbx_bridge.core.call_flow import CallTransition, advance
from pbx_bridge.core.case import MessageEnd, Reason, Transcript, Urgency, Verdict, Word
from pbx_bridge.core.case_life import CaseOutcome, CloseEscalation, NoteAdded, OutcomeGiven
from pbx_bridge.errors import StaleCase
from pbx_bridge.ports import StoredCall

Store = MemoryStore | SqliteStore


async def test_case_ids_count_from_1001(store: Store) -> None:
    """A case id is a number that can be spoken, and none is given twice."""
    given = [await store.calls.new_case_id() for _ in range(3)]

    assert given == ["1001", "1002", "1003"]


async def test_opened_call_is_found_by_both_ids(store: Store) -> None:
    """A restarted service finds a call by Asterisk's uniqueid or by the case."""
    opened = await store.calls.open(NOW, opened_call("1001", "17.5"))

    assert opened.version == 1
    assert await store.calls.load("1001") == opened
    assert await store.calls.find("17.5") == opened


async def test_unknown_call_is_none(store: Store) -> None:
    """What was never opened is no error."""
    assert await store.calls.load("1001") is None
    assert await store.calls.find("17.5") is None


@pytest.mark.parametrize(("case_id", "call_id"), [("1001", "17.6"), ("1002", "17.5")])
async def test_second_opening_is_stale(store: Store, case_id: str, call_id: str) -> None:
    """A call is opened once, whichever of its ids comes again, and the first one stays."""
    first = await store.calls.open(NOW, opened_call("1001", "17.5"))

    with pytest.raises(StaleCase):
        await store.calls.open(NOW, opened_call(case_id, call_id))

    assert await store.calls.undecided() == [first.state]


async def test_save_keeps_state_and_effects(store: Store) -> None:
    """A transition's state is loaded, its effects are pending, its version has grown."""
    before = await store.calls.open(NOW, opened_call())
    ended = MessageEnded(MessageEnd.DIGIT, 12.5)

    saved = await store.calls.save(NOW, before, ended, advance(NOW, before.state, ended))

    assert saved.version == 2
    assert await store.calls.load("1001") == saved
    assert [pending.effect for pending in await store.outbox.pending(NOW)] == [Transcribe()]


async def test_transcript_and_verdict_come_back_whole(store: Store) -> None:
    """Words, reasons and every float are the same after a restart."""
    before = await store.calls.open(NOW, opened_call())
    word = Word(text="Rohrbruch\n\x00'ß", start_s=0.1, end_s=1 / 3, confidence=0.99)
    reason = Reason(rule="de.water", text="Wasser", words="rohrbruch", weight=-0.5)
    judged = Judged(
        Verdict(urgency=Urgency.EMERGENCY, category="water", reasons=(reason,)),
        Transcript(words=(word,), language="de", engine="vosk"),
    )

    saved = await store.calls.save(NOW, before, judged, advance(NOW, before.state, judged))

    assert saved.state.transcript == judged.transcript
    assert await store.calls.load("1001") == saved


async def test_stale_save_leaves_no_trace(store: Store) -> None:
    """Who decides on an old state must load again; nothing of his decision is kept."""
    before = await store.calls.open(NOW, opened_call())
    newer = await store.calls.save(NOW, before, Greeted(), advance(NOW, before.state, Greeted()))
    left = CallerLeft(2.0)

    with pytest.raises(StaleCase):
        await store.calls.save(NOW, before, left, advance(NOW, before.state, left))

    assert await store.calls.load("1001") == newer
    assert await store.outbox.pending(NOW) == []


async def test_save_of_a_call_never_opened_is_stale(store: Store) -> None:
    """A transition cannot come before its opening."""
    never = StoredCall(opened_call().state, 1)

    with pytest.raises(StaleCase):
        await store.calls.save(NOW, never, Greeted(), advance(NOW, never.state, Greeted()))


async def test_nothing_new_is_not_written(store: Store) -> None:
    """A repeated event does not grow the version: whoever holds the call is not stale."""
    opened = await store.calls.open(NOW, opened_call())
    once = await store.calls.save(NOW, opened, Greeted(), advance(NOW, opened.state, Greeted()))

    twice = await store.calls.save(NOW, once, Greeted(), advance(NOW, once.state, Greeted()))

    assert twice == once
    assert await store.calls.load("1001") == once


async def test_effects_alone_are_written(store: Store) -> None:
    """A transition that changes no field but wants something is committed."""
    opened = await store.calls.open(NOW, opened_call())

    after = CallTransition(opened.state, (Transcribe(),))
    saved = await store.calls.save(NOW, opened, Greeted(), after)

    assert saved.version == 2
    assert len(await store.outbox.pending(NOW)) == 1


async def test_due_is_what_should_be_awake_oldest_first(store: Store) -> None:
    """A timer is due at its very moment, not before; the longest due comes first."""
    late = NOW + timedelta(microseconds=1)
    await store.calls.open(late, opened_call("1001", "17.1", late))
    await store.calls.open(NOW, opened_call("1002", "17.2", NOW))
    wake_at = opened_call().state.wake_at

    assert wake_at is not None
    assert await store.calls.due(wake_at - timedelta(microseconds=1)) == []
    assert await store.calls.due(wake_at) == ["1002"]
    assert await store.calls.due(wake_at + timedelta(microseconds=1)) == ["1002", "1001"]


async def test_decided_call_waits_for_nothing(store: Store) -> None:
    """A decided call is neither due nor undecided."""
    stored = await store.calls.open(NOW, opened_call())
    judged = Judged(Verdict(urgency=Urgency.URGENT), Transcript())
    for event in (MessageEnded(MessageEnd.HANGUP, 3.0), judged):
        stored = await store.calls.save(NOW, stored, event, advance(NOW, stored.state, event))

    assert await store.calls.due(NOW + timedelta(days=1)) == []
    assert await store.calls.undecided() == []


async def test_outcome_and_notes_are_kept_with_their_effect(store: Store) -> None:
    """State, journal and effect of what people say are one thing."""
    kept = await store.calls.open(NOW, opened_call())
    decided = CallerLeft(0.0)
    for event in (decided, Judged(ROUTINE, Transcript()), NoteAdded("office", "x"), GIVEN):
        kept = await store.calls.save(NOW, kept, event, advance(NOW, kept.state, event))

    again = await store.calls.load("1001")

    assert again == kept
    assert kept.state.life.outcome is CaseOutcome.NO_ACTION
    assert [note.text for note in kept.state.life.notes] == ["x"]
    wanted = [pending.effect for pending in await store.outbox.pending(NOW)]
    assert wanted[-1] == CloseEscalation("office")


ROUTINE = Verdict(urgency=Urgency.ROUTINE)
GIVEN = OutcomeGiven(CaseOutcome.NO_ACTION, "office")
