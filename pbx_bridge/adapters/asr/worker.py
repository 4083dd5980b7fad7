"""
The recogniser process, the only importer of vosk: a native crash or leak stays in here.

Started by `pbx_bridge.adapters.asr.process`; speaks `pbx_bridge.adapters.asr.protocol` on stdin
and stdout and ends when stdin closes, that is, also when the daemon is killed. One thread per job:
vosk releases the interpreter lock while it decodes.
"""

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Lock, Thread
from typing import BinaryIO, assert_never

import vosk

from pbx_bridge.adapters.asr.protocol import (
    VERSION,
    Drop,
    Failed,
    Finish,
    Heard,
    Hello,
    Listen,
    Load,
    Loaded,
    LoadFailed,
    Order,
    Ping,
    Pong,
    Report,
    Transcribe,
    Transcribed,
    decode_order,
    encode,
)
from pbx_bridge.adapters.asr.recognition import Recognition
from pbx_bridge.adapters.asr.tail import Tail
from pbx_bridge.errors import AudioError

HEARD_EVERY_S = 0.05
"""
At most so often a growing transcript is told for each job. Vosk has news for every 0.2 s of
audio, but a live copy comes in pieces of 0.34 s: two pieces of news at once are no reason to wait.
"""

PAGE_BYTES = os.sysconf("SC_PAGESIZE")


class Worker:
    """Models and running jobs; orders come in on the main thread, reports go out from any."""

    def __init__(self, out: BinaryIO) -> None:
        self._out, self._out_lock = out, Lock()
        self._models: dict[str, vosk.Model] = {}
        self._tails: dict[int, Tail] = {}

    def report(self, report: Report) -> None:
        """Write one line; whole lines only, whichever thread it is."""
        line = encode(report)
        try:
            with self._out_lock:
                self._out.write(line)
                self._out.flush()
        except BrokenPipeError:  # the daemon is dead: nobody is left to work for
            os._exit(0)

    def obey(self, order: Order) -> None:
        """Start what *order* asks for; nothing here waits for speech."""
        match order:
            case Load(language=language, path=path):
                _start(f"load-{language}", self._load, language, path)
            case Listen(job=job, path=path, language=language):
                self._start_job(job, Tail(Path(path)), language)
            case Transcribe(job=job, path=path, language=language):
                self._start_job(job, Tail.whole(Path(path)), language)
            case Finish(job=job):
                if tail := self._tails.get(job):  # else it ended by itself and said so
                    tail.finish()
            case Drop(job=job):
                if tail := self._tails.get(job):
                    tail.drop()
            case Ping(number=number):
                self.report(
                    Pong(number=number, memory_bytes=_memory_bytes(), jobs=len(self._tails))
                )
            case _:
                assert_never(order)

    def _load(self, language: str, path: str) -> None:
        began = time.monotonic()
        try:
            model = vosk.Model(path)  # never Model(lang=...): that downloads, unchecked
        except Exception as exc:  # noqa: BLE001 (vosk raises plain Exception)
            self.report(LoadFailed(language, str(exc)))
            return
        self._models[language] = model
        self.report(Loaded(language, time.monotonic() - began))

    def _start_job(self, job: int, tail: Tail, language: str) -> None:
        self._tails[job] = tail
        _start(f"job-{job}", self._run, job, tail, language)

    def _run(self, job: int, tail: Tail, language: str) -> None:
        """Take one job to its end; this thread's only crash boundary."""
        report: Report | None
        try:
            report = self._transcribe(job, tail, language)
        except AudioError as exc:
            report = Failed(job=job, is_audio=True, text=str(exc))
        except Exception as exc:  # noqa: BLE001 (one bad job must not end the others)
            traceback.print_exc()
            report = Failed(job=job, is_audio=False, text=repr(exc))
        del self._tails[job]
        if report is not None:
            self.report(report)

    def _transcribe(self, job: int, tail: Tail, language: str) -> Transcribed | None:
        model = self._models[language]
        opened = tail.open()
        if opened is None:
            return None
        file, samples = opened
        with file:
            recogniser = vosk.KaldiRecognizer(model, samples.audio.rate_hz)
            recogniser.SetWords(True)
            recognition = Recognition(recogniser, samples.audio.rate_hz)
            self._decode(job, tail, tail.chunks(file, samples), recognition)
            if tail.dropped:
                return None
            return Transcribed(job=job, words=recognition.end(), audio_s=recognition.position_s)

    def _decode(
        self, job: int, tail: Tail, chunks: Iterator[bytes], recognition: Recognition
    ) -> None:
        quiet_until = 0.0
        for pcm in chunks:
            if pcm:
                recognition.feed(pcm)
            if recognition.has_news and time.monotonic() >= quiet_until and not tail.finished:
                words, partial = recognition.take_news()
                position_s = recognition.position_s
                self.report(Heard(job=job, words=words, partial=partial, position_s=position_s))
                quiet_until = time.monotonic() + HEARD_EVERY_S


def _start(name: str, target: Callable[..., None], *args: object) -> None:
    Thread(target=target, args=args, name=name, daemon=True).start()


def _memory_bytes() -> int:
    """Return this process's resident memory. Source: proc(5), statm."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES


def main() -> None:
    """Serve until stdin closes; then end at once, whatever the threads are doing."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is for the daemon
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get between our lines
    vosk.SetLogLevel(-1)
    worker = Worker(out)
    worker.report(Hello(version=VERSION, pid=os.getpid()))
    for line in sys.stdin.buffer:
        worker.obey(decode_order(line))
    os._exit(0)


if __name__ == "__main__":
    main()
