"""The sounds that the box makes itself, and how it reads what was heard."""

import array
import math
import time
import wave
from collections.abc import Sequence
from pathlib import Path

from boxes.faults import BoxError

RATE_HZ = 8000
BEEP_HZ = 1000
BEEP_S = 0.25
HEADER_BYTES = 44
_LOUD = 300
"""Peak of a 20 ms block that a person hears as sound; silence in alaw has a peak of 8."""
_BLOCK = RATE_HZ // 50


def write_tone(path: Path, frequency_hz: int, seconds: float, amplitude: int) -> None:
    """Write a sine tone as an 8 kHz wav file (*amplitude* of 32767)."""
    step = 2 * math.pi * frequency_hz / RATE_HZ
    samples = (round(amplitude * math.sin(step * n)) for n in range(int(RATE_HZ * seconds)))
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(array.array("h", samples).tobytes())


def samples_of(path: Path) -> Sequence[int]:
    """Return the samples of an 8 kHz recording; also of one whose header was never finished."""
    data = path.read_bytes()[HEADER_BYTES:]
    return array.array("h", data[: len(data) // 2 * 2])


def first_sound_s(samples: Sequence[int]) -> float | None:
    """Return the seconds until something is heard, `None` when all is silence."""
    for start in range(0, len(samples), _BLOCK):
        if max(map(abs, samples[start : start + _BLOCK])) >= _LOUD:
            return start / RATE_HZ
    return None


def wait_finished(path: Path, timeout_s: float = 2.0) -> Path | None:
    """
    Return *path* once Asterisk has closed it, that is, has written its length into the header.

    `None` when nothing at all was recorded: a call that ended as soon as it was answered.

    Raises:
        BoxError: there is audio, but the file was not finished within *timeout_s*.
    """
    deadline = time.monotonic() + timeout_s
    while not is_finished(path):
        if time.monotonic() > deadline:
            if not path.exists() or path.stat().st_size <= HEADER_BYTES:
                return None
            raise BoxError(f"{path} was not finished by Asterisk within {timeout_s} s")
        time.sleep(0.02)
    return path


def is_finished(path: Path) -> bool:
    """Tell whether the length in the header of the wav file *path* is the length of its data."""
    try:
        with path.open("rb") as file:
            header = file.read(HEADER_BYTES)
    except FileNotFoundError:
        return False
    length = int.from_bytes(header[HEADER_BYTES - 4 :], "little")
    return length > 0 and length == path.stat().st_size - HEADER_BYTES
