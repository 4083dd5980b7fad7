"""What the callers say in the benchmark of spoken emergencies."""

from pathlib import Path

import pytest
from benchmarks.decisive import decisive_word
from benchmarks.sentences import SAID, whole
from benchmarks.voicemail_mail import is_urgent
from packs import shipped

from pbx_bridge.core.case import Urgency
from pbx_bridge.core.urgency import classify

MODELS = Path(__file__).resolve().parents[4] / "models"
LEAST_REST = 8
"""Words after the one that decides; about 4 seconds."""


@pytest.mark.parametrize("language", SAID)
def test_the_test_voice_knows_every_word(language: str) -> None:
    """A word that it does not know would be another one."""
    known = set((MODELS / f"testvoice-{language}/vocabulary.txt").read_text("utf-8").split())

    texts = [whole(language, text) for text in SAID[language]]
    assert [word for text in texts for word in text.split() if word not in known] == []


@pytest.mark.parametrize("language", SAID)
def test_each_is_an_emergency_with_a_natural_end(language: str) -> None:
    """For our rules long before the end, and for the keywords of the common way."""
    pack = shipped(language)
    for text in SAID[language]:
        word = decisive_word(text, lambda grown: classify(grown, pack).urgency is Urgency.EMERGENCY)

        assert word is not None, text
        assert classify(whole(language, text), pack).urgency is Urgency.EMERGENCY, text
        assert len(text.split()) - word >= LEAST_REST, text
        assert is_urgent(text, language), text
