"""Verdicts on a small pack: each mechanism of the engine."""

from dataclasses import dataclass, field, fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packs import SMALL, pack

from pbx_bridge.core.case import Transcript, Urgency, Word
from pbx_bridge.core.hearing import Ear, Heard
from pbx_bridge.core.rulepack import Context, Season
from pbx_bridge.core.urgency import (
    MIN_CONFIDENCE,
    TALE_WORDS,
    UNMATCHED,
    classify,
    explain,
    judge,
)

PACK = pack()
CHATTER = "guten abend hier ist meier entschuldigen sie die störung"


def spoken(text: str, confidence: float = 0.9) -> Transcript:
    words = [Word(text=each, start_s=0, end_s=0, confidence=confidence) for each in text.split()]
    return Transcript(words=tuple(words), language="de")


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("rohrbruch im keller", Urgency.EMERGENCY),
        ("rohr bruch im keller", Urgency.EMERGENCY),
        ("das abwasserrohr ist hinten geplatzt", Urgency.EMERGENCY),
        ("kein rohrbruch", Urgency.NONE),
        ("rohrbruch übung", Urgency.NONE),
        ("rohrbruch ohne übung", Urgency.EMERGENCY),
        ("letzte woche rohrbruch", Urgency.ROUTINE),
        ("letzte woche rohrbruch aber jetzt wieder rohrbruch", Urgency.EMERGENCY),
        ("rauch am feuer wehr haus", Urgency.EMERGENCY),
        ("angebot für das feuer wehr haus", Urgency.ROUTINE),
        ("keine heizung", Urgency.URGENT),
        ("keine heizung und ein baby zwölf grad", Urgency.EMERGENCY),
        ("keine heizung und ein baby zwanzig grad", Urgency.URGENT),
        ("angebot und keine heizung", Urgency.URGENT),
        ("wasserhahn", Urgency.ROUTINE),
        ("hallo du", Urgency.NONE),
        ("", Urgency.NONE),
        ("äh", Urgency.NONE),
    ],
)
def test_mechanisms(text: str, urgency: Urgency) -> None:
    """Concepts, compounds, negation, unless, past, asides, facts, numbers, weights, defaults."""
    assert classify(text, PACK).urgency is urgency


def test_season_is_a_fact() -> None:
    """The same words weigh less in summer when the pack says so."""
    assert classify("keine heizung", PACK, Context(season=Season.SUMMER)).urgency is Urgency.ROUTINE


def test_verdict_carries_all_rules_that_spoke() -> None:
    """The deciding rule comes first, with the words of the caller; the others follow."""
    verdict = classify("Angebot nach dem Rohrbruch", PACK)

    assert [reason.rule for reason in verdict.reasons] == ["de.other.burst", "de.other.quote"]
    assert verdict.reasons[0].words == "Rohrbruch"
    assert (verdict.category, verdict.pack) == ("water", "small 7")


def test_category_of_a_general_rule_is_the_topic() -> None:
    """A quote belongs to the trade that it is about."""
    assert classify("angebot für wasser", PACK).category == "water"
    assert classify("angebot", PACK).category == "other"


WRONG_NUMBER = """
[[rule]]
id = "wrong-number"
urgency = "none"
category = "water"
reason = "Verwählt"
patterns = ["verwählt"]
"""


def test_case_that_is_none_of_ours_belongs_to_no_trade() -> None:
    """A rule that says so may name a category; the office need not see it there."""
    verdict = classify("verwählt", pack(SMALL + WRONG_NUMBER))

    assert (verdict.urgency, verdict.category) == (Urgency.NONE, "other")


def test_only_trouble_of_the_past_is_told_of() -> None:
    """A fact of last week is no trouble, and neither is what is told as of now as well."""
    assert classify("letzte woche baby", PACK).reasons[0].rule == UNMATCHED
    again = classify("letzte woche rohrbruch aber jetzt rohrbruch", PACK).reasons
    assert [reason.rule for reason in again] == ["de.other.burst"]


def test_unmatched_says_so() -> None:
    """Nobody has to guess why a message was quiet."""
    assert classify("wasserhahn", PACK).reasons[0].rule == UNMATCHED


def test_long_tale_about_a_trade_rings_where_the_pack_says_so() -> None:
    """A short order may wait; a long tale that no rule understood may be a trouble."""
    pack = replace(PACK, unmatched_trade=Urgency.URGENT)
    tale = " ".join(["wasserhahn", *["so"] * (TALE_WORDS - 1)])

    assert classify(tale, pack).urgency is Urgency.URGENT
    assert classify(tale.removesuffix(" so"), pack).urgency is Urgency.ROUTINE
    assert classify(tale, PACK).urgency is Urgency.ROUTINE


def test_explanation_shows_what_was_set_aside() -> None:
    """A denied and a blocked rule are named with the cause."""
    found = explain("kein rauch und rohrbruch übung", PACK)

    assert {(each.rule, each.cause) for each in found.silenced} == {
        ("de.other.fire", "negated by 'kein'"),
        ("de.other.burst", "unless übung"),
    }


SAUNA = """
[[rule]]
id = "sauna"
urgency = "emergency"
category = "heating"
reason = "Sauna"
patterns = ["sauna & ofen"]
"""


def test_only_what_was_said_whole_is_told_of_as_past() -> None:
    """A cold house with no word of a baby is no baby in the cold, not even of last week."""
    found = explain("keine heizung war das letzte woche sauna und kein rauch", pack(SMALL + SAUNA))

    assert {(each.rule, each.cause) for each in found.silenced} == {
        ("de.other.cold", "zone past"),
        ("de.other.fire", "negated by 'kein'"),
    }


