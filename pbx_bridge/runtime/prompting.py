"""Where prompts lie: absolute paths without extension, one folder for each language."""

from collections.abc import Callable
from pathlib import Path

Prompt = Callable[[str, str], str]
"""(prompt name, language) -> path for Asterisk, without extension."""


def prompts_in(folder: Path) -> Prompt:
    """Return the paths of the prompts in *folder*."""

    def path(name: str, language: str) -> str:
        return str(folder / language / name)

    return path
