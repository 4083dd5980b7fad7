"""Voices: texts rendered with espeak-ng, and any sound file made fit for the telephone."""

import subprocess
from pathlib import Path

from boxes.faults import BoxError

WORDS_PER_MINUTE = 150
_REMEDY = "install the packages espeak-ng and sox"


_ACCENTS = {"en": "en-us"}
"""The test model for English was trained on this accent."""


def default_voice(language: str) -> str:
    """Return the espeak-ng voice of a caller; `m3` is the variant that people follow best."""
    return f"{_ACCENTS.get(language, language)}+m3"


def render(text: str, voice: str, target: Path) -> Path:
    """Write *text*, spoken by the espeak-ng *voice*, to *target* (wav, 8 kHz) and return it."""
    raw = target.with_suffix(".raw.wav")
    speed = str(WORDS_PER_MINUTE)
    _run(["espeak-ng", "-v", voice, "-s", speed, "-w", str(raw), "--", text])
    try:
        return for_telephone(raw, target)
    finally:
        raw.unlink(missing_ok=True)


def for_telephone(source: Path, target: Path) -> Path:
    """
    Write the sound file *source* to *target* as wav, 8 kHz, 16 bit, mono, and return it.

    Without dither (`-D`): it is random, and a call must be the same every time.
    """
    if not source.is_file():
        raise BoxError(f"there is no sound file {source}")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part.wav")
    _run(["sox", "-D", str(source), "-r", "8000", "-c", "1", "-b", "16", "-e", "signed", str(part)])
    part.chmod(0o644)
    return part.rename(target)


def _run(command: list[str]) -> None:
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as exc:
        raise BoxError(f"{command[0]} is not installed; {_REMEDY}") from exc
    if run.returncode != 0:
        raise BoxError(f"{command[0]} failed: {run.stderr.strip()}")
