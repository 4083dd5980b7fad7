"""A check of a technician's mobile: may it ring now, what he hears, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from pbx_bridge.core.ack_flow import ACCEPT, MAX_OFFERS, MAX_REPEATS, Ask, Close, Heard
from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.escalation_state import Escalation, EscalationPhase
from pbx_bridge.core.neighbours import others_of

NO_CASE = "0"
"""The number that no case has: a check's leg is named with it instead of a case's."""


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
            return Ask(("check-announce",))
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


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneCheck:
    """What came of a check."""

    technician: str
    outcome: CheckOutcome
    reason: str = ""
    """Why he was not reached, or not rung; else empty."""


def hindrance(technician: str, now: datetime, escalations: Sequence[Escalation]) -> str | None:
    """
    Return why nobody, or not this one, may be rung for a check now; `None`: he may.

    While any case rings nobody is checked: the line may have only two channels, and the next
    ring may be his.

    Args:
        technician: who would be rung.
        now: the time.
        escalations: at least all that ring or were acknowledged lately.
    """
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


def outcome_of(
    ring: RingOutcome, *, has_key: bool, is_answered: bool, is_withdrawn: bool
) -> CheckOutcome:
    """
    Return how a check ended.

    Args:
        ring: how the ring ended, of one that nobody answered.
        has_key: he pressed 1.
        is_answered: somebody, or a mailbox, picked up.
        is_withdrawn: a case went first.
    """
    if has_key:
        return CheckOutcome.KEY_HEARD
    if is_withdrawn:
        return CheckOutcome.CASE_FIRST
    if is_answered:
        return CheckOutcome.NO_KEY
    match ring:
        case RingOutcome.BUSY:
            return CheckOutcome.BUSY
        case RingOutcome.UNREACHABLE:
            return CheckOutcome.UNREACHABLE
        case _:
            return CheckOutcome.NO_ANSWER
