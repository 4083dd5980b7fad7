"""Migrations on real files: each all or nothing, and nothing is lost before one."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pbx_bridge.adapters.store.schema import Migration, migrate, released
from pbx_bridge.errors import SchemaTooNew, StoreError

pytestmark = pytest.mark.integration

NOTE = Migration("0002_note.sql", "CREATE TABLE note (text TEXT) STRICT;\n-- ends in a comment")
HALF = Migration(
    "0002_half.sql",
    "CREATE TABLE half (text TEXT) STRICT; UPDATE instance SET last_case = 7; CREATE GIBBERISH;",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the database is."""
    return tmp_path / "cases.db"


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    """Yield a connection as the service opens it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as opened:
        yield opened


def test_release_is_numbered_without_gaps() -> None:
    """The number of a script is its place, so none may be missing."""
    numbers = [int(migration.name[:4]) for migration in released()]

    assert numbers == list(range(1, len(numbers) + 1))


def test_fresh_database_is_up_to_date(connection: sqlite3.Connection, path: Path) -> None:
    """All scripts are applied, and applying them again does nothing."""
    migrate(connection, path, released())
    before = list(connection.iterdump())

    migrate(connection, path, released())

    assert list(connection.iterdump()) == before
    assert connection.execute("PRAGMA user_version").fetchone() == (len(released()),)
    assert list(path.parent.glob("*.before-*")) == [], "nothing to save in a new database"


def test_half_failing_script_leaves_no_trace(connection: sqlite3.Connection, path: Path) -> None:
    """A script that fails in its middle is rolled back; a repaired one can be applied."""
    migrate(connection, path, released())
    before = list(connection.iterdump())

    with pytest.raises(sqlite3.OperationalError, match="GIBBERISH"):
        migrate(connection, path, [*released(), HALF])

    assert list(connection.iterdump()) == before
    assert not connection.in_transaction
    migrate(connection, path, [*released(), NOTE])
    assert connection.execute("PRAGMA user_version").fetchone() == (len(released()) + 1,)


def test_cases_are_copied_before_a_migration(connection: sqlite3.Connection, path: Path) -> None:
    """The copy beside the database is what it was before, for this user only."""
    migrate(connection, path, released())
    connection.execute("UPDATE instance SET last_case = 4711")
    before = list(connection.iterdump())

    migrate(connection, path, [*released(), NOTE])

    (copy,) = path.parent.glob("*.before-*")
    assert copy.name == f"cases.db.before-{len(released()) + 1:04}"
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as saved:
        assert list(saved.iterdump()) == before


def test_newer_database_is_refused(connection: sqlite3.Connection, path: Path) -> None:
    """An old release touches nothing of a newer one's."""
    migrate(connection, path, [*released(), NOTE])
    before = list(connection.iterdump())

    with pytest.raises(SchemaTooNew, match=r"is at \d+, this release knows \d+: install"):
        migrate(connection, path, released())

    assert list(connection.iterdump()) == before


def test_foreign_database_is_refused(connection: sqlite3.Connection, path: Path) -> None:
    """Asterisk's own SQLite file, named by mistake, stays as it is."""
    connection.execute("CREATE TABLE astdb (key TEXT, value TEXT)")
    before = list(connection.iterdump())

    with pytest.raises(StoreError, match="belongs to another program"):
        migrate(connection, path, released())

    assert list(connection.iterdump()) == before


def test_every_installation_has_its_own_key(tmp_path: Path) -> None:
    """Ring tokens of one firm are worth nothing at another."""
    keys = set()
    for name in ("one.db", "other.db"):
        with closing(sqlite3.connect(tmp_path / name, isolation_level=None)) as connection:
            migrate(connection, tmp_path / name, released())
            keys.add(connection.execute("SELECT key FROM instance").fetchone())

    assert len(keys) == 2


def test_broken_json_cannot_be_stored(connection: sqlite3.Connection, path: Path) -> None:
    """The database itself refuses what could not be read again."""
    migrate(connection, path, released())

    with pytest.raises(sqlite3.IntegrityError, match="json_valid"):
        connection.execute("INSERT INTO call VALUES ('1', '1', 1, 'receiving', NULL, '{')")
