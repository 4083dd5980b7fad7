"""
WAV headers and Asterisk's raw formats; the bytes come from elsewhere, nothing is opened here.

Source: Microsoft's RIFF layout as Asterisk's format_wav writes it (44 bytes); Asterisk that is
killed while it records leaves both sizes at zero, the audio behind the header is whole.
"""

import struct
from dataclasses import dataclass

from pbx_bridge.errors import AudioError

HEADER_LIMIT_BYTES = 65_536
"""Where the search for the data chunk ends; Asterisk's header has 44 bytes, editors add some."""

RAW_RATES_HZ = {
    ".sln": 8_000,
    ".sln12": 12_000,
    ".sln16": 16_000,
    ".sln24": 24_000,
    ".sln32": 32_000,
    ".sln44": 44_100,
    ".sln48": 48_000,
    ".sln96": 96_000,
    ".sln192": 192_000,
}
"""What Asterisk's raw signed linear file names promise; ``.sln44`` is 44.1 kHz."""

_PCM = 1
_EXTENSIBLE = 0xFFFE
_RIFF_HEAD_BYTES = 12
_CHUNK_HEAD_BYTES = 8
_FMT_BYTES = 16
_EXTENSIBLE_BYTES = 26


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioFormat:
    """How the samples lie in a file: linear PCM, little-endian."""

    rate_hz: int
    channels: int = 1
    bits: int = 16

    @property
    def bytes_per_s(self) -> int:
        """Size of one second."""
        return self.rate_hz * self.channels * self.bits // 8


@dataclass(frozen=True, slots=True, kw_only=True)
class WavHeader:
    """What stands before the samples."""

    audio: AudioFormat
    data_offset: int
    """Bytes before the first sample."""
    data_bytes: int | None
    """Size of the samples; `None` when it was never written: then they go on to the file's end."""


def raw_format(name: str) -> AudioFormat | None:
    """Return what the ending of *name* promises; `None` when it is no raw format of Asterisk's."""
    stem, dot, ending = name.rpartition(".")
    rate_hz = RAW_RATES_HZ.get(dot + ending.lower()) if stem else None
    return None if rate_hz is None else AudioFormat(rate_hz=rate_hz)


def parse_header(head: bytes) -> WavHeader | None:
    """
    Read the header at the start of *head*.

    Returns:
        `None` while the data chunk has not come into sight: call again with more bytes.

    Raises:
        AudioError: no WAV, not linear PCM, or no data chunk within `HEADER_LIMIT_BYTES`.
    """
    if not _could_be_wav(head):
        raise AudioError("no WAV file (it does not begin with RIFF....WAVE)")
    audio: AudioFormat | None = None
    offset = _RIFF_HEAD_BYTES
    while len(head) >= offset + _CHUNK_HEAD_BYTES:
        chunk, size_bytes = struct.unpack_from("<4sI", head, offset)
        offset += _CHUNK_HEAD_BYTES
        if chunk == b"data":
            if audio is None:
                raise AudioError("damaged WAV header (samples before the fmt chunk)")
            return WavHeader(audio=audio, data_offset=offset, data_bytes=size_bytes or None)
        if chunk == b"fmt ":
            if len(head) < offset + min(size_bytes, _EXTENSIBLE_BYTES):
                return None
            audio = _parse_fmt(head[offset : offset + size_bytes])
        offset += size_bytes + size_bytes % 2
        if offset > HEADER_LIMIT_BYTES:
            raise AudioError(f"no samples in the first {HEADER_LIMIT_BYTES} bytes of the WAV file")
    return None


def wav_header(audio: AudioFormat, data_bytes: int) -> bytes:
    """Return the 44 bytes that stand before *data_bytes* of samples."""
    frame_bytes = audio.channels * audio.bits // 8
    riff = struct.pack("<4sI4s", b"RIFF", 36 + data_bytes, b"WAVE")
    fmt = struct.pack(
        "<4sIHHIIHH",
        b"fmt ",
        _FMT_BYTES,
        _PCM,
        audio.channels,
        audio.rate_hz,
        audio.bytes_per_s,
        frame_bytes,
        audio.bits,
    )
    return riff + fmt + struct.pack("<4sI", b"data", data_bytes)


def repaired_header(head: bytes, file_bytes: int) -> bytes:
    """
    Return the header of *head* with the two sizes that a file of *file_bytes* must have.

    Write the result over the file's first bytes; its length does not change.

    Raises:
        AudioError: *head* holds no whole WAV header.
    """
    header = parse_header(head)
    if header is None:
        raise AudioError("the WAV header is not complete")
    data_bytes = max(0, file_bytes - header.data_offset)
    fixed = bytearray(head[: header.data_offset])
    struct.pack_into("<I", fixed, 4, header.data_offset - _CHUNK_HEAD_BYTES + data_bytes)
    struct.pack_into("<I", fixed, header.data_offset - 4, data_bytes)
    return bytes(fixed)


def _could_be_wav(head: bytes) -> bool:
    return b"RIFF".startswith(head[:4]) and b"WAVE".startswith(head[8:_RIFF_HEAD_BYTES])


def _parse_fmt(fmt: bytes) -> AudioFormat:
    if len(fmt) < _FMT_BYTES:
        raise AudioError(f"damaged WAV header (fmt chunk of {len(fmt)} bytes)")
    tag, channels, rate_hz, _, _, bits = struct.unpack_from("<HHIIHH", fmt)
    if tag == _EXTENSIBLE and len(fmt) >= _EXTENSIBLE_BYTES:
        (tag,) = struct.unpack_from("<H", fmt, _EXTENSIBLE_BYTES - 2)
    if tag != _PCM:
        raise AudioError(f"WAV format {tag} is not linear PCM; convert it with sox")
    return AudioFormat(rate_hz=rate_hz, channels=channels, bits=bits)
