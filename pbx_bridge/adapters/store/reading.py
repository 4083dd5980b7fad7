"""Look at cases without the service, and while it writes: nothing here changes the database."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from pbx_bridge.adapters.store.failures import translated
from pbx_bridge.adapters.store.journal import JournalRow, journal_row
from pbx_bridge.adapters.store.notices import FAILING, GIVEN_UP, OF_CASE, Told, told
from pbx_bridge.adapters.store.outbox import Parked, parked
from pbx_bridge.adapters.store.schema import released, version
from pbx_bridge.adapters.store.values import dump_time, load, load_time
from pbx_bridge.core.call_flow import Call
from pbx_bridge.core.case import Urgency
from pbx_bridge.core.case_life import CaseOutcome
from pbx_bridge.core.escalation_state import Escalation
from pbx_bridge.errors import StoreError

POLL = timedelta(milliseconds=200)
"""Between two looks for new rows: people call less than half a second live."""

BATCH = 500
"""Rows read at once, so that a long journal does not fill the memory."""


class CasePhase(StrEnum):
    """Where a case stands: its escalation's phase, before there is one its call's."""

    RECEIVING = "receiving"
    HEARING = "hearing"
    ELSEWHERE = "elsewhere"
    DECIDED = "decided"
    """Technicians are to be rung, and nobody is yet."""
    FILED = "filed"
    """Nobody is woken for it: the office has it in the morning."""
    RINGING = "ringing"
    ACKNOWLEDGED = "acknowledged"
    DONE = "done"
    EXHAUSTED = "exhausted"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSummary:
    """One case in a list."""

    case_id: str
    opened_at: datetime
    number: str | None
    """The caller's; `None` when withheld."""
    message_s: float
    """Length of the message in seconds."""
    urgency: Urgency | None
    """`None` before the verdict."""
    category: str | None
    """`None` before the verdict."""
    phase: CasePhase
    owner: str | None
    """The technician who acknowledged."""
    attempts: int
    """How many rings there were."""
    outcome: CaseOutcome | None = None
    """How it ended; `None`: it is not done."""
    done_by: str | None = None
    done_at: datetime | None = None
    notes: int = 0
    """How many notes there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """Everything that is known about one case."""

    call: Call | None
    escalation: Escalation | None
    journal: tuple[JournalRow, ...]
    parked: tuple[Parked, ...]
    """Effects that nobody tries any more: a person must look at them."""
    told: tuple[Told, ...] = ()
    """Who was told of it by mail, webhook or push, or still is to be."""


def list_cases(path: Path, phase: CasePhase | None = None) -> list[CaseSummary]:
    """Return all cases, or those in *phase*, oldest first; raise `StoreError` if unreadable."""
    sql = (
        "SELECT c.case_id, json_extract(c.state, '$.arrived_at'),"
        " json_extract(c.state, '$.caller.number'), json_extract(c.state, '$.message_s'),"
        " json_extract(c.state, '$.verdict.urgency'), json_extract(c.state, '$.verdict.category'),"
        " CASE WHEN json_extract(c.state, '$.life.outcome') IS NOT NULL THEN 'done'"
        " WHEN e.phase IS NOT NULL THEN e.phase"
        " WHEN c.phase <> 'decided' OR EXISTS (SELECT 1 FROM outbox o WHERE o.case_id = c.case_id"
        " AND o.effect IN ('Escalate', 'AdoptOwner')) THEN c.phase"
        " ELSE 'filed' END,"
        " json_extract(e.state, '$.owner'),"
        " coalesce(json_array_length(e.state, '$.attempts'), 0),"
        " json_extract(c.state, '$.life.outcome'), json_extract(c.state, '$.life.by'),"
        " json_extract(c.state, '$.life.done_at'),"
        " coalesce(json_array_length(c.state, '$.life.notes'), 0)"
        " FROM call c LEFT JOIN escalation e USING (case_id) ORDER BY c.rowid"
    )
    with snapshot(path) as connection:
        rows = connection.execute(sql).fetchall()
    summaries = (
        CaseSummary(
            case_id=row[0],
            opened_at=load_time(row[1], f"call of case {row[0]}"),
            number=row[2],
            message_s=row[3],
            urgency=row[4] and Urgency(row[4]),
            category=row[5],
            phase=CasePhase(row[6]),
            owner=row[7],
            attempts=row[8],
            outcome=row[9] and CaseOutcome(row[9]),
            done_by=row[10],
            done_at=row[11] and load_time(row[11], f"call of case {row[0]}"),
            notes=row[12],
        )
        for row in rows
    )
    return [each for each in summaries if phase is None or each.phase is phase]


def show_case(path: Path, case_id: str) -> CaseFile | None:
    """Return all of one case, `None` when there is none; raise `StoreError` if unreadable."""
    with snapshot(path) as connection:
        calls = connection.execute("SELECT state FROM call WHERE case_id = ?", (case_id,))
        call = calls.fetchone()
        escalations = connection.execute(
            "SELECT state FROM escalation WHERE case_id = ?", (case_id,)
        )
        escalation = escalations.fetchone()
        journal = connection.execute(
            "SELECT seq, case_id, at, machine, version, trigger, data FROM journal"
            " WHERE case_id = ? ORDER BY seq",
            (case_id,),
        ).fetchall()
        failed = connection.execute(
            "SELECT seq, case_id, effect, error, failures FROM outbox"
            " WHERE status = 'parked' AND case_id = ? ORDER BY seq",
            (case_id,),
        ).fetchall()
        notices = connection.execute(OF_CASE, (case_id,)).fetchall()
    if call is None and escalation is None and not journal:
        return None
    return CaseFile(
        call=call and load(Call, call[0], f"call of case {case_id}"),
        escalation=escalation and load(Escalation, escalation[0], f"escalation of case {case_id}"),
        journal=tuple(journal_row(row) for row in journal),
        parked=tuple(parked(row) for row in failed),
        told=tuple(told(row) for row in notices),
    )


def given_up(path: Path, since: datetime) -> list[Told]:
    """Return the notices that nobody tries any more, given up since then; oldest first."""
    with snapshot(path) as connection:
        rows = connection.execute(GIVEN_UP, (dump_time(since),)).fetchall()
    return [told(row) for row in rows]


def failing(path: Path) -> list[Told]:
    """Return the notices that were tried in vain and are tried again; oldest first."""
    with snapshot(path) as connection:
        rows = connection.execute(FAILING).fetchall()
    return [told(row) for row in rows]


def newest_seq(path: Path) -> int:
    """Return the number of the newest journal row, 0 when there is none: where `follow` starts."""
    with snapshot(path) as connection:
        (seq,) = connection.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()
    return int(seq)


async def follow(path: Path, after_seq: int = 0) -> AsyncGenerator[JournalRow, None]:
    """
    Yield the journal rows of all cases after *after_seq*, then each new one; never ends.

    Raises:
        StoreError: the database cannot be read any more.
    """
    while True:
        rows = await asyncio.to_thread(_rows_after, path, after_seq)
        for row in rows:
            yield row
            after_seq = row.seq
        if not rows:
            await asyncio.sleep(POLL.total_seconds())


def _rows_after(path: Path, seq: int) -> list[JournalRow]:
    with snapshot(path) as connection:
        rows = connection.execute(
            "SELECT seq, case_id, at, machine, version, trigger, data FROM journal"
            " WHERE seq > ? ORDER BY seq LIMIT ?",
            (seq, BATCH),
        ).fetchall()
    return [journal_row(row) for row in rows]


@contextmanager
def snapshot(path: Path) -> Iterator[sqlite3.Connection]:
    """Open *path* for reading; all that the body reads is of one moment."""
    with translated(path):
        if not path.exists():
            raise StoreError(
                f"database {path} is not there: has the service run, and with this configuration?"
            )
        with closing(_connect(path)) as connection:
            connection.execute("BEGIN")
            known = len(released())
            current = version(connection, path, known)
            if current < known:
                raise StoreError(
                    f"database {path} is at {current}, this release reads {known}: "
                    "start the service once, it brings the file up to date"
                )
            yield connection


def _connect(path: Path) -> sqlite3.Connection:
    """
    Connect without the right to write.

    SQLite wants its ``-shm`` file even to read. Where it is not there and cannot be made, the
    last writer closed in order: then the file alone is the whole truth, and does not change.
    """
    uri = path.absolute().as_uri() + "?mode=ro"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None)
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.OperationalError as exc:
        connection.close()
        is_refused = exc.sqlite_errorcode & 0xFF in (
            sqlite3.SQLITE_CANTOPEN,
            sqlite3.SQLITE_READONLY,
        )
        if not is_refused:
            raise
        if path.with_name(f"{path.name}-wal").exists():
            raise StoreError(
                f"database {path} was left open by a service that died, and this user may not "
                f"write in {path.parent}: run this as the service's user"
            ) from exc
        return sqlite3.connect(uri + "&immutable=1", uri=True, isolation_level=None)
    return connection
