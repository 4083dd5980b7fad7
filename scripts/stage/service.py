"""The service as a process of its own, watched through its log."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

POLL_S = 0.02
SCRIPTS = Path(__file__).parents[1]


class ServiceProcess:
    """
    ``pbx-bridge run``, started by us and ended by its pid.

    Args:
        config: the configuration.
        log: where all its output goes.
        shift: the file of a clock that is ahead (see `stage.shifted`); `None`: the machine's.
    """

    def __init__(self, config: Path, log: Path, shift: Path | None = None) -> None:
        words = ["pbx_bridge", "--config", str(config), "run"]
        if shift is not None:
            words = ["stage.shifted", str(config), str(shift)]
        self._log = log
        self._from = log.stat().st_size if log.exists() else 0
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *words],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(SCRIPTS)},
            )

    @property
    def pid(self) -> int:
        """Process id of the service."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._process.poll() is None

    def log(self) -> list[dict[str, object]]:
        """Return the log lines of this process so far; other output as event ``output``."""
        if not self._log.exists():
            return []
        with self._log.open("rb") as file:
            file.seek(self._from)
            text = file.read().decode("utf-8", "replace")
        return [_parsed(line) for line in text.splitlines() if line.strip()]

    def wait_for(self, event: str, limit_s: float = 15.0, **fields: object) -> dict[str, object]:
        """
        Return the first log line with this event and these fields.

        Raises:
            TimeoutError: there was none, with the end of the log.
        """
        deadline = time.monotonic() + limit_s
        while True:
            for line in self.log():
                if line.get("event") == event and fields.items() <= line.items():
                    return line
            if time.monotonic() > deadline or not self.is_alive:
                tail = "\n".join(json.dumps(line) for line in self.log()[-15:])
                raise TimeoutError(f"no {event!r} {fields} in {limit_s} s; the log ends:\n{tail}")
            time.sleep(POLL_S)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal: SIGKILL, SIGSTOP, SIGCONT."""
        self._process.send_signal(number)

    def kill(self) -> None:
        """Kill it without a warning."""
        self._process.kill()
        self._process.wait(5)

    def stop(self) -> int:
        """Ask it to stop; return its exit status."""
        if self.is_alive:
            self._process.send_signal(signal.SIGCONT)
            self._process.terminate()
            try:
                return self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
        return self._process.wait(5)


def _parsed(line: str) -> dict[str, object]:
    try:
        parsed = json.loads(line)
    except ValueError:
        parsed = None
    return parsed if isinstance(parsed, dict) else {"event": "output", "text": line}
