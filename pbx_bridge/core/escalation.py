"""One case's escalation: rings the technicians in order until one of them presses 1."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.policy import Policy


class EscalationPhase(StrEnum):
    """Where an escalation stands."""

    RINGING = "ringing"
    ACKNOWLEDGED = "acknowledged"
    EXHAUSTED = "exhausted"
    """Every round done and nobody accepted; a late acknowledgement still counts."""


class FallbackReason(StrEnum):
    """Why a human must be told by another way than a ring."""

    NOBODY_ACCEPTED = "nobody-accepted"
    NOBODY_TO_RING = "nobody-to-ring"
    LINE_DOWN = "line-down"
    """Asterisk cannot be asked to ring; we keep trying, and say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One ring of one technician; attempts are numbered from 1 within a case."""

    attempt: int
    technician: str
    is_placed: bool = False
    """Asterisk took the order to ring."""
    is_answered: bool = False
    """Somebody, or a mailbox, picked up. Proves nothing."""
    outcome: RingOutcome | None = None
    """`None` while it rings or talks."""

    @property
    def is_under_way(self) -> bool:
        """Whether Asterisk is known to have had it."""
        return self.is_placed or self.is_answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """The state; `wake_at` (UTC) is set exactly while the phase is `ringing`."""

    case_id: str
    policy: Policy
    give_up_at: datetime
    phase: EscalationPhase = EscalationPhase.RINGING
    position: int = 0
    """Where in the policy we are; see `Policy`."""
    attempts: tuple[Attempt, ...] = ()
    owner: str | None = None
    wake_at: datetime | None = None
    is_line_reported: bool = False
    """Whether `FallbackReason.LINE_DOWN` has been said already."""

    def find(self, attempt: int) -> Attempt | None:
        """Return attempt number *attempt*, `None` when there never was one."""
        return self.attempts[attempt - 1] if 0 < attempt <= len(self.attempts) else None

    @property
    def current(self) -> Attempt | None:
        """The newest attempt while it is not over."""
        newest = self.attempts[-1] if self.attempts else None
        return newest if newest and newest.outcome is None else None

    @property
    def live(self) -> tuple[Attempt, ...]:
        """All attempts that are not over."""
        return tuple(attempt for attempt in self.attempts if attempt.outcome is None)


@dataclass(frozen=True, slots=True)
class RingPlaced:
    """Asterisk took the order to ring; the ring timeout runs from now."""

    attempt: int


@dataclass(frozen=True, slots=True)
class RingNotPlaced:
    """Asterisk could not be asked: its link is down."""

    attempt: int


@dataclass(frozen=True, slots=True)
class RingHeld:
    """Not ordered on purpose: the dialplan's own fallback rings for this call just now."""

    attempt: int


@dataclass(frozen=True, slots=True)
class RingAnswered:
    """Somebody, or a mailbox, picked up."""

    attempt: int


@dataclass(frozen=True, slots=True)
class RingEnded:
    """An attempt is over; `acknowledged` and `declined` are key presses."""

    attempt: int
    outcome: RingOutcome


@dataclass(frozen=True, slots=True)
class TakenElsewhere:
    """A technician pressed 1 in the dialplan's own screening, without an attempt of ours."""

    technician: str


@dataclass(frozen=True, slots=True)
class EscalationTimer:
    """`wake_at` has come."""


EscalationEvent = (
    RingPlaced
    | RingNotPlaced
    | RingHeld
    | RingAnswered
    | RingEnded
    | TakenElsewhere
    | EscalationTimer
)


@dataclass(frozen=True, slots=True)
class Ring:
    """Let a mobile ring; success is a key press, never an answer."""

    attempt: int
    technician: str
    number: str
    timeout_s: float


@dataclass(frozen=True, slots=True)
class CancelRing:
    """Stop a phone, ringing or talking."""

    attempt: int


@dataclass(frozen=True, slots=True)
class MarkTaken:
    """Tell the dialplan's fallback that it has nobody to ring any more."""

    technician: str


@dataclass(frozen=True, slots=True)
class Fallback:
    """Tell a human by another way (mail, later owner's phone and webhook)."""

    reason: FallbackReason


EscalationEffect = Ring | CancelRing | MarkTaken | Fallback


@dataclass(frozen=True, slots=True)
class EscalationTransition:
    """What follows from one event."""

    state: Escalation
    effects: tuple[EscalationEffect, ...] = ()


def open_escalation(now: datetime, case_id: str, policy: Policy) -> EscalationTransition:
    """Start to ring for *case_id*; *policy* stays as it is now, whatever the config becomes."""
    state = Escalation(case_id=case_id, policy=policy, give_up_at=now + policy.ceiling)
    if not policy.steps or policy.rounds < 1:
        return _exhaust(state, FallbackReason.NOBODY_TO_RING)
    return _ring(now, state)


def open_taken(
    now: datetime, case_id: str, policy: Policy, technician: str
) -> EscalationTransition:
    """Open an escalation that is over already: *technician* pressed 1 before we could ring."""
    state = Escalation(case_id=case_id, policy=policy, give_up_at=now + policy.ceiling)
    return _acknowledge(state, technician)


