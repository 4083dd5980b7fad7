"""Committed effects are carried out at least once, and none blocks the others."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from examples import NOW, opened_call
from fakes import FakeClock, MemoryStore
from faults import Fate, Fragile

from pbx_bridge.core.call_events import LookAfterCall, Transcribe
from pbx_bridge.core.call_flow import CallTransition
from pbx_bridge.errors import NotifyFailed, StoreError
from pbx_bridge.ports import Pending
from pbx_bridge.runtime.deeds import Deeds, Duty


@pytest.fixture
async def store() -> MemoryStore:
    """Two effects of one call: one to look, one to transcribe."""
    store = MemoryStore()
    wanted = CallTransition(opened_call().state, (LookAfterCall(), Transcribe()))
    await store.calls.open(NOW, wanted)
    return store


def deeds_of(store: MemoryStore, **duties: Duty) -> Deeds:
    """Return deeds where `look` and `hear` are done as given."""
    deeds = Deeds(FakeClock(), store.outbox)
    deeds.assign({LookAfterCall: duties["look"], Transcribe: duties["hear"]})
    return deeds


async def carry_out(deeds: Deeds, store: MemoryStore, now=NOW) -> None:
    """Start all that is pending and let it run."""
    for pending in await store.outbox.pending(now):
        await deeds.start(pending)
    for _ in range(5):
        await asyncio.sleep(0)


def doing(done: list[str], name: str) -> Callable[[Pending], Awaitable[None]]:
    """Return an act that notes its name."""

    async def act(_: Pending) -> None:
        done.append(name)

    return act


def raising(*faults: Exception) -> Callable[[Pending], Awaitable[None]]:
    """Return an act that fails with each of *faults*, then works."""
    left = list(faults)

    async def act(_: Pending) -> None:
        if left:
            raise left.pop(0)

    return act


async def test_effects_are_carried_out_in_order_and_once(store: MemoryStore) -> None:
    """What is done is done."""
    done: list[str] = []
    deeds = deeds_of(store, look=Duty(act=doing(done, "look")), hear=Duty(act=doing(done, "hear")))

    await carry_out(deeds, store)
    await carry_out(deeds, store)

    assert done == ["look", "hear"]


@pytest.mark.parametrize("fault", [NotifyFailed("server away"), ZeroDivisionError("a bug")])
async def test_effect_that_fails_waits_and_does_not_block(
    store: MemoryStore, fault: Exception
) -> None:
    """A fault, expected or not, costs this effect a pause and the others nothing."""
    done: list[str] = []
    deeds = deeds_of(store, look=Duty(act=raising(fault)), hear=Duty(act=doing(done, "hear")))

    await carry_out(deeds, store)

    assert done == ["hear"]
    assert await store.outbox.pending(NOW) == []
    [later] = await store.outbox.pending(NOW + timedelta(seconds=2))
    await carry_out(deeds, store, NOW + timedelta(seconds=2))
    assert later.failures == 1
    assert store.tables.outbox[0].status == "done"


async def test_effect_that_keeps_failing_is_parked_with_its_error(store: MemoryStore) -> None:
    """After its tries it stands aside and says why."""
    faults = [NotifyFailed("server away")] * 3
    deeds = deeds_of(
        store, look=Duty(act=raising(*faults), tries=3), hear=Duty(act=doing([], "hear"))
    )

    for minute in range(5):
        await carry_out(deeds, store, NOW + timedelta(minutes=minute))

    assert store.tables.outbox[0].status == "parked"
    assert store.tables.outbox[0].error == "notify-failed: server away"


async def test_effect_that_somebody_waits_for_is_never_parked(store: MemoryStore) -> None:
    """A parked escalation would ring nobody: it is tried as long as it takes."""
    faults = [StoreError("disk full")] * 30
    deeds = deeds_of(
        store, look=Duty(act=raising(*faults), tries=None), hear=Duty(act=doing([], "hear"))
    )

    for hour in range(40):
        await carry_out(deeds, store, NOW + timedelta(hours=hour))

    assert store.tables.outbox[0].status == "done"


async def test_pauses_grow(store: MemoryStore) -> None:
    """A server that is away for an hour is not asked every second."""
    deeds = deeds_of(
        store,
        look=Duty(act=raising(*[NotifyFailed("away")] * 3), pause=timedelta(seconds=2)),
        hear=Duty(act=doing([], "hear")),
    )
    row = store.tables.outbox[0]

    pauses = []
    for minute in range(3):
        await carry_out(deeds, store, NOW + timedelta(minutes=minute))
        pauses.append(row.retry_at - NOW)

    assert pauses == [timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=8)]


async def test_slow_effect_runs_beside_and_only_once(store: MemoryStore) -> None:
    """A mail server that takes a minute delays nobody, and gets one mail."""
    started, is_open = [], asyncio.Event()

    async def slow(_: Pending) -> None:
        started.append("slow")
        await is_open.wait()

    done: list[str] = []
    deeds = deeds_of(store, look=Duty(act=slow, is_slow=True), hear=Duty(act=doing(done, "hear")))

    await carry_out(deeds, store)
    await carry_out(deeds, store)

    assert started == ["slow"]
    assert done == ["hear"]
    is_open.set()
    await carry_out(deeds, store)
    assert store.tables.outbox[0].status == "done"


async def test_stopped_effect_is_pending_still(store: MemoryStore) -> None:
    """What was under way at the end begins again next time."""
    deeds = deeds_of(
        store,
        look=Duty(act=lambda _: asyncio.Event().wait(), is_slow=True),
        hear=Duty(act=doing([], "hear")),
    )
    await carry_out(deeds, store)

    await deeds.stop()

    assert [type(one.effect) for one in await store.outbox.pending(NOW)] == [LookAfterCall]


async def test_done_deed_that_cannot_be_booked_is_not_done_again(store: MemoryStore) -> None:
    """The phone rang, the disk is full: it does not ring a second time for that."""
    done: list[str] = []
    outbox = Fragile(store.outbox, Fate())
    deeds = Deeds(FakeClock(), outbox)
    deeds.assign(
        {LookAfterCall: Duty(act=doing(done, "look")), Transcribe: Duty(act=doing(done, "hear"))}
    )
    outbox.fault = StoreError("database or disk is full")

    await carry_out(deeds, store)
    outbox.fault = None
    await carry_out(deeds, store)

    assert done == ["look", "hear"]
    assert await store.outbox.pending(NOW) == []


async def test_failed_deed_that_cannot_be_booked_is_tried_again(store: MemoryStore) -> None:
    """Neither done nor written down: it stays pending."""
    outbox = Fragile(store.outbox, Fate())
    deeds = Deeds(FakeClock(), outbox)
    deeds.assign(
        {
            LookAfterCall: Duty(act=raising(NotifyFailed("away"))),
            Transcribe: Duty(act=doing([], "hear")),
        }
    )
    outbox.fault = StoreError("database or disk is full")

    await carry_out(deeds, store)
    outbox.fault = None
    await carry_out(deeds, store)

    assert store.tables.outbox[0].status == "done"
