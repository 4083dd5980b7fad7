"""Several cases at once: who waits for whom, and who goes first."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from examples import ANNA, BEN, NOW, POLICY

from pbx_bridge.core.case import RingOutcome, Urgency
from pbx_bridge.core.escalation import advance, open_escalation
from pbx_bridge.core.escalation_events import (
    CancelRing,
    EscalationTimer,
    PersonFree,
    Ring,
    RingAnswered,
    RingEnded,
    RingHeld,
    RingNotPlaced,
    RingTakenOver,
    TakeOver,
)
from pbx_bridge.core.escalation_state import Escalation, EscalationTransition
from pbx_bridge.core.lineup import ALONE, Occupied, Others
from pbx_bridge.core.policy import Policy, Step

ONLY_ANNA = Policy(steps=(Step(technicians=(ANNA,)),), rounds=1)
BOTH = Policy(steps=(Step(technicians=(ANNA, BEN), is_parallel=True),))
ANNA_RINGS = Occupied(
    technician="anna", case_id="2002", attempt=4, urgency=Urgency.URGENT, is_answered=False
)
BUSY = Others(occupied=(ANNA_RINGS,))


def at(seconds: float) -> datetime:
    """Return a time of this night."""
    return NOW + timedelta(seconds=seconds)


def opened(
    policy: Policy = POLICY, others: Others = ALONE, urgency: Urgency = Urgency.URGENT
) -> EscalationTransition:
    """Return the opening of a case beside others."""
    return open_escalation(NOW, "1001", urgency, policy, others)


def rung(moved: EscalationTransition) -> list[str]:
    """Return who is rung now."""
    return [effect.technician for effect in moved.effects if isinstance(effect, Ring)]


def waiting(urgency: Urgency = Urgency.URGENT) -> Escalation:
    """Return a case that waits for Anna, whose mobile rings for another."""
    return opened(ONLY_ANNA, BUSY, urgency).state


def test_person_rung_for_another_case_is_not_rung() -> None:
    """Anna's mobile rings already: Ben is first tonight, and she comes after him."""
    moved = opened(POLICY, BUSY)

    assert rung(moved) == ["ben"]
    assert [group.technicians for group in moved.state.todo] == [(ANNA,)]


def test_case_waits_when_everybody_is_rung_for_others() -> None:
    """Nobody is rung twice at once; it looks again soon by itself."""
    moved = opened(ONLY_ANNA, BUSY)

    assert rung(moved) == []
    assert moved.state.is_waiting
    assert moved.state.wake_at == at(5)


def test_waiting_case_rings_as_soon_as_somebody_is_free() -> None:
    """It does not sleep through its seconds."""
    moved = advance(at(1), waiting(), PersonFree())

    assert rung(moved) == ["anna"]
    assert not moved.state.is_waiting


def test_waiting_case_waits_on_while_nobody_is_free() -> None:
    """Somebody else was freed, or somebody else was faster."""
    moved = advance(at(1), waiting(), PersonFree(BUSY))

    assert rung(moved) == []
    assert moved.state.is_waiting
    assert moved.state.wake_at == at(6)


def test_waiting_case_looks_again_by_itself() -> None:
    """Whatever was not told."""
    assert rung(advance(at(5), waiting(), EscalationTimer())) == ["anna"]


def test_whoever_is_free_does_not_disturb_a_case_that_rings() -> None:
    """It has its own order and its own time."""
    ringing = opened().state

    assert advance(at(1), ringing, PersonFree()) == EscalationTransition(ringing)


def test_case_waits_until_its_ceiling_and_no_longer() -> None:
    """Anna talks for hours: the office is told."""
    moved = advance(NOW + ONLY_ANNA.ceiling, waiting(), EscalationTimer(BUSY))

    assert moved.state.wake_at is None


def test_person_with_a_case_is_rung_last() -> None:
    """Anna took another case: Ben first, then she, in the same round."""
    others = Others(engaged=("anna",))
    moved = opened(POLICY, others)

    second = advance(at(1), moved.state, RingEnded(1, RingOutcome.DECLINED, others))

    assert (rung(moved), rung(second)) == (["ben"], ["anna"])
    assert second.state.round == 1


def test_only_person_is_rung_though_he_has_a_case() -> None:
    """There is nobody else."""
    assert rung(opened(ONLY_ANNA, Others(engaged=("anna",)))) == ["anna"]


# ---------------------------------------------------------------- the more urgent


def test_more_urgent_case_asks_for_an_unanswered_ring() -> None:
    """Anna's mobile rings for a cold radiator, and a gas pipe leaks."""
    moved = opened(ONLY_ANNA, BUSY, Urgency.EMERGENCY)

    assert moved.effects[1:] == (TakeOver("2002", 4),)
    assert moved.state.is_waiting


