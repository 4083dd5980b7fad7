"""Hear the end of the beep, as a caller does before he speaks."""

import array
import math
from collections.abc import Sequence

from boxes.tones import BEEP_HZ, RATE_HZ

BLOCK = RATE_HZ // 50
"""20 ms: fine enough in time, and 50 Hz wide, so that no other tone or voice passes for it."""
MIN_BLOCKS = 6
"""120 ms of the 250 ms: an edge falls in mid-block, and audio may be lost."""
_QUIET_BLOCKS = 2
_MIN_PEAK = 500
_MIN_SHARE = 0.8
"""Of a block's energy at the beep's frequency; voices stay far below for so long."""
_TURN = 2 * math.cos(2 * math.pi * BEEP_HZ / RATE_HZ)


class BeepEar:
    """Find the end of the beep in audio that comes in pieces."""

    def __init__(self, rate_hz: int) -> None:
        """Listen to audio of *rate_hz*, a multiple of 8000 (a widened telephone line)."""
        self._every = rate_hz // RATE_HZ
        self._rest = b""
        self._tone_blocks = 0
        self._quiet_blocks = 0
        self._blocks = 0

    def feed(self, data: bytes) -> float | None:
        """Return seconds from the start to the end of the first beep, `None` before that."""
        self._rest += data
        size = 2 * BLOCK * self._every
        while len(self._rest) >= size:
            block, self._rest = self._rest[:size], self._rest[size:]
            self._blocks += 1
            if self._ended(is_beep(array.array("h", block)[:: self._every])):
                return (self._blocks - self._quiet_blocks) * BLOCK / RATE_HZ
        return None

    def _ended(self, beeps: bool) -> bool:
        if beeps:
            self._tone_blocks += 1
            self._quiet_blocks = 0
            return False
        self._quiet_blocks += 1
        if self._quiet_blocks < _QUIET_BLOCKS:
            return False
        was_beep = self._tone_blocks >= MIN_BLOCKS
        self._tone_blocks = 0
        return was_beep


def is_beep(samples: Sequence[int]) -> bool:
    """Tell whether *samples* (8 kHz) have most of their energy at the beep's frequency."""
    if max(map(abs, samples), default=0) < _MIN_PEAK:
        return False
    older = last = 0.0  # Goertzel: one frequency of the spectrum, cheaply
    for sample in samples:
        older, last = last, sample + _TURN * last - older
    power = older * older + last * last - _TURN * older * last
    energy = sum(sample * sample for sample in samples) * len(samples) / 2
    return power >= _MIN_SHARE * energy
