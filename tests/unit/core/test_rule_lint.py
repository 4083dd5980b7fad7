"""Patterns that are worth a second look."""

import tomllib

import pytest

from pbx_bridge.core.rule_draft import Table
from pbx_bridge.core.rule_lint import Suspicion, suspicions
from pbx_bridge.core.rulefile import read

RULES = """
[pack]
trade = "water"

[concepts]
pipe = ["{concept}"]

[asides]
phrases = ["=schaltung"]

[[fact]]
id = "baby"
patterns = ["baby*"]

[[rule]]
id = "a"
urgency = "urgent"
reason = "a"
patterns = ["{rule}"]
"""


def found(
    rule: str = "wasser", concept: str = "rohr", common: tuple[str, ...] = ()
) -> list[Suspicion]:
    text = RULES.replace("{rule}", rule).replace("{concept}", concept)
    files = {"own.toml": tomllib.loads(text)}
    return suspicions(files, read(files, "de"), common)


@pytest.mark.parametrize(
    "pattern",
    [
        "hahn .. ab|undicht|geht .. nicht|zu & wasser",  # one list at least on each side
        "tot|läuft .. nicht|kalt",
        "a .. b",
        "essen|post .. tür",
    ],
)
def test_lists_around_a_gap_are_nothing_strange(pattern: str) -> None:
    """Most of them are meant."""
    assert found(pattern) == []


@pytest.mark.parametrize(
    ("pattern", "alone"),
    [
        ("hahn .. lässt|nicht .. nicht|zu", "'nicht'"),
        ("essen auf rädern|essen .. vor der tür|zeitung", "'essen'"),
        ("zu|dicht .. zu|offen", "'zu'"),
        ("rohr + essen auf rädern|essen .. tür|zeitung", "'essen'"),
    ],
)
def test_gap_mark_within_a_list_is_named(pattern: str, alone: str) -> None:
    """The same word on both sides, or the beginning of another alternative, was one with a gap."""
    (one,) = found(pattern)

    assert (one.file, one.where, one.source) == ("own.toml", "rule de.water.a", pattern)
    assert alone in one.text


def test_common_word_met_by_a_slip_is_named_once() -> None:
    """*Heizung* is not *Leitung*, but one letter of it is enough."""
    (one,) = found("leitunk .. leitunk", "leitunk", ("leitung",))

    assert one.where == "concept pipe"
    assert '"=leitunk"' in one.text


def test_frequent_word_met_by_its_stem_is_named() -> None:
    """Only the most frequent ones: most others are plain inflections."""
    many = tuple(f"x{number}" for number in range(200))

    assert [one.where for one in found("waren", common=("war",))] == []
    assert [one.where for one in found("leitungen", common=("leitung",))] == ["rule de.water.a"]
    assert found("leitungen", common=(*many, "leitung")) == []


def test_word_that_is_a_term_or_set_aside_is_none_of_them() -> None:
    """What is written as it is was meant; what no rule sees does no harm."""
    assert found("leitung", common=("leitung",)) == []
    assert found("schaltunk", common=("schaltung",)) == []


def test_rule_written_as_one_table_is_looked_at() -> None:
    """The reader of the files takes it too."""
    entry = {"id": "a", "urgency": "urgent", "reason": "a", "patterns": ["zu|dicht .. zu|offen"]}
    files = {"own.toml": {"rule": entry}}

    (one,) = suspicions(files, read(files, "de"), ())

    assert one.where == "rule de.other.a"


def test_concept_of_two_files_is_named() -> None:
    """Two authors may mean different things by one name; the firm's own file means to add."""
    files: dict[str, Table] = {
        name: {"concepts": {"pipe": [word]}} for name, word in (("a", "rohr"), ("b", "leitung"))
    }
    pack = read(files, "de")

    (one,) = suspicions(files, pack, ())

    assert (one.file, one.where, one.source) == ("b", "concept pipe", "leitung")
    assert "a has a concept of this name too" in one.text
    assert suspicions(files, pack, (), "b") == []


def test_what_is_no_pattern_is_left_to_the_reader_of_the_files() -> None:
    """It names the mistakes; here nothing may break on them."""
    pack = read({"f": tomllib.loads("[asides]\nphrases = []\n")}, "de")

    assert suspicions({"f": {"concepts": 1, "rule": {"id": "a"}}}, pack, ()) == []
