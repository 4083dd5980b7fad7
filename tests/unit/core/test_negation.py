"""*There is no* denies one noun: the one before it, or else what follows."""

import pytest
from packs import pack

EAR = pack(
    """
[negation]
right_span = 2
stops = ["=jest"]
predicates = ["nie ma"]
nouns = ["u", "a"]
prepositions = ["=w"]
carriers = ["zapachu"]

[[rule]]
id = "a"
urgency = "emergency"
reason = "a"
patterns = ["dymu", "woda", "gazu"]
""",
    "pl",
).ear


@pytest.mark.parametrize(
    ("text", "word", "denied"),
    [
        ("nie ma dymu", "dymu", True),
        ("dymu nie ma", "dymu", True),
        ("klucza nie ma woda leci", "woda", False),
        ("w domu nie ma dymu", "dymu", True),
        ("sufit nie ma dymu", "dymu", True),
        ("nie ma dymu nie ma gazu", "gazu", True),
        ("dymu nie ma gazu nie ma", "gazu", True),
        ("zapachu gazu nie ma", "zapachu", True),
        ("woda gazu nie ma", "woda", False),
        ("nie ma jest dymu", "dymu", False),
    ],
)
def test_there_is_no_denies_one_noun(text: str, word: str, *, denied: bool) -> None:
    """A finished clause takes nothing back from the one behind it."""
    heard = EAR.hear(text)
    place = [token.folded for token in heard.tokens].index(word)

    assert (heard.denied_by(((place, place + 1),)) is not None) is denied


def test_negation_between_the_words_of_a_concept_is_seen() -> None:
    """*Rohr .. geplatzt* as one concept is denied by the *nicht* between its words."""
    ear = pack(
        """
[negation]
near = ["nicht"]

[concepts]
burst = ["rohr .. geplatzt", "nicht .. dicht"]
leak = ["@burst jetzt"]

[[rule]]
id = "a"
urgency = "emergency"
reason = "a"
patterns = ["@burst", "@leak"]
"""
    ).ear

    def is_denied(text: str, name: str) -> bool:
        heard = ear.hear(text)
        return heard.denied_by((heard.spans[name][0],)) is not None

    assert is_denied("rohr ist nicht geplatzt", "@burst")
    assert is_denied("rohr ist nicht geplatzt jetzt", "@leak")
    assert not is_denied("rohr ist heute geplatzt", "@burst")
    assert not is_denied("nicht mehr dicht", "@burst")  # the concept says it itself
