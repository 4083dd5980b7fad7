"""A pack put together."""

from packs import pack

from pbx_bridge.core.case import Urgency
from pbx_bridge.core.rulepack import Context
from pbx_bridge.core.urgency import classify

HEAD = '[[rule]]\nid = "r"\nurgency = "urgent"\nreason = "r"\npatterns = ["#b"]\n'


def test_facts_come_after_those_they_ask_for() -> None:
    """The order in the file does not matter."""
    found = pack('[[fact]]\nid="b"\npatterns=["#a"]\n[[fact]]\nid="a"\npatterns=["x"]\n' + HEAD)

    assert [fact.clause_id for fact in found.facts] == ["a", "b"]


def test_concepts_may_be_made_of_later_ones() -> None:
    """The order in the file does not matter."""
    found = pack('[concepts]\na = ["@b nass"]\nb = ["wand"]\n')

    assert found.ear.hear("wand nass").spans["@a"] == [(0, 2)]


def test_title_and_defaults() -> None:
    """A verdict names its pack; a text without rule is judged by what the pack says."""
    found = pack()

    assert found.title == "small 7"
    assert (found.unmatched, found.unmatched_trade) == (Urgency.NONE, Urgency.ROUTINE)


def test_rule_may_ask_for_the_duty_window() -> None:
    """The firm names its windows; any name will do."""
    found = pack(HEAD.replace("#b", "wasser & #window-sunday"))
    sunday = Context(window="sunday")

    assert classify("wasser", found, sunday).urgency is Urgency.URGENT
    assert classify("wasser", found).urgency is not Urgency.URGENT


def test_hold_phrases_are_looked_for() -> None:
    """They are part of the vocabulary, and files add to each other's."""
    found = pack('[hold]\nphrases = ["noch trocken"]\n' + HEAD.replace("#b", "wasser"))

    assert found.ear.hear("es ist noch trocken").is_held
    assert not found.ear.hear("es ist trocken").is_held
