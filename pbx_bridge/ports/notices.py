"""Ways to tell people by another way than a ring, and the queue in front of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.core.news import News
from pbx_bridge.core.outlook import Known


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something a person, or the firm's own program, must be told."""

    key: str
    """Idempotency key: the same notice sent twice carries the same key."""
    case_id: str | None = None
    """`None`: about the plan, or a test."""
    subject: str
    """One line."""
    body: str
    news: News | None = None
    """The same for a program; without what this addressee must not read."""


class Notifier(Protocol):
    """One way to tell people."""

    async def send(self, notice: Notice) -> None:
        """
        Send it.

        Raises:
            NotifyRefused: it will be refused again.
            NotifyFailed: it may work later.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Who is told, by which notifier, of what, and how much of it."""

    name: str
    """Unique, and the same after a restart: deliveries are kept under it."""
    notifier: Notifier
    topics: frozenset[Topic]
    language: str
    technician: str | None = None
    """His short name: then he hears only of his own shifts, and of cases he was rung for."""
    is_brief: bool = True
    """One line for a small screen; `False`: all that is known, for the office."""
    with_number: bool = False
    with_transcript: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Queueing:
    """One notice for one addressee, to be kept until it is sent or given up."""

    addressee: str
    topic: Topic
    notice: Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedNotice:
    """A notice that waits to be sent."""

    seq: int
    addressee: str
    topic: Topic
    notice: Notice
    queued_at: datetime
    failures: int = 0


class NoticeStore(Protocol):
    """Notices on disk: each once for each addressee, whatever happens to the process."""

    async def queue(self, now: datetime, notices: Sequence[Queueing]) -> int:
        """
        Keep what is to be sent, all or nothing; return how many were new.

        What has a key that this addressee was ever given is left out.
        """
        ...

    async def due(self, now: datetime) -> list[QueuedNotice]:
        """Return what is to be sent now, oldest first."""
        ...

    async def mark_sent(self, seq: int, now: datetime) -> None:
        """Remember that it went out; only its key is kept."""
        ...

    async def mark_failed(self, seq: int, error: str, retry_at: datetime) -> None:
        """Remember a failure; it is due again at *retry_at*."""
        ...

    async def give_up(self, seq: int, now: datetime, error: str) -> None:
        """Remember that nobody tries any more; only its key is kept."""
        ...

    async def known(self) -> Known:
        """Return what the last look at the plan left; nothing before the first one."""
        ...

    async def keep_known(self, now: datetime, known: Known) -> None:
        """Keep what this look leaves instead of what the last one left."""
        ...
