"""The configuration: one frozen dataclass per section of the file."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechConfig:
    """What the recogniser may use."""

    models: Mapping[str, Path]
    """Two-letter language to the folder of its Vosk model; only these are loaded."""
    live_slots: int = 8
    """Calls transcribed while they are spoken; the others are transcribed afterwards."""
    memory_limit_mb: int = 1500
    """Resident memory above which the recogniser is replaced, between calls."""
    deadline_s: float = 5.0
    """How long a call waits for the rest of its transcript after the last word."""
