"""Many callers who speak to one recogniser at the same time, as live copies that grow."""

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import moments, processes
from benchmarks.figures import Figure, figure, percentile
from benchmarks.report import NotMeasuredError
from benchmarks.voice import Speech
from pbx_bridge.adapters.asr.jobs import PROVISIONAL_CONFIDENCE
from pbx_bridge.adapters.asr.transcriber import VoskTranscriber
from pbx_bridge.config import SpeechConfig
from pbx_bridge.core.case import Transcript

MOST_BY_CONFIGURATION = 64
BUFFER_BYTES = 32 * 1024
"""Asterisk's MixMonitor hands over a live copy in pieces of one stdio buffer."""
LIVE_RATE_HZ = 48_000
PIECE_MS = 1000 * BUFFER_BYTES / 2 / LIVE_RATE_HZ
_STAGGER_S = 0.37
"""Between the starts of two callers, so that their buffers do not fill at the same moment."""
_ROUND_S = 2.0
"""All have begun within this time, so that all speak at once."""
START_LIMIT_S = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """What one of several callers came to; seconds."""

    lags_s: tuple[float | None, ...]
    """How long after its end each word was known."""
    backlogs_s: tuple[float, ...]
    """How long audio had lain in the live copy when words in it were told."""
    rest_s: float
    """From the last audio to the whole transcript."""
    is_right: bool
    """Whether the transcript is what was said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """What all of them came to."""

    callers: tuple[Caller, ...]
    cores: float
    grown_mb: float

    @property
    def backlog_p95_s(self) -> float:
        """How far the recogniser was behind, while they spoke or at the end; the worse of both."""
        waits = [wait for caller in self.callers for wait in caller.backlogs_s]
        rests = [caller.rest_s for caller in self.callers]
        return max(percentile(values, 95) for values in (waits, rests) if values)

    @property
    def wrong(self) -> int:
        """How many transcripts differ from what was said."""
        return sum(not caller.is_right for caller in self.callers)

    def figures(self) -> list[Figure | None]:
        """Return all of it."""
        who, callers = f"{len(self.callers)} at once", self.callers
        lags = (lag and lag * 1000 for caller in callers for lag in caller.lags_s)
        waits = (wait * 1000 for caller in callers for wait in caller.backlogs_s)
        rests = (caller.rest_s * 1000 for caller in callers)
        return [
            figure(f"{who}: backlog, audio there to words told", "ms", waits),
            figure(f"{who}: end of a word to word known", "ms", lags),
            figure(f"{who}: last audio to whole transcript", "ms", rests),
            figure(f"{who}: cores used", "cores", [self.cores]),
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A recogniser, and what is said to it."""

    transcriber: VoskTranscriber
    language: str
    folder: Path
    live: bytes
    """What is said, as Asterisk's live copy has it."""
    speech: Speech

    async def fill(self, count: int) -> Crowd:
        """Let *count* callers speak at the same time."""
        pid = self.transcriber.worker_pid
        before, used = processes.memory_of(pid), processes.cpu_s(pid)
        began = time.perf_counter()
        peak = asyncio.create_task(_peak_mb(pid))
        names = [f"{count}-{number}.sln48" for number in range(count)]
        callers = await asyncio.gather(
            *(self._speak(name, n * _STAGGER_S % _ROUND_S) for n, name in enumerate(names))
        )
        cores = (processes.cpu_s(pid) - used) / (time.perf_counter() - began)
        peak.cancel()
        grown_mb = await peak - before.rss_mb
        for name in names:
            (self.folder / name).unlink()
        return Crowd(callers=tuple(callers), cores=cores, grown_mb=grown_mb)

    async def _speak(self, name: str, delay_s: float) -> Caller:
        """Write one live copy as Asterisk does, at the speed of speech; see the words come."""
        await asyncio.sleep(delay_s)
        heard: list[tuple[float, Transcript]] = []
        written: list[tuple[float, float]] = []
        path, began = self.folder / name, time.perf_counter()

        def hear(transcript: Transcript) -> None:
            heard.append((time.perf_counter(), transcript))

        with path.open("wb", buffering=0) as file:
            if not self.transcriber.listen(name, path, language=self.language, heard=hear):
                raise NotMeasuredError("the recogniser had no room for a live call")
            for start in range(0, len(self.live), BUFFER_BYTES):
                piece = self.live[start : start + BUFFER_BYTES]
                length_s = (start + len(piece)) / 2 / LIVE_RATE_HZ
                await _until(began + length_s)
                file.write(piece)
                written.append((time.perf_counter(), length_s))
        ended = time.perf_counter()
        transcript = await self.transcriber.finish(name)
        rest_s = time.perf_counter() - ended
        sightings = [(at, one.text) for at, one in heard] + [(ended + rest_s, transcript.text)]
        ends = [began + end for end in self.speech.word_ends_s]
        return Caller(
            lags_s=tuple(moments.known_after_s(self.speech.text.split(), ends, sightings)),
            backlogs_s=tuple(_backlogs(heard, written)),
            rest_s=rest_s,
            is_right=transcript.text == self.speech.text,
        )


@asynccontextmanager
async def recogniser(language: str, model: Path, slots: int) -> AsyncIterator[VoskTranscriber]:
    """Yield a recogniser with *slots* live calls, also more than a configuration may ask for."""
    config = SpeechConfig(models={language: model}, live_slots=min(slots, MOST_BY_CONFIGURATION))
    object.__setattr__(config, "live_slots", slots)
    transcriber = VoskTranscriber(config)
    await transcriber.start()
    try:
        async with asyncio.timeout(START_LIMIT_S):
            await transcriber.ready.wait()
        yield transcriber
    finally:
        await transcriber.stop()


def telephone(wav: Path, target: Path) -> Path:
    """Take the voice through a telephone line: 8 kHz, A-law and back."""
    narrow = target.with_suffix(".alaw.wav")
    _sox(wav, "-r", "8000", "-c", "1", "-e", "a-law", narrow)
    _sox(narrow, "-e", "signed", "-b", "16", target)
    return target


def live_copy(wav: Path, target: Path) -> bytes:
    """Return *wav* as Asterisk's live copy has it."""
    _sox(wav, "-t", "raw", "-r", str(LIVE_RATE_HZ), target)
    return target.read_bytes()


def _backlogs(
    heard: list[tuple[float, Transcript]], written: list[tuple[float, float]]
) -> list[float]:
    """Return the backlog at each report that says how far the audio was decoded."""
    found = []
    for at, transcript in heard:
        last = transcript.words[-1] if transcript.words else None
        if last is not None and last.confidence == PROVISIONAL_CONFIDENCE:
            waited_s = moments.backlog_s(at, last.end_s, written)
            found += [] if waited_s is None else [waited_s]
    return found


async def _peak_mb(pid: int) -> float:
    """Return the largest resident memory seen until cancelled."""
    most = 0.0
    try:
        while True:
            most = max(most, processes.memory_of(pid).rss_mb)
            await asyncio.sleep(0.25)
    except asyncio.CancelledError:
        return most


async def _until(at: float) -> None:
    await asyncio.sleep(max(0.0, at - time.perf_counter()))


def _sox(*arguments: str | Path) -> None:
    try:
        subprocess.run(["sox", "-D", "-V1", *arguments], check=True)
    except FileNotFoundError as exc:
        raise NotMeasuredError("sox is not installed; install sox") from exc
