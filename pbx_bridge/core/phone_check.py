"""A check of a technician's mobile: may it ring now, what he hears, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from pbx_bridge.core.ack_flow import ACCEPT, MAX_OFFERS, MAX_REPEATS, Ask, Close, Heard
from pbx_bridge.core.call_flow import Call, CallPhase
from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.escalation_state import Escalation, EscalationPhase
from pbx_bridge.core.neighbours import others_of

NO_CASE = "0"
"""The number that no case has: a check's leg is named with it instead of a case's."""


ANNOUNCEMENT = "check-announce"
"""The prompt that says that it is a test; without it nobody knows what to press."""

PROMPTS = (ANNOUNCEMENT, "check-heard")
"""Those that only a check plays: an older release rendered none of them."""

REFUSED = "the network does not put the call through: wrong number, phone off, or trunk down"
CUT_OFF = "the connection to Asterisk was lost during the check"
NO_SCRIPT = "picked up, but the dialplan has no test to play: run pbx-bridge dialplan install"
NO_PROMPTS = "the announcement of the test cannot be played: run pbx-bridge prompts render"


class CheckPhase(StrEnum):
    """Where the talk stands."""

    ASKING = "asking"
    HEARD = "heard"
    SILENT = "silent"
    """The key 1 did not come: a mailbox, or keys that do not reach us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFlow:
    """The state; see `CheckPhase`."""

    phase: CheckPhase = CheckPhase.ASKING
    silences: int = 0
    slips: int = 0
    """Keys other than 1."""


def next_request(flow: CheckFlow) -> Ask | Close:
    """Return what to do on his line."""
    match flow.phase:
        case CheckPhase.ASKING:
            return Ask((ANNOUNCEMENT,))
        case CheckPhase.HEARD:
            return Close(("check-heard",))
        case CheckPhase.SILENT:
            return Close(("ack-goodbye",))
        case _:
            assert_never(flow.phase)


def advance(flow: CheckFlow, event: Heard) -> CheckFlow:
    """Return the state that follows; only the key 1 proves anything."""
    if flow.phase is not CheckPhase.ASKING:
        return flow
    if event.digit == ACCEPT:
        return replace(flow, phase=CheckPhase.HEARD)
    silences, slips = flow.silences + (event.digit is None), flow.slips + (event.digit is not None)
    is_over = silences >= MAX_OFFERS or slips > MAX_REPEATS
    phase = CheckPhase.SILENT if is_over else flow.phase
    return replace(flow, phase=phase, silences=silences, slips=slips)


class CheckOutcome(StrEnum):
    """How a check ended."""

    KEY_HEARD = "key-heard"
    NO_KEY = "no-key"
    """Picked up, and no key 1 came."""
    NO_ANSWER = "no-answer"
    BUSY = "busy"
    """Busy, or declined."""
    UNREACHABLE = "unreachable"
    CASE_FIRST = "case-first"
    """Not rung, or ended, for the sake of a real case; it says nothing about the mobile."""
    NOT_KNOWN = "not-known"
    """Asterisk, the database or the check itself could not be used; no word about the mobile."""
    INCOMPLETE = "incomplete"
    """Our dialplan or our prompts are of a release that knew no checks: nobody was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneCheck:
    """What came of a check."""

    technician: str
    outcome: CheckOutcome
    reason: str = ""
    """Why he was not reached, not rung or not asked; else empty."""

    @property
    def is_worth_another(self) -> bool:
        """Whether it says nothing, and a later check may."""
        return self.outcome in (CheckOutcome.CASE_FIRST, CheckOutcome.NOT_KNOWN)


def hindrance(
    technician: str, now: datetime, escalations: Sequence[Escalation], calls: Sequence[Call]
) -> str | None:
    """
    Return why nobody, or not this one, may be rung for a check now; `None`: he may.

    While any case rings, or a call may become one, nobody is checked: the line may have only two
    channels, and the next ring may be his.

    Args:
        technician: who would be rung.
        now: the time.
        escalations: at least all that ring or were acknowledged lately.
        calls: those that are not decided.
    """
    for call in calls:
        if call.phase is CallPhase.ELSEWHERE:
            return f"the dialplan's fallback has case {call.case_id}"
        return f"case {call.case_id} is being taken down"
    for esc in escalations:
        if esc.phase is EscalationPhase.RINGING:
            return f"case {esc.case_id} rings"
    others = others_of(NO_CASE, now, escalations)
    for one in others.occupied:
        if one.technician == technician:
            return f"he is on the telephone with case {one.case_id}"
    if technician in others.engaged:
        return "he has taken a case just now"
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFacts:
    """What was seen of a check that is over."""

    ring: RingOutcome = RingOutcome.NO_ANSWER
    """How the ring ended, of one that nobody answered."""
    has_key: bool = False
    """He pressed 1."""
    is_answered: bool = False
    """Somebody, or a mailbox, picked up."""
    is_met: bool = False
    """Our script was reached on his leg."""
    is_mute: bool = False
    """What he was to hear could not be played."""
    withdrawn_for: str = ""
    """What went first; empty: nothing."""
    is_cut_off: bool = False
    """The login at Asterisk was lost meanwhile."""


def outcome_of(facts: CheckFacts) -> tuple[CheckOutcome, str]:
    """Return how a check ended, and why where there is something to do."""
    if facts.has_key:
        return CheckOutcome.KEY_HEARD, ""
    if facts.withdrawn_for:
        return CheckOutcome.CASE_FIRST, facts.withdrawn_for
    if facts.is_cut_off:
        return CheckOutcome.NOT_KNOWN, CUT_OFF
    if facts.is_answered:
        return _unheard(facts)
    return _unanswered(facts.ring)


def _unheard(facts: CheckFacts) -> tuple[CheckOutcome, str]:
    if not facts.is_met:
        return CheckOutcome.INCOMPLETE, NO_SCRIPT
    if facts.is_mute:
        return CheckOutcome.INCOMPLETE, NO_PROMPTS
    return CheckOutcome.NO_KEY, ""


def _unanswered(ring: RingOutcome) -> tuple[CheckOutcome, str]:
    match ring:
        case RingOutcome.BUSY:
            return CheckOutcome.BUSY, ""
        case RingOutcome.UNREACHABLE:
            return CheckOutcome.UNREACHABLE, REFUSED
        case _:
            return CheckOutcome.NO_ANSWER, ""
