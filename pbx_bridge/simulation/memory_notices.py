"""The queue of notices in a list: what `adapters.store.notices` does, without a disk."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pbx_bridge.core.outlook import NOTHING_KNOWN, Known
from pbx_bridge.ports import QueuedNotice, Queueing


@dataclass(slots=True, kw_only=True)
class MemoryNotice:
    """One row."""

    queued: QueuedNotice
    status: str = "open"
    retry_at: datetime | None = None
    error: str | None = None


class MemoryNotices:
    """The port `NoticeStore` in memory."""

    def __init__(self) -> None:
        self.rows: list[MemoryNotice] = []
        self.seen = NOTHING_KNOWN

    @property
    def waits(self) -> bool:
        """Whether somebody is still to be told."""
        return any(row.status == "open" for row in self.rows)

    async def queue(self, now: datetime, notices: Sequence[Queueing]) -> int:
        """Keep what is new."""
        before = len(self.rows)
        for one in notices:
            taken = {(row.queued.notice.key, row.queued.addressee) for row in self.rows}
            if (one.notice.key, one.addressee) in taken:
                continue
            queued = QueuedNotice(
                seq=len(self.rows) + 1,
                addressee=one.addressee,
                topic=one.topic,
                notice=one.notice,
                queued_at=now,
            )
            self.rows.append(MemoryNotice(queued=queued))
        return len(self.rows) - before

    async def due(self, now: datetime) -> list[QueuedNotice]:
        """Return what is open and not put off."""
        return [
            row.queued
            for row in self.rows
            if row.status == "open" and (row.retry_at is None or row.retry_at <= now)
        ]

    async def mark_sent(self, seq: int, now: datetime) -> None:  # noqa: ARG002  the port
        """Close the row."""
        if (row := self._open(seq)) is not None:
            row.status = "sent"

    async def mark_failed(self, seq: int, error: str, retry_at: datetime) -> None:
        """Put it off."""
        if (row := self._open(seq)) is not None:
            row.queued = replace(row.queued, failures=row.queued.failures + 1)
            row.error, row.retry_at = error, retry_at

    async def give_up(self, seq: int, now: datetime, error: str) -> None:  # noqa: ARG002  the port
        """Close the row without success."""
        if (row := self._open(seq)) is not None:
            row.queued = replace(row.queued, failures=row.queued.failures + 1)
            row.error, row.status = error, "given-up"

    async def known(self) -> Known:
        """Return what was kept."""
        return self.seen

    async def keep_known(self, now: datetime, known: Known) -> None:  # noqa: ARG002  the port
        """Keep it."""
        self.seen = known

    def _open(self, seq: int) -> MemoryNotice | None:
        row = self.rows[seq - 1]
        return row if row.status == "open" else None
