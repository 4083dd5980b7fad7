"""Hearing the end of the beep."""

import array
import math

import pytest
from boxes import alaw
from boxes.beep import BeepEar, is_beep

RATE_HZ = 8000


def tone(frequency_hz: float, seconds: float, amplitude: int = 8000) -> list[int]:
    """Return a sine tone at 8 kHz."""
    step = 2 * math.pi * frequency_hz / RATE_HZ
    return [round(amplitude * math.sin(step * n)) for n in range(int(RATE_HZ * seconds))]


def silence(seconds: float) -> list[int]:
    """Return nothing to hear."""
    return [0] * int(RATE_HZ * seconds)


def pcm(samples: list[int], widen: int = 1) -> bytes:
    """Return 16 bit audio, each sample *widen* times."""
    return array.array("h", [sample for sample in samples for _ in range(widen)]).tobytes()


def test_the_end_of_the_beep_is_heard() -> None:
    """Half a second, the beep, silence: it is over at 0.75 s, one block more or less."""
    ear = BeepEar(RATE_HZ)

    ended_s = ear.feed(pcm(silence(0.5) + tone(1000, 0.25) + silence(0.2)))

    assert ended_s == pytest.approx(0.75, abs=0.03)


def test_small_pieces_and_a_wide_line_change_nothing() -> None:
    """The live copy is six times as wide and comes in pieces of any size."""
    data = pcm(silence(0.5) + tone(1000, 0.25) + silence(0.2), widen=6)
    ear = BeepEar(6 * RATE_HZ)

    heard = [ear.feed(data[start : start + 333]) for start in range(0, len(data), 333)]

    ended = [ended_s for ended_s in heard if ended_s is not None]
    assert ended == [pytest.approx(0.75, abs=0.03)]


def test_a_beep_that_goes_on_is_not_over() -> None:
    """Nobody speaks into the tone."""
    assert BeepEar(RATE_HZ).feed(pcm(tone(1000, 0.25))) is None


@pytest.mark.parametrize("samples", [tone(440, 0.5), tone(1400, 0.3), tone(1000, 0.06)])
def test_other_tones_are_no_beep(samples: list[int]) -> None:
    """Music on hold, a mailbox's tone and a click are not our beep."""
    assert BeepEar(RATE_HZ).feed(pcm(samples + silence(0.2))) is None


def test_a_mix_of_tones_is_no_beep() -> None:
    """A voice may contain the frequency; it must have nearly all of the energy."""
    mixed = [a + b for a, b in zip(tone(1000, 0.3), tone(700, 0.3), strict=True)]

    assert BeepEar(RATE_HZ).feed(pcm(mixed + silence(0.2))) is None


def test_a_whisper_is_no_beep() -> None:
    """Line noise at the right frequency does not count."""
    assert not is_beep(tone(1000, 0.02, amplitude=300))


def test_the_beep_survives_the_telephone_line() -> None:
    """A-law coding does not hide it."""
    ear = BeepEar(RATE_HZ)
    sent = alaw.encode(tone(1000, 0.25) + silence(0.2))

    assert ear.feed(alaw.decode(sent).tobytes()) == pytest.approx(0.25, abs=0.03)
