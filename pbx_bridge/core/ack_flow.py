"""What a technician hears and presses; only a digit accepts, and silence never does."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from pbx_bridge.core.case import Urgency

RECORDING = "@recording"
"""Stands for what there is of the caller's recording in a list of sounds."""

REST = "@rest"
"""Stands for what he has not heard of it; everything else in such a list is a prompt."""

ACCEPT, DECLINE, REPEAT, DONE = "1", "2", "3", "4"
"""The same everywhere and for ever: 1 accepts, nothing destructive lies on a single key."""


class AckPhase(StrEnum):
    """Where the talk with a technician stands."""

    OFFERING = "offering"
    CLAIMING = "claiming"
    """He pressed 1; whether the case is his is being committed."""
    FOLLOWING = "following"
    """It is his while the caller still speaks; he hears what there is, then the rest."""
    REST = "rest"
    """The message has become whole; he hears what came since."""
    TAKEN = "taken"
    """It is his; he hears the message as often as he likes."""
    CLOSING = "closing"
    """He pressed 4: he says how it ended."""
    LOST = "lost"
    """Somebody else was faster."""
    DECLINED = "declined"
    SILENT = "silent"
    """No key came: a mailbox, or somebody who fell asleep again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AckFacts:
    """What there is to tell about a case."""

    case_id: str
    urgency: Urgency
    number: str | None
    """The caller's; `None` when withheld."""
    has_message: bool
    """Whether any audio is there."""
    is_whole: bool = True
    """Whether the caller has finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AckFlow:
    """The state; see `AckPhase`."""

    phase: AckPhase = AckPhase.OFFERING
    offers: int = 0
    """How often he heard the whole offer without pressing anything."""
    repeats: int = 0
    """How often a key other than 1 and 2 made us say it again."""
    owner: str | None = None
    """Who has the case when the phase is `lost`."""
    is_reminder: bool = False
    """Whether the case is his already, and he is asked what became of it."""
    is_done: bool = False
    """He pressed 4 on the reminder call: it is done, and he says how once it is sure that
    the case is still his."""


MAX_OFFERS = 2
"""A mailbox gets the offer twice at most; the answer limit of the policy is shorter still."""

MAX_REPEATS = 9
"""A stuck key must not keep a line for ever."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The sounds were played, or cut short by *digit*; `None` when nothing was pressed."""

    digit: str | None


@dataclass(frozen=True, slots=True)
class Granted:
    """The case is his, and that is committed."""

    is_whole: bool = True
    """Whether the caller has finished his message."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The case belongs to *owner*, or to nobody any more."""

    owner: str | None


@dataclass(frozen=True, slots=True)
class RestThere:
    """The message is whole, or nobody waits for it any longer."""


AckEvent = Heard | Granted | Refused | RestThere

ANSWER_S = 5.0
"""Seconds to find the right key after the last word."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Play *sounds*; any digit cuts them short; then wait *answer_s* for one."""

    sounds: tuple[str, ...]
    answer_s: float = ANSWER_S
    """How long; 0: he is asked nothing."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Ask the case for it; report `Granted` or `Refused`."""


@dataclass(frozen=True, slots=True)
class Close:
    """Play *sounds* to the end and hang up."""

    sounds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AwaitRest:
    """Wait until the message is whole; report `RestThere`."""


@dataclass(frozen=True, slots=True)
class AskOutcome:
    """Let him say how the case ended (`outcome_flow`); it is the last thing of the talk."""


AckRequest = Ask | Claim | AwaitRest | AskOutcome | Close


def next_request(flow: AckFlow, facts: AckFacts) -> AckRequest:
    """Return what to do on the technician's leg."""
    match flow.phase:
        case AckPhase.OFFERING if flow.is_reminder:
            number = ("case-number", *spoken_digits(facts.case_id))
            return Ask(("remind-announce", *number, *_story(facts), "remind-keys"))
        case AckPhase.OFFERING:
            return Ask((*_first_words(flow, facts), *_story(facts), "ack-keys"))
        case AckPhase.CLAIMING:
            return Claim()
        case AckPhase.FOLLOWING if flow.repeats:
            return AwaitRest()
        case AckPhase.FOLLOWING:
            return Ask(
                ("ack-accepted", *spoken_digits(facts.case_id), *_story(facts)), answer_s=0.0
            )
        case AckPhase.REST:
            return Ask((REST, *_call_back(facts), "ack-repeat"))
        case AckPhase.TAKEN if flow.offers or flow.repeats > MAX_REPEATS:
            return Close(("ack-goodbye",))
        case AckPhase.TAKEN:
            return Ask(_taken(flow, facts))
        case AckPhase.CLOSING:
            return AskOutcome()
        case AckPhase.LOST:
            by = ("ack-taken-by", f"name-{flow.owner}") if flow.owner else ()
            return Close(("ack-taken", *by))
        case AckPhase.DECLINED:
            return Close(("ack-declined",))
        case AckPhase.SILENT:
            return Close(("ack-goodbye",))
        case _:
            assert_never(flow.phase)


