"""The whole store: one database, the ports on it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pbx_bridge.adapters.store.calls import SqliteCalls
from pbx_bridge.adapters.store.database import BUSY_TIMEOUT, open_database
from pbx_bridge.adapters.store.escalations import SqliteEscalations
from pbx_bridge.adapters.store.notices import SqliteNotices
from pbx_bridge.adapters.store.outbox import SqliteOutbox
from pbx_bridge.adapters.store.overrides import SqliteOverrides
from pbx_bridge.adapters.store.pin_locks import SqlitePinLocks


@dataclass(frozen=True, slots=True)
class SqliteStore:
    """What is kept over a restart."""

    calls: SqliteCalls
    escalations: SqliteEscalations
    outbox: SqliteOutbox
    overrides: SqliteOverrides
    notices: SqliteNotices
    pin_locks: SqlitePinLocks


@asynccontextmanager
async def open_store(
    path: Path, *, busy_timeout: timedelta = BUSY_TIMEOUT
) -> AsyncIterator[SqliteStore]:
    """
    Open the store in the file *path* for its one writer; closed at the end of the block.

    Raises:
        SchemaTooNew: a newer release has written it.
        StoreError: it cannot be opened, is damaged, or is not ours.
    """
    async with open_database(path, busy_timeout=busy_timeout) as database:
        yield SqliteStore(
            SqliteCalls(database),
            SqliteEscalations(database),
            SqliteOutbox(database),
            SqliteOverrides(database),
            SqliteNotices(database),
            SqlitePinLocks(database),
        )
