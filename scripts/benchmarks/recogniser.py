"""The recogniser alone: loading, memory, speed, and many callers who speak at once."""

import asyncio
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import moments, processes, voice
from benchmarks.figures import Figure, figure
from benchmarks.report import NotMeasuredError, Section
from benchmarks.voice import Speech
from pbx_bridge.adapters.asr.process import WorkerProcess
from pbx_bridge.adapters.asr.transcriber import VoskTranscriber
from pbx_bridge.config import SpeechConfig
from pbx_bridge.core.case import Transcript

MODELS = Path(__file__).resolve().parents[2] / "models"
SAID = (
    "guten abend hier ist sabine wagner in der küche ist der wasserhahn abgerissen"
    " im keller ist ein rohr geplatzt und das wasser läuft über den boden"
)
AT_ONCE = (1, 4, 8)
LOADS = 3
WHOLE_FILES = 5

BUFFER_BYTES = 32 * 1024
"""Asterisk's MixMonitor hands over a live copy in pieces of one stdio buffer."""
LIVE_RATE_HZ = 48_000
_PIECE_MS = 1000 * BUFFER_BYTES / 2 / LIVE_RATE_HZ
_STAGGER_S = 0.37
"""Between the starts of two callers, so that their buffers do not fill at the same moment."""
_START_LIMIT_S = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """What one of several callers came to."""

    lags_s: tuple[float | None, ...]
    """How long after its end each word was known."""
    rest_s: float
    """From the last audio to the whole transcript."""
    is_right: bool
    """Whether the transcript is what was said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Callers who say the same, as many at once as one likes."""

    transcriber: VoskTranscriber
    folder: Path
    live: bytes
    """What is said, as Asterisk's live copy has it."""
    speech: Speech

    async def measure(self, section: Section, count: int) -> None:
        """Let *count* callers speak at the same time."""
        pid = self.transcriber.worker_pid
        before, used = processes.memory_of(pid), processes.cpu_s(pid)
        began = time.perf_counter()
        peak = asyncio.create_task(_peak_mb(pid))
        names = [f"{count}-{number}.sln48" for number in range(count)]
        callers = await asyncio.gather(
            *(self._speak(name, n * _STAGGER_S) for n, name in enumerate(names))
        )
        cores = (processes.cpu_s(pid) - used) / (time.perf_counter() - began)
        peak.cancel()
        grown_mb = await peak - before.rss_mb
        lags = (lag and lag * 1000 for caller in callers for lag in caller.lags_s)
        rests = (caller.rest_s * 1000 for caller in callers)
        section.add(
            figure(f"{count} at once: end of a word to word known", "ms", lags),
            figure(f"{count} at once: last audio to whole transcript", "ms", rests),
            figure(f"{count} at once: cores used", "cores", [cores]),
            figure(f"{count} at once: memory for each call", "MB", [grown_mb / count]),
        )
        wrong = sum(not caller.is_right for caller in callers)
        if wrong:
            section.notes.append(f"{count} at once: {wrong} transcript(s) differ from the words")

    async def _speak(self, name: str, delay_s: float) -> Caller:
        """Write one live copy as Asterisk does, at the speed of speech; see the words come."""
        await asyncio.sleep(delay_s)
        sightings: list[tuple[float, str]] = []

        def heard(transcript: Transcript) -> None:
            sightings.append((time.perf_counter(), transcript.text))

        path, began = self.folder / name, time.perf_counter()
        with path.open("wb", buffering=0) as file:
            if not self.transcriber.listen(name, path, language="de", heard=heard):
                raise NotMeasuredError("the recogniser had no room for a live call")
            for start in range(0, len(self.live), BUFFER_BYTES):
                piece = self.live[start : start + BUFFER_BYTES]
                await _until(began + (start + len(piece)) / 2 / LIVE_RATE_HZ)
                file.write(piece)
        ended = time.perf_counter()
        transcript = await self.transcriber.finish(name)
        rest_s = time.perf_counter() - ended
        sightings.append((ended + rest_s, transcript.text))
        ends = [began + end for end in self.speech.word_ends_s]
        lags = moments.known_after_s(self.speech.text.split(), ends, sightings)
        is_right = transcript.text == self.speech.text
        return Caller(lags_s=tuple(lags), rest_s=rest_s, is_right=is_right)


