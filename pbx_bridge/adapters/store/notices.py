"""The queue of notices in SQLite, and what was seen last of the plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from pbx_bridge.adapters.store.database import Database
from pbx_bridge.adapters.store.values import dump, dump_time, load, load_time
from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.core.outlook import NOTHING_KNOWN, Known
from pbx_bridge.errors import StoreError
from pbx_bridge.ports import Notice, QueuedNotice, Queueing

log = structlog.get_logger()


OF_CASE = (
    "SELECT addressee, topic, status, queued_at, ended_at, error FROM notice"
    " WHERE case_id = ? ORDER BY seq"
)

GIVEN_UP = (
    "SELECT addressee, topic, status, queued_at, ended_at, error FROM notice"
    " WHERE status = 'given-up' AND ended_at >= ? ORDER BY seq"
)


FAILING = (
    "SELECT addressee, topic, status, queued_at, ended_at, error FROM notice"
    " WHERE status = 'open' AND failures > 0 ORDER BY seq"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How it stands with one notice."""

    addressee: str
    topic: str
    status: str
    """``open``, ``sent`` or ``given-up``."""
    queued_at: datetime
    ended_at: datetime | None
    error: str | None
    """Of the last failure, also of one that was sent in the end."""


def told(columns: tuple[Any, ...]) -> Told:
    """Return the notice for the columns of `OF_CASE`, `GIVEN_UP` and `FAILING`."""
    addressee, topic, status, queued_at, ended_at, error = columns
    row = f"notice of {topic} for {addressee}"
    return Told(
        addressee=addressee,
        topic=topic,
        status=status,
        queued_at=load_time(queued_at, row),
        ended_at=ended_at and load_time(ended_at, row),
        error=error,
    )


class SqliteNotices:
    """The port `NoticeStore` on one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def queue(self, now: datetime, notices: Sequence[Queueing]) -> int:
        """Keep what is to be sent, all or nothing; return how many were new."""
        added = 0
        async with self._database.transaction() as transaction:
            for one in notices:
                added += await transaction.change(
                    "INSERT INTO notice (key, addressee, topic, case_id, queued_at, data)"
                    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (key, addressee) DO NOTHING",
                    (
                        one.notice.key,
                        one.addressee,
                        one.topic.value,
                        one.notice.case_id,
                        dump_time(now),
                        dump(one.notice),
                    ),
                )
        return added

    async def due(self, now: datetime) -> list[QueuedNotice]:
        """Return what is to be sent now; a row that cannot be read is given up and logged."""
        rows = await self._database.rows(
            "SELECT seq, addressee, topic, data, queued_at, failures FROM notice"
            " WHERE status = 'open' AND (retry_at IS NULL OR retry_at <= ?) ORDER BY seq",
            (dump_time(now),),
        )
        found = []
        for row in rows:
            try:
                found.append(_queued(row))
            except StoreError as exc:
                # No traceback: its last lines would show numbers.
                log.error("notify.unreadable", to=row[1], code=exc.code, reason=str(exc))
                await self.give_up(row[0], now, str(exc))
        return found

    async def mark_sent(self, seq: int, now: datetime) -> None:
        """Remember that it went out; only its key is kept."""
        await self._change(
            "UPDATE notice SET status = 'sent', data = NULL, ended_at = ?"
            " WHERE seq = ? AND status = 'open'",
            (dump_time(now), seq),
        )

    async def mark_failed(self, seq: int, error: str, retry_at: datetime) -> None:
        """Remember a failure; it is due again at *retry_at*."""
        await self._change(
            "UPDATE notice SET failures = failures + 1, error = ?, retry_at = ?"
            " WHERE seq = ? AND status = 'open'",
            (error, dump_time(retry_at), seq),
        )

    async def give_up(self, seq: int, now: datetime, error: str) -> None:
        """Remember that nobody tries any more; only its key is kept."""
        await self._change(
            "UPDATE notice SET status = 'given-up', data = NULL, failures = failures + 1,"
            " error = ?, ended_at = ? WHERE seq = ? AND status = 'open'",
            (error, dump_time(now), seq),
        )

    async def known(self) -> Known:
        """Return what the last look at the plan left; nothing before the first one."""
        rows = await self._database.rows("SELECT gaps FROM known_gaps")
        return load(Known, rows[0][0], "the known gaps") if rows else NOTHING_KNOWN

    async def keep_known(self, now: datetime, known: Known) -> None:
        """Keep what this look leaves instead of what the last one left."""
        await self._change(
            "INSERT INTO known_gaps (only_row, looked_at, gaps) VALUES (1, ?, ?)"
            " ON CONFLICT (only_row) DO UPDATE SET looked_at = excluded.looked_at,"
            " gaps = excluded.gaps",
            (dump_time(now), dump(known)),
        )

    async def _change(self, sql: str, parameters: Sequence[object]) -> None:
        async with self._database.transaction() as transaction:
            await transaction.change(sql, parameters)


def _queued(columns: tuple[Any, ...]) -> QueuedNotice:
    seq, addressee, topic, data, queued_at, failures = columns
    row = f"notice {seq} for {addressee}"
    try:
        known = Topic(topic)
    except ValueError as exc:
        raise StoreError(f"{row} is about {topic!r}: was it written by a newer release?") from exc
    return QueuedNotice(
        seq=seq,
        addressee=addressee,
        topic=known,
        notice=load(Notice, data, row),
        queued_at=load_time(queued_at, row),
        failures=failures,
    )
