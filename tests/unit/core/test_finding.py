"""Phrases and concepts in a message."""

import pytest
from packs import pack

from pbx_bridge.core.finding import covered, find, find_near
from pbx_bridge.core.pattern import NEAR_WINDOW, parse, sequence
from pbx_bridge.core.text import tokenise


def spans(text: str, source: str) -> dict[str, list[tuple[int, int]]]:
    ear = pack(
        f'[concepts]\nnass = ["nass", "ganz feucht"]\n'
        f'[[rule]]\nid = "a"\nurgency = "routine"\nreason = "a"\npatterns = ["{source}"]'
    ).ear
    return ear.vocabulary.spans(tokenise(text, "de"))


@pytest.mark.parametrize(
    ("source", "text", "count"),
    [
        ("wasser decke", "das wasser decke", 1),
        ("wasser decke", "wasser aus der decke", 0),
        ("wasser .. decke", "wasser aus der decke", 1),
        ("wasser .. decke", "wasser eins zwei drei vier fünf decke", 0),
        ("wasser .. decke", "decke wasser", 0),
    ],
)
def test_find_keeps_order_and_gap(source: str, text: str, count: int) -> None:
    """Elements stand in order, with no more words between them than the gap allows."""
    assert len(find(sequence(source, source), spans(text, source))) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("decke und wasser", 1),
        ("wasser und decke", 1),
        ("wasser " + "und " * NEAR_WINDOW + "decke", 0),
    ],
)
def test_near_phrases_stand_in_any_order(text: str, count: int) -> None:
    """`+` asks for nearness only."""
    part = parse("wasser + decke").parts[0]

    assert len(find_near(part, spans(text, "wasser + decke"))) == count


def test_near_phrases_share_no_word() -> None:
    """One word cannot prove two things."""
    part = parse("wasser + wasser").parts[0]

    assert find_near(part, spans("wasser", "wasser + wasser")) == []


def test_concept_spans_its_phrase() -> None:
    """A phrase of a concept stands where its words stand."""
    assert spans("decke ganz feucht", "@nass")["@nass"] == [(1, 3)]


def test_split_compound_is_one_place() -> None:
    """`rohr bruch` is found as rohrbruch and covers both words."""
    hits = find(sequence("rohrbruch", ""), spans("ein rohr bruch", "rohrbruch"))

    assert covered(hits[0]) == {1, 2}


def test_number_range_is_found() -> None:
    """A number counts by its value."""
    assert spans("zwölf grad", "{5..14} grad")["{5..14}"] == [(0, 1)]
    assert "{5..14}" not in spans("zwanzig grad", "{5..14} grad")
