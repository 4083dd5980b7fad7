"""Looking at cases beside the service, without it, and without its rights."""
# ruff: noqa: ASYNC240 -- a test may wait for the disk

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from datetime import timedelta
from pathlib import Path

import pytest
from examples import NOW, opened_call, opened_escalation

from pbx_bridge.adapters.store.journal import Machine, fold_call
from pbx_bridge.adapters.store.reading import (
    CaseFile,
    CasePhase,
    CaseSummary,
    follow,
    list_cases,
    newest_seq,
    show_case,
)
from pbx_bridge.adapters.store.store import SqliteStore, open_store
from pbx_bridge.core import escalation
from pbx_bridge.core.call_events import CallEvent, DialplanHas, Judged, MessageEnded
from pbx_bridge.core.call_flow import CallPhase, advance
from pbx_bridge.core.case import MessageEnd, RingOutcome, Transcript, Urgency, Verdict
from pbx_bridge.core.escalation_events import RingEnded
from pbx_bridge.core.escalation_state import EscalationPhase
from pbx_bridge.errors import SchemaTooNew, StoreError

pytestmark = pytest.mark.integration

AsNobody = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the database is; a name that a URI would misread."""
    return tmp_path / "cases?50%20.db"


async def call(store: SqliteStore, case_id: str, *events: CallEvent) -> None:
    """Open a call and let *events* happen to it."""
    stored = await store.calls.open(NOW, opened_call(case_id, f"17.{case_id}"))
    for event in events:
        stored = await store.calls.save(NOW, stored, event, advance(NOW, stored.state, event))


def judged(urgency: Urgency) -> Judged:
    """Return a verdict on what was heard."""
    return Judged(Verdict(urgency=urgency, category="water"), Transcript())


ENDED = MessageEnded(MessageEnd.DIGIT, 12.5)


async def test_list_tells_the_phase_of_each(path: Path) -> None:
    """Before the escalation the call's phase counts, then the escalation's; filed is filed."""
    async with open_store(path) as store:
        await call(store, "1001")
        await call(store, "1002", ENDED)
        await call(store, "1003", DialplanHas())
        await call(store, "1004", ENDED, judged(Urgency.ROUTINE))
        await call(store, "1005", ENDED, judged(Urgency.URGENT))
        await call(store, "1006", ENDED, judged(Urgency.URGENT))
        await store.escalations.open(NOW, opened_escalation("1006"))

    assert [(case.case_id, case.phase.value) for case in list_cases(path)] == [
        ("1001", "receiving"),
        ("1002", "hearing"),
        ("1003", "elsewhere"),
        ("1004", "filed"),
        ("1005", "decided"),
        ("1006", "ringing"),
    ]
    assert [case.case_id for case in list_cases(path, CasePhase.FILED)] == ["1004"]


async def test_summary_tells_who_called_and_who_took_it(path: Path) -> None:
    """One line has all that the office asks for in the morning."""
    accepted = RingEnded(1, RingOutcome.ACKNOWLEDGED)
    async with open_store(path) as store:
        await call(store, "1001", ENDED, judged(Urgency.EMERGENCY))
        opened = await store.escalations.open(NOW, opened_escalation())
        after = escalation.advance(NOW, opened.state, accepted)
        await store.escalations.save(NOW, opened, accepted, after)

    assert list_cases(path) == [
        CaseSummary(
            case_id="1001",
            opened_at=NOW,
            number="+4930123456",
            message_s=12.5,
            urgency=Urgency.EMERGENCY,
            category="water",
            phase=CasePhase.ACKNOWLEDGED,
            owner="anna",
            attempts=1,
        )
    ]


def test_every_phase_can_be_listed() -> None:
    """A phase that is new in the core must not break the list."""
    assert {*CallPhase, *EscalationPhase, "filed"} == {*CasePhase}


async def test_case_file_has_everything(path: Path) -> None:
    """State, journal with notes, and what failed, of this case only."""
    async with open_store(path) as store:
        await call(store, "1001", ENDED)
        await call(store, "1002", ENDED)
        ringing = await store.escalations.open(NOW, opened_escalation())
        await store.outbox.note("1001", NOW, "words", {"text": "wasser"})
        await store.outbox.mark_failed(1, "no such file", None)
        stored = await store.calls.load("1001")

    case = show_case(path, "1001")

    assert stored is not None
    assert isinstance(case, CaseFile)
    assert (case.call, case.escalation) == (stored.state, ringing.state)
    assert [(row.machine, row.version, row.trigger) for row in case.journal] == [
        (Machine.CALL, 1, "CallOpened"),
        (Machine.CALL, 2, "MessageEnded"),
        (Machine.ESCALATION, 1, "EscalationOpened"),
        (Machine.NOTE, None, "words"),
    ]
    assert case.journal[1].data == {"end": "digit", "message_s": 12.5}
    assert case.journal[3].data == {"text": "wasser"}
    assert [parked.error for parked in case.parked] == ["no such file"]


async def test_unknown_case_is_none(path: Path) -> None:
    """A number that was never given is no error of the database."""
    async with open_store(path):
        pass

    assert show_case(path, "4711") is None


async def test_reader_sees_one_moment_while_the_service_writes(path: Path) -> None:
    """However often somebody looks, state and journal fit, and nobody waits for him."""
    looks = 0
    async with open_store(path) as store:
        await call(store, "1001")
        writing = asyncio.create_task(write_often(store))
        while not writing.done():
            case = await asyncio.to_thread(show_case, path, "1001")
            assert case is not None
            assert fold_call(case.journal) == case.call
            looks += 1
        await writing

    assert looks > 1


async def write_often(store: SqliteStore) -> None:
    """Move a call on many times."""
    stored = await store.calls.load("1001")
    assert stored is not None
    for second in range(60):
        now = NOW + timedelta(seconds=second)
        event = DialplanHas()
        stored = await store.calls.save(now, stored, event, advance(now, stored.state, event))


async def test_follow_yields_old_rows_then_new_ones(path: Path) -> None:
    """A live view starts where it was asked to and misses nothing."""
    async with open_store(path) as store:
        await call(store, "1001")
        await call(store, "1002")
        rows = follow(path, after_seq=1)
        async with asyncio.timeout(5):
            first = await anext(rows)
            await store.outbox.note("1001", NOW, "words", {"text": "wasser"})
            second = await anext(rows)
        await rows.aclose()

    assert [(row.seq, row.case_id, row.trigger) for row in (first, second)] == [
        (2, "1002", "CallOpened"),
        (3, "1001", "words"),
    ]
    assert newest_seq(path) == 3


async def test_follow_waits_for_the_first_row_after_now(path: Path) -> None:
    """Nothing new is a wait, not an end; the row that comes is the one that is yielded."""
    async with open_store(path) as store:
        await call(store, "1001")
        rows = follow(path, after_seq=newest_seq(path))
        waiting = asyncio.ensure_future(anext(rows))
        await asyncio.to_thread(newest_seq, path)
        assert not waiting.done()

        await call(store, "1002")

        async with asyncio.timeout(5):
            assert (await waiting).case_id == "1002"
        await rows.aclose()


async def test_stranger_reads_while_the_service_runs(
    open_folder: Path, unprivileged: AsNobody
) -> None:
    """Who may read the file but not write in its folder sees the newest state."""
    path = open_folder / "cases.db"
    path.touch(mode=0o644)
    async with open_store(path) as store:
        await call(store, "1001")

        with unprivileged():
            assert [case.case_id for case in list_cases(path)] == ["1001"]


async def test_stranger_reads_after_the_service_stopped(
    open_folder: Path, unprivileged: AsNobody
) -> None:
    """Without a service there is no ``-shm`` file and none can be made: it is read anyway."""
    path = open_folder / "cases.db"
    path.touch(mode=0o644)
    async with open_store(path) as store:
        await call(store, "1001")

    with unprivileged():
        assert [case.case_id for case in list_cases(path)] == ["1001"]
        assert newest_seq(path) == 1
    assert [file.name for file in open_folder.iterdir()] == ["cases.db"]


async def test_stranger_is_told_when_the_log_cannot_be_read(
    open_folder: Path, unprivileged: AsNobody
) -> None:
    """What a dead service left in the log is not passed over in silence."""
    path = open_folder / "cases.db"
    path.touch(mode=0o644)
    async with open_store(path):
        pass
    (open_folder / "cases.db-wal").write_bytes(b"left over")

    with unprivileged(), pytest.raises(StoreError, match="run this as the service's user"):
        list_cases(path)


async def test_missing_database_is_named_and_not_made(path: Path) -> None:
    """Looking never leaves an empty file behind."""
    with pytest.raises(StoreError, match="is not there: has the service run"):
        list_cases(path)

    assert not path.exists()


def test_older_database_asks_for_the_service(path: Path) -> None:
    """Only the service may bring a file up to date."""
    path.touch()

    with pytest.raises(StoreError, match="start the service once"):
        list_cases(path)


async def test_newer_database_is_refused(path: Path) -> None:
    """A release does not guess at what a newer one wrote."""
    async with open_store(path):
        pass
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")

    with pytest.raises(SchemaTooNew):
        list_cases(path)


def test_text_file_is_no_database(path: Path) -> None:
    """A file of something else is named."""
    path.write_text("[firm]\n" * 1000)

    with pytest.raises(StoreError, match="is not a database"):
        list_cases(path)
