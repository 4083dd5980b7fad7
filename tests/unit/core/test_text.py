"""Words that can be compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbx_bridge.core.text import fold, slips_allowed, sounds_like, stems, tokenise, words


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("de", "Tür", "tuer"),
        ("de", "Straße", "strasse"),
        ("de", "Öl", "oel"),
        ("pl", "łódź", "lodz"),
        ("pl", "Żółć", "zolc"),
        ("ru", "течёт", "течет"),
    ],
)
def test_fold_makes_spellings_one(language: str, one: str, other: str) -> None:
    """A text typed without marks meets the one with marks."""
    assert fold(one, language) == fold(other, language)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("de", "Heizungen", "Heizung"),
        ("en", "leaking", "leaks"),
        ("pl", "wodą", "woda"),
        ("pl", "rurę", "rury"),
        ("ru", "трубу", "труба"),
    ],
)
def test_stems_join_inflections(language: str, one: str, other: str) -> None:
    """Two forms of one word share a stem."""
    assert stems(one, language) & stems(other, language)


def test_unknown_language_is_not_stemmed() -> None:
    """Without an algorithm a word stands for itself."""
    assert stems("Wasser", "xx") == {"wasser"}


def test_words_keep_negating_apostrophes_together() -> None:
    """English negation stays on its verb, other short forms are words of their own."""
    assert words("I can't, we've") == ["I", "cant", "we", "have"]


def test_tokenise_drops_fillers_and_punctuation() -> None:
    """What is no word, or only a sound between words, is not looked at."""
    tokens = tokenise("Äh, das hält Wasser halt!", "de", frozenset({"äh", "ah", "halt"}))

    assert [token.text for token in tokens] == ["das", "hält", "Wasser"]


@pytest.mark.parametrize(
    ("heard", "term", "same"),
    [
        ("rohrbrueh", "rohrbruch", True),
        ("das", "gas", False),
        ("leizung", "heizung", False),
        ("heizumg", "heizung", True),
        ("heizxxg", "heizung", False),
    ],
)
def test_slips_are_bounded_by_length(heard: str, term: str, *, same: bool) -> None:
    """Short words forgive nothing, long ones little, and the first letter must be right."""
    assert sounds_like(heard, term) is same


def test_longer_words_forgive_more() -> None:
    """The number of slips grows with the word."""
    assert [slips_allowed(length) for length in (5, 6, 10, 11)] == [0, 1, 1, 2]


@given(st.text())
def test_tokenise_takes_any_text(text: str) -> None:
    """No text is too strange to be split."""
    assert all(token.text for token in tokenise(text, "de"))
