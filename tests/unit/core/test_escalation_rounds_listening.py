"""Listeners of an earlier round: what they prove, and who is rung while they listen."""

from datetime import datetime, timedelta

import pytest
from examples import ANNA, BEN, CLARA, NOW, OWNER
from nights import begun

from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.escalation import advance
from pbx_bridge.core.escalation_events import (
    CancelRing,
    CaseDone,
    CaseReopened,
    EscalationTimer,
    Fallback,
    FallbackReason,
    Ring,
    RingAnswered,
    RingEnded,
    RingNotPlaced,
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


# ---------------------------------------------------------------- the word that is owed


def beside_the_owner() -> Escalation:
    """Return a case at second 22: Anna listens since second 4, and the owner is rung."""
    state = begun(policy(ANNA, rounds=1, last_resort=OWNER)).state
    return in_time(heard(state, (1, RingPlaced(1)), (4, RingAnswered(1))).state).state


def test_office_is_told_when_the_time_of_the_listener_is_over() -> None:
    """Nobody tells that he hung up; the owner's mobile may ring on."""
    answered = heard(beside_the_owner(), (30, RingPlaced(2)), (50, RingAnswered(2))).state
    state = in_time(answered).state

    moved = in_time(state)

    assert state.wake_at == at(4 + 75)
    assert moved.effects == (CancelRing(1), NOBODY)
    assert moved.state.phase is EscalationPhase.RINGING


def test_office_is_told_at_once_when_the_last_resort_cannot_be_rung() -> None:
    """The link may be down for hours, and the ceiling is far; it is said once."""
    stuck = heard(beside_the_owner(), (24, RingNotPlaced(2)))
    again = in_time(stuck.state)
    more = heard(again.state, (30, RingNotPlaced(3)), (31, RingEnded(1, SILENT)))

    assert stuck.effects == (LINE_DOWN, NOBODY)
    assert rung(again) == ["owner"]
    assert NOBODY not in more.effects


@pytest.mark.parametrize("n", [1, 2])
def test_word_is_not_owed_any_more_when_somebody_accepted(n: int) -> None:
    """Nor when the case is done, and a human lets it ring again."""
    accepted = heard(beside_the_owner(), (30, RingEnded(n, RingOutcome.ACKNOWLEDGED)))
    done = heard(accepted.state, (40, CaseDone("anna")))
    again = heard(done.state, (4000, CaseReopened("office")))

    assert rung(again) == ["anna"]
    assert NOBODY not in (*accepted.effects, *done.effects, *again.effects)
