"""Several people of one case: rung together, overlapping, skipped, and in the end the owner."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from examples import ANNA, BEN, CLARA, NOW
from nights import begun

from pbx_bridge.core.case import RingOutcome, Urgency
from pbx_bridge.core.escalation import advance, open_escalation
from pbx_bridge.core.escalation_events import (
    CancelRing,
    EscalationTimer,
    Fallback,
    FallbackReason,
    MarkTaken,
    Ring,
    RingAnswered,
    RingEnded,
    RingHeld,
    RingNotPlaced,
    RingPlaced,
    Tell,
    Topic,
)
from pbx_bridge.core.escalation_rounds import begin_round, exhaust
from pbx_bridge.core.escalation_state import Escalation, EscalationPhase, EscalationTransition
from pbx_bridge.core.lineup import ALONE, Occupied, Others
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


def elsewhere(name: str) -> Occupied:
    """Return another case that rings somebody."""
    return Occupied(
        technician=name, case_id="2002", attempt=1, urgency=Urgency.URGENT, is_answered=False
    )


# ---------------------------------------------------------------- together


def test_group_is_rung_at_the_same_moment() -> None:
    """Two rings, two attempts, one deadline."""
    moved = begun(BOTH)

    assert moved.effects[1:] == (
        Ring(1, "anna", "+49170111", 22.0),
        Ring(2, "ben", "+49170222", 22.0),
    )
    assert moved.state.wake_at == at(25)


def test_first_key_of_a_group_wins_and_the_others_are_stopped() -> None:
    """Ben has the case; Anna's mobile stops."""
    moved = after(begun(BOTH).state, RingEnded(2, PRESSED))

    assert moved.state.owner == "ben"
    assert moved.effects == (CancelRing(1), MarkTaken("ben"), Tell(Topic.ACCEPTED, "ben"))


def test_of_two_keys_in_one_moment_one_wins() -> None:
    """Both press within a tenth of a second: one owner, told once."""
    first = after(begun(BOTH).state, RingAnswered(1), RingAnswered(2), RingEnded(1, PRESSED))

    second = after(first.state, RingEnded(2, PRESSED))

    assert first.state.owner == "anna"
    assert second == EscalationTransition(first.state)


def test_group_goes_on_when_the_last_of_it_is_over() -> None:
    """Anna declines while Ben's mobile rings on: Clara is not rung yet."""
    declined = after(begun(BOTH).state, RingEnded(1, DECLINED))

    moved = after(declined.state, RingEnded(2, DECLINED))

    assert declined.effects == ()
    assert rung(moved) == ["clara"]


def test_silent_group_is_stopped_as_a_whole() -> None:
    """Both phones stop, then Clara's rings."""
    moved = in_time(begun(BOTH).state)

    assert moved.effects[:2] == (CancelRing(1), CancelRing(2))
    assert rung(moved) == ["clara"]


def test_group_waits_for_whoever_listens() -> None:
    """Ben picked up: he may hear it to the end before Clara is rung."""
    listening = after(begun(BOTH).state, RingPlaced(1), RingPlaced(2), RingAnswered(2))

    moved = in_time(listening.state)

    assert moved.effects == (CancelRing(1),)
    assert moved.state.wake_at == at(1 + 75)


def test_each_of_a_group_may_pick_up() -> None:
    """Ben first, then Anna, then Ben's mailbox is told once more: each has his own time."""
    begins = after(begun(BOTH).state, RingAnswered(2)).state

    moved = after(begins, RingAnswered(1), RingAnswered(2), second=9).state

    assert [one.is_answered for one in moved.live] == [True, True]
    assert [one.ends_at for one in moved.live] == [at(9 + 75), at(1 + 75)]


def test_group_that_cannot_be_rung_is_rung_together_later() -> None:
    """Asterisk is away: one mail, and both are tried again in one moment."""
    down = after(begun(BOTH).state, RingNotPlaced(1), RingNotPlaced(2))

    again = in_time(down.state)

    assert rung(again) == ["anna", "ben"]
    assert again.state.todo == begun(BOTH).state.todo


def test_group_held_back_by_the_dialplan_is_rung_together_later() -> None:
    """The fallback rings for this call: nobody has lost a turn."""
    held = after(begun(BOTH).state, RingHeld(1), RingHeld(2))

    assert held.effects == ()
    assert rung(in_time(held.state)) == ["anna", "ben"]


# ---------------------------------------------------------------- overlapping


def test_next_begins_while_the_one_before_rings() -> None:
    """After ten seconds Ben's mobile rings too; Anna's is not stopped for it."""
    moved = in_time(begun(OVERLAPPING).state)

    assert moved.state.wake_at == at(25)
    assert moved.effects == (Ring(2, "ben", "+49170222", 22.0),)
    assert [one.technician for one in moved.state.live] == ["anna", "ben"]


def test_decline_does_not_wait_for_the_overlap() -> None:
    """Anna says no after a second: Ben is rung in that second."""
    moved = after(begun(OVERLAPPING).state, RingEnded(1, DECLINED))

    assert rung(moved) == ["ben"]


