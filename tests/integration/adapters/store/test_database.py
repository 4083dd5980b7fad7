"""The database on a real disk: what opens, what is refused, what a transaction keeps."""
# ruff: noqa: ASYNC240, PT012 -- a test may wait for the disk; a failing body is the point here

import asyncio
import os
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, closing
from datetime import timedelta
from pathlib import Path

import pytest

from pbx_bridge.adapters.store.database import Database, _configure, open_database
from pbx_bridge.errors import StoreError

pytestmark = pytest.mark.integration

AT_ONCE = timedelta(milliseconds=20)
SET = "UPDATE instance SET last_case = ?"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the database is."""
    return tmp_path / "cases.db"


@pytest.fixture
async def database(path: Path) -> AsyncIterator[Database]:
    """Yield an open database that waits for no lock."""
    async with open_database(path, busy_timeout=AT_ONCE) as opened:
        yield opened


async def last_case(database: Database) -> int:
    """Return the one number that these tests change."""
    ((number,),) = await database.rows("SELECT last_case FROM instance")
    return int(number)


async def refused(path: Path) -> str:
    """Return why *path* cannot be opened; no thread may stay behind."""
    before = threading.active_count()
    with pytest.raises(StoreError) as caught:
        async with open_database(path, busy_timeout=AT_ONCE):
            pass  # never reached
    leftover = [t for t in threading.enumerate() if not t.name.startswith("asyncio_")]
    assert len(leftover) <= before
    return str(caught.value)


async def test_settings_are_those_that_lose_nothing(database: Database) -> None:
    """A commit is on the platter, readers do not wait, references are checked."""
    assert await database.rows("PRAGMA journal_mode") == [("wal",)]
    assert await database.rows("PRAGMA synchronous") == [(2,)]
    assert await database.rows("PRAGMA foreign_keys") == [(1,)]
    assert await database.rows("PRAGMA busy_timeout") == [(20,)]


async def test_new_file_is_not_for_everybody(path: Path, database: Database) -> None:
    """Numbers and messages of callers are for the service's user and its group."""
    assert path.stat().st_mode & 0o007 == 0


async def test_exception_rolls_back(database: Database) -> None:
    """A body that fails leaves nothing, and the next one works."""
    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as transaction:
            await transaction.change(SET, (7,))
            _ = 1 / 0

    assert await last_case(database) == 1000
    async with database.transaction() as transaction:
        await transaction.change(SET, (8,))
    assert await last_case(database) == 8


async def test_cancellation_rolls_back(database: Database) -> None:
    """A task that is stopped in mid-transaction leaves nothing, and no lock."""
    inside = asyncio.Event()

    async def write() -> None:
        async with database.transaction() as transaction:
            await transaction.change(SET, (7,))
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert await last_case(database) == 1000
    async with database.transaction() as transaction:
        await transaction.change(SET, (8,))


async def test_nobody_reads_what_is_not_committed(database: Database) -> None:
    """A reader on the same connection waits for the end of the transaction."""
    reader: asyncio.Task[int] | None = None

    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as transaction:
            await transaction.change(SET, (7,))
            reader = asyncio.create_task(last_case(database))
            await transaction.rows("SELECT 1")  # gives the reader its chance
            _ = 1 / 0

    assert reader is not None
    assert await reader == 1000


async def test_transactions_of_two_tasks_do_not_mix(database: Database) -> None:
    """Each of many tasks adds one; none of them is lost."""

    async def add_one() -> None:
        async with database.transaction() as transaction:
            ((number,),) = await transaction.rows("SELECT last_case FROM instance")
            await transaction.change(SET, (number + 1,))

    await asyncio.gather(*(add_one() for _ in range(20)))

    assert await last_case(database) == 1020


async def test_full_disk_is_said_and_survived(database: Database) -> None:
    """A transaction that finds no room leaves nothing; with room again the next one works."""
    await database.rows("PRAGMA max_page_count = 1")  # SQLite takes its present size instead

    with pytest.raises(StoreError, match=r"has no room left.*free some space"):
        async with database.transaction() as transaction:
            await transaction.change(SET, (7,))
            await transaction.change("CREATE TABLE big AS SELECT zeroblob(1000000)")

    assert await last_case(database) == 1000
    await database.rows("PRAGMA max_page_count = 1000000")
    async with database.transaction() as transaction:
        await transaction.change(SET, (8,))
    assert await last_case(database) == 8


