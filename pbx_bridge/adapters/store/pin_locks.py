"""The lock on wrong PINs in SQLite, so that a restart opens nothing."""

from datetime import datetime

from pbx_bridge.adapters.store.database import Database
from pbx_bridge.adapters.store.values import dump, dump_time, load
from pbx_bridge.core.pin_lock import PinLock


class SqlitePinLocks:
    """The port `PinLocks` on one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self) -> PinLock:
        """Return what was kept last; nothing is locked before that."""
        rows = await self._database.rows("SELECT state FROM pin_lock")
        return load(PinLock, rows[0][0], "the lock on PINs") if rows else PinLock()

    async def keep(self, now: datetime, lock: PinLock) -> None:
        """Keep it instead of what was kept before."""
        async with self._database.transaction() as transaction:
            await transaction.change(
                "INSERT INTO pin_lock (only_row, changed_at, state) VALUES (1, ?, ?)"
                " ON CONFLICT (only_row) DO UPDATE SET changed_at = excluded.changed_at,"
                " state = excluded.state",
                (dump_time(now), dump(lock)),
            )
