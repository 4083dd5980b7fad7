"""A tone is found again in what somebody heard."""

from array import array
from math import pi, sin
from pathlib import Path

import pytest
from benchmarks.tone import CALLER_HZ, RECEIPT, RECEIPT_HZ, TO_CALLER, onset_s, write_prompts
from boxes.tones import RATE_HZ, samples_of


def tone(frequency_hz: int, length_s: float) -> "array[int]":
    """Return a loud tone."""
    step = 2 * pi * frequency_hz / RATE_HZ
    return array("h", (round(8000 * sin(step * n)) for n in range(int(RATE_HZ * length_s))))


SILENCE = array("h", [0] * (RATE_HZ // 2))


def test_onset_behind_silence_and_other_tones() -> None:
    """Only the wanted frequency counts."""
    heard = SILENCE + tone(CALLER_HZ, 0.2) + tone(RECEIPT_HZ, 0.2)

    found = onset_s(heard, RECEIPT_HZ)

    assert found == pytest.approx(0.7, abs=0.011)


def test_onset_is_looked_for_from_a_moment_on() -> None:
    """What came before the key was pressed is no receipt."""
    heard = tone(RECEIPT_HZ, 0.2) + SILENCE + tone(RECEIPT_HZ, 0.2)

    found = onset_s(heard, RECEIPT_HZ, from_s=0.3)

    assert found == pytest.approx(0.7, abs=0.011)


@pytest.mark.parametrize("heard", [SILENCE, tone(CALLER_HZ, 1.0), tone(RECEIPT_HZ, 0.02)])
def test_no_tone_no_onset(heard: "array[int]") -> None:
    """Silence, another tone and a click are not the tone."""
    found = onset_s(heard, RECEIPT_HZ)

    assert found is None


def test_prompts_are_written_as_a_firm_would(tmp_path: Path) -> None:
    """Every prompt on the caller's way is short, and the receipt can be told from all of them."""
    write_prompts(tmp_path)

    lengths = {path.stem: len(samples_of(path)) / RATE_HZ for path in tmp_path.glob("*.wav")}
    assert lengths == dict.fromkeys(TO_CALLER, 0.25) | {RECEIPT: 0.5}
    assert onset_s(samples_of(tmp_path / f"{RECEIPT}.wav"), RECEIPT_HZ) == 0.0
    assert onset_s(samples_of(tmp_path / "greeting.wav"), RECEIPT_HZ) is None
