"""Programs that outlive the command that started them, known by pid and start time."""

import json
import os
import signal
import time
from dataclasses import asdict, dataclass
from pathlib import Path

_POLL_S = 0.02


@dataclass(frozen=True, slots=True)
class Process:
    """One program that we started; the start time tells it from a later one with its pid."""

    pid: int
    started: int
    """Clock ticks after the machine's start, field 22 of /proc/PID/stat."""

    @property
    def is_alive(self) -> bool:
        """Whether it still runs; a zombie does not."""
        stat = _stat(self.pid)
        return stat is not None and stat == ("alive", self.started)

    @property
    def memory_mb(self) -> float:
        """Resident memory, 0 when it does not run."""
        try:
            pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        except OSError:
            return 0.0
        return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal, unless the program is gone."""
        if self.is_alive:
            os.kill(self.pid, number)

    def wait_gone(self, timeout_s: float) -> bool:
        """Wait for its end; tell whether it came within *timeout_s*."""
        deadline = time.monotonic() + timeout_s
        while self.is_alive:
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_S)
        return True

    def save(self, path: Path) -> None:
        """Write a pid file."""
        part = path.with_suffix(".part")
        part.write_text(json.dumps(asdict(self)) + "\n")
        part.rename(path)


def load(path: Path) -> Process | None:
    """Return the live program of a pid file; `None` when it is gone, whoever has its pid now."""
    try:
        fields = json.loads(path.read_text())
        process = Process(int(fields["pid"]), int(fields["started"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return process if process.is_alive else None


def of_pid(pid: int) -> Process:
    """Return the program that has *pid* now; when there is none, one that is not alive."""
    stat = _stat(pid)
    return Process(pid, stat[1] if stat else -1)


def _stat(pid: int) -> tuple[str, int] | None:
    """Return state (`alive`, `zombie`) and start time of *pid*, `None` when there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()  # the program's name may contain anything
    return ("zombie" if fields[0] in "ZX" else "alive", int(fields[19]))
