"""Orders to the worker, without its process and without a model."""

import io
import json
import subprocess
import sys
from pathlib import Path

from pbx_bridge.adapters.asr.protocol import (
    Drop,
    Failed,
    Finish,
    Heard,
    Ping,
    Pong,
    Report,
    decode_report,
)
from pbx_bridge.adapters.asr.recognition import Recognition
from pbx_bridge.adapters.asr.tail import Tail
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


def test_bad_file_is_the_files_fault() -> None:
    """The daemon must not try it again with another worker."""
    out = Out()
    worker = Worker(out)
    worker._models["de"] = None

    worker._run(1, worker._tails.setdefault(1, Tail.whole(Path("/nonexistent.wav"))), "de")

    assert out.reports() == [
        Failed(job=1, is_audio=True, text="/nonexistent.wav: no such file"),
    ]


class Chatter:
    """A recogniser that hears another word in every chunk."""

    def __init__(self) -> None:
        self._words = 0

    def AcceptWaveform(self, data: bytes) -> int:  # noqa: N802 (vosk's spelling)
        self._words += 1
        return 0

    def PartialResult(self) -> str:  # noqa: N802 (vosk's spelling)
        return json.dumps({"partial": "word " * self._words})

    def Result(self) -> str:  # noqa: N802 (vosk's spelling)
        return '{"text": ""}'

    FinalResult = Result


def test_growing_transcript_is_told_at_most_five_times_a_second() -> None:
    """A backlog of ten chunks is decoded in no time: one report, not ten."""
    out = Out()
    recognition = Recognition(Chatter(), 8_000)

    Worker(out)._decode(1, Tail(Path("x.sln")), iter([bytes(3_200)] * 10), recognition)

    (heard,) = out.reports()
    assert heard == Heard(job=1, words=(), partial="word ", position_s=0.2)
    assert recognition.has_news  # kept for the next report, or for the whole transcript


def test_words_after_finish_come_with_the_whole_transcript() -> None:
    """Nobody needs the steps on the way any more."""
    out = Out()
    tail = Tail(Path("x.sln"))
    tail.finish()

    Worker(out)._decode(1, tail, iter([bytes(3_200)]), Recognition(Chatter(), 8_000))

    assert out.reports() == []


def test_daemon_side_does_not_import_vosk() -> None:
    """A native library stays in the worker: neither the daemon nor the command line loads it."""
    program = (
        "import sys, pbx_bridge.adapters.asr.transcriber, pbx_bridge.cli.transcribe;"
        "sys.exit('vosk' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
