"""Bring a database's tables up to date: numbered SQL, each file all or nothing."""

import os
import secrets
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import structlog

from pbx_bridge.errors import SchemaTooNew, StoreError

log = structlog.get_logger()

APPLICATION_ID = int.from_bytes(b"PBXB", "big")
"""Stands in the file's header from the first migration on: another program's file is refused."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered script."""

    name: str
    sql: str


def released() -> list[Migration]:
    """
    Return the scripts of this release in order.

    Files are numbered from 0001 without gaps, forward only, and never edited once released.
    """
    folder = resources.files("pbx_bridge.adapters.store") / "migrations"
    scripts = (Migration(f.name, f.read_text("utf-8")) for f in folder.iterdir())
    return sorted((s for s in scripts if s.name.endswith(".sql")), key=lambda s: s.name)


def migrate(connection: sqlite3.Connection, path: Path, migrations: list[Migration]) -> None:
    """
    Apply what *path* does not have yet, one transaction for each script.

    SQLite's `user_version` holds the number of the last one applied. A database that holds
    cases is copied first, to a file beside it.

    Raises:
        SchemaTooNew: a newer release has written it.
        StoreError: another program's database.
        sqlite3.Error: a script failed; it left no trace, the ones before it stay applied.
    """
    current = version(connection, path, len(migrations))
    if 0 < current < len(migrations):
        back_up(connection, path.with_name(f"{path.name}.before-{current + 1:04}"))
    connection.create_function("token_bytes", 1, secrets.token_bytes)
    for number, migration in enumerate(migrations[current:], start=current + 1):
        # executescript() would commit an open transaction first: so it brings its own.
        # The line break before the semicolon: a script may end in a comment.
        sql = f"BEGIN IMMEDIATE;\n{migration.sql}\n;PRAGMA user_version = {number};COMMIT;"
        try:
            connection.executescript(sql)
        except sqlite3.Error:
            connection.rollback()
            raise
        log.info("store.migrated", version=number, script=migration.name)


def back_up(connection: sqlite3.Connection, target: Path) -> None:
    """Copy the whole database to *target*; what lies there before is replaced at the end."""
    unfinished = target.with_name(f"{target.name}.tmp")
    unfinished.unlink(missing_ok=True)
    # Made before SQLite writes to it: callers' numbers are nobody else's business.
    os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(unfinished)) as copy:
        connection.backup(copy)
    with unfinished.open("rb") as written:
        os.fsync(written.fileno())
    unfinished.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    log.info("store.backed_up", copy=str(target))


def version(connection: sqlite3.Connection, path: Path, known: int) -> int:
    """
    Return the number of the last script applied to *path*, 0 for an empty file.

    Raises:
        SchemaTooNew: it is above *known*.
        StoreError: another program's database.
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if tables and application != APPLICATION_ID:
        raise StoreError(
            f"database {path} belongs to another program: name another file in the configuration"
        )
    (current,) = connection.execute("PRAGMA user_version").fetchone()
    if current > known:
        raise SchemaTooNew(
            f"database {path} is at {current}, this release knows {known}: install the newer "
            f"release again, or go back to a copy {path.name}.before-NNNN beside it"
        )
    return int(current)
