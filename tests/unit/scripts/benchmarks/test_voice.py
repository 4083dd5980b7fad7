"""When a synthetic voice ended its words."""

import pytest
from benchmarks.report import NotMeasuredError
from benchmarks.voice import EventKind, VoiceEvent, spoken, word_ends


def word(at_s: float, place: int = 1) -> VoiceEvent:
    """Return the start of a word."""
    return VoiceEvent(EventKind.WORD, at_s, place=place)


def sound(at_s: float, phoneme: str) -> VoiceEvent:
    """Return the start of a phoneme."""
    return VoiceEvent(EventKind.PHONEME, at_s, phoneme)


def test_word_ends_where_the_next_begins() -> None:
    """A glottal stop belongs to the word that begins with it."""
    events = [word(0.0), sound(0.0, "_|"), sound(0.0, "I"), sound(0.1, "m"), word(0.2, 4)]

    found = spoken([*events, sound(0.2, "k")], 0.5)

    assert found == ((1, 0.2), (4, 0.5))


def test_word_ends_where_a_pause_begins() -> None:
    """The pause between sentences, and the one after the last word, are not spoken."""
    events = [sound(0.0, "_!"), word(0.1), sound(0.1, "a"), sound(0.3, "_:"), sound(0.4, "_:")]

    found = spoken([*events, word(0.5, 3), sound(0.5, "b"), sound(0.8, "_:")], 1.0)

    assert found == ((1, 0.3), (3, 0.8))


def test_words_run_together_end_together() -> None:
    """The voice says *in the* as one word and tells only where it ends."""
    assert word_ends("in the house", [(1, 0.3), (8, 0.9)]) == (0.3, 0.3, 0.9)


def test_word_taken_apart_ends_with_its_last_part() -> None:
    """*can't* may be two words to the voice."""
    assert word_ends("i can't", [(1, 0.1), (3, 0.4), (7, 0.5)]) == (0.1, 0.5)


def test_voice_that_tells_nothing_is_not_believed() -> None:
    """Rather than an end of 0 s."""
    with pytest.raises(NotMeasuredError, match="does not tell"):
        word_ends("in the house", [])
