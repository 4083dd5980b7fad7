"""The small pattern language."""

import pytest

from pbx_bridge.core.pattern import (
    Element,
    number_range,
    parse,
    sequence,
    settling_parts,
    spelled_out,
)
from pbx_bridge.errors import RulePackError


def test_words_in_a_row_leave_no_gap() -> None:
    """Words beside each other are looked for beside each other."""
    assert sequence("kein wasser", "") == (Element(("kein",)), Element(("wasser",)))


def test_gaps_bind_weaker_than_alternatives() -> None:
    """An alternative may be several words; gap marks separate the places."""
    found = sequence("heizung|ofen .. geht nicht|tot", "")

    assert found == (Element(("heizung", "ofen")), Element(("geht nicht", "tot"), 4))


def test_optional_word_is_spelled_out_both_ways() -> None:
    """With and without the word, nothing else."""
    found = spelled_out(sequence("nicht mehr? auf", ""))

    assert [[each.terms[0] for each in way] for way in found] == [
        ["nicht", "mehr", "auf"],
        ["nicht", "auf"],
    ]


def test_parts_of_a_pattern() -> None:
    """`&` joins conditions, `+` phrases, `!` what must be absent, `#` facts."""
    pattern = parse("wasser + decke & #baby & !übung")

    assert len(pattern.parts[0].phrases) == 2
    assert pattern.parts[1].fact == "baby"
    assert pattern.parts[2].absent


@pytest.mark.parametrize(
    ("term", "limits"),
    [("{5..14}", (5, 14)), ("{-40..-1}", (-40, -1)), ("{95..}", (95, 10**9)), ("wort", None)],
)
def test_number_range(term: str, limits: tuple[int, int] | None) -> None:
    """Limits are inclusive and may be left out."""
    assert number_range(term) == limits


@pytest.mark.parametrize(
    "source", ["", "..", "wasser ..", ".. wasser", "was$er", "a| |b", "!wasser", "a ?", "mehr?"]
)
def test_mistakes_are_quoted(source: str) -> None:
    """A wrong pattern is an error that names it, never a traceback."""
    with pytest.raises(RulePackError, match="pattern"):
        parse(source)


@pytest.mark.parametrize(
    ("source", "settling"),
    [
        ("allein & @well & gestern", ["@well"]),
        ("@over & danke & @well|egal & !@danger & #baby", ["@over", "@well"]),
        ("#baby & dicht & danke", ["dicht"]),
        ("#baby & !dicht", []),
    ],
)
def test_concepts_settle_else_the_first_words(source: str, settling: list[str]) -> None:
    """What stands beside them only makes sure; facts and absent words stand nowhere."""
    found = settling_parts(parse(source))

    assert [part.phrases[0][0].terms[0] for part in found] == settling
