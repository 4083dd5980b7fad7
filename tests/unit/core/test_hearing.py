"""Which words count: negation, aside, past."""

import pytest
from packs import pack

from pbx_bridge.core.finding import Hit
from pbx_bridge.core.hearing import Heard
from pbx_bridge.core.zones import ZONE_REACH

EAR = pack().ear


def hit(heard: Heard, word: str) -> Hit:
    place = [token.folded for token in heard.tokens].index(word)
    return ((place, place + 1),)


@pytest.mark.parametrize(
    ("text", "word", "denied"),
    [
        ("kein rauch", "rauch", True),
        ("keinen großen rauch", "rauch", True),
        ("kein gas geruch oder rauch", "rauch", False),
        ("kein gas aber rauch", "rauch", False),
        ("es raucht nicht leitung rauch", "rauch", False),
        ("rauch keiner", "rauch", True),
        ("nicht zu stoppen wasser", "wasser", False),
        ("ich kann es nicht mehr stoppen rauch", "stoppen", False),
    ],
)
def test_negation_has_a_scope(text: str, word: str, *, denied: bool) -> None:
    """A negation reaches its own words, stops at the next thought, and may be inert."""
    heard = EAR.hear(text)

    assert (heard.denied_by(hit(heard, word)) is not None) is denied


def test_pattern_with_its_own_negation_is_not_denied() -> None:
    """*keine heizung* as a whole is a fact, although *heizung* alone is denied."""
    heard = EAR.hear("keine heizung")

    assert heard.denied_by(((1, 2),)) is not None
    assert heard.denied_by(((0, 1), (1, 2))) is None


def test_past_ends_where_the_present_begins() -> None:
    """*But now* takes the rest out of the past."""
    heard = EAR.hear("letzte woche rohrbruch aber jetzt rauch")

    assert heard.zone_of(hit(heard, "rohrbruch")) == "past"
    assert heard.zone_of(hit(heard, "rauch")) is None


def test_past_reaches_only_a_sentence() -> None:
    """One *last week* does not make a long story past."""
    heard = EAR.hear("letzte woche " + "und " * ZONE_REACH + "rauch")

    assert heard.zone_of(hit(heard, "rauch")) is None


def test_aside_hides_its_words() -> None:
    """A street name proves nothing."""
    heard = EAR.hear("am feuer wehr haus drei")

    assert "feuer|rauch" not in heard.spans
    assert not heard.spans.get("feuer")


def test_words_are_given_back_as_said() -> None:
    """A person reads the words of the caller."""
    heard = EAR.hear("Der ROHRBRUCH hier")

    assert heard.words(((1, 2),)) == "ROHRBRUCH"


def test_past_that_is_denied_is_no_past() -> None:
    """*Not last week* tells of now."""
    heard = EAR.hear("nicht letzte woche rohrbruch")

    assert heard.zone_of(hit(heard, "rohrbruch")) is None
