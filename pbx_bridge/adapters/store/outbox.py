"""The outbox in SQLite: effects that are committed and not carried out, and notes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from pbx_bridge.adapters.store.database import Database
from pbx_bridge.adapters.store.journal import Machine
from pbx_bridge.adapters.store.values import EFFECTS, dump, dump_time, load_named, load_time
from pbx_bridge.errors import StoreError
from pbx_bridge.ports import Pending

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """An effect that failed too often or cannot be read: a person must look at it."""

    seq: int
    case_id: str
    effect: str
    """Class name, perhaps one that this release does not know."""
    error: str
    """Of the last failure."""
    failures: int


class SqliteOutbox:
    """The port `Outbox` on one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def pending(self, now: datetime) -> list[Pending]:
        """
        Return what is to be done at *now*, in committed order.

        A row that cannot be read is parked and logged: it must not block the others.
        """
        rows = await self._database.rows(
            "SELECT seq, case_id, effect, data, failures FROM outbox WHERE status = 'open'"
            " AND (retry_at IS NULL OR retry_at <= ?) ORDER BY seq",
            (dump_time(now),),
        )
        found = []
        for row in rows:
            try:
                found.append(_pending(row))
            except StoreError as exc:
                seq, case_id = row[:2]
                # No traceback: its last lines would show numbers.
                log.error("effect.unreadable", case_id=case_id, code=exc.code, reason=str(exc))
                await self.mark_failed(seq, str(exc), None)
        return found

    async def mark_done(self, seq: int, now: datetime) -> None:
        """Remember that an effect was carried out; it stays in the file, to be looked up."""
        await self._change(
            "UPDATE outbox SET status = 'done', done_at = :now WHERE seq = :seq",
            {"seq": seq, "now": dump_time(now)},
        )

    async def mark_failed(self, seq: int, error: str, retry_at: datetime | None) -> None:
        """Remember a failure; with *retry_at* `None` the effect is parked."""
        await self._change(
            "UPDATE outbox SET failures = failures + 1, error = :error, retry_at = :retry_at,"
            " status = iif(:retry_at IS NULL, 'parked', 'open')"
            " WHERE seq = :seq AND status = 'open'",
            {"seq": seq, "error": error, "retry_at": retry_at and dump_time(retry_at)},
        )

    async def parked(self) -> list[Parked]:
        """Return the effects that nobody tries any more, oldest first."""
        rows = await self._database.rows(
            "SELECT seq, case_id, effect, error, failures FROM outbox"
            " WHERE status = 'parked' ORDER BY seq"
        )
        return [parked(row) for row in rows]

    async def note(
        self, case_id: str, now: datetime, kind: str, data: Mapping[str, object]
    ) -> None:
        """Append to the journal something that no machine decides on."""
        await self._change(
            "INSERT INTO journal (case_id, at, machine, trigger, data)"
            " VALUES (:case_id, :at, :machine, :kind, :data)",
            {
                "case_id": case_id,
                "at": dump_time(now),
                "machine": Machine.NOTE,
                "kind": kind,
                "data": dump(data),
            },
        )

    async def next_wake(self) -> datetime | None:
        """Return the earliest `wake_at` of all calls and escalations, `None` when none waits."""
        ((wake_at,),) = await self._database.rows(
            "SELECT min(wake_at) FROM (SELECT wake_at FROM call WHERE wake_at IS NOT NULL"
            " UNION ALL SELECT wake_at FROM escalation WHERE wake_at IS NOT NULL)"
        )
        return None if wake_at is None else load_time(wake_at, "the earliest wake_at")

    async def instance_key(self) -> bytes:
        """Return the 32 random bytes of this database."""
        ((key,),) = await self._database.rows("SELECT key FROM instance")
        return bytes(key)

    async def _change(self, sql: str, parameters: Mapping[str, object]) -> None:
        async with self._database.transaction() as transaction:
            await transaction.change(sql, parameters)


def parked(columns: tuple[Any, ...]) -> Parked:
    """Return the effect for *columns*: seq, case_id, effect, error, failures."""
    seq, case_id, effect, error, failures = columns
    return Parked(seq=seq, case_id=case_id, effect=effect, error=error, failures=failures)


def _pending(columns: tuple[Any, ...]) -> Pending:
    seq, case_id, name, data, failures = columns
    effect = load_named(EFFECTS, name, data, f"outbox row {seq} (case {case_id})")
    return Pending(seq=seq, case_id=case_id, effect=effect, failures=failures)
