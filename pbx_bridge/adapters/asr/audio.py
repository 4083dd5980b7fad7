"""Audio files on disk: where the samples are and whether the recogniser can use them."""

from dataclasses import dataclass
from pathlib import Path

from pbx_bridge.errors import AudioError
from pbx_bridge.wire.wav import (
    HEADER_LIMIT_BYTES,
    RAW_RATES_HZ,
    AudioFormat,
    parse_header,
    raw_format,
)

RATES_HZ = range(8_000, 192_001)
"""What a telephone or Asterisk can deliver; below 8 kHz the models are deaf."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """Where the samples of a file lie."""

    audio: AudioFormat
    offset: int
    """First byte of them."""
    size_bytes: int | None
    """How many; `None` when they go on to the end of the file."""


def locate(path: Path, head: bytes) -> Samples | None:
    """
    Find the samples of *path*, whose first bytes are *head*.

    Returns:
        `None` when *head* does not hold the whole header yet.

    Raises:
        AudioError: not audio that we can read; the text names the file.
    """
    raw = raw_format(path.name)
    if raw is not None:
        return Samples(audio=raw, offset=0, size_bytes=None)
    if path.suffix.lower() != ".wav":
        known = " ".join(RAW_RATES_HZ)
        raise AudioError(f"{path}: the ending tells no format; known are .wav {known}")
    try:
        header = parse_header(head)
    except AudioError as exc:
        raise AudioError(f"{path}: {exc}") from exc
    if header is None:
        return None
    audio = header.audio
    if (audio.channels, audio.bits) != (1, 16) or audio.rate_hz not in RATES_HZ:
        raise AudioError(
            f"{path}: {audio.rate_hz} Hz, {audio.channels} channels, {audio.bits} bits;"
            " needed is 16 bit mono from 8000 Hz (sox IN -c 1 -b 16 OUT)"
        )
    return Samples(audio=audio, offset=header.data_offset, size_bytes=header.data_bytes)


def length_s(path: Path) -> float:
    """
    Return how many seconds of audio *path* holds now.

    Raises:
        AudioError: no such file, or not audio that we can read.
    """
    try:
        with path.open("rb") as file:
            samples = locate(path, file.read(HEADER_LIMIT_BYTES))
            size_bytes = file.seek(0, 2)
    except OSError as exc:
        raise AudioError(f"{path}: {exc.strerror}") from exc
    if samples is None:
        raise AudioError(f"{path}: {size_bytes} bytes are not even a whole WAV header")
    rest_bytes = max(0, size_bytes - samples.offset)
    data_bytes = rest_bytes if samples.size_bytes is None else min(rest_bytes, samples.size_bytes)
    return data_bytes / samples.audio.bytes_per_s
