"""The parts that need the box: the idle service, and calls."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

from stage import Scene, Stage

from benchmarks import calls, crowd, idle, recogniser, tone, urgent, voice
from benchmarks.calls import Ending
from benchmarks.report import Section
from benchmarks.sentences import SAID


def set_up(stage: Stage) -> None:
    """Install the product with short prompts, so that a call takes seconds."""
    for language in SAID:
        tone.write_prompts(stage.folder / f"prompts/{language}/custom")
    _open_to_asterisk(stage.folder)
    stage.set_up(calls.scene())


def measure_idle(stage: Stage) -> Section:
    """Start the service, let it be, look at it; it is left running."""
    section = Section(name="idle", title=f"Idle service, {idle.SETTLE_S:g} s after ready")
    idle.start(stage, section)
    time.sleep(idle.SETTLE_S)
    idle.add(section, idle.footprint(stage), "idle")
    section.add(idle.commits(stage.folder))
    section.notes.append("the recogniser holds the tiny test model; see part `recogniser`")
    return section


def measure_calls(stage: Stage, count: int) -> Section:
    """Place *count* calls of each kind."""
    if stage.service is None:
        stage.start_service()
    speech = voice.speak(calls.SAID)
    section = calls.summarise([calls.place(stage, speech, one, count) for one in Ending])
    idle.add(section, idle.footprint(stage), f"after {3 * count} calls")
    section.notes += [
        f'the caller says "{calls.SAID}" ({speech.length_s:.1f} s) after short tones for prompts',
        "all times are of one machine's clock: the carrier's Asterisk, our journal, our log",
    ]
    return section


def measure_urgent(stage: Stage, count: int, voices: Sequence[str]) -> Section:
    """Place *count* spoken emergencies in each of *voices*, and as many to the common way."""
    all_turns = []
    for language in voices:
        _play(stage, urgent.scene(language))
        model = recogniser.MODELS / f"testvoice-{language}"
        all_turns.append(urgent.place(stage, language, model, count))
    return urgent.summarise(all_turns)


def measure_crowd(stage: Stage) -> Section:
    """Let many callers ring at once, then find out how many the recogniser can follow."""
    section = Section(name="crowd", title="Many callers at once")
    for count, live_slots in crowd.CROWDS:
        _play(stage, crowd.scene(live_slots))
        crowd.on_the_box(stage, section, count, live_slots)
    stage.stop_service()
    asyncio.run(crowd.of_files(section))
    return section


def _play(stage: Stage, scene: Scene) -> None:
    """Start the service with another firm."""
    stage.stop_service()
    stage.set_up(scene)
    stage.start_service()


def _open_to_asterisk(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if path.is_dir():
            path.chmod(0o755)
