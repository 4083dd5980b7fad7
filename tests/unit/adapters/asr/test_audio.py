"""Where the samples of a file are."""

from pathlib import Path

import pytest

from pbx_bridge.adapters.asr.audio import length_s, locate
from pbx_bridge.errors import AudioError
from pbx_bridge.wire.wav import AudioFormat, repaired_header

HEAD = bytes.fromhex(
    "524946460000000057415645666d74201000000001000100401f0000803e0000020010006461746100000000"
)
"""Asterisk's header of an 8 kHz recording, sizes not written yet."""


def test_raw_file_needs_no_header() -> None:
    """The name says it all, the file may be empty."""
    samples = locate(Path("live.sln48"), b"")

    assert samples is not None
    assert (samples.audio, samples.offset) == (AudioFormat(rate_hz=48_000), 0)


@pytest.mark.parametrize(
    ("offset", "value", "text"),
    [(22, 2, "2 channels"), (34, 8, "8 bits"), (24, 0, "Hz"), (0, 65, r"/in/a\.wav: no WAV")],
)
def test_what_the_recogniser_cannot_use_is_refused(offset: int, value: int, text: str) -> None:
    """Stereo, 8 bits, an impossible rate: wrong words and no error if we let it pass."""
    head = bytearray(HEAD)
    head[offset : offset + 2] = value.to_bytes(2, "little")

    with pytest.raises(AudioError, match=text):
        locate(Path("/in/a.wav"), bytes(head))


def test_unknown_ending_is_refused() -> None:
    """A rate is never guessed."""
    with pytest.raises(AudioError, match=r"song\.mp3: the ending tells no format"):
        locate(Path("song.mp3"), b"")


@pytest.mark.parametrize(
    ("content", "seconds"),
    [
        (HEAD + bytes(16_000), 1.0),
        (repaired_header(HEAD, 44 + 8_000) + bytes(16_000), 0.5),
        (repaired_header(HEAD, 44 + 99_999) + bytes(16_000), 1.0),
        (HEAD, 0.0),
    ],
)
def test_length_is_what_is_there(tmp_path: Path, content: bytes, seconds: float) -> None:
    """Without sizes, with less than the rest of the file, with more than there is, empty."""
    path = tmp_path / "a.wav"
    path.write_bytes(content)

    assert length_s(path) == seconds


@pytest.mark.parametrize(("name", "text"), [("none.wav", "No such file"), ("half.wav", "20 bytes")])
def test_length_of_no_recording_is_an_error(tmp_path: Path, name: str, text: str) -> None:
    """The text names the file."""
    (tmp_path / "half.wav").write_bytes(HEAD[:20])

    with pytest.raises(AudioError, match=f"{name}.*{text}"):
        length_s(tmp_path / name)
