"""Listeners of an earlier round: what they prove, and who is rung while they listen."""

from datetime import datetime, timedelta

import pytest
from examples import ANNA, BEN, CLARA, NOW, OWNER
from nights import begun

from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.escalation import advance
from pbx_bridge.core.escalation_events import (
    EscalationTimer,
    Fallback,
    FallbackReason,
    Ring,
    RingAnswered,
    RingEnded,
    RingPlaced,
)
from pbx_bridge.core.escalation_state import Escalation, EscalationPhase, EscalationTransition
from pbx_bridge.core.policy import Policy, Step, Technician

DEAD, DECLINED = RingOutcome.UNREACHABLE, RingOutcome.DECLINED
SILENT = RingOutcome.NO_ANSWER
NOBODY = Fallback(FallbackReason.NOBODY_ACCEPTED)
LINE_DOWN = Fallback(FallbackReason.LINE_DOWN)


def at(seconds: float) -> datetime:
    """Return a time of this night."""
    return NOW + timedelta(seconds=seconds)


def heard(state: Escalation, *told: tuple[float, object]) -> EscalationTransition:
    """Return the transition of the last of what is told, each at its second."""
    moved = EscalationTransition(state)
    for second, event in told:
        moved = advance(at(second), moved.state, event)
    return moved


def in_time(state: Escalation) -> EscalationTransition:
    """Let the timer of *state* come."""
    return advance(state.wake_at, state, EscalationTimer())


def rung(moved: EscalationTransition) -> list[str]:
    """Return who is rung now."""
    return [effect.technician for effect in moved.effects if isinstance(effect, Ring)]


def policy(*people: Technician, **fields: object) -> Policy:
    """Return a policy of two rounds without a pause; the second begins with the second person."""
    values = {"rounds": 2, "listen_alone": timedelta(), "vary_order": True}
    values["round_pause"] = timedelta()
    return Policy(**{"steps": (Step(technicians=people),), **values, **fields})


def second_round(*people: Technician, **fields: object) -> Escalation:
    """Return a case at second 23: Anna listens since second 4, and the second round begins."""
    state = begun(policy(*people, **fields)).state
    told = [(1, RingPlaced(1)), (4, RingAnswered(1)), (23, EscalationTimer())]
    told += [(23, RingEnded(n, SILENT)) for n in range(2, len(people) + 1)]
    return heard(state, *told).state


# ---------------------------------------------------------------- what a listener proves


@pytest.mark.parametrize("outcome", [SILENT, DECLINED])
def test_listener_of_an_earlier_round_does_not_prove_that_this_one_got_through(
    outcome: RingOutcome,
) -> None:
    """The trunk died since: the round is not counted, and the office hears of the line."""
    state = heard(second_round(ANNA, BEN), (24, RingEnded(1, outcome))).state

    dead = heard(state, (25, RingEnded(3, DEAD)), (26, RingEnded(1, SILENT)))
    moved = heard(dead.state, (27, RingEnded(4, DEAD)))

    assert (moved.state.phase, moved.state.round) == (EscalationPhase.RINGING, 2)
    assert moved.effects == (LINE_DOWN,)
    assert [one.technicians for one in moved.state.todo] == [(BEN,), (ANNA,)]


def test_whoever_picks_up_in_this_round_proves_it() -> None:
    """Ben is the third ring, and the first of the second round."""
    state = heard(second_round(ANNA, BEN), (24, RingEnded(1, SILENT)), (25, RingAnswered(3))).state

    assert state.has_reached_somebody
