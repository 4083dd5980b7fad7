"""Turn what SQLite and the disk raise into a `StoreError` that says what to do."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pbx_bridge.errors import StoreError

_OWN_IT = "let the service's user own the file and its folder, and mount the disk writable"
_WHO_HOLDS_IT = "see with `fuser` who holds it; the service must run only once"
RESTORE = (
    "stop the service, then put the newest copy beside it in its place, "
    "or save what can be read with `sqlite3 FILE .recover`"
)
"""What to do about a damaged database."""

_REMEDIES = (
    (sqlite3.SQLITE_READONLY, "is read-only", _OWN_IT),
    (sqlite3.SQLITE_PERM, "may not be used by this user", _OWN_IT),
    (sqlite3.SQLITE_FULL, "has no room left", "free some space on its disk"),
    (sqlite3.SQLITE_BUSY, "is locked by another program", _WHO_HOLDS_IT),
    (sqlite3.SQLITE_LOCKED, "is locked by another program", _WHO_HOLDS_IT),
    (sqlite3.SQLITE_NOTADB, "is not a database", "name another file, or move this one away"),
    (sqlite3.SQLITE_CORRUPT, "is damaged", RESTORE),
    (sqlite3.SQLITE_IOERR, "cannot be read or written", "look for disk errors with `dmesg`"),
)
"""Primary result code, what it means for the file, what to do."""


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raise `StoreError` for every `sqlite3.Error` and `OSError` about the database *path*."""
    try:
        yield
    except (sqlite3.Error, OSError) as exc:
        raise explain(path, exc) from exc


def explain(path: Path, exc: sqlite3.Error | OSError) -> StoreError:
    """Return *exc* as what happened, to which file, and what to do."""
    code = getattr(exc, "sqlite_errorcode", 0) & 0xFF  # the low byte is the primary code
    if code == sqlite3.SQLITE_CANTOPEN or isinstance(exc, OSError):
        what, remedy = _cannot_open(path)
        return StoreError(f"database {path} {what} ({exc}): {remedy}")
    for known, what, remedy in _REMEDIES:
        if code == known:
            return StoreError(f"database {path} {what} ({exc}): {remedy}")
    return StoreError(f"database {path} cannot be used ({exc}): please report this as a defect")


def _cannot_open(path: Path) -> tuple[str, str]:
    """Look why *path* cannot be opened; SQLite gives one code for all of it."""
    try:
        if path.is_dir():
            return "is a folder", "name a file in the configuration"
        if not path.parent.is_dir():
            return "has no folder", f"create {path.parent} and let the service's user own it"
        if path.exists():
            return "cannot be opened", "let this user read the file and write in its folder"
    except OSError:
        return "cannot be reached", f"let this user into {path.parent}"
    return "is not there and cannot be made", f"let the service's user write in {path.parent}"
