"""Mails in four languages."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from fakes import ELEVEN_AT_NIGHT

from pbx_bridge.config import LANGUAGES
from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.core.letter import letter
from pbx_bridge.core.news import CaseFacts, GapFacts, News, ShiftFacts

BERLIN = ZoneInfo("Europe/Berlin")
CASE = CaseFacts(
    case_id="1001",
    arrived_at=ELEVEN_AT_NIGHT,
    urgency="urgent",
    category="water",
    message_s=4.2,
    recording="/spool/1",
    caller_number="+4930123456",
    transcript="wasser im keller",
)


def written(language: str = "de", *, with_words: bool = True, **changes: object) -> list[str]:
    """Return the letter about a new case."""
    news = News(key="k", topic=Topic.NEW_CASE, at=ELEVEN_AT_NIGHT, case=replace(CASE, **changes))
    return letter(news, language, BERLIN, with_words=with_words)


def test_letter_says_all_that_is_known() -> None:
    """In the language of the office, by its own clock."""
    assert written() == [
        "Fall 1001 (dringend): neu, es wird geklingelt.",
        "",
        "Anruf: 2026-01-09 23:00:00 CET",
        "Dringlichkeit: dringend (Wasser)",
        "Nachricht: 4 s, /spool/1.wav",
        "Anrufer: +4930123456",
        "Worte: wasser im keller",
        "",
        "Alles dazu: pbx-bridge cases show 1001",
    ]


def test_languages_share_no_line_with_words() -> None:
    """No text was forgotten and left in another's language."""
    bare = {"caller_number": None, "transcript": None}
    speaking = bare | {"message_s": None}
    for changes in ({}, bare, speaking):
        lines = [line for one in LANGUAGES for line in set(written(one, **changes)) - {""}]
        assert len(set(lines)) == len(lines)
        assert not any("{" in line for line in lines)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_missing_is_said(language: str) -> None:
    """Withheld, nothing understood; nothing of the words to whoever must not read them."""
    changes = {"caller_number": None, "transcript": None}
    whole, without = (
        written(language, with_words=with_words, **changes) for with_words in (True, False)
    )

    assert len(set(whole) - set(without)) == 1
    assert len(whole) == len(written(language))


def test_caller_who_still_speaks_has_no_length_and_may_yet_be_understood() -> None:
    """An early ring."""
    lines = written("en", message_s=None, transcript=None)

    assert "Message: the caller is still speaking, /spool/1.wav" in lines
    assert not any("none understood" in line for line in lines)


def test_plan_has_its_own_command() -> None:
    """A gap is no case."""
    gap = GapFacts(layer="backup", start=ELEVEN_AT_NIGHT, end=ELEVEN_AT_NIGHT)
    news = News(key="k", topic=Topic.GAP_AHEAD, at=ELEVEN_AT_NIGHT, gap=gap)

    assert letter(news, "ru", BERLIN, with_words=True)[1:] == [
        "",
        "Весь план: pbx-bridge oncall week",
    ]


def test_letter_about_a_shift_says_what_to_save() -> None:
    """For the office, which tells it to him."""
    shift = ShiftFacts(
        layer="primary", technician="ben", start=ELEVEN_AT_NIGHT, end=None, has_begun=True
    )
    news = News(key="k", topic=Topic.SHIFT_BEGINS, at=ELEVEN_AT_NIGHT, shift=shift)

    lines = letter(news, "en", BERLIN, with_words=True, line_number="+4930")

    assert "On the mobile of ben: save +4930" in lines[2]
    assert lines[3:] == [
        "Check the phone: pbx-bridge oncall check-phone ben",
        "All of it: pbx-bridge oncall week",
    ]
