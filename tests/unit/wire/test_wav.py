"""WAV headers, read byte by byte and repaired."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbx_bridge.errors import AudioError
from pbx_bridge.wire.wav import (
    HEADER_LIMIT_BYTES,
    AudioFormat,
    WavHeader,
    parse_header,
    raw_format,
    repaired_header,
    wav_header,
)

PHONE = AudioFormat(rate_hz=8_000)


def header(
    data_bytes: int = 0, *, riff_bytes: int = 0, extra: bytes = b"", fmt: bytes | None = None
) -> bytes:
    """Return a header as Asterisk writes it, with *extra* chunks before the data."""
    fmt = fmt or struct.pack("<HHIIHH", 1, 1, 8_000, 16_000, 2, 16)
    return (
        struct.pack("<4sI4s4sI", b"RIFF", riff_bytes, b"WAVE", b"fmt ", len(fmt))
        + fmt
        + extra
        + struct.pack("<4sI", b"data", data_bytes)
    )


def chunk(name: bytes, content: bytes) -> bytes:
    """Return a RIFF chunk, padded to an even length."""
    return struct.pack("<4sI", name, len(content)) + content + b"\0" * (len(content) % 2)


def test_header_tells_format_and_place() -> None:
    """Asterisk's header has 44 bytes."""
    parsed = parse_header(header(320) + bytes(320))

    assert parsed == WavHeader(audio=PHONE, data_offset=44, data_bytes=320)


def test_every_prefix_asks_for_more() -> None:
    """Byte by byte: no prefix is an error, none is taken for a whole header."""
    whole = header(320, extra=chunk(b"LIST", b"odd"))

    assert [parse_header(whole[:length]) for length in range(len(whole))] == [None] * len(whole)
    assert parse_header(whole) is not None


def test_size_zero_means_to_the_end() -> None:
    """Asterisk was killed before it wrote the sizes."""
    parsed = parse_header(header(0))

    assert parsed is not None
    assert parsed.data_bytes is None


def test_extensible_header_is_read() -> None:
    """Editors write the long fmt chunk, with the real format further behind."""
    fmt = struct.pack("<HHIIHHHHIH14x", 0xFFFE, 1, 16_000, 32_000, 2, 16, 22, 16, 4, 1)

    parsed = parse_header(header(4, fmt=fmt))

    assert parsed is not None
    assert parsed.audio == AudioFormat(rate_hz=16_000)


@pytest.mark.parametrize(
    ("head", "text"),
    [
        (b"ID3\x04", "does not begin with RIFF"),
        (b"RIFF\0\0\0\0AVI ", "does not begin with RIFF"),
        (header(fmt=struct.pack("<HHIIHH", 6, 1, 8_000, 8_000, 1, 8)), "format 6 is not linear"),
        (header(fmt=b"\1\0\1\0"), "fmt chunk of 4 bytes"),
        (struct.pack("<4sI4s4sI", b"RIFF", 0, b"WAVE", b"data", 0), "before the fmt chunk"),
        (header(extra=struct.pack("<4sI", b"LIST", HEADER_LIMIT_BYTES)), "no samples in the first"),
    ],
)
def test_what_is_no_wav_is_refused(head: bytes, text: str) -> None:
    """The text says what is wrong."""
    with pytest.raises(AudioError, match=text):
        parse_header(head)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_header_none_or_our_error(data: bytes) -> None:
    """Files are foreign: nothing else may come out, whatever follows a good beginning."""
    for head in (data, header()[:12] + data, header()[:36] + data):
        try:
            parsed = parse_header(head)
        except AudioError:
            continue
        assert parsed is None or parsed.data_offset <= len(head)


@given(
    st.integers(min_value=0, max_value=100_000),
    st.lists(st.tuples(st.sampled_from([b"LIST", b"fact"]), st.binary(max_size=40)), max_size=3),
)
def test_repaired_header_describes_the_file(
    data_bytes: int, extras: list[tuple[bytes, bytes]]
) -> None:
    """Both sizes fit the file, everything else stays as it was."""
    broken = header(0, extra=b"".join(chunk(name, content) for name, content in extras))
    file_bytes = len(broken) + data_bytes

    fixed = repaired_header(broken + b"\1\2", file_bytes)

    parsed = parse_header(fixed)
    assert parsed is not None
    assert (parsed.data_bytes or 0) == data_bytes
    assert struct.unpack_from("<I", fixed, 4) == (file_bytes - 8,)
    assert fixed[8 : len(broken) - 4] == broken[8 : len(broken) - 4]
    assert len(fixed) == len(broken)


def test_half_a_header_cannot_be_repaired() -> None:
    """Less than 44 bytes on disk: there is nothing to save."""
    with pytest.raises(AudioError, match="not complete"):
        repaired_header(header()[:40], 40)


@pytest.mark.parametrize(
    ("name", "rate_hz"),
    [("a.sln", 8_000), ("a.b.sln16", 16_000), ("a.sln44", 44_100), ("A.SLN48", 48_000)],
)
def test_raw_name_tells_the_rate(name: str, rate_hz: int) -> None:
    """Asterisk's raw files have no header, only an ending."""
    assert raw_format(name) == AudioFormat(rate_hz=rate_hz)


@pytest.mark.parametrize("name", ["a.wav", "a.sln49", "sln48", ".sln48", "a.", ""])
def test_other_names_tell_nothing(name: str) -> None:
    """No guess: a wrong rate gives wrong words and no error."""
    assert raw_format(name) is None


def test_a_second_has_as_many_bytes_as_its_samples() -> None:
    """8 kHz, two bytes each."""
    assert PHONE.bytes_per_s == 16_000


def test_header_that_we_write_is_one_that_we_read() -> None:
    """Format and size come back, 44 bytes as Asterisk writes them."""
    audio = AudioFormat(rate_hz=8_000)

    head = wav_header(audio, 320)

    assert parse_header(head) == WavHeader(audio=audio, data_offset=44, data_bytes=320)
    assert repaired_header(head, 44 + 320) == head
