"""The nouns: what a caller left, what was understood, how a ring ended."""

from dataclasses import dataclass
from enum import StrEnum


class Urgency(StrEnum):
    """What a message asks for; `unknown` is handled as urgent, never as routine."""

    ROUTINE = "routine"
    URGENT = "urgent"
    EMERGENCY = "emergency"
    UNKNOWN = "unknown"
    NONE = "none"
    """No request to the firm at all: wrong number, sales call, thanks."""

    @property
    def rings(self) -> bool:
        """Whether a technician is woken: everything but `routine` and `none`."""
        return self not in (Urgency.ROUTINE, Urgency.NONE)


class RingOutcome(StrEnum):
    """How an attempt ended. Only `acknowledged` means that somebody took the case."""

    ACKNOWLEDGED = "acknowledged"
    DECLINED = "declined"
    NO_ANSWER = "no-answer"
    """Nobody picked up, or whoever did (a mailbox too) pressed no key."""
    BUSY = "busy"
    UNREACHABLE = "unreachable"


class MessageEnd(StrEnum):
    """Why a recording ended."""

    DIGIT = "digit"
    SILENCE = "silence"
    FULL = "full"
    HANGUP = "hangup"
    INTERRUPTED = "interrupted"
    """Our daemon or Asterisk died while the caller spoke; the audio so far is kept."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The person who rang, as the cleaned caller number tells."""

    number: str | None
    """Digits with an optional leading plus; `None` when withheld."""


UNKNOWN_WORD = "[unk]"
"""What the recogniser gives for a sound that is speech but none of its words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One recognised word, or a place where one was not understood."""

    text: str
    """Lower case; `UNKNOWN_WORD` where somebody spoke and it was not understood."""
    start_s: float
    """Seconds from the start of the recording."""
    end_s: float
    confidence: float
    """0 to 1 as the recogniser gave it."""
    is_final: bool = True
    """Whether the recogniser is done with it; others may still change, and have no times yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """Words with confidence and times, as the recogniser gave them."""

    words: tuple[Word, ...] = ()
    language: str = ""
    engine: str = ""
    """Recogniser and model, for example ``vosk/testvoice-de``."""
    audio_s: float | None = None
    """How much audio the recogniser was given; `None`: it does not say."""

    @property
    def text(self) -> str:
        """All understood words in one line, lower case, no punctuation."""
        return " ".join(word.text for word in self.words if word.text != UNKNOWN_WORD)

    @property
    def unknown_words(self) -> int:
        """How many words were spoken and not understood; `text` leaves them out."""
        return sum(word.text == UNKNOWN_WORD for word in self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One rule that spoke, so that a person can follow the verdict."""

    rule: str
    """Rule id, for example ``de.water.burst-pipe``."""
    text: str
    """What it means, in the pack's language or English."""
    words: str
    """The words of the transcript that matched."""
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Classification of a message; it can only fail upwards (to `unknown`)."""

    urgency: Urgency
    category: str = "other"
    """Trade of the thing at issue: water, heating, gas, ... or office, other."""
    reasons: tuple[Reason, ...] = ()
    pack: str = ""
    """Name and version of the rule pack."""

    @property
    def rings(self) -> bool:
        """Whether a technician is woken."""
        return self.urgency.rings
