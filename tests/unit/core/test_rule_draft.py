"""Rule files while they are read."""

from pbx_bridge.core.rule_draft import Draft


def test_all_mistakes_are_kept() -> None:
    """Wrong types are noted with their place, reading goes on with something harmless."""
    draft = Draft("de")

    assert draft.strings("here", "no list") == []
    assert draft.texts("here", {"a": 3}, "a") == ""
    assert draft.flag("here", {"a": "yes"}, "a", default=True)
    assert draft.table("here", []) == {}
    assert len(draft.mistakes) == 4
    assert all(mistake.startswith("here: ") for mistake in draft.mistakes)


def test_unknown_keys_name_the_known_ones() -> None:
    """A typing error is found at once."""
    draft = Draft("de")

    draft.unknown("rule x", {"patern": []}, ["patterns"])

    assert draft.mistakes == ["rule x: patern is not known; known are patterns"]


def test_concepts_take_no_conditions() -> None:
    """A concept is a place in the message, so `&` and `#` make no sense in it."""
    draft = Draft("de")

    assert draft.parts("concept x", ["a & b", "#baby", "a + b"]) != []
    assert len(draft.mistakes) == 2


def test_optional_words_multiply_patterns() -> None:
    """Each way to read a pattern is one pattern."""
    draft = Draft("de")

    assert len(draft.patterns("rule x", ["a b? + c d?"])) == 4


def test_phrase_that_cannot_be_read_is_a_mistake() -> None:
    """It is named with its place, and the others are kept."""
    draft = Draft("de")

    assert len(draft.phrases("negation", ["kein*", "a || b"])) == 1
    assert draft.mistakes[0].startswith("negation: ")
    assert "a || b" in draft.mistakes[0]
