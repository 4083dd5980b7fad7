"""What is certain while the caller still speaks."""

import pytest
from packs import SMALL, pack

from pbx_bridge.core.case import UNKNOWN_WORD, Transcript, Word
from pbx_bridge.core.growing import certain_at, certain_verdict, is_certain_at_pause

PACK = pack(SMALL + '\n[hold]\nphrases = ["probealarm"]\n')


def open_words(text: str) -> Transcript:
    """Return words that the recogniser may still change."""
    return said(text, is_final=False)


def said(text: str, *, confidence: float = 0.9, is_final: bool = True) -> Transcript:
    return Transcript(
        words=tuple(
            Word(text=word, start_s=0, end_s=0, confidence=confidence, is_final=is_final)
            for word in text.split()
        )
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hallo rohrbruch im keller", 3),
        ("hallo rohrbruch", None),
        ("rauch im keller", None),  # not marked certain
        ("letzte woche rohrbruch im keller", None),
        ("kein rohrbruch im keller", None),
        ("rohrbruch keiner da", None),
        ("rohrbruch übung nur das", None),
        ("angebot nach rohrbruch im keller", None),  # something quiet spoke too
        ("probealarm rohrbruch im keller", None),
        ("letzte woche rohrbruch aber jetzt wieder rohrbruch im keller", 8),
        ("", None),
    ],
)
def test_certain_after_one_more_word(text: str, words: int | None) -> None:
    """Negation, past, a quiet rule and a hold phrase keep the phone silent; so does the end."""
    assert certain_at(text, PACK) == words


def test_rule_may_ask_for_more_words() -> None:
    """What is mostly taken back late is believed late."""
    patient = pack(SMALL.replace("certain = true", "certain = 3"))

    assert certain_at("rohrbruch im keller bei uns", patient) == 4


def test_word_that_may_change_is_not_enough() -> None:
    """The recogniser must have said it twice, or be done with it."""
    grown = open_words("ein rohrbruch im")

    assert certain_verdict(Transcript(), grown, PACK) is None
    assert certain_verdict(open_words("ein durchbruch"), grown, PACK) is None
    assert certain_verdict(open_words("ein rohrbruch"), grown, PACK) is not None


def test_words_that_come_in_twos_are_words() -> None:
    """More words than asked for have followed: those that are new need not be steady."""
    before = open_words("ein rohrbruch")

    assert certain_verdict(before, open_words("ein rohrbruch im keller"), PACK) is not None
    assert certain_verdict(before, open_words("ein rohrbruch keiner da"), PACK) is None
    assert certain_verdict(open_words("ein"), open_words("ein rohrbruch im keller"), PACK) is None


def test_pause_stands_for_a_word() -> None:
    """Whoever says it and waits for help is not asked to go on."""
    assert certain_verdict(Transcript(), said("ein rohrbruch"), PACK) is not None
    assert certain_verdict(Transcript(), open_words("ein rohrbruch"), PACK) is None
    assert is_certain_at_pause("ein rohrbruch", PACK)


def test_pause_is_no_reason_for_a_patient_rule() -> None:
    """Only words tell whether it is taken back."""
    patient = pack(SMALL.replace("certain = true", "certain = 3"))

    assert certain_verdict(Transcript(), said("ein rohrbruch"), patient) is None
    assert not is_certain_at_pause("ein rohrbruch", patient)


def test_word_heard_badly_is_not_enough() -> None:
    """A doubtful word may ring when the message is whole, not before."""
    doubtful = said("ein rohrbruch", confidence=0.4)

    assert certain_verdict(Transcript(), doubtful, PACK) is None


def test_sound_that_was_not_understood_is_no_word() -> None:
    """It may have been the *no*."""
    grown = open_words(f"ein rohrbruch {UNKNOWN_WORD}")

    assert certain_verdict(open_words("ein rohrbruch"), grown, PACK) is None


def test_negation_that_just_came_counts_before_it_is_steady() -> None:
    """Doubt needs less proof than an alarm."""
    assert certain_verdict(said("rohrbruch im"), open_words("rohrbruch keiner"), PACK) is None
