"""On what it was measured."""

import os
import platform
import sqlite3
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("pbx-bridge", "vosk", "panoramisk", "aiosqlite")


def describe(asterisk: str | None) -> dict[str, object]:
    """Return date, processor and versions; *asterisk* is its version, `None` if not used."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": len(os.sched_getaffinity(0)),
        "cpu": cpu_name(Path("/proc/cpuinfo").read_text()),
        "memory_mb": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20,
        "system": platform.platform(),
        "python": platform.python_version(),
        "asterisk": asterisk,
        "sqlite": sqlite3.sqlite_version,
        **{name: version(name) for name in LIBRARIES},
        "load": load(),
    }


def cpu_name(cpuinfo: str) -> str:
    """Return the processor's name in ``/proc/cpuinfo``; ARM kernels name none."""
    for line in cpuinfo.splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def load() -> float:
    """Return how many programs wanted a core, on average over the last minute."""
    return round(os.getloadavg()[0], 2)


def line(machine: dict[str, object]) -> str:
    """Return *machine* as one line for people."""
    names = ("system", "python", "asterisk", "sqlite", *LIBRARIES)
    versions = ", ".join(f"{name} {machine[name]}" for name in names if machine[name])
    return (
        f"{machine['at']}  {machine['cores']} cores of {machine['cpu']}, "
        f"{machine['memory_mb']} MB, load {machine['load']}; {versions}"
    )
