"""A pack put together."""

from packs import pack

from pbx_bridge.core.case import Urgency

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
