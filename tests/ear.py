"""Finds in a recording of what somebody heard the sounds that were played to him."""

import math
from collections.abc import Sequence
from pathlib import Path

from boxes import alaw, tones

CHUNK = 400
"""50 ms: long enough to be found in one place only, short enough to survive a lost packet."""

LIVELY = 20
"""So many different values has a piece of voice; silence has a handful."""


QUIET = 300
"""Peak below which 20 ms count as silence."""


class Ear:
    """
    What one mobile heard.

    The carrier passes A-law on as it is, so what was played is found byte for byte.
    """

    def __init__(self, recording: Path) -> None:
        samples = tones.samples_of(recording)
        self.first_sound_s = tones.first_sound_s(samples)
        self._heard = alaw.encode(samples)

    def share(self, sound: Path, after_s: float = 0.0) -> float:
        """Return the share of *sound* (alaw, or wav off the line) heard from *after_s* on."""
        places = self._places(sound, after_s)
        return sum(place >= 0 for place in places) / len(places)

    def at_s(self, sound: Path, after_s: float = 0.0) -> float:
        """Return when *sound* was first heard from *after_s* on, in seconds; never: infinity."""
        found = [place for place in self._places(sound, after_s) if place >= 0]
        return min(found, default=math.inf) / tones.RATE_HZ

    def _places(self, sound: Path, after_s: float) -> list[int]:
        played = sound.read_bytes()
        if sound.suffix != ".alaw":
            played = alaw.encode(tones.samples_of(sound))
        pieces = (played[at : at + CHUNK] for at in range(0, len(played) - CHUNK, CHUNK))
        lively = [piece for piece in pieces if len(set(piece)) >= LIVELY]
        return [self._heard.find(piece, round(after_s * tones.RATE_HZ)) for piece in lively]


def count_tone(recording: Path, hz: int, least_s: float) -> int:
    """Return how often a tone of *hz* was heard for *least_s* seconds or longer."""
    samples = tones.samples_of(recording)
    size = tones.RATE_HZ // 50
    found, run_s = 0, 0.0
    for at in range(0, len(samples) - size, size):
        is_tone = _share_of_tone(samples[at : at + size], hz) > 0.8
        before_s, run_s = run_s, run_s + 0.02 if is_tone else 0.0
        found += before_s < least_s <= run_s
    return found


def _share_of_tone(samples: Sequence[int], hz: int) -> float:
    energy = sum(sample * sample for sample in samples)
    if energy < 500 * 500 * len(samples) / 2:
        return 0.0
    step = 2 * math.pi * hz / tones.RATE_HZ
    real = sum(sample * math.cos(step * n) for n, sample in enumerate(samples))
    imaginary = sum(sample * math.sin(step * n) for n, sample in enumerate(samples))
    return (real * real + imaginary * imaginary) * 2 / (energy * len(samples))


def longest_silence_s(recording: Path, since_s: float, until_s: float) -> float:
    """Return for how long at most nothing was heard between two moments."""
    samples, size = tones.samples_of(recording), tones.RATE_HZ // 50
    longest_s = run_s = 0.0
    for at in range(round(since_s * 50) * size, round(until_s * 50) * size, size):
        is_silent = max(map(abs, samples[at : at + size]), default=0) < QUIET
        run_s = run_s + 0.02 if is_silent else 0.0
        longest_s = max(longest_s, run_s)
    return longest_s
