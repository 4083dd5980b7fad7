"""What every `Outbox` promises."""

from datetime import timedelta

from examples import NOW, opened_call, opened_escalation
from fakes import MemoryStore

from pbx_bridge.adapters.store.store import SqliteStore
from pbx_bridge.core.call_events import Escalate, LookAfterCall, Transcribe
from pbx_bridge.core.call_flow import CallTransition
from pbx_bridge.core.case import Urgency

Store = MemoryStore | SqliteStore
LATER = NOW + timedelta(seconds=30)


async def open_with_effects(store: Store) -> None:
    """Open a call that wants three things."""
    effects = (Transcribe(), Escalate(Urgency.URGENT, "water"), LookAfterCall())
    await store.calls.open(NOW, CallTransition(opened_call().state, effects))


async def test_pending_keeps_the_committed_order(store: Store) -> None:
    """Effects are carried out in the order in which they were wanted."""
    await open_with_effects(store)

    pending = await store.outbox.pending(NOW)

    assert [each.effect for each in pending] == [
        Transcribe(),
        Escalate(Urgency.URGENT, "water"),
        LookAfterCall(),
    ]
    assert {each.case_id for each in pending} == {"1001"}
    assert len({each.seq for each in pending}) == 3


async def test_done_is_not_pending(store: Store) -> None:
    """What was carried out is not carried out again."""
    await open_with_effects(store)
    first, *others = await store.outbox.pending(NOW)

    await store.outbox.mark_done(first.seq, NOW)

    assert await store.outbox.pending(LATER) == others


async def test_failed_comes_back_at_its_time(store: Store) -> None:
    """A failure is tried again no sooner than asked, and remembers how often it failed."""
    await open_with_effects(store)
    first, *others = await store.outbox.pending(NOW)

    await store.outbox.mark_failed(first.seq, "line down", LATER)

    assert await store.outbox.pending(LATER - timedelta(microseconds=1)) == others
    again = (await store.outbox.pending(LATER))[0]
    assert (again.seq, again.failures) == (first.seq, 1)


async def test_parked_does_not_block_the_others(store: Store) -> None:
    """An effect that keeps failing is put aside for a person to look at."""
    await open_with_effects(store)
    first, *others = await store.outbox.pending(NOW)

    await store.outbox.mark_failed(first.seq, "no such technician", None)

    assert await store.outbox.pending(NOW + timedelta(days=365)) == others


async def test_late_failure_does_not_undo_what_is_done(store: Store) -> None:
    """Done stays done, whatever is reported afterwards."""
    await open_with_effects(store)
    first, *others = await store.outbox.pending(NOW)
    await store.outbox.mark_done(first.seq, NOW)

    await store.outbox.mark_failed(first.seq, "late", LATER)

    assert await store.outbox.pending(LATER) == others


async def test_next_wake_is_the_earliest_of_all(store: Store) -> None:
    """The service sleeps until the first timer of any call or escalation."""
    assert await store.outbox.next_wake() is None

    call = await store.calls.open(NOW, opened_call())
    assert await store.outbox.next_wake() == call.state.wake_at

    ringing = await store.escalations.open(NOW, opened_escalation())
    assert await store.outbox.next_wake() == ringing.state.wake_at


async def test_note_changes_nothing_that_is_decided(store: Store) -> None:
    """A note is only there to be read: no version grows, nothing is pending."""
    opened = await store.calls.open(NOW, opened_call())

    await store.outbox.note("1001", NOW, "words", {"text": "wasser", "at": NOW, "n": 1.5})

    assert await store.calls.load("1001") == opened
    assert await store.outbox.pending(NOW) == []


async def test_instance_key_is_32_bytes_and_stays(store: Store) -> None:
    """Ring tokens made before a restart are believed after it."""
    key = await store.outbox.instance_key()

    assert len(key) == 32
    assert await store.outbox.instance_key() == key
