"""News in one line, in four languages."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from fakes import ELEVEN_AT_NIGHT

from pbx_bridge.config import LANGUAGES
from pbx_bridge.core.case import Urgency
from pbx_bridge.core.escalation_events import FallbackReason, Topic
from pbx_bridge.core.news import CaseFacts, GapFacts, News, ShiftFacts
from pbx_bridge.core.news_texts import TEXTS, advice, clock, headline, personal
from pbx_bridge.core.phone_check import CheckOutcome, PhoneCheck
from pbx_bridge.core.rulefile import CATEGORIES

BERLIN = ZoneInfo("Europe/Berlin")
CASE = CaseFacts(
    case_id="1001",
    arrived_at=ELEVEN_AT_NIGHT,
    urgency="urgent",
    category="water",
    message_s=4.0,
    recording="/spool/1",
    technician="anna",
)
CASE_TOPICS = tuple(
    topic
    for topic in Topic
    if topic
    not in {
        Topic.GAP_AHEAD,
        Topic.SHIFT_BEGINS,
        Topic.SHIFT_WITHDRAWN,
        Topic.PHONE_CHECK,
        Topic.TEST,
    }
)
FAILED = tuple(outcome for outcome in CheckOutcome if outcome is not CheckOutcome.KEY_HEARD)


def line(topic: Topic, language: str = "en", **facts: object) -> str:
    """Return the news in one line."""
    news = News(key="k", topic=topic, at=ELEVEN_AT_NIGHT, **facts)
    return headline(news, language, BERLIN)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_turn_and_urgency_has_words_in_every_language(language: str) -> None:
    """Nobody reads a code or a brace."""
    texts = TEXTS[language]

    assert set(texts.urgencies) == {urgency.value for urgency in Urgency}
    assert set(texts.categories) == CATEGORIES
    assert set(texts.turns) == set(CASE_TOPICS)
    for topic in CASE_TOPICS:
        said = line(topic, language, case=CASE)
        assert "1001" in said
        assert "{" not in said


def test_languages_say_the_same_with_other_words() -> None:
    """No text was forgotten and left in another's language."""
    for topic in CASE_TOPICS:
        assert len({line(topic, language, case=CASE) for language in LANGUAGES}) == len(LANGUAGES)
    assert len({line(Topic.TEST, language) for language in LANGUAGES}) == len(LANGUAGES)


def test_who_is_named() -> None:
    """Accepted by whom."""
    assert line(Topic.ACCEPTED, case=CASE) == "Case 1001 (urgent): accepted by anna"


def test_nobody_to_ring_is_said() -> None:
    """It is another mistake than that nobody answered."""
    case = replace(CASE, reason=FallbackReason.NOBODY_TO_RING)

    assert line(Topic.EXHAUSTED, "de", case=case) == "Fall 1001 (dringend): NIEMAND ist eingeteilt"


def test_shift_by_the_clock_on_the_wall() -> None:
    """Before it begins and when it has, with its end when it is known."""
    shift = ShiftFacts(
        layer="primary", technician="ben", start=ELEVEN_AT_NIGHT, end=None, has_begun=False
    )
    begun = replace(shift, has_begun=True, end=ELEVEN_AT_NIGHT + timedelta(hours=9))

    assert line(Topic.SHIFT_BEGINS, shift=shift) == "ben: shift (primary) begins 2026-01-09 23:00"
    assert line(Topic.SHIFT_BEGINS, "de", shift=begun) == (
        "ben: Bereitschaft (primary) hat begonnen, 2026-01-09 23:00, bis 2026-01-10 08:00"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_shift_that_is_taken_away_reads_unlike_one_that_begins(language: str) -> None:
    """Who, which, and when it would have begun."""
    shift = ShiftFacts(
        layer="primary", technician="ben", start=ELEVEN_AT_NIGHT, end=None, has_begun=False
    )

    said = line(Topic.SHIFT_WITHDRAWN, language, shift=shift)

    assert said != line(Topic.SHIFT_BEGINS, language, shift=shift)
    assert {"ben:", "(primary)", "2026-01-09"} <= set(said.split())


def test_gap_says_from_when_until_when() -> None:
    """And in which layer."""
    gap = GapFacts(layer="backup", start=ELEVEN_AT_NIGHT, end=ELEVEN_AT_NIGHT)

    assert line(Topic.GAP_AHEAD, gap=gap) == (
        "Nobody on call (backup) from 2026-01-09 23:00, until 2026-01-09 23:00"
    )
    endless = line(Topic.GAP_AHEAD, gap=replace(gap, end=None))
    assert endless == "Nobody on call (backup) from 2026-01-09 23:00"


def test_hour_that_comes_twice_is_told_apart() -> None:
    """02:30 on the last Sunday of October is two moments."""
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)

    assert clock(first, BERLIN) == "2026-10-25 02:30 CEST"
    assert clock(first + timedelta(hours=1), BERLIN) == "2026-10-25 02:30 CET"


def test_personal_lines_only_of_what_is_there() -> None:
    """What was taken out leaves no label behind."""
    news = News(key="k", topic=Topic.NEW_CASE, at=ELEVEN_AT_NIGHT, case=CASE)
    full = replace(news, case=replace(CASE, caller_number="+4930", transcript="wasser"))

    assert personal(news, "en") == []
    assert personal(full, "ru") == ["Звонил: +4930", "Слова: wasser"]


def advised(topic: Topic, line_number: str | None = "+4930", **facts: object) -> list[str]:
    """Return what is advised beside some news."""
    news = News(key="k", topic=topic, at=ELEVEN_AT_NIGHT, **facts)
    return advice(news, "en", line_number)


@pytest.mark.parametrize("language", LANGUAGES)
def test_check_that_failed_says_how_in_every_language(language: str) -> None:
    """Each outcome with words of its own."""
    checks = [PhoneCheck(technician="ben", outcome=outcome) for outcome in FAILED]
    said = {line(Topic.PHONE_CHECK, language, check=check) for check in checks}

    assert set(TEXTS[language].checks) == set(FAILED)
    assert len(said) == len(FAILED)
    assert all(text.startswith("ben: ") and "{" not in text for text in said)


def test_whose_shift_begins_is_told_what_to_save_and_how_to_try() -> None:
    """The one number that must ring through; without a fixed one only how to try."""
    shift = ShiftFacts(
        layer="primary", technician="ben", start=ELEVEN_AT_NIGHT, end=None, has_begun=False
    )
    check = PhoneCheck(technician="ben", outcome=CheckOutcome.BUSY)
    try_it = "Check the phone: pbx-bridge oncall check-phone ben"
    save = "On the mobile of ben: save +4930 as a favourite that rings through do-not-disturb"

    assert advised(Topic.SHIFT_BEGINS, shift=shift) == [save, try_it]
    assert advised(Topic.SHIFT_BEGINS, None, shift=shift) == [try_it]
    assert advised(Topic.PHONE_CHECK, check=check) == [save, try_it]
    assert advised(Topic.SHIFT_WITHDRAWN, shift=shift) == []
    assert advised(Topic.NEW_CASE, case=CASE) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_advice_is_filled_in_every_language(language: str) -> None:
    """Nobody reads a brace."""
    check = PhoneCheck(technician="ben", outcome=CheckOutcome.BUSY)
    news = News(key="k", topic=Topic.PHONE_CHECK, at=ELEVEN_AT_NIGHT, check=check)

    save, try_it = advice(news, language, "+4930")

    assert "+4930" in save
    assert "ben" in save
    assert try_it.endswith(": pbx-bridge oncall check-phone ben")