def advance(now: datetime, esc: Escalation, event: EscalationEvent) -> EscalationTransition:
    """
    Return the state and effects that follow from *event* at *now* (UTC).

    An acknowledgement counts whenever it comes, even from a ring that we had given up and
    after the fallback: a human said yes. Every other late or repeated event changes nothing.
    """
    match event:
        case RingEnded(attempt=n, outcome=RingOutcome.ACKNOWLEDGED):
            winner = esc.find(n)
            if winner is None or esc.phase is EscalationPhase.ACKNOWLEDGED:
                return EscalationTransition(esc)
            return _acknowledge(_close(esc, n, RingOutcome.ACKNOWLEDGED), winner.technician)
        case TakenElsewhere(technician=technician):
            if esc.phase is EscalationPhase.ACKNOWLEDGED:
                return EscalationTransition(esc)
            return _acknowledge(esc, technician)
        case RingEnded(attempt=n, outcome=outcome):
            return _ended(now, esc, n, outcome)
        case _ if esc.phase is not EscalationPhase.RINGING:
            return EscalationTransition(esc)
        case EscalationTimer():
            return _timer(now, esc)
        case _ if esc.current is None or esc.current.attempt != event.attempt:
            return EscalationTransition(esc)
        case RingPlaced(attempt=n):
            return EscalationTransition(_placed(now, esc, n))
        case RingAnswered(attempt=n):
            return EscalationTransition(_answered(now, esc, n))
        case _ if esc.current.is_under_way:  # Asterisk has it after all: it was said twice
            return EscalationTransition(esc)
        case RingNotPlaced(attempt=n):
            return _not_placed(now, esc, n)
        case RingHeld():
            return EscalationTransition(_held(now, esc))
        case _:
            assert_never(event)


def _ended(now: datetime, esc: Escalation, n: int, outcome: RingOutcome) -> EscalationTransition:
    was_current = esc.current is not None and esc.current.attempt == n
    closed = _close(esc, n, outcome)
    if esc.phase is not EscalationPhase.RINGING or not was_current:
        return EscalationTransition(closed)
    return _next(now, closed)


def _not_placed(now: datetime, esc: Escalation, n: int) -> EscalationTransition:
    closed = _close(esc, n, RingOutcome.UNREACHABLE)
    if now >= esc.give_up_at:
        return _exhaust(closed, FallbackReason.NOBODY_ACCEPTED)
    waiting = _wake(closed, now + esc.policy.line_retry)
    if esc.is_line_reported:
        return EscalationTransition(waiting)
    told = replace(waiting, is_line_reported=True)
    return EscalationTransition(told, (Fallback(FallbackReason.LINE_DOWN),))


def _held(now: datetime, esc: Escalation) -> Escalation:
    """Take the newest attempt back, as it never reached Asterisk, and look again soon."""
    return _wake(replace(esc, attempts=esc.attempts[:-1]), now + esc.policy.line_retry)


def _timer(now: datetime, esc: Escalation) -> EscalationTransition:
    if esc.wake_at is None or now < esc.wake_at:
        return EscalationTransition(esc)
    silent = esc.current
    if silent is None:  # between two rings: a pause or a line that was down is over
        return _ring(now, esc)
    after = _next(now, _close(esc, silent.attempt, RingOutcome.NO_ANSWER))
    return EscalationTransition(after.state, (CancelRing(silent.attempt), *after.effects))


def _next(now: datetime, esc: Escalation) -> EscalationTransition:
    position = esc.position + 1
    if position >= esc.policy.positions or now >= esc.give_up_at:
        return _exhaust(esc, FallbackReason.NOBODY_ACCEPTED)
    moved = replace(esc, position=position)
    if esc.policy.opens_round(position) and esc.policy.round_pause:
        return EscalationTransition(_wake(moved, now + esc.policy.round_pause))
    return _ring(now, moved)


def _ring(now: datetime, esc: Escalation) -> EscalationTransition:
    if now >= esc.give_up_at:
        return _exhaust(esc, FallbackReason.NOBODY_ACCEPTED)
    who = esc.policy.technician(esc.position)
    attempt = Attempt(attempt=len(esc.attempts) + 1, technician=who.name)
    state = replace(esc, attempts=(*esc.attempts, attempt))
    timeout = esc.policy.ring_timeout
    ring = Ring(attempt.attempt, who.name, who.number, timeout.total_seconds())
    return EscalationTransition(_wake(state, now + timeout, grace=True), (ring,))


def _placed(now: datetime, esc: Escalation, n: int) -> Escalation:
    if esc.attempts[n - 1].is_under_way:
        return esc
    return _wake(_change(esc, n, is_placed=True), now + esc.policy.ring_timeout, grace=True)


def _answered(now: datetime, esc: Escalation, n: int) -> Escalation:
    if esc.attempts[n - 1].is_answered:
        return esc
    return _wake(_change(esc, n, is_answered=True), now + esc.policy.answer_limit)


def _acknowledge(esc: Escalation, technician: str) -> EscalationTransition:
    others = tuple(CancelRing(attempt.attempt) for attempt in esc.live)
    state = replace(esc, phase=EscalationPhase.ACKNOWLEDGED, owner=technician, wake_at=None)
    return EscalationTransition(state, (*others, MarkTaken(technician)))


def _exhaust(esc: Escalation, reason: FallbackReason) -> EscalationTransition:
    state = replace(esc, phase=EscalationPhase.EXHAUSTED, wake_at=None)
    return EscalationTransition(state, (Fallback(reason),))


def _close(esc: Escalation, n: int, outcome: RingOutcome) -> Escalation:
    """Give attempt *n* its outcome; a recorded one stays, unless a human pressed 1 after all."""
    found = esc.find(n)
    if found is None or (found.outcome is not None and outcome is not RingOutcome.ACKNOWLEDGED):
        return esc
    return _change(esc, n, outcome=outcome)


def _change(esc: Escalation, n: int, **fields: bool | RingOutcome) -> Escalation:
    attempts = list(esc.attempts)
    attempts[n - 1] = replace(attempts[n - 1], **fields)  # type: ignore[arg-type]  # named by the callers above
    return replace(esc, attempts=tuple(attempts))


def _wake(esc: Escalation, at: datetime, *, grace: bool = False) -> Escalation:
    return replace(esc, wake_at=at + esc.policy.grace if grace else at)
