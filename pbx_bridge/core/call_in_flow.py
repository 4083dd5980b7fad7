"""A technician calls us: PIN first, then his open cases one by one."""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import assert_never

from pbx_bridge.core.ack_flow import ACCEPT, Ask, Close, Heard, spoken_digits
from pbx_bridge.core.pin_lock import TRIES_PER_CALL

REPEAT = "3"
MAX_ROUNDS = 3
"""How often he hears all of his cases without choosing one."""

CATEGORIES = frozenset(
    {
        "drain",
        "electricity",
        "gas",
        "heating",
        "lift",
        "lock",
        "office",
        "pv",
        "refrigeration",
        "roof",
        "water",
    }
)
"""Categories with a prompt; a firm's own is called "other"."""


class CallInPhase(StrEnum):
    """Where the call stands."""

    PIN = "pin"
    LISTING = "listing"
    CHOSEN = "chosen"
    """He talks about one of his cases."""
    REFUSED = "refused"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """One case that he acknowledged and that is not done."""

    case_id: str
    age: timedelta
    """Since the caller rang."""
    category: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallIn:
    """The state."""

    phase: CallInPhase = CallInPhase.PIN
    tries: int = 0
    cases: tuple[OpenCase, ...] = ()
    place: int = 0
    """Which of his cases he hears."""
    heard: int = 0
    """How many cases he heard since he chose one."""


@dataclass(frozen=True, slots=True)
class PinRight:
    """It is he; these are his cases, oldest first."""

    cases: tuple[OpenCase, ...]


@dataclass(frozen=True, slots=True)
class PinWrong:
    """The PIN is wrong, or he is locked out now."""


@dataclass(frozen=True, slots=True)
class TalkEnded:
    """The talk about the case is over."""


CallInEvent = PinRight | PinWrong | Heard | TalkEnded


@dataclass(frozen=True, slots=True)
class AskPin:
    """Play *sounds*, collect digits until ``#`` or silence, check them."""

    sounds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Talk:
    """Ask how this case ended; then report `TalkEnded`."""

    case_id: str


CallInRequest = AskPin | Ask | Talk | Close


def next_request(call: CallIn) -> CallInRequest:
    """Return what to do on his line."""
    match call.phase:
        case CallInPhase.PIN:
            return AskPin(("call-in-wrong", "call-in-pin") if call.tries else ("call-in-pin",))
        case CallInPhase.REFUSED:
            return Close(("call-in-refused",))
        case CallInPhase.OVER:
            return Close(("ack-goodbye",) if call.cases else ("call-in-none", "ack-goodbye"))
        case CallInPhase.LISTING:
            case = call.cases[call.place]
            return Ask((*_told(case), "call-in-keys"))
        case CallInPhase.CHOSEN:
            return Talk(call.cases[call.place].case_id)
        case _:
            assert_never(call.phase)


def advance(call: CallIn, event: CallInEvent) -> CallIn:
    """Return the state that follows; without the right PIN nothing is told at all."""
    match event, call.phase:
        case PinRight(cases=cases), CallInPhase.PIN:
            phase = CallInPhase.LISTING if cases else CallInPhase.OVER
            return replace(call, phase=phase, cases=cases)
        case PinWrong(), CallInPhase.PIN:
            tries = call.tries + 1
            phase = CallInPhase.REFUSED if tries >= TRIES_PER_CALL else CallInPhase.PIN
            return replace(call, phase=phase, tries=tries)
        case Heard(digit=digit), CallInPhase.LISTING if digit == ACCEPT:
            return replace(call, phase=CallInPhase.CHOSEN, heard=0)
        case Heard(digit=digit), CallInPhase.LISTING:
            return _next(call, 0 if digit == REPEAT else 1)
        case TalkEnded(), CallInPhase.CHOSEN:
            is_last = call.place + 1 >= len(call.cases)
            phase = CallInPhase.OVER if is_last else CallInPhase.LISTING
            return replace(call, phase=phase, place=call.place + (not is_last))
        case _:
            return call


def _next(call: CallIn, steps: int) -> CallIn:
    heard = call.heard + 1
    if heard >= MAX_ROUNDS * len(call.cases):
        return replace(call, phase=CallInPhase.OVER)
    return replace(call, heard=heard, place=(call.place + steps) % len(call.cases))


def _told(case: OpenCase) -> tuple[str, ...]:
    category = case.category if case.category in CATEGORIES else "other"
    minutes = int(case.age.total_seconds() // 60)
    unit, amount = ("hours", minutes // 60) if minutes >= 60 else ("minutes", minutes)
    number, age = spoken_digits(case.case_id), spoken_digits(str(max(0, amount)))
    return ("case-number", *number, f"category-{category}", f"case-age-{unit}", *age)
