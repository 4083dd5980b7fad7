"""Rule files, and the mistakes in them."""

import tomllib

import pytest
from packs import SMALL, pack

from pbx_bridge.core.case import Urgency
from pbx_bridge.core.rulefile import read
from pbx_bridge.core.urgency import classify
from pbx_bridge.errors import RulePackError


def rule(**changes: object) -> dict[str, object]:
    """Return a rule table with *changes*; a None takes the key out."""
    table = {"id": "a", "urgency": "urgent", "reason": "r", "patterns": ["wasser"]} | changes
    return {key: value for key, value in table.items() if value is not None}


def mistakes(tables: dict[str, object]) -> str:
    with pytest.raises(RulePackError) as caught:
        read({"own.toml": tables}, "de")
    return str(caught.value)


def test_rule_id_names_language_and_trade() -> None:
    """An id says where the rule is written."""
    found = read({"f": {"pack": {"trade": "water"}, "rule": [rule()]}}, "de").rules[0]

    assert found.rule_id == "de.water.a"
    assert (found.category, found.urgency, found.weight) == ("water", Urgency.URGENT, 8.0)


@pytest.mark.parametrize(
    ("tables", "text"),
    [
        ({"rules": []}, "own.toml: rules is not known"),
        ({"rule": [rule(urgency="soon")]}, "rule de.other.a: urgency is emergency"),
        ({"rule": [rule(weight=-1)]}, "rule de.other.a: weight is a number"),
        ({"rule": [rule(reason=None)]}, "rule de.other.a: reason is missing"),
        ({"rule": [rule(patterns=[])]}, "rule de.other.a: patterns is empty"),
        ({"rule": [rule(category="garden")]}, "rule de.other.a: category is one of"),
        ({"rule": [rule(), rule()]}, "every rule has an id of its own"),
        ({"rule": [rule(id=None)]}, "every rule has an id of its own"),
        ({"fact": [{"patterns": ["baby*"]}]}, "fact (no id): every fact has an id of its own"),
        ({"fact": [{"id": "f", "patterns": ["baby*"]}] * 2}, "every fact has an id of its own"),
        ({"rule": [rule(patterns=["@nothing"])]}, "@nothing is not defined"),
        ({"rule": [rule(patterns=["#nothing"])]}, "#nothing is not defined"),
        ({"rule": [rule(patterns=["a || b"])]}, "rule de.other.a: pattern 'a || b'"),
        ({"fact": [{"id": "f", "patterns": ["#g"]}, {"id": "g", "patterns": ["#f"]}]}, "ask for"),
        ({"concepts": {"a": ["@b"], "b": ["@a"]}}, "made of each other"),
        ({"pack": {"off": ["de.water.none"]}}, "there is no rule de.water.none"),
        ({"pack": {"unmatched": "loud"}}, "unmatched is one of"),
        ({"pack": {"language": "pl"}}, "language is pl, but the pack is de"),
        ({"topics": {"garden": ["rasen"]}}, "no category"),
        ({"topics": {"water": ["#baby"]}}, "a topic cannot ask"),
        ({"negation": {"right_span": 99}}, "right_span is a number of words"),
        ({"zones": {"past": {"marker": []}}}, "marker is not known"),
        ({"zones": {"past": {"ahead": -1}}}, "ahead is a number of words"),
        ({"negation": {"nouns": "a"}}, "own.toml: [negation]: write a list"),
        ({"rule": [rule(settles=True)]}, "only a routine or none rule can settle"),
        (
            {
                "fact": [{"id": "f", "patterns": ["fertig"]}],
                "rule": [rule(urgency="none", settles=True, patterns=["#f"])],
            },
            "own.toml: rule de.other.a: pattern '#f': a fact has no place in the message",
        ),
    ],
)
def test_mistakes_name_place_and_remedy(tables: dict[str, object], text: str) -> None:
    """Every mistake is one line that says file or rule, and what to write instead."""
    assert text in mistakes(tables)


def test_all_mistakes_at_once() -> None:
    """Nobody has to run lint twice."""
    text = mistakes({"rule": [rule(urgency="soon"), rule(id="b", reason=None)]})

    assert len(text.splitlines()) == 2


def test_unknown_language() -> None:
    """A pack needs a language that we can stem."""
    with pytest.raises(RulePackError, match="xx is not known"):
        read({}, "xx")


def test_own_file_switches_off_and_adds() -> None:
    """A firm changes our rules without touching our files."""

    ours = tomllib.loads(SMALL)
    own: dict[str, object] = {
        "pack": {"off": ["de.other.fire"]},
        "concepts": {"burst": ["undicht"]},
        "rule": [rule(id="tank", patterns=["tank"])],
    }

    merged = read({"ours": ours, "own": own}, "de")

    ids = {each.rule_id for each in merged.rules}
    assert "de.other.fire" not in ids
    assert ids - {each.rule_id for each in pack().rules} == {"de.other.tank"}
    assert merged.ear.hear("undicht").spans["@burst"] == [(0, 1)]


def test_same_words_are_heard_as_the_one_they_stand_for() -> None:
    """A variant of two words is joined; both keep what they mean themselves."""
    tables = {"same": {"wasser": ["woasser", "was er"]}, "rule": [rule()]}
    found = read({"f": tables}, "de")

    for text in ("woasser im keller", "was er im keller", "wasser"):
        assert classify(text, found).urgency is Urgency.URGENT
    assert classify("was im keller", found).urgency is Urgency.NONE


def test_fillers_are_dropped_with_their_marks_and_without() -> None:
    """Not every text has marks; a word with others is another word."""
    found = read({"f": {"pack": {"fillers": ["właśnie", "halt"]}, "rule": [rule()]}}, "pl")
    heard = found.ear.hear("Właśnie wlasnie hält halt woda")

    assert [token.text for token in heard.tokens] == ["hält", "woda"]


def test_same_is_a_list_of_words() -> None:
    """A single text is a mistake that names its place."""
    assert "own.toml: [same] nicht" in mistakes({"same": {"nicht": "ned"}})


@pytest.mark.parametrize(("value", "after"), [(True, 1), (False, None), (4, 4), (None, None)])
def test_certain_is_a_number_of_words(value: object, after: int | None) -> None:
    """True is one word; most rules say nothing."""
    found = read({"f": {"rule": [rule(urgency="emergency", certain=value)]}}, "de").rules[0]

    assert found.certain_after == after


@pytest.mark.parametrize("value", [0, 21, "yes", 1.5])
def test_certain_that_is_none_of_these_is_a_mistake(value: object) -> None:
    """The remedy names what is allowed."""
    tables = {"rule": [rule(urgency="emergency", certain=value)]}

    assert "certain is true, false or a number of words from 1 to 20" in mistakes(tables)


def test_only_an_emergency_can_be_certain() -> None:
    """Nobody is rung before the end for what can wait for it."""
    assert "only an emergency can be certain" in mistakes({"rule": [rule(certain=True)]})
