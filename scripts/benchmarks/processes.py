"""What the kernel knows of a process: memory, processor time, children."""

import os
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
_KB = 1024
_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Memory:
    """Memory of one process, in megabytes (2^20 bytes)."""

    rss_mb: float
    """Resident, with all that is shared with others."""
    pss_mb: float
    """Resident, what is shared counted by its share: these may be added up."""


def memory_of(pid: int) -> Memory:
    """Return the memory of a process of ours; raise `OSError` when it is gone."""
    return parse_smaps((PROC / str(pid) / "smaps_rollup").read_text())


def parse_smaps(text: str) -> Memory:
    """
    Return what a ``smaps_rollup`` says.

    Raises:
        ValueError: a line is missing. Source: proc(5).
    """
    found = {}
    for line in text.splitlines():
        name, _, rest = line.partition(":")
        if name in ("Rss", "Pss"):
            found[name] = int(rest.split()[0]) * _KB / _MB
    if len(found) < 2:
        raise ValueError("no Rss or no Pss in smaps_rollup")
    return Memory(rss_mb=found["Rss"], pss_mb=found["Pss"])


def children_of(pid: int) -> list[int]:
    """Return the processes that *pid* started and that still run."""
    found = []
    for path in PROC.glob("[0-9]*/stat"):
        try:
            text = path.read_text()
        except OSError:  # it ended in this moment
            continue
        if parent_in(text) == pid:
            found.append(int(path.parent.name))
    return found


def cpu_s(pid: int) -> float:
    """Return the processor time that a process has used, in seconds."""
    fields = _fields((PROC / str(pid) / "stat").read_text())
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def parent_in(stat: str) -> int:
    """Return the parent in a process's ``stat``; a program's name may hold blanks and brackets."""
    return int(_fields(stat)[1])


def _fields(stat: str) -> list[str]:
    """Return the fields behind the name, the state first."""
    return stat.rpartition(")")[2].split()
