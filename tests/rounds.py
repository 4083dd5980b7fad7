"""Escalations of several people, moved on by hand."""

from datetime import datetime, timedelta

from examples import ANNA, BEN, CLARA, NOW

from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.escalation import advance
from pbx_bridge.core.escalation_events import (
    EscalationTimer,
    Ring,
)
from pbx_bridge.core.escalation_state import Escalation, EscalationTransition
from pbx_bridge.core.policy import Policy, Step, Technician

PRESSED, DECLINED = RingOutcome.ACKNOWLEDGED, RingOutcome.DECLINED
DEAD, SILENT = RingOutcome.UNREACHABLE, RingOutcome.NO_ANSWER
TEN_S = timedelta(seconds=10)


def at(seconds: float) -> datetime:
    """Return a time of this night."""
    return NOW + timedelta(seconds=seconds)


def step(*people: Technician, **fields: object) -> Step:
    """Return one step."""
    return Step(technicians=people, **fields)


def policy(*steps: Step, **fields: object) -> Policy:
    """Return a policy of one round."""
    return Policy(**{"steps": steps, "rounds": 1, **fields})


BOTH = policy(step(ANNA, BEN, is_parallel=True), step(CLARA))
OVERLAPPING = policy(step(ANNA, BEN, overlap=TEN_S))


def after(state: Escalation, *events: object, second: float = 1) -> EscalationTransition:
    """Return the transition of the last of *events*, all in one moment."""
    moved = EscalationTransition(state)
    for event in events:
        moved = advance(at(second), moved.state, event)
    return moved


def in_time(state: Escalation) -> EscalationTransition:
    """Let the timer of *state* come."""
    return advance(state.wake_at, state, EscalationTimer())


def rung(moved: EscalationTransition) -> list[str]:
    """Return who is rung now."""
    return [effect.technician for effect in moved.effects if isinstance(effect, Ring)]
