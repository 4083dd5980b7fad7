"""Whole and growing transcripts, by the rules of their language and the time of the call."""

from packs import pack

from pbx_bridge.core.call_flow import UNHEARD
from pbx_bridge.core.case import Transcript, Urgency, Word
from pbx_bridge.core.rulepack import Context, RulePack, Season
from pbx_bridge.runtime.judges import Judges

SUMMER = Context(season=Season.SUMMER)


def said(text: str) -> Transcript:
    words = (Word(text=each, start_s=0, end_s=1, confidence=1) for each in text.split())
    return Transcript(words=tuple(words), language="de")


def judges(rules: RulePack | None = None, context: Context = Context()) -> Judges:  # noqa: B008
    return Judges({"de": rules}, "de", lambda: context)


def test_calendar_is_asked_at_each_verdict() -> None:
    """No heating in July is not what it is in January."""
    cold = said("hier ist keine heizung")

    assert judges(pack()).judge(cold, "de").urgency is Urgency.URGENT
    assert judges(pack(), SUMMER).judge(cold, "de").urgency is Urgency.ROUTINE


def test_language_without_rules_is_judged_by_the_firms_own() -> None:
    """Better by the wrong words than not at all: doubt rings."""
    assert judges(pack()).judge(said("das rohrbruch ist da"), "en").urgency is Urgency.EMERGENCY


def test_without_rules_everything_rings_and_nothing_rings_early() -> None:
    """Nothing is known, so nothing is certain."""
    burst = said("das ist ein rohrbruch hier")

    assert judges().judge(burst, "de") == UNHEARD
    assert judges().certain(burst, burst, "de") is None


def test_growing_transcript_is_certain_by_the_same_rules() -> None:
    """The verdict is the one that the whole words have."""
    burst = said("das ist ein rohrbruch hier")

    verdict = judges(pack()).certain(Transcript(), burst, "de")

    assert verdict == judges(pack()).judge(burst, "de")
