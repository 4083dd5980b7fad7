"""The service with nothing to do: memory, disk, and how long it takes to be ready."""

import contextlib
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stage import Stage

from benchmarks import moments, processes
from benchmarks.figures import Figure, figure
from benchmarks.processes import Memory
from benchmarks.report import NotMeasuredError, Section

SETTLE_S = 5.0
STARTS = 3
COMMITS = 100
READY = {
    "ready to serve callers (service.started)": "service.started",
    "able to ring (ami.connected)": "ami.connected",
    "able to hear (asr.model_loaded)": "asr.model_loaded",
}
_KB = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """What the service takes."""

    daemon: Memory
    recogniser: Memory
    database_kb: float
    wal_kb: float
    """SQLite's write-ahead log and its index; reused from about 4 MB on."""


def start(stage: Stage, section: Section) -> None:
    """Start the service a few times, add the time it took, and leave it running."""
    took: dict[str, list[float]] = {name: [] for name in READY}
    for number in range(STARTS):
        if number:
            stage.stop_service()
        began = time.time()
        service = stage.start_service()
        for name, event in READY.items():
            at = moments.logged_at(service.wait_for(event))
            took[name] += [(at - began) * 1000] if at is not None else []
    section.add(*(figure(f"start to {name}", "ms", values) for name, values in took.items()))


def footprint(stage: Stage) -> Footprint:
    """Return what the running service takes now."""
    if stage.service is None:
        raise NotMeasuredError("the service does not run")
    children = processes.children_of(stage.service.pid)
    if len(children) != 1:
        raise NotMeasuredError(f"the daemon has {len(children)} children, not one recogniser")
    return Footprint(
        daemon=processes.memory_of(stage.service.pid),
        recogniser=processes.memory_of(children[0]),
        database_kb=stage.database.stat().st_size / _KB,
        wal_kb=sum(path.stat().st_size for path in _beside(stage.database)) / _KB,
    )


def add(section: Section, seen: Footprint, when: str) -> None:
    """Add memory and disk to *section*."""
    for who, memory in (("daemon", seen.daemon), ("recogniser", seen.recogniser)):
        section.add(
            figure(f"{who}, {when}, resident", "MB", [memory.rss_mb]),
            figure(f"{who}, {when}, its share (PSS)", "MB", [memory.pss_mb]),
        )
    section.add(
        figure(f"database, {when}", "KB", [seen.database_kb]),
        figure(f"its write-ahead log, {when}", "KB", [seen.wal_kb]),
    )


def commits(folder: Path) -> Figure | None:
    """Return what one durable transaction costs on the disk of *folder*."""
    values = []
    with tempfile.TemporaryDirectory(prefix="bench-", dir=folder) as name:
        path = Path(name) / "commits.db"
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = FULL")
            database.execute("CREATE TABLE row (text TEXT) STRICT")
            for _ in range(COMMITS):
                began = time.perf_counter()
                database.execute("INSERT INTO row VALUES (?)", ("x" * 1000,))
                values.append(1000 * (time.perf_counter() - began))
    return figure("one durable commit of 1 KB on this disk", "ms", values)


def _beside(database: Path) -> Sequence[Path]:
    return sorted(database.parent.glob(f"{database.name}-*"))
