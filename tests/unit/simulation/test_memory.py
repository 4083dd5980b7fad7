"""What the memory stores do beyond the contract that `tests/contract` proves."""

from datetime import timedelta

import pytest
from examples import NOW, opened_call, opened_escalation

from pbx_bridge.core.call_events import Told
from pbx_bridge.core.call_flow import advance as advance_call
from pbx_bridge.errors import StaleCase
from pbx_bridge.simulation.memory import MemoryCalls, MemoryEscalations, MemoryOutbox, MemoryTables


async def test_three_stores_share_their_tables() -> None:
    """As the real ones share a database: an opening is in the outbox, the journal, the timer."""
    tables = MemoryTables()
    outbox = MemoryOutbox(tables)

    await MemoryEscalations(tables).open(NOW, opened_escalation())

    assert [row.trigger for row in tables.journal] == ["EscalationOpened"]
    assert len(await outbox.pending(NOW)) == 2
    assert await outbox.next_wake() == NOW + timedelta(seconds=25)


async def test_effect_that_is_done_cannot_fail_any_more() -> None:
    """A late failure does not bring it back."""
    tables = MemoryTables()
    outbox = MemoryOutbox(tables)
    await MemoryEscalations(tables).open(NOW, opened_escalation())

    await outbox.mark_done(1, NOW)
    await outbox.mark_failed(1, "late", NOW)

    assert tables.outbox[0].status == "done"


async def test_call_that_moved_on_is_stale() -> None:
    """Of two decisions on one state the second is refused."""
    calls = MemoryCalls(MemoryTables())
    before = await calls.open(NOW, opened_call())
    after = advance_call(NOW, before.state, Told())
    await calls.save(NOW, before, Told(), after)

    with pytest.raises(StaleCase):
        await calls.save(NOW, before, Told(), after)


async def test_key_of_the_instance_is_always_the_same() -> None:
    """Tokens of a virtual night are repeatable."""
    keys = [await MemoryOutbox(MemoryTables()).instance_key() for _ in range(2)]

    assert keys[0] == keys[1]
    assert len(keys[0]) == 32


async def test_process_can_die_before_and_after_each_write() -> None:
    """Before: nothing is kept; after: all of it, state and effects together."""
    tables, moments = MemoryTables(), []
    tables.moment = lambda: moments.append((len(tables.journal), len(tables.escalations)))

    await MemoryEscalations(tables).open(NOW, opened_escalation())
    await MemoryOutbox(tables).mark_done(1, NOW)

    assert moments == [(0, 0), (1, 1), (1, 1), (1, 1)]
