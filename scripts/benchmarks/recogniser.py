"""The recogniser alone: loading, memory, speed, for each test model."""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from boxes.speech import default_voice

from benchmarks import processes, room, voice
from benchmarks.figures import Figure, figure
from benchmarks.report import Section
from benchmarks.room import Room
from benchmarks.sentences import SAID
from benchmarks.voice import Speech
from pbx_bridge.adapters.asr.process import WorkerProcess
from pbx_bridge.adapters.asr.transcriber import VoskTranscriber

MODELS = Path(__file__).resolve().parents[2] / "models"
AT_ONCE = 4
LOADS = 3
WHOLE_FILES = 5


async def measure(more_models: Sequence[Path]) -> Section:
    """Measure all of it; *more_models* are only loaded, nobody knows what they understand."""
    section = Section(name="recogniser", title="Recogniser (Vosk in its own process)")
    tests = {language: MODELS / f"testvoice-{language}" for language in SAID}
    for model in (*tests.values(), *more_models):
        section.add(*await _load(model))
    with tempfile.TemporaryDirectory(prefix="pbx-bridge-bench-") as name:
        for language, model in tests.items():
            await _with_speech(section, language, model, Path(name))
    section.notes += [
        "a test model knows only its synthetic voice; real models are larger and slower",
        f"memory for each call: {AT_ONCE} callers at once, most that was seen, divided",
    ]
    return section


def speech_of(language: str) -> Speech:
    """Return something that callers say in *language*."""
    return voice.speak(SAID[language][0], default_voice(language))


async def _with_speech(section: Section, language: str, model: Path, folder: Path) -> None:
    speech = speech_of(language)
    line = room.telephone(speech.write(folder / "said.wav"), folder / "line.wav")
    live = room.live_copy(line, folder / "said.sln48")
    async with room.recogniser(language, model, AT_ONCE) as transcriber:
        section.add(await _whole_files(transcriber, language, line, speech))
        callers = Room(
            transcriber=transcriber, language=language, folder=folder, live=live, speech=speech
        )
        crowd = await callers.fill(AT_ONCE)
    each_mb = crowd.grown_mb / AT_ONCE
    section.add(figure(f"{model.name}: memory for each live call", "MB", [each_mb]))
    if crowd.wrong:
        section.notes.append(f"{model.name}: {crowd.wrong} transcript(s) differ from the words")


async def _load(model: Path) -> list[Figure | None]:
    """Load one model in a process of its own, a few times."""
    took, grew = [], []
    for _ in range(LOADS):
        worker = WorkerProcess(lambda _: None)
        try:
            await worker.start(room.START_LIMIT_S)
            before = processes.memory_of(worker.pid).rss_mb
            took.append(1000 * await worker.load("de", model, room.START_LIMIT_S))
            grew.append(processes.memory_of(worker.pid).rss_mb - before)
        finally:
            await worker.stop()
    return [
        figure(f"{model.name}: load", "ms", took),
        figure(f"{model.name}: memory for the model", "MB", grew),
    ]


async def _whole_files(
    transcriber: VoskTranscriber, language: str, wav: Path, speech: Speech
) -> Figure | None:
    values = []
    for _ in range(WHOLE_FILES):
        began = time.perf_counter()
        await transcriber.transcribe(wav, language=language)
        values.append((time.perf_counter() - began) / speech.length_s)
    return figure(f"{language}: whole file, share of its length (real-time factor)", "x", values)