def test_equally_urgent_case_asks_for_nothing() -> None:
    """First come, first served."""
    assert opened(ONLY_ANNA, BUSY).effects[1:] == ()


def test_ring_that_is_taken_over_stops_and_the_next_is_rung() -> None:
    """Anna is needed elsewhere: her mobile stops for us, Ben's rings in the same moment."""
    moved = advance(at(1), opened().state, RingTakenOver(1))

    assert moved.effects == (CancelRing(1), Ring(2, "ben", "+49170222", 22.0))


def test_person_taken_over_loses_no_turn() -> None:
    """When Ben declines she is rung for this case, in the same round."""
    taken = advance(at(1), opened().state, RingTakenOver(1)).state

    moved = advance(at(2), taken, RingEnded(2, RingOutcome.DECLINED))

    assert rung(moved) == ["anna"]
    assert moved.state.round == 1


def test_case_with_nobody_else_waits_for_the_person_taken_over() -> None:
    """It must not ring her again before the more urgent case does."""
    taken = advance(at(1), opened(ONLY_ANNA).state, RingTakenOver(1))

    moved = advance(at(3), taken.state, PersonFree())

    assert taken.effects == (CancelRing(1),)
    assert taken.state.is_waiting
    assert taken.state.wake_at == at(6)
    assert rung(moved) == ["anna"]


def test_rest_of_a_group_rings_on_when_one_is_taken_over() -> None:
    """Ben's mobile rings its time; nobody else begins because of it."""
    moved = advance(at(1), opened(BOTH).state, RingTakenOver(1))

    assert moved.effects == (CancelRing(1),)
    assert [one.technician for one in moved.state.live] == ["ben"]
    assert moved.state.wake_at == at(25)


def test_case_that_was_taken_over_takes_nobody_back() -> None:
    """Also a case that would be urgent enough for anybody."""
    emergency = opened(ONLY_ANNA, urgency=Urgency.EMERGENCY).state

    moved = advance(at(1), emergency, RingTakenOver(1))

    assert moved.effects == (CancelRing(1),)


@pytest.mark.parametrize("happened", [RingAnswered(1), RingEnded(1, RingOutcome.ACKNOWLEDGED)])
def test_whoever_answered_is_not_taken_away(happened: object) -> None:
    """He listens, or it is his: the other case must wait."""
    state = advance(at(1), opened().state, happened).state

    assert advance(at(2), state, RingTakenOver(1)) == EscalationTransition(state)


def test_loser_who_listens_is_not_taken_away() -> None:
    """Ben won while Anna's phone rang on: her ring is being stopped anyhow."""
    state = advance(at(1), opened(BOTH).state, RingEnded(2, RingOutcome.ACKNOWLEDGED)).state

    assert advance(at(2), state, RingTakenOver(1)) == EscalationTransition(state)


# ---------------------------------------------------------------- what is told at the wrong time


@pytest.mark.parametrize("event", [RingHeld(1), RingNotPlaced(1)])
def test_loser_who_was_never_rung_is_closed_and_no_more(event: object) -> None:
    """Ben won before Anna's ring was placed: nobody is put in line again."""
    won = advance(at(1), opened(BOTH).state, RingEnded(2, RingOutcome.ACKNOWLEDGED)).state

    moved = advance(at(2), won, event)

    assert moved.effects == ()
    assert moved.state == replace(moved.state, owner="ben", todo=(), wake_at=None)
    assert moved.state.live == ()
    assert moved.state.attempts[0].outcome is RingOutcome.UNREACHABLE


def test_one_of_a_group_that_cannot_be_rung_is_tried_beside_the_others() -> None:
    """Ben's mobile rings; Anna's order is given again after some seconds."""
    moved = advance(at(1), opened(BOTH).state, RingNotPlaced(1))

    again = advance(at(6), moved.state, EscalationTimer())

    assert not moved.state.is_waiting
    assert moved.state.wake_at == at(6)
    assert rung(again) == ["anna"]
    assert [one.technician for one in again.state.live] == ["ben", "anna"]


def test_second_of_two_who_answered_is_not_taken_away() -> None:
    """Ben listens, whatever Anna's phone does; and Anna, who did not answer, is."""
    state = advance(at(1), opened(BOTH).state, RingAnswered(2)).state

    assert advance(at(2), state, RingTakenOver(2)) == EscalationTransition(state)
    assert advance(at(2), state, RingTakenOver(1)).effects == (CancelRing(1),)


def test_person_given_away_does_not_make_us_forget_the_others() -> None:
    """An emergency takes Anna; Ben's mobile rings for a third case: he is waited for."""
    ben = replace(ANNA_RINGS, technician="ben", case_id="3003")

    moved = advance(at(1), opened().state, RingTakenOver(1, Others(occupied=(ben,))))

    assert moved.effects == (CancelRing(1),)
    assert moved.state.is_waiting