async def test_locked_database_is_said(path: Path, database: Database) -> None:
    """Another program that holds the lock too long is an error with a remedy, not a wait."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"is locked by another program.*run only once"):
            async with database.transaction():
                pass  # never reached

    async with database.transaction() as transaction:
        await transaction.change(SET, (8,))
    assert await last_case(database) == 8


async def test_closed_database_is_said(path: Path) -> None:
    """Who comes too late learns it, and waits for nothing."""
    async with open_database(path) as database:
        pass

    with pytest.raises(StoreError, match="is closed"):
        await database.rows("SELECT 1")
    with pytest.raises(StoreError, match="is closed"):
        async with database.transaction():
            pass  # never reached


async def test_closing_stops_the_thread(path: Path) -> None:
    """The thread is no daemon: left running it would keep the process alive for ever."""

    def threads() -> set[threading.Thread]:
        return {t for t in threading.enumerate() if not t.name.startswith("asyncio_")}

    before = threads()
    with pytest.raises(ZeroDivisionError):
        async with open_database(path):
            (worker,) = threads() - before
            _ = 1 / 0

    worker.join(timeout=5)
    assert not worker.is_alive()


async def test_text_file_is_no_database(path: Path) -> None:
    """A file of something else is named and left alone."""
    path.write_text("[firm]\nname = 'Rohr & Sohn'\n" * 100)

    assert "is not a database" in await refused(path)
    assert path.read_text().startswith("[firm]")


async def test_damaged_database_is_named(path: Path) -> None:
    """A page that was overwritten is found at the start, not at the first call."""
    async with open_database(path):
        pass
    damaged = bytearray(path.read_bytes())
    damaged[4096:-4096] = os.urandom(len(damaged) - 2 * 4096)
    path.write_bytes(damaged)

    text = await refused(path)

    assert "is damaged" in text
    assert ".recover" in text


async def test_missing_folder_is_named(tmp_path: Path) -> None:
    """The remedy says which folder is to be made."""
    text = await refused(tmp_path / "nowhere" / "cases.db")

    assert f"create {tmp_path / 'nowhere'}" in text


async def test_folder_is_no_database(tmp_path: Path) -> None:
    """A folder named by mistake is said to be one."""
    assert "is a folder" in await refused(tmp_path)


async def test_folder_without_the_right_to_write_is_named(
    open_folder: Path, unprivileged: Callable[[], AbstractContextManager[None]]
) -> None:
    """A database that cannot be made says who must own what."""
    open_folder.chmod(0o555)

    with unprivileged():
        text = await refused(open_folder / "cases.db")

    assert f"let the service's user write in {open_folder}" in text


async def test_file_without_the_right_to_write_is_named(
    open_folder: Path, unprivileged: Callable[[], AbstractContextManager[None]]
) -> None:
    """A database of somebody else's says who must own what."""
    path = open_folder / "cases.db"
    async with open_database(path):
        pass
    path.chmod(0o444)

    with unprivileged():
        text = await refused(path)

    assert "cannot be opened" in text
    assert "let this user" in text


async def test_writable_file_in_a_closed_folder_is_named(
    open_folder: Path, unprivileged: Callable[[], AbstractContextManager[None]]
) -> None:
    """SQLite needs the folder too, for its log."""
    path = open_folder / "cases.db"
    async with open_database(path):
        pass
    path.chmod(0o666)
    open_folder.chmod(0o555)

    with unprivileged():
        text = await refused(path)

    assert "is read-only" in text
    assert "let the service's user own the file and its folder" in text


def test_place_without_a_log_is_refused(path: Path) -> None:
    """Where SQLite cannot keep a write-ahead log, readers would stop the service."""
    with (
        closing(sqlite3.connect(":memory:")) as connection,
        pytest.raises(StoreError, match="move it to a local disk"),
    ):
        _configure(connection, path)


async def test_old_sqlite_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library without STRICT tables gets a sentence, not a syntax error."""
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 36, 0))

    assert "is too old" in await refused(path)
