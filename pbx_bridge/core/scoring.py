"""Figures of a classifier against labelled messages, as the corpus scorer counts them."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from pbx_bridge.core.case import Urgency

LABELS = (Urgency.EMERGENCY, Urgency.URGENT, Urgency.ROUTINE, Urgency.NONE)
Pair = tuple[Urgency, Urgency]
"""What the message is labelled, and what was said of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Shares are from 0 to 1; None when there is nothing to count."""

    messages: int
    ring_recall: float | None
    """Of emergency and urgent messages, those for which somebody is rung."""
    emergency_recall: float | None
    """Of emergencies, those called so."""
    emergencies_not_rung: int
    false_ring_rate: float | None
    """Of routine and none messages, those for which somebody is rung."""
    macro_f1: float | None
    """Mean F1 of the labels that occur."""
    confusion: dict[str, dict[str, int]]
    """Label to what was said to count."""


def figures(pairs: Sequence[Pair]) -> Figures:
    """Return the figures over *pairs*."""
    ring = [said for gold, said in pairs if gold.rings]
    quiet = [said for gold, said in pairs if not gold.rings]
    emergencies = [said for gold, said in pairs if gold is Urgency.EMERGENCY]
    scores = [score for label in LABELS if (score := _f1(pairs, label)) is not None]
    return Figures(
        messages=len(pairs),
        ring_recall=_share(sum(said.rings for said in ring), len(ring)),
        emergency_recall=_share(emergencies.count(Urgency.EMERGENCY), len(emergencies)),
        emergencies_not_rung=sum(not said.rings for said in emergencies),
        false_ring_rate=_share(sum(said.rings for said in quiet), len(quiet)),
        macro_f1=_share(sum(scores), len(scores)),
        confusion={
            gold.value: {said.value: list(pairs).count((gold, said)) for said in LABELS}
            for gold in LABELS
        },
    )


def _share(part: float, whole: int) -> float | None:
    return part / whole if whole else None


def _f1(pairs: Sequence[Pair], label: Urgency) -> float | None:
    """Return the F1 of *label*, or None when it occurs on neither side."""
    right = sum(gold is label and said is label for gold, said in pairs)
    wrong = sum((gold is label) != (said is label) for gold, said in pairs)
    return 2 * right / (2 * right + wrong) if right or wrong else None


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowingFigures:
    """What an early ring would do if each message were spoken word by word."""

    emergencies: int
    early: int
    """Emergencies that are certain by the time their last word is spoken."""
    early_share: float | None
    heard_share: float | None
    """Median share of an early emergency that had been spoken by then."""
    false_certain: int
    """Routine and none messages for which somebody would be rung early; wanted is 0."""
    urgent_certain: int
    """Urgent messages taken for a certain emergency: rung anyway, only earlier."""


Growth = tuple[Urgency, float | None]
"""What the message is labelled, and the share of it after which it was certain; None: never."""


def growing_figures(growths: Sequence[Growth]) -> GrowingFigures:
    """Return the figures over *growths*."""
    emergencies = [share for gold, share in growths if gold is Urgency.EMERGENCY]
    early = [share for share in emergencies if share is not None]
    certain = [gold for gold, share in growths if share is not None]
    return GrowingFigures(
        emergencies=len(emergencies),
        early=len(early),
        early_share=_share(len(early), len(emergencies)),
        heard_share=median(early) if early else None,
        false_certain=sum(not gold.rings for gold in certain),
        urgent_certain=certain.count(Urgency.URGENT),
    )
