"""Orders to the worker, without its process and without a model."""

import io
import subprocess
import sys

from pbx_bridge.adapters.asr.protocol import (
    Drop,
    Finish,
    Ping,
    Pong,
    Report,
    decode_report,
)
from pbx_bridge.adapters.asr.worker import Worker


class Out(io.BytesIO):
    """Keeps what the worker said."""

    def reports(self) -> list[Report]:
        """Return the reports so far."""
        return [decode_report(line) for line in self.getvalue().splitlines()]


def test_ping_tells_memory_and_jobs() -> None:
    """The health check of the daemon."""
    out = Out()

    Worker(out).obey(Ping(3))

    (pong,) = out.reports()
    assert isinstance(pong, Pong)
    assert (pong.number, pong.jobs) == (3, 0)
    assert pong.memory_bytes > 1_000_000


def test_order_for_a_job_that_is_over_changes_nothing() -> None:
    """It ended by itself and said so; the daemon could not know."""
    out = Out()
    worker = Worker(out)

    worker.obey(Finish(1))
    worker.obey(Drop(1))

    assert out.reports() == []


def test_daemon_side_does_not_import_vosk() -> None:
    """A native library stays in the worker: neither the daemon nor the command line loads it."""
    program = (
        "import sys, pbx_bridge.adapters.asr.transcriber, pbx_bridge.cli.transcribe;"
        "sys.exit('vosk' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