def test_half_a_trouble_of_the_past_names_none_and_no_trade() -> None:
    """It only says that the talk is of the past: routine, of the trade that was named."""
    verdict = classify("letzte woche sauna wasserhahn", pack(SMALL + SAUNA))

    assert (verdict.urgency, verdict.category) == (Urgency.ROUTINE, "water")
    assert [(reason.rule, reason.text) for reason in verdict.reasons] == [
        ("de.other.sauna:not-now", "something, but not now (past)")
    ]


def test_explanation_names_facts_and_calendar() -> None:
    """A fact carries its words, one of the calendar none."""
    found = explain("baby", PACK, Context(season=Season.WINTER))

    assert dict(found.facts) == {"baby": "baby", "winter": ""}


@pytest.mark.parametrize(
    ("transcript", "urgency"),
    [
        (spoken(""), Urgency.UNKNOWN),
        (spoken("angebot bitte"), Urgency.UNKNOWN),
        (spoken("ein angebot bitte", MIN_CONFIDENCE - 0.1), Urgency.UNKNOWN),
        (spoken("das weiß ich nicht so genau"), Urgency.UNKNOWN),
        (spoken("ein angebot bitte"), Urgency.ROUTINE),
        (spoken("rohrbruch", 0.1), Urgency.EMERGENCY),
    ],
)
def test_judge_fails_only_upwards(transcript: Transcript, urgency: Urgency) -> None:
    """Nothing, little or unsure words are never quiet; what rings stands."""
    assert judge(transcript, PACK).urgency is urgency


def test_doubt_is_named_first() -> None:
    """The technician reads why he was rung for an unclear message."""
    assert judge(spoken(""), PACK).reasons[0].rule == "doubt"


@given(st.text())
def test_any_text_is_judged(text: str) -> None:
    """No text raises, and no text is `unknown` without a recogniser."""
    assert classify(text, PACK).urgency is not Urgency.UNKNOWN


STORY = "rohrbruch rauch kein keine heizung baby angebot aber und jetzt letzte woche nicht wasser"
WORDS = st.sampled_from(STORY.split())


@given(st.lists(WORDS, max_size=12))
def test_politeness_in_front_changes_nothing(words: list[str]) -> None:
    """A greeting lowers no verdict that rings."""
    bare = classify(" ".join(words), PACK)

    assert classify(f"{CHATTER} {' '.join(words)}", PACK).urgency is bare.urgency


@given(st.lists(WORDS, max_size=12))
def test_another_emergency_is_never_lost(words: list[str]) -> None:
    """Whatever was said before, *but now a burst pipe* is an emergency."""
    text = f"{' '.join(words)} aber jetzt rohrbruch"

    assert classify(text, PACK).urgency is Urgency.EMERGENCY


@given(st.lists(WORDS, max_size=12))
def test_doubt_never_lowers(words: list[str]) -> None:
    """`judge` rings for everything that `classify` rings for."""
    transcript = spoken(" ".join(words), 0.2)

    assert judge(transcript, PACK).rings


SETTLING = pack(
    SMALL.replace("[concepts]", '[concepts]\nwell = ["alles gut"]')
    + """
[[rule]]
id = "settled"
urgency = "none"
weight = 12
settles = true
reason = "Erledigt"
patterns = [
  "schwester & @well & nirgends",
  "alleine & @well",
  "@well & danke",
  "erledigt",
  "alles dicht & schönen",
]
"""
)


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("rohrbruch ist erledigt", Urgency.NONE),
        ("alles erledigt danke jetzt rauch im keller", Urgency.EMERGENCY),
        ("das ist erledigt wir haben keine heizung", Urgency.NONE),
        ("keine heizung", Urgency.URGENT),
        ("alles gut im bad jetzt rohrbruch im keller und ich bin alleine", Urgency.EMERGENCY),
        ("ich war alleine und rohrbruch im keller jetzt alles gut", Urgency.NONE),
        ("alles gut danke jetzt rohrbruch meine schwester weint", Urgency.EMERGENCY),
        ("danke nicht alles gut rauch im keller jetzt alles gut", Urgency.NONE),
        ("alles dicht jetzt rohrbruch im keller schönen abend", Urgency.EMERGENCY),
        ("schönen abend rohrbruch im keller jetzt alles dicht", Urgency.NONE),
    ],
)
def test_what_is_settled_is_what_was_told_before(text: str, urgency: Urgency) -> None:
    """
    An emergency told after the words that settle another matter is heard for itself.

    Those are the words of a concept, else of the first condition; not what stands beside them,
    and not those of a pattern that does not hold.
    """
    assert classify(text, SETTLING).urgency is urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class CountingEar(Ear):
    """Remembers how many words it was asked to hear."""

    lengths: list[int] = field(default_factory=list)

    def hear(self, text: str) -> Heard:
        self.lengths.append(len(text.split()))
        return Ear.hear(self, text)


def test_repeated_settling_is_not_heard_again_each_time() -> None:
    """The work grows with the words, not with their square; what comes last is still heard."""
    given_ear = SETTLING.ear
    parts = {each.name: getattr(given_ear, each.name) for each in fields(Ear) if each.init}
    ear = CountingEar(**parts)
    text = " ".join(["erledigt"] * 1_200)

    assert classify(text, replace(SETTLING, ear=ear)).urgency is Urgency.NONE
    assert sum(ear.lengths) < 12 * 1_200
    assert classify(f"{text} rohrbruch", SETTLING).urgency is Urgency.EMERGENCY
