"""Prompts that are only tones: short, and found again in what somebody heard."""

import math
from collections.abc import Sequence
from pathlib import Path

from boxes import tones

RECEIPT_HZ = 1700
"""Said to the technician when the case is his; no voice and no other prompt sounds so."""

CALLER_HZ = 440
PROMPT_S = 0.25
BLOCK = tones.RATE_HZ // 100
"""10 ms."""
_AMPLITUDE = 8000
_MIN_PEAK = 500
_MIN_SHARE = 0.8
_MIN_BLOCKS = 3

TO_CALLER = ("greeting", "recording-notice", "confirm-ring", "confirm-office", "goodbye")
RECEIPT = "ack-accepted"


def write_prompts(folder: Path) -> None:
    """Put tones into *folder* as a firm puts its own recordings there (``custom``)."""
    for name in TO_CALLER:
        tones.write_tone(folder / f"{name}.wav", CALLER_HZ, PROMPT_S, _AMPLITUDE)
    tones.write_tone(folder / f"{RECEIPT}.wav", RECEIPT_HZ, 2 * PROMPT_S, _AMPLITUDE)


def onset_s(samples: Sequence[int], frequency_hz: int, from_s: float = 0.0) -> float | None:
    """
    Return the seconds until the tone begins, at *from_s* or later; `None`: it never does.

    *samples* are 8 kHz; exact to 10 ms.
    """
    start, found = int(from_s * tones.RATE_HZ) // BLOCK * BLOCK, 0
    for position in range(start, len(samples) - BLOCK + 1, BLOCK):
        found = found + 1 if _is_tone(samples[position : position + BLOCK], frequency_hz) else 0
        if found == _MIN_BLOCKS:
            return (position - (_MIN_BLOCKS - 1) * BLOCK) / tones.RATE_HZ
    return None


def _is_tone(block: Sequence[int], frequency_hz: int) -> bool:
    """Tell whether most of the energy is at one frequency (Goertzel)."""
    if max(map(abs, block), default=0) < _MIN_PEAK:
        return False
    turn = 2 * math.cos(2 * math.pi * frequency_hz / tones.RATE_HZ)
    older = last = 0.0
    for sample in block:
        older, last = last, sample + turn * last - older
    power = older * older + last * last - turn * older * last
    energy = sum(sample * sample for sample in block) * len(block) / 2
    return power >= _MIN_SHARE * energy