def advance(flow: AckFlow, event: AckEvent) -> AckFlow:
    """Return the state that follows; a wrong key says it again and never hangs up."""
    match event, flow.phase:
        case Heard(digit=digit), AckPhase.OFFERING if flow.is_reminder and digit == DONE:
            return replace(flow, phase=AckPhase.CLAIMING, is_done=True)
        case Heard(digit=digit), AckPhase.OFFERING:
            return _pressed(flow, digit)
        case Heard(digit=digit), AckPhase.TAKEN if digit == DONE:
            return replace(flow, phase=AckPhase.CLOSING)
        case Heard(digit=None), AckPhase.TAKEN:
            return replace(flow, offers=1)
        case Heard(), AckPhase.TAKEN:
            return replace(flow, repeats=flow.repeats + 1)
        case Heard(), AckPhase.FOLLOWING:
            return replace(flow, repeats=1)
        case RestThere(), AckPhase.FOLLOWING:
            return AckFlow(phase=AckPhase.REST)
        case Heard(digit=digit), AckPhase.REST:
            phase = AckPhase.CLOSING if digit == DONE else AckPhase.TAKEN
            return AckFlow(phase=phase, offers=0 if digit else 1)
        case Granted(is_whole=is_whole), AckPhase.CLAIMING:
            phase = AckPhase.TAKEN if is_whole else AckPhase.FOLLOWING
            phase = AckPhase.CLOSING if flow.is_done else phase
            return AckFlow(phase=phase, is_reminder=flow.is_reminder)
        case Refused(owner=owner), AckPhase.CLAIMING:
            return replace(flow, phase=AckPhase.LOST, owner=owner)
        case _:
            return flow


def _pressed(flow: AckFlow, digit: str | None) -> AckFlow:
    if digit == ACCEPT:
        return replace(flow, phase=AckPhase.CLAIMING)
    if digit == DECLINE:
        return replace(flow, phase=AckPhase.DECLINED)
    if digit is None and flow.offers + 1 >= MAX_OFFERS:
        return replace(flow, phase=AckPhase.SILENT, offers=flow.offers + 1)
    if digit is None:
        return replace(flow, offers=flow.offers + 1)
    if flow.repeats >= MAX_REPEATS:
        return replace(flow, phase=AckPhase.SILENT)
    return replace(flow, repeats=flow.repeats + 1)


def _first_words(flow: AckFlow, facts: AckFacts) -> tuple[str, ...]:
    """Say within the first second who calls and which key accepts, then the rest."""
    if flow.repeats or flow.offers:
        return ("ack-keys", f"ack-urgency-{_spoken(facts.urgency)}")
    return ("ack-announce", f"ack-urgency-{_spoken(facts.urgency)}")


def _taken(flow: AckFlow, facts: AckFacts) -> tuple[str, ...]:
    if flow.is_reminder:  # he knows the case: only the receipt
        return ("remind-noted", *spoken_digits(facts.case_id), "ack-repeat")
    number = spoken_digits(facts.case_id)
    return ("ack-accepted", *number, *_story(facts), *_call_back(facts), "ack-repeat")


def _story(facts: AckFacts) -> tuple[str, ...]:
    caller = ("ack-caller", *spoken_digits(facts.number)) if facts.number else ("ack-anonymous",)
    message = ("ack-message", RECORDING) if facts.has_message else ("ack-no-message",)
    if facts.is_whole:
        return (*caller, *message)
    return (*caller, *(message if facts.has_message else ()), "ack-still-speaking")


def _call_back(facts: AckFacts) -> tuple[str, ...]:
    """Say that the caller has finished, so that nobody waits to be connected with him."""
    return ("ack-call-back",) if facts.is_whole and (facts.number or facts.has_message) else ()


def _spoken(urgency: Urgency) -> str:
    return urgency.value if urgency in (Urgency.EMERGENCY, Urgency.URGENT) else "unknown"


def spoken_digits(number: str) -> tuple[str, ...]:
    """Return the prompts that say *number* digit by digit; other characters are left out."""
    return tuple(f"digit-{char}" for char in number if char.isascii() and char.isdigit())
