"""Our packs on the labelled messages; floors, not exact figures."""

import json
import time
from pathlib import Path

import pytest
from packs import shipped

from pbx_bridge.core.case import Urgency
from pbx_bridge.core.growing import certain_at
from pbx_bridge.core.scoring import Figures, figures
from pbx_bridge.core.urgency import classify

pytestmark = pytest.mark.integration

CORPUS = Path(__file__).parents[1] / "corpus"
INVENTED = Path(__file__).parents[1] / "invented"
HELD_OUT = frozenset((CORPUS / "holdout.txt").read_text(encoding="utf-8").split())
LANGUAGES = ("de", "en", "pl", "ru")


def rows(language: str) -> list[dict[str, str]]:
    lines = (CORPUS / f"dev_{language}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def score(language: str) -> Figures:
    """Return the figures on the messages that the rules were tuned on."""
    return figures(
        [
            (Urgency(row["urgency"]), classify(row["text"], shipped(language)).urgency)
            for row in rows(language)
            if row["id"] not in HELD_OUT
        ]
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_tuned_part_keeps_its_floor(language: str) -> None:
    """No emergency goes unrung, and few technicians are woken for nothing."""
    found = score(language)

    assert found.emergencies_not_rung == 0
    assert (found.ring_recall or 0) >= 0.98
    assert (found.emergency_recall or 0) >= 0.95
    assert (found.false_ring_rate or 0) <= 0.06
    assert (found.macro_f1 or 0) >= 0.9


@pytest.mark.parametrize("language", LANGUAGES)
def test_invented_calls_keep_ringing(language: str) -> None:
    """A rule changed for one call does not silence another."""
    lines = (INVENTED / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
    found = figures(
        [
            (Urgency(row["urgency"]), classify(row["text"], shipped(language)).urgency)
            for row in map(json.loads, lines)
        ]
    )

    assert found.emergencies_not_rung == 0
    assert (found.ring_recall or 0) >= 0.98
    assert (found.false_ring_rate or 0) <= 0.06


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_rung_early_for_nothing(language: str) -> None:
    """Most emergencies are certain while they are told; nothing routine ever is."""
    tuned = [row for row in rows(language) if row["id"] not in HELD_OUT]
    early = {row["id"] for row in tuned if certain_at(row["text"], shipped(language))}
    emergencies = {row["id"] for row in tuned if row["urgency"] == "emergency"}
    quiet = {row["id"] for row in tuned if row["urgency"] in ("routine", "none")}

    assert not early & quiet
    assert len(early & emergencies) >= 0.85 * len(emergencies)


def test_held_out_third_is_a_third_of_each_language() -> None:
    """The split is by language, and its ids exist."""
    for language in LANGUAGES:
        ids = {row["id"] for row in rows(language)}
        assert len(ids & HELD_OUT) == len(ids) // 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_growing_transcript_is_judged_at_each_word(language: str) -> None:
    """A caller who talks for a minute costs under 5 ms of work at each word, on the whole."""
    pack = shipped(language)
    words = " ".join(row["text"] for row in rows(language)).split()[:150]
    classify(" ".join(words), pack)
    before = time.process_time()

    for count in range(1, len(words) + 1):
        classify(" ".join(words[:count]), pack)

    assert (time.process_time() - before) / len(words) < 0.005
