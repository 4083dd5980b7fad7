"""Spoken numbers."""

import pytest

from pbx_bridge.core.number_words import numbers
from pbx_bridge.core.text import tokenise


@pytest.mark.parametrize(
    ("language", "text", "values"),
    [
        ("de", "hundertachtzig p p m", [180]),
        ("de", "minus elf und einundneunzig", [-11, 91]),
        ("de", "zweihundertfünf", [205]),
        ("de", "jahrhundert", []),
        ("de", "zwanzighundert", []),
        ("en", "fifty four degrees", [54]),
        ("en", "minus nine", [-9]),
        ("en", "two hundred five", [205]),
        ("en", "five six", [5, 6]),
        ("pl", "sto pięć stopni", [105]),
        ("pl", "osiemdziesięciu pensjonariuszy", [80]),
        ("ru", "минус двадцать пять", [-25]),
        ("de", "14 Grad", [14]),
        ("de", "kein Wort davon", []),
        ("xx", "zwei", []),
    ],
)
def test_numbers_are_read(language: str, text: str, values: list[int]) -> None:
    """Each number is as long as it goes, with its sign."""
    found = numbers(tokenise(text, language), language)

    assert [number.value for number in found] == values


def test_number_knows_its_words() -> None:
    """Sign and all parts belong to the number."""
    found = numbers(tokenise("it is minus fifty four out", "en"), "en")

    assert (found[0].start, found[0].end) == (2, 5)
