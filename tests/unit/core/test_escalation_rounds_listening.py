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
    TakenByHand,
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


# ---------------------------------------------------------------- his turn while he listens


def test_last_resort_does_not_wait_until_the_listener_has_hung_up() -> None:
    """Anna is left over of the last round; she has her turn after the owner."""
    state = second_round(ANNA, BEN, last_resort=OWNER)

    resort = heard(state, (45, RingEnded(3, SILENT)))
    silent = heard(resort.state, (67, RingEnded(4, SILENT)))
    hung_up = heard(silent.state, (70, RingEnded(1, SILENT)))
    over = heard(hung_up.state, (92, RingEnded(5, SILENT)))

    assert rung(resort) == ["owner"]
    assert (rung(silent), silent.state.phase) == ([], EscalationPhase.RINGING)
    assert (rung(hung_up), hung_up.effects[1:]) == (["anna"], (NOBODY,))
    assert (over.effects, over.state.phase) == ((), EscalationPhase.EXHAUSTED)


def test_next_round_does_not_wait_until_the_listener_has_hung_up() -> None:
    """Anna has her turn in the order of the third round: she comes last, as she listens."""
    pause = timedelta(seconds=15)
    state = in_time(second_round(ANNA, BEN, rounds=3, round_pause=pause)).state

    paused = heard(state, (60, RingEnded(3, SILENT)))
    third = in_time(paused.state)

    assert (paused.state.round, paused.state.wake_at) == (3, at(60 + 15))
    assert rung(third) == ["ben"]
    assert [one.technicians for one in third.state.todo] == [(ANNA,)]


def test_listener_is_waited_for_while_a_goodbye_lasts() -> None:
    """Ben said no and still hears us; the owner is rung when he has hung up."""
    state = second_round(ANNA, BEN, last_resort=OWNER)
    told = ((24, RingPlaced(3)), (26, RingAnswered(3)), (28, RingEnded(3, DECLINED)))

    declined = heard(state, *told)
    hung_up = heard(declined.state, (31, RingEnded(3, SILENT)))

    assert (rung(declined), declined.state.is_waiting) == ([], True)
    assert rung(hung_up) == ["owner"]


def test_listener_is_waited_for_in_his_turn_as_long_as_he_has_for_himself() -> None:
    """Anna is in the first and in the last step, and the firm gives her 30 seconds."""
    steps = tuple(
        Step(technicians=(person,), overlap=timedelta(seconds=5)) for person in (ANNA, BEN, ANNA)
    )
    alone = timedelta(seconds=30)
    state = begun(policy(steps=steps, rounds=1, listen_alone=alone, last_resort=OWNER)).state
    told = ((4, RingAnswered(1)), (5, EscalationTimer()), (27, RingEnded(2, DECLINED)))

    waiting = in_time(heard(state, *told).state)
    moved = in_time(waiting.state)

    assert (rung(waiting), waiting.state.wake_at) == ([], at(4 + 30))
    assert rung(moved) == ["owner"]


def test_listener_who_hangs_up_is_rung_at_once_although_another_listens_on() -> None:
    """Ben and Anna are all who are left, and nobody follows."""
    state = begun(policy(ANNA, BEN, CLARA)).state
    told = [(4, RingAnswered(1)), (22, EscalationTimer()), (24, RingAnswered(2))]
    told += [(44, EscalationTimer()), (45, RingEnded(3, SILENT)), (46, RingEnded(4, SILENT))]
    waiting = heard(state, *told).state

    moved = heard(waiting, (48, RingEnded(2, SILENT)))

    assert (waiting.is_waiting, waiting.wake_at) == (True, at(46 + 5))
    assert rung(moved) == ["ben"]


def test_round_in_which_nobody_could_be_rung_is_no_dead_trunk() -> None:
    """Anna still listens when Ben, who took it, does not answer the reminder: the owner is next."""
    times = {"remind_after": timedelta(seconds=60), "answer_limit": timedelta(seconds=300)}
    state = begun(policy(ANNA, rounds=1, last_resort=OWNER, **times)).state
    taken = heard(state, (4, RingAnswered(1)), (10, TakenByHand("ben", number=BEN.number)))
    reminder = in_time(taken.state)

    moved = heard(reminder.state, (80, RingEnded(2, SILENT)))

    assert rung(reminder) == ["ben"]
    assert rung(moved) == ["owner"]
    assert LINE_DOWN not in moved.effects
