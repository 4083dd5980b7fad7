"""The word at which a message becomes an emergency."""

import pytest
from benchmarks.decisive import decisive_word, spoken
from benchmarks.report import NotMeasuredError
from benchmarks.voice import Speech
from packs import shipped


def speech(text: str) -> Speech:
    """Return *text*, a second for each word."""
    ends = tuple(float(n) for n in range(1, len(text.split()) + 1))
    return Speech(text=text, samples=b"\0\0" * len(ends), rate_hz=1, word_ends_s=ends)


def test_first_word_up_to_which_it_holds() -> None:
    """Counted from 1, and not the last one that speaks of it."""
    assert decisive_word("im keller brennt es es brennt", lambda text: "brennt" in text) == 3


def test_what_is_taken_back_decides_nothing() -> None:
    """An alarm in the middle of a message that ends without one is none."""
    assert decisive_word("notfall nein doch nicht", lambda text: not text.endswith("nicht")) is None


def test_the_rules_choose_the_word() -> None:
    """What follows it is how long the caller speaks on."""
    found = spoken(speech("im keller ist ein rohr geplatzt hier ist sabine"), shipped("de"))

    assert found.word == 6
    assert (found.decides_s, found.rest_s) == (6.0, 3.0)


def test_no_emergency_is_not_measured() -> None:
    """A sentence that the rules do not see as one is a mistake of ours."""
    with pytest.raises(NotMeasuredError, match="no emergency by the rules"):
        spoken(speech("ich möchte einen termin"), shipped("de"))
