"""What the box makes to be heard, and how it reads what was heard."""

from pathlib import Path

import pytest
from boxes import tones
from boxes.faults import BoxError


def test_a_tone_is_read_back(tmp_path: Path) -> None:
    """A quarter of a second at 8 kHz are 2000 samples, the loudest near the amplitude."""
    path = tmp_path / "beep.wav"

    tones.write_tone(path, tones.BEEP_HZ, tones.BEEP_S, amplitude=16000)

    samples = tones.samples_of(path)
    assert len(samples) == 2000
    assert 15000 < max(samples) <= 16000


def test_the_first_sound() -> None:
    """Silence on the telephone is not zero; speech is much louder."""
    line_silence = [8, -8] * 4000

    assert tones.first_sound_s([*line_silence, *[2000] * 160]) == 1.0
    assert tones.first_sound_s(line_silence) is None


def test_a_file_is_finished_when_its_header_says_so(tmp_path: Path) -> None:
    """Asterisk writes the length last; a growing file has none."""
    path = tmp_path / "x.wav"
    tones.write_tone(path, 440, 0.1, amplitude=1000)

    assert tones.is_finished(path)

    whole = path.read_bytes()
    path.write_bytes(whole + b"more")

    assert not tones.is_finished(path)


def test_a_file_that_nobody_finishes(tmp_path: Path) -> None:
    """Waiting has a limit, and the text names the file."""
    path = tmp_path / "x.wav"
    path.write_bytes(bytes(1000))

    with pytest.raises(BoxError, match=r"x\.wav was not finished"):
        tones.wait_finished(path, timeout_s=0)


def test_nothing_was_recorded(tmp_path: Path) -> None:
    """A call that ended at once leaves no file, or only its header."""
    path = tmp_path / "x.wav"

    assert tones.wait_finished(path, timeout_s=0) is None

    path.write_bytes(bytes(44))

    assert tones.wait_finished(path, timeout_s=0) is None
