"""Spoken test sentences: espeak-ng voices over a telephone line, as files Asterisk would write."""

import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from pbx_bridge.wire.wav import RAW_RATES_HZ

MODELS = Path(__file__).resolve().parent.parent / "models"

TOOLS = ("espeak-ng", "sox")

EXAMPLE = re.compile(r"^(espeak-ng .*)\n  = (.*)$", re.MULTILINE)


def model(language: str) -> Path:
    """Return the folder of the test model that knows our voice of *language*."""
    return MODELS / f"testvoice-{language}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One recording and what is said in it."""

    path: Path
    text: str
    """Exactly what the test model makes of it."""


class Speaker:
    """Makes recordings in one folder, each of them once."""

    def __init__(self, folder: Path) -> None:
        missing = [tool for tool in TOOLS if shutil.which(tool) is None]
        if missing:
            raise AssertionError(f"install {' '.join(missing)}: apt-get install espeak-ng sox")
        self._folder = folder

    def example(self, language: str, number: int = 0, ending: str = ".wav") -> Spoken:
        """
        Return sentence *number* of the model's examples.txt as 8 kHz telephone speech.

        *ending* ``.sln48`` gives the same speech as MixMonitor's wide live copy does: raw and
        upsampled to 48 kHz.
        """
        command, text = EXAMPLE.findall((model(language) / "examples.txt").read_text())[number]
        path = self._folder / f"{language}-{number}{ending}"
        if not path.exists():
            self._speak(shlex.split(command), path)
        return Spoken(path=path, text=text)

    def _speak(self, command: list[str], path: Path) -> None:
        wide, narrow, line = (path.with_suffix(f".{step}.wav") for step in ("wide", "alaw", "line"))
        command[command.index("-w") + 1] = str(wide)
        subprocess.run(command, check=True)
        sox("-D", wide, "-r", "8000", "-c", "1", "-e", "a-law", narrow)
        sox(narrow, "-e", "signed", "-b", "16", line)
        if path.suffix == ".wav":
            line.rename(path)
        else:
            sox("-D", line, "-t", "raw", "-r", str(RAW_RATES_HZ[path.suffix]), path)


def sox(*arguments: str | Path) -> None:
    """Run sox; it says nothing when it is content."""
    subprocess.run(["sox", *arguments], check=True)
