"""Every failure of SQLite says what happened, to which file, and what to do."""

import sqlite3
from pathlib import Path

import pytest

from pbx_bridge.adapters.store.failures import explain, translated
from pbx_bridge.errors import StaleCase, StoreError

FILE = Path("/var/lib/pbx-bridge/cases.db")


def failure(code: int) -> sqlite3.Error:
    """Return an error as sqlite3 raises it."""
    error = sqlite3.OperationalError("the driver's words")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("code", "what"),
    [
        (sqlite3.SQLITE_READONLY, "is read-only"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, "is read-only"),
        (sqlite3.SQLITE_PERM, "may not be used"),
        (sqlite3.SQLITE_FULL, "has no room left"),
        (sqlite3.SQLITE_BUSY, "is locked"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "is locked"),
        (sqlite3.SQLITE_LOCKED, "is locked"),
        (sqlite3.SQLITE_NOTADB, "is not a database"),
        (sqlite3.SQLITE_CORRUPT, "is damaged"),
        (sqlite3.SQLITE_IOERR_FSYNC, "cannot be read or written"),
        (sqlite3.SQLITE_MISUSE, "cannot be used"),
    ],
)
def test_each_code_has_its_sentence(code: int, what: str) -> None:
    """The extended codes of one family say the same."""
    text = str(explain(FILE, failure(code)))

    assert text.startswith(f"database {FILE} {what}")
    assert "the driver's words" in text
    assert text.rpartition("): ")[2], "no remedy"


def test_missing_folder_is_named(tmp_path: Path) -> None:
    """SQLite says the same for all that cannot be opened; we look why."""
    text = str(explain(tmp_path / "nowhere" / "cases.db", failure(sqlite3.SQLITE_CANTOPEN)))

    assert f"has no folder (the driver's words): create {tmp_path / 'nowhere'}" in text


def test_folder_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    """A folder is no database."""
    text = str(explain(tmp_path, IsADirectoryError("is a directory")))

    assert "is a folder" in text


def test_file_that_may_not_be_made_is_named(tmp_path: Path) -> None:
    """The remedy names the folder in which the service may not write."""
    text = str(explain(tmp_path / "cases.db", PermissionError("denied")))

    assert f"let the service's user write in {tmp_path}" in text


def test_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    """The remedy differs when the file is there."""
    (tmp_path / "cases.db").touch()

    text = str(explain(tmp_path / "cases.db", PermissionError("denied")))

    assert "cannot be opened" in text


def test_foreign_errors_leave_as_store_errors() -> None:
    """Nobody outside sees sqlite3; the cause stays reachable."""
    cause = failure(sqlite3.SQLITE_FULL)

    with pytest.raises(StoreError, match="no room left") as caught, translated(FILE):
        raise cause

    assert caught.value.__cause__ is cause


def test_our_own_errors_pass() -> None:
    """A stale case is not a broken database."""
    with pytest.raises(StaleCase), translated(FILE):
        raise StaleCase("1001")
