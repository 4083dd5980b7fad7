"""One SQLite file: opened with care, written by one task at a time."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiosqlite

from pbx_bridge.adapters.store.failures import RESTORE, translated
from pbx_bridge.adapters.store.schema import migrate, released
from pbx_bridge.errors import StoreError

Parameters = Sequence[object] | Mapping[str, object]

BUSY_TIMEOUT = timedelta(seconds=5)
"""How long we wait for another program's lock; a reader or a backup is done within it."""

OLDEST_SQLITE = (3, 37)
"""STRICT tables came with 3.37; Debian 12 has 3.40, Ubuntu 22.04 has 3.37."""


class Transaction:
    """Statements that count together or not at all."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def rows(self, sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """Run one statement and return what it yields."""
        return [tuple(row) for row in await self._connection.execute_fetchall(sql, parameters)]

    async def change(self, sql: str, parameters: Parameters = ()) -> int:
        """Run one statement and return how many rows it changed."""
        async with self._connection.execute(sql, parameters) as cursor:
            return cursor.rowcount

    async def change_each(self, sql: str, rows: Iterable[Parameters]) -> None:
        """Run one statement once for each of *rows*."""
        await self._connection.executemany(sql, rows)


class Database:
    """
    The connection and its lock.

    Tasks share the connection, hence one transaction: the lock keeps them apart, readers
    too, for nobody may see what is not committed.
    """

    def __init__(self, path: Path, connection: aiosqlite.Connection) -> None:
        self.path = path
        self._connection = connection
        self._lock = asyncio.Lock()
        self._is_open = True

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """
        Commit what the body does, all of it or nothing.

        Any exception rolls back, cancellation too. A body that is cancelled while its commit
        is under way may still be committed.

        Raises:
            StoreError: the database cannot be written, or is closed.
        """
        async with self._lock:
            self._check_open()
            with translated(self.path):
                try:
                    await self._connection.execute("BEGIN IMMEDIATE")
                    yield Transaction(self._connection)
                    await self._connection.execute("COMMIT")
                except BaseException:
                    # The thread works in order: even if this wait is cancelled too, the
                    # rollback comes before the next BEGIN.
                    with suppress(sqlite3.Error):  # the first error is the one to report
                        await self._connection.rollback()
                    raise

    async def rows(self, sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """Run one SELECT on what is committed; raise `StoreError` when it cannot be read."""
        async with self._lock:
            self._check_open()
            with translated(self.path):
                return await Transaction(self._connection).rows(sql, parameters)

    async def close(self) -> None:
        """Finish what is under way and stop the thread; without it the process never ends."""
        async with self._lock:
            self._is_open = False
            with translated(self.path):
                await self._connection.close()

    def _check_open(self) -> None:
        if not self._is_open:
            raise StoreError(f"database {self.path} is closed: the service is stopping")


@asynccontextmanager
async def open_database(
    path: Path, *, busy_timeout: timedelta = BUSY_TIMEOUT
) -> AsyncIterator[Database]:
    """
    Open the database *path*, made when it is not there, with its tables up to date.

    Raises:
        SchemaTooNew: a newer release has written it.
        StoreError: it cannot be opened, is damaged, or is not ours.
    """
    prepared = await asyncio.to_thread(prepare, path, busy_timeout)
    try:
        # A connect that fails leaves aiosqlite's thread behind: so it gets one that cannot fail.
        connection = await aiosqlite.Connection(lambda: prepared, iter_chunk_size=64)
    except BaseException:
        prepared.close()
        raise
    database = Database(path, connection)
    try:
        yield database
    finally:
        await database.close()


def prepare(path: Path, busy_timeout: timedelta) -> sqlite3.Connection:
    """Return a checked connection to *path* for use in one other thread; see `open_database`."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StoreError(f"SQLite {sqlite3.sqlite_version} is too old: install 3.37 or newer")
    with translated(path):
        # Made by us: callers' numbers are for the service's user and its group only.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o640))
        connection = sqlite3.connect(
            path,
            timeout=busy_timeout.total_seconds(),
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            _check(connection, path)
            _configure(connection, path)
            migrate(connection, path, released())
        except BaseException:
            connection.close()
            raise
    return connection


def _check(connection: sqlite3.Connection, path: Path) -> None:
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise StoreError(f"database {path} is damaged ({verdict}): {RESTORE}")


def _configure(connection: sqlite3.Connection, path: Path) -> None:
    (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    if mode != "wal":
        raise StoreError(
            f"database {path} cannot have a write-ahead log there: move it to a local disk"
        )
    connection.execute("PRAGMA synchronous = FULL")  # a power cut loses nothing committed
    connection.execute("PRAGMA foreign_keys = ON")