def test_last_of_the_round_has_nobody_to_overlap_with() -> None:
    """Nothing begins; his ring runs its time."""
    both = in_time(begun(OVERLAPPING).state).state

    assert both.go_on_at is None


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_round_is_over_when_the_last_of_all_is(order: tuple[int, int]) -> None:
    """Whichever of two that ring is over first: after the other the office is told at once."""
    both = in_time(begun(OVERLAPPING).state).state

    one = advance(at(12), both, RingEnded(order[0], DECLINED))
    two = advance(at(13), one.state, RingEnded(order[1], DECLINED))

    assert one.effects == ()
    assert two.effects == (Fallback(FallbackReason.NOBODY_ACCEPTED),)


def test_older_ring_that_times_out_last_ends_the_round() -> None:
    """Ben declined, Anna's mobile rings its time; then it is over, not at the ceiling."""
    both = in_time(begun(OVERLAPPING).state).state

    moved = in_time(advance(at(12), both, RingEnded(2, DECLINED)).state)

    assert moved.effects == (CancelRing(1), Fallback(FallbackReason.NOBODY_ACCEPTED))


def test_older_ring_that_ends_does_not_hurry_the_newest() -> None:
    """Anna declines while Ben's mobile rings: Clara waits for Ben."""
    both = in_time(begun(policy(step(ANNA, BEN, CLARA, overlap=TEN_S))).state).state

    moved = advance(at(12), both, RingEnded(1, DECLINED))

    assert moved.effects == ()
    assert moved.state.wake_at == at(20)


def test_key_stops_all_that_ring() -> None:
    """Both mobiles ring, Anna presses: Ben's stops."""
    both = in_time(begun(OVERLAPPING).state).state

    moved = advance(at(12), both, RingEnded(1, PRESSED))

    assert moved.state.owner == "anna"
    assert moved.effects[0] == CancelRing(2)


# ---------------------------------------------------------------- skipped and passed on


def test_empty_step_is_skipped_at_once() -> None:
    """A layer that nobody covers costs no second."""
    assert rung(begun(policy(step(), step(BEN)))) == ["ben"]


@pytest.mark.parametrize("outcome", [DEAD, DECLINED, RingOutcome.BUSY, SILENT])
def test_whoever_cannot_take_it_is_passed_in_the_same_moment(outcome: RingOutcome) -> None:
    """No network, no, busy, or a mailbox: the next is rung without a pause."""
    moved = after(begun(policy(step(ANNA, BEN))).state, RingEnded(1, outcome))

    assert rung(moved) == ["ben"]


def test_trunk_that_dies_after_a_round_does_not_burn_the_next() -> None:
    """In the first round Anna was busy; in the second nobody can be reached: it is no round."""
    first = begun(policy(step(ANNA), rounds=2)).state
    second = in_time(after(first, RingEnded(1, RingOutcome.BUSY)).state).state

    moved = after(second, RingEnded(2, DEAD), second=20)

    assert moved.effects == (Fallback(FallbackReason.LINE_DOWN),)
    assert (moved.state.round, moved.state.phase) == (2, EscalationPhase.RINGING)


def test_ceiling_before_the_last_resort_is_told() -> None:
    """Nobody has heard of the case yet: the owner of the firm was never rung."""
    last_round = begun(policy(step(ANNA), last_resort=CLARA, ceiling=TEN_S)).state

    moved = in_time(last_round)

    assert moved.effects == (CancelRing(1), Fallback(FallbackReason.NOBODY_ACCEPTED))


def test_last_resort_of_an_earlier_release_was_told() -> None:
    """Its journal does not say whether a word is owed: none was."""
    old = Escalation(
        case_id="1001",
        urgency=Urgency.URGENT,
        policy=policy(step(ANNA), last_resort=CLARA),
        give_up_at=at(3600),
        round=2,
    )

    assert exhaust(NOW, old, FallbackReason.NOBODY_ACCEPTED).effects == ()


def test_ceiling_ends_a_talk_without_naming_anybody() -> None:
    """Nobody has the case; and what was stopped by us was no dead trunk."""
    state = after(begun(replace(BOTH, ceiling=TEN_S)).state, RingAnswered(1)).state

    moved = in_time(state)

    assert moved.effects[:2] == (CancelRing(1, taken_by=None), CancelRing(2, taken_by=None))
    assert [one.outcome for one in moved.state.attempts] == [SILENT, SILENT]


def test_group_that_was_put_off_is_rung_one_after_the_other() -> None:
    """Both rang for another case; when both are free at once, Anna is rung, then Ben."""
    busy = Others(occupied=tuple(elsewhere(name) for name in ("anna", "ben")))
    both = policy(step(ANNA, BEN, is_parallel=True))
    waiting = open_escalation(NOW, "1001", Urgency.URGENT, both, busy).state

    first = in_time(waiting)
    then = after(first.state, RingEnded(1, SILENT), second=30)

    assert [rung(first), rung(then)] == [["anna"], ["ben"]]


def test_silent_owner_is_rung_last_with_his_whole_group() -> None:
    """Nobody of it has answered him either: Clara, who stands alone, comes first."""
    state = begun(policy(step(ANNA, BEN, is_parallel=True), step(CLARA))).state

    moved = begin_round(NOW, replace(state, round=0), ALONE, last="ben")

    assert rung(moved) == ["clara"]
    assert [group.technicians for group in moved.state.todo] == [(ANNA, BEN)]
