"""Our own packs: scope of negation, and laws that hold for any text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packs import shipped

from pbx_bridge.core.case import Urgency
from pbx_bridge.core.urgency import classify

LANGUAGES = ("de", "en", "pl", "ru")
EMERGENCY = {
    "de": "es riecht stark nach gas",
    "en": "there is a strong smell of gas",
    "pl": "bardzo śmierdzi gazem",
    "ru": "сильно пахнет газом",
}
GREETING = {
    "de": "guten abend hier ist müller entschuldigen sie die störung",
    "en": "good evening this is john miller sorry to bother you",
    "pl": "dobry wieczór nazywam się kowalska przepraszam że przeszkadzam",
    "ru": "добрый вечер это иванова извините что беспокою",
}


@pytest.mark.parametrize(
    ("language", "text", "rings"),
    [
        ("de", "kein wasser in der ganzen wohnung", True),
        ("de", "das wasser ist nicht mehr zu stoppen", True),
        ("de", "kein notfall der wasserhahn tropft", False),
        ("de", "kein rauch kein feuer nur eine frage zur rechnung", False),
        ("de", "es hört nicht auf das wasser läuft durch die decke", True),
        ("en", "there is no water in the house", True),
        ("en", "the water won't stop it is pouring through the ceiling", True),
        ("en", "it is not an emergency the kitchen tap drips", False),
        ("en", "no smoke no fire just a question about my invoice", False),
        ("pl", "nie ma wody w całym domu", True),
        ("pl", "woda leje się z sufitu i nie przestaje", True),
        ("pl", "to nie awaria kran kapie", False),
        ("pl", "nic się nie pali mam pytanie o fakturę", False),
        ("ru", "нет воды во всём доме", True),
        ("ru", "вода льётся на пол и не останавливается", True),
        ("ru", "это не авария кран капает", False),
        ("ru", "дыма нет вопрос по счёту", False),
    ],
)
def test_negation_denies_what_it_belongs_to(language: str, text: str, *, rings: bool) -> None:
    """*No water* is a trouble, *no emergency* none, *does not stop* the opposite of none."""
    assert classify(text, shipped(language)).rings is rings


@pytest.mark.parametrize("language", LANGUAGES)
def test_greeting_in_front_lowers_nothing(language: str) -> None:
    """Politeness does not hide an emergency."""
    text = f"{GREETING[language]} {EMERGENCY[language]}"

    assert classify(text, shipped(language)).urgency is Urgency.EMERGENCY


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=20, deadline=None)  # the first text compiles the pack
@given(text=st.text(max_size=80))
def test_any_text_is_judged(language: str, text: str) -> None:
    """No text raises in any pack."""
    assert classify(text, shipped(language)).urgency is not Urgency.UNKNOWN


@pytest.mark.parametrize("language", LANGUAGES)
def test_empty_is_none(language: str) -> None:
    """Nothing said, nothing asked."""
    assert classify("", shipped(language)).urgency is Urgency.NONE


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_explains_itself(language: str) -> None:
    """Each rule has a reason, and each trade of the guide has an emergency or urgent rule."""
    rules = shipped(language).rules

    assert all(rule.reason for rule in rules)
    assert {rule.category for rule in rules if rule.urgency.rings} >= {
        *("water", "heating", "gas", "electricity", "lock", "drain"),
        *("roof", "refrigeration", "lift", "pv", "other"),
    }


SETTLED_AND_NEW = {
    "pl": (
        "wszystko dobrze z piecem pan naprawił natomiast w łazience pękła rura i woda leje się"
        " po ścianach i jestem sama"
    ),
    "ru": (
        "здравствуйте котёл починил техник всё хорошо теперь на кухне прорвало трубу и вода"
        " хлещет муж на работе"
    ),
}


@pytest.mark.parametrize("language", SETTLED_AND_NEW)
def test_emergency_after_another_matter_was_settled_rings(language: str) -> None:
    """Who is alone, or at work, is often said last; the trouble before it is not settled."""
    text = SETTLED_AND_NEW[language]

    assert classify(text, shipped(language)).urgency is Urgency.EMERGENCY