async def measure(more_models: Sequence[Path]) -> Section:
    """Measure all of it; *more_models* are only loaded, nobody knows what they understand."""
    section = Section(name="recogniser", title="Recogniser (Vosk in its own process)")
    tests = sorted(path.parent.parent for path in MODELS.glob("*/am/final.mdl"))
    for model in (*tests, *more_models):
        section.add(*await _load(model))
    speech = voice.speak(SAID)
    with tempfile.TemporaryDirectory(prefix="pbx-bridge-bench-") as name:
        folder = Path(name)
        await _with_speech(section, speech, folder)
    section.notes += [
        f"a synthetic voice says {len(SAID.split())} words in {speech.length_s:.1f} s",
        "the test model knows only this voice; real models are larger and slower",
        f"live copies grow as Asterisk's do, by {_PIECE_MS:.0f} ms, which are part of the lag",
    ]
    return section


async def _with_speech(section: Section, speech: Speech, folder: Path) -> None:
    line = _telephone(speech.write(folder / "said.wav"), folder / "line.wav")
    live = _live(line, folder / "said.sln48").read_bytes()
    models = {"de": MODELS / "testvoice-de"}
    config = SpeechConfig(models=models, live_slots=max(AT_ONCE))
    transcriber = VoskTranscriber(config)
    await transcriber.start()
    try:
        async with asyncio.timeout(_START_LIMIT_S):
            await transcriber.ready.wait()
        section.add(await _whole_files(transcriber, line, speech))
        room = Room(transcriber=transcriber, folder=folder, live=live, speech=speech)
        for count in AT_ONCE:
            await room.measure(section, count)
    finally:
        await transcriber.stop()


async def _load(model: Path) -> list[Figure | None]:
    """Load one model in a process of its own, a few times."""
    took, grew = [], []
    for _ in range(LOADS):
        worker = WorkerProcess(lambda _: None)
        try:
            await worker.start(_START_LIMIT_S)
            before = processes.memory_of(worker.pid).rss_mb
            took.append(1000 * await worker.load("de", model, _START_LIMIT_S))
            grew.append(processes.memory_of(worker.pid).rss_mb - before)
        finally:
            await worker.stop()
    return [
        figure(f"{model.name}: load", "ms", took),
        figure(f"{model.name}: memory for the model", "MB", grew),
    ]


async def _whole_files(transcriber: VoskTranscriber, wav: Path, speech: Speech) -> Figure | None:
    values = []
    for _ in range(WHOLE_FILES):
        began = time.perf_counter()
        await transcriber.transcribe(wav, language="de")
        values.append((time.perf_counter() - began) / speech.length_s)
    return figure("whole file, share of its length (real-time factor)", "x", values)


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


def _telephone(wav: Path, target: Path) -> Path:
    """Take the voice through a telephone line: 8 kHz, A-law and back."""
    narrow = target.with_suffix(".alaw.wav")
    _sox(wav, "-r", "8000", "-c", "1", "-e", "a-law", narrow)
    _sox(narrow, "-e", "signed", "-b", "16", target)
    return target


def _live(wav: Path, target: Path) -> Path:
    _sox(wav, "-t", "raw", "-r", str(LIVE_RATE_HZ), target)
    return target


def _sox(*arguments: str | Path) -> None:
    try:
        subprocess.run(["sox", "-D", *arguments], check=True)
    except FileNotFoundError as exc:
        raise NotMeasuredError("sox is not installed; install sox") from exc
