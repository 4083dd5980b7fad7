"""The telephone network's audio coding, G.711 A-law."""

import array
from collections.abc import Sequence

SILENCE = 0xD5
_TOGGLE = 0x55
_SIGN = 0x80


def encode(samples: Sequence[int]) -> bytes:
    """Return one byte for each 16 bit sample."""
    return bytes(_encode(sample) for sample in samples)


def decode(data: bytes) -> array.array:  # type: ignore[type-arg]  # not generic before 3.12
    """Return one 16 bit sample for each byte."""
    return array.array("h", (_DECODED[byte] for byte in data))


def _encode(sample: int) -> int:
    sign = _SIGN if sample >= 0 else 0
    level = min(abs(sample), 32635) >> 3
    if level >= 32:  # logarithmic segments; below, the curve is a straight line
        segment = level.bit_length() - 5
        code = segment << 4 | level >> segment & 0x0F
    else:
        code = level >> 1
    return (code | sign) ^ _TOGGLE


def _decode(byte: int) -> int:
    code = byte ^ _TOGGLE
    segment, level = code >> 4 & 7, (code & 0x0F) << 4
    level = level + 8 if segment == 0 else (level + 0x108) << segment - 1
    return level if code & _SIGN else -level


_DECODED = [_decode(byte) for byte in range(256)]
