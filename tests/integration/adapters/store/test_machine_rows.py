"""State, journal and effects in one real transaction."""

import asyncio
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from examples import (
    NOW,
    call_events,
    delays_s,
    escalation_events,
    opened_call,
    opened_escalation,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from pbx_bridge.adapters.store.journal import fold_call, fold_escalation
from pbx_bridge.adapters.store.reading import show_case
from pbx_bridge.adapters.store.store import SqliteStore, open_store
from pbx_bridge.core import call_flow, escalation
from pbx_bridge.core.call_events import CallEvent, Greeted, Transcribe
from pbx_bridge.core.call_flow import CallTransition
from pbx_bridge.core.escalation_events import EscalationEvent
from pbx_bridge.errors import StaleCase, StoreError

pytestmark = pytest.mark.integration


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the database is."""
    return tmp_path / "cases.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    """Yield an open store."""
    async with open_store(path) as opened:
        yield opened


def change_by_hand(path: Path, sql: str) -> None:
    """Do what nobody should do to the service's file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(sql)


async def test_of_many_decisions_one_counts(store: SqliteStore) -> None:
    """Ten tasks decide on the same state at once: one is kept, nine must load again."""
    before = await store.calls.open(NOW, opened_call())
    after = CallTransition(call_flow.advance(NOW, before.state, Greeted()).state, (Transcribe(),))

    results = await asyncio.gather(
        *(store.calls.save(NOW, before, Greeted(), after) for _ in range(10)),
        return_exceptions=True,
    )

    assert sum(isinstance(result, StaleCase) for result in results) == 9
    assert len(await store.outbox.pending(NOW)) == 1


async def test_of_two_services_one_counts(path: Path, store: SqliteStore) -> None:
    """A second service started by mistake cannot decide on the same state."""
    before = await store.calls.open(NOW, opened_call())
    after = call_flow.advance(NOW, before.state, Greeted())

    async with open_store(path) as other:
        results = await asyncio.gather(
            store.calls.save(NOW, before, Greeted(), after),
            other.calls.save(NOW, before, Greeted(), after),
            return_exceptions=True,
        )

    assert [type(result) for result in results].count(StaleCase) == 1


async def test_full_disk_keeps_all_or_nothing(path: Path, store: SqliteStore) -> None:
    """Without room for the effects there is no new state either."""
    before = await store.calls.open(NOW, opened_call())
    many = CallTransition(
        call_flow.advance(NOW, before.state, Greeted()).state, (Transcribe(),) * 2000
    )
    database = store.calls._database
    await database.rows("PRAGMA max_page_count = 1")  # SQLite takes its present size instead

    with pytest.raises(StoreError, match="has no room left"):
        await store.calls.save(NOW, before, Greeted(), many)

    await database.rows("PRAGMA max_page_count = 1000000")
    case = show_case(path, "1001")
    assert case is not None
    assert (case.call, len(case.journal)) == (before.state, 1)
    assert await store.outbox.pending(NOW) == []
    assert (await store.calls.save(NOW, before, Greeted(), many)).version == 2


async def test_unreadable_case_does_not_hide_the_others(path: Path, store: SqliteStore) -> None:
    """After a restart the other cases go on; the broken one is reported by its id."""
    await store.calls.open(NOW, opened_call("1001", "17.1"))
    second = await store.calls.open(NOW, opened_call("1002", "17.2"))
    change_by_hand(path, "UPDATE call SET state = '{}' WHERE case_id = '1001'")

    with capture_logs() as logs:
        undecided = await store.calls.undecided()

    assert undecided == [second.state]
    assert [(entry["event"], entry["case_id"]) for entry in logs] == [("case.unreadable", "1001")]
    with pytest.raises(StoreError, match=r"call of case 1001 is not a readable Call"):
        await store.calls.load("1001")


@given(st.lists(st.tuples(delays_s, call_events), min_size=1, max_size=8))
@settings(max_examples=10, deadline=None)
async def test_journal_leads_to_the_stored_call(events: list[tuple[float, CallEvent]]) -> None:
    """L5 on the disk: whatever happens, folding the journal gives the stored call."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cases.db"
        async with open_store(path) as store:
            now, stored = NOW, await store.calls.open(NOW, opened_call())
            for delay_s, event in events:
                now += timedelta(seconds=delay_s)
                after = call_flow.advance(now, stored.state, event)
                stored = await store.calls.save(now, stored, event, after)
        case = show_case(path, "1001")

    assert case is not None
    assert case.call == stored.state
    assert fold_call(case.journal) == stored.state


@given(st.lists(st.tuples(delays_s, escalation_events), min_size=1, max_size=8))
@settings(max_examples=10, deadline=None)
async def test_journal_leads_to_the_stored_escalation(
    events: list[tuple[float, EscalationEvent]],
) -> None:
    """L5 on the disk: whatever happens, folding the journal gives the stored escalation."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cases.db"
        async with open_store(path) as store:
            now, stored = NOW, await store.escalations.open(NOW, opened_escalation())
            for delay_s, event in events:
                now += timedelta(seconds=delay_s)
                after = escalation.advance(now, stored.state, event)
                stored = await store.escalations.save(now, stored, event, after)
        case = show_case(path, "1001")

    assert case is not None
    assert case.escalation == stored.state
    assert fold_escalation(case.journal) == stored.state
