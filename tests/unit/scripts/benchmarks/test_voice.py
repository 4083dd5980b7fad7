"""When a synthetic voice ended its words."""

from benchmarks.voice import EventKind, VoiceEvent, word_ends


def word(at_s: float) -> VoiceEvent:
    """Return the start of a word."""
    return VoiceEvent(EventKind.WORD, at_s)


def sound(at_s: float, phoneme: str) -> VoiceEvent:
    """Return the start of a phoneme."""
    return VoiceEvent(EventKind.PHONEME, at_s, phoneme)


def test_word_ends_where_the_next_begins() -> None:
    """A glottal stop belongs to the word that begins with it."""
    events = [word(0.0), sound(0.0, "_|"), sound(0.0, "I"), sound(0.1, "m"), word(0.2)]

    found = word_ends([*events, sound(0.2, "k")], 0.5)

    assert found == (0.2, 0.5)


def test_word_ends_where_a_pause_begins() -> None:
    """The pause between sentences, and the one after the last word, are not spoken."""
    events = [sound(0.0, "_!"), word(0.1), sound(0.1, "a"), sound(0.3, "_:"), sound(0.4, "_:")]

    found = word_ends([*events, word(0.5), sound(0.5, "b"), sound(0.8, "_:")], 1.0)

    assert found == (0.3, 0.8)
