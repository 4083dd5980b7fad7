"""The nouns."""

import pytest

from pbx_bridge.core.case import UNKNOWN_WORD, Transcript, Urgency, Verdict, Word


def _word(text: str) -> Word:
    return Word(text=text, start_s=0, end_s=1, confidence=1)


@pytest.mark.parametrize("urgency", [Urgency.URGENT, Urgency.EMERGENCY, Urgency.UNKNOWN])
def test_what_may_be_urgent_wakes_a_technician(urgency: Urgency) -> None:
    """An unknown urgency is handled as urgent."""
    assert Verdict(urgency=urgency).rings


@pytest.mark.parametrize("urgency", [Urgency.ROUTINE, Urgency.NONE])
def test_routine_wakes_nobody(urgency: Urgency) -> None:
    """An invoice can wait until the office opens."""
    assert not Verdict(urgency=urgency).rings


def test_transcript_reads_as_one_line_of_understood_words() -> None:
    """A word that was not understood is counted, not guessed."""
    transcript = Transcript(words=(_word("wasser"), _word(UNKNOWN_WORD), _word("keller")))

    assert transcript.text == "wasser keller"
    assert transcript.unknown_words == 1
