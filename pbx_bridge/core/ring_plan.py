"""What will ring when, if nobody answers: told by the machine that rings."""

import heapq
from dataclasses import dataclass
from datetime import datetime

from pbx_bridge.core.case import RingOutcome, Urgency
from pbx_bridge.core.escalation import advance, open_escalation
from pbx_bridge.core.escalation_events import (
    EscalationEvent,
    EscalationTimer,
    Fallback,
    FallbackReason,
    Ring,
    RingEnded,
    RingPlaced,
)
from pbx_bridge.core.escalation_state import EscalationPhase, EscalationTransition
from pbx_bridge.core.lineup import ALONE, Others
from pbx_bridge.core.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRing:
    """One ring as it will be when nobody answers anything."""

    at: datetime
    round: int
    """From 1; one more than the policy has is the last resort."""
    technician: str
    number: str
    timeout_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RingPlan:
    """The whole escalation when nobody answers."""

    policy: str
    rings: tuple[PlannedRing, ...]
    over_at: datetime
    fallback: FallbackReason | None
    """What the office is told in the end; `None` when it is not told anything."""


def ring_plan(at: datetime, urgency: Urgency, policy: Policy, others: Others = ALONE) -> RingPlan:
    """Return what rings when, from *at* on (UTC), if no mobile is answered."""
    queue: list[tuple[datetime, int, EscalationEvent]] = []
    rings: list[PlannedRing] = []
    fallback: FallbackReason | None = None
    step = open_escalation(at, "0", urgency, policy, others)
    now, count = at, 0
    while True:
        for effect in step.effects:
            if isinstance(effect, Fallback):
                fallback = effect.reason
            if isinstance(effect, Ring):
                rings.append(_planned(now, step, effect))
                placed, ended = RingPlaced(effect.attempt), _unanswered(effect)
                timeout = step.state.attempts[effect.attempt - 1].timeout
                heapq.heappush(queue, (now, count, placed))
                heapq.heappush(queue, (now + timeout, count + 1, ended))
                count += 2
        if step.state.phase is not EscalationPhase.RINGING:
            name = step.state.policy.name
            return RingPlan(policy=name, rings=tuple(rings), over_at=now, fallback=fallback)
        wake_at = step.state.wake_at or now
        if queue and queue[0][0] <= wake_at:
            now, _, event = heapq.heappop(queue)
        else:
            now, event = wake_at, EscalationTimer(others)
        step = advance(now, step.state, event)


def _unanswered(ring: Ring) -> RingEnded:
    return RingEnded(ring.attempt, RingOutcome.NO_ANSWER)


def _planned(now: datetime, step: EscalationTransition, ring: Ring) -> PlannedRing:
    return PlannedRing(
        at=now,
        round=step.state.round,
        technician=ring.technician,
        number=ring.number,
        timeout_s=ring.timeout_s,
    )
