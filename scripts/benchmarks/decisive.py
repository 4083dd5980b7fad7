"""Which word of a message decides: the rules say it, nobody else."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.report import NotMeasuredError
from benchmarks.rules import growing
from benchmarks.voice import Speech
from pbx_bridge.core.case import Urgency
from pbx_bridge.core.rulepack import RulePack
from pbx_bridge.core.urgency import classify


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One emergency as it is spoken."""

    speech: Speech
    word: int
    """Number of the word that decides, counted from 1."""

    @property
    def decides_s(self) -> float:
        """When the word that decides has ended, in seconds after the first sound."""
        return self.speech.word_ends_s[self.word - 1]

    @property
    def rest_s(self) -> float:
        """How long the caller goes on speaking after it."""
        return self.speech.length_s - self.decides_s


def decisive_word(text: str, decides: Callable[[str], bool]) -> int | None:
    """
    Return the number of the first word, from 1, up to which *decides* holds of *text*.

    `None` when it does not hold of the whole text: what is taken back later decides nothing.
    """
    if not decides(text):
        return None
    return next(number for number, grown in enumerate(growing(text), 1) if decides(grown))


def spoken(speech: Speech, pack: RulePack) -> Spoken:
    """
    Return *speech* with its decisive word by *pack*.

    Raises:
        NotMeasuredError: the rules see no emergency in it.
    """

    def is_emergency(text: str) -> bool:
        return classify(text, pack).urgency is Urgency.EMERGENCY

    word = decisive_word(speech.text, is_emergency)
    if word is None:
        raise NotMeasuredError(f"no emergency by the rules of {pack.title}: {speech.text!r}")
    return Spoken(speech=speech, word=word)
