"""What is told twice, late or out of turn: each a rule that a slip of the hand could undo."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from examples import ANNA, BEN, CLARA, NOW, POLICY

from pbx_bridge.core.case import RingOutcome, Urgency
from pbx_bridge.core.escalation import advance, open_escalation, open_taken
from pbx_bridge.core.escalation_events import (
    EscalationTimer,
    Fallback,
    FallbackReason,
    MobileBusy,
    PersonFree,
    Ring,
    RingAnswered,
    RingEnded,
    RingHeld,
    RingNotPlaced,
    RingPlaced,
    RingTakenOver,
)
from pbx_bridge.core.escalation_state import Escalation, EscalationPhase, EscalationTransition
from pbx_bridge.core.lineup import ALONE
from pbx_bridge.core.policy import Policy, Step, Technician

HOUR = timedelta(hours=1)
REMINDING = replace(POLICY, remind_after=HOUR)
PRESSED = RingOutcome.ACKNOWLEDGED


def at(seconds: float) -> datetime:
    """Return a time of this night."""
    return NOW + timedelta(seconds=seconds)


def begun(policy: Policy = POLICY, *events: object) -> Escalation:
    """Return an urgent case after *events*, one second apart."""
    state = open_escalation(NOW, "1001", Urgency.URGENT, policy, ALONE).state
    for second, event in enumerate(events, start=1):
        state = advance(at(second), state, event).state
    return state


def in_time(state: Escalation) -> EscalationTransition:
    """Let the timer of *state* come."""
    return advance(state.wake_at, state, EscalationTimer())


def rung(moved: EscalationTransition) -> list[str]:
    """Return who is rung now."""
    return [effect.technician for effect in moved.effects if isinstance(effect, Ring)]


def test_answer_that_is_told_twice_gives_no_more_time() -> None:
    """A mailbox must not hold the case longer because Asterisk says so again."""
    once = begun(POLICY, RingPlaced(1), RingAnswered(1))

    twice = advance(at(50), once, RingAnswered(1)).state

    assert twice == once
    assert twice.wake_at == at(2 + 75)


def test_order_that_is_told_twice_gives_no_more_time() -> None:
    """The ring timeout runs from the first time."""
    once = begun(POLICY, RingPlaced(1))

    twice = advance(at(20), once, RingPlaced(1)).state

    assert twice == once
    assert twice.wake_at == at(1 + 25)


def test_each_ring_has_the_time_of_its_own_step() -> None:
    """Ben's step rings for ten seconds, from when Asterisk took his order, not Anna's."""
    steps = (
        Step(technicians=(ANNA,)),
        Step(technicians=(BEN,), ring_timeout=timedelta(seconds=10)),
    )
    state = begun(Policy(steps=steps), RingPlaced(1), RingEnded(1, RingOutcome.BUSY))

    moved = advance(at(9), state, RingPlaced(2)).state

    assert moved.attempts[1].ends_at == at(9 + 10 + 3)
    assert moved.wake_at == at(9 + 10 + 3)


def test_late_key_of_the_owner_on_another_ring_puts_no_reminder_off() -> None:
    """Anna took it on her second ring; the key on the first says nothing about her work."""
    policy = Policy(steps=(Step(technicians=(ANNA,)),) * 2, remind_after=HOUR)
    second = in_time(begun(policy)).state
    taken = advance(at(30), second, RingEnded(2, PRESSED)).state

    late = advance(at(900), taken, RingEnded(1, PRESSED))

    assert taken.owner == "anna"
    assert late == EscalationTransition(taken)
    assert late.state.wake_at == at(30) + HOUR


def test_key_on_the_reminder_of_a_former_owner_puts_nothing_off() -> None:
    """Anna did not answer, Ben has it now; her late key does not tell that he is at it."""
    hers = open_taken(NOW, "1001", Urgency.URGENT, REMINDING, "anna").state
    reminded = in_time(hers).state
    resumed = in_time(reminded).state
    his = advance(at(3700), resumed, RingEnded(2, PRESSED)).state

    late = advance(at(4000), his, RingEnded(1, PRESSED))

    assert his.owner == "ben"
    assert late == EscalationTransition(his)


def test_owner_is_reminded_though_the_leg_of_a_loser_never_ended() -> None:
    """Of Anna's leg nothing was ever told; it is not the reminder that Ben did not answer."""
    steps = (Step(technicians=(ANNA, BEN), is_parallel=True),)
    taken = begun(Policy(steps=steps, remind_after=HOUR), RingPlaced(1), RingEnded(2, PRESSED))

    reminded = in_time(taken)

    assert [one.technician for one in taken.live] == ["anna"]
    assert rung(reminded) == ["ben"]
    assert reminded.state.owner == "ben"


def test_ring_after_a_reminder_has_its_own_time() -> None:
    """Anna's reminder was ring 1; Ben's is ring 2, and the case waits for him."""
    hers = open_taken(NOW, "1001", Urgency.URGENT, REMINDING, "anna").state
    resumed = in_time(in_time(hers).state).state

    placed = advance(at(3630), resumed, RingPlaced(2)).state
    answered = advance(at(3640), placed, RingAnswered(2)).state

    assert placed.wake_at == at(3630 + 25)
    assert answered.wake_at == at(3640 + 75)


def test_reminder_has_its_own_time_behind_other_rings() -> None:
    """Ring 2 is the reminder; its time is not that of ring 1."""
    taken = begun(REMINDING, RingPlaced(1), RingEnded(1, PRESSED))
    reminded = in_time(taken).state

    placed = advance(at(3605), reminded, RingPlaced(2)).state
    answered = advance(at(3610), placed, RingAnswered(2)).state

    assert placed.wake_at == at(3605 + 25)
    assert answered.wake_at == at(3610 + 75)


def test_end_of_a_loser_rings_nobody() -> None:
    """Ben has the case; Anna's leg ends later, and no round begins though none has a pause."""
    both = Step(technicians=(ANNA, BEN), is_parallel=True)
    taken = begun(Policy(steps=(both,), round_pause=timedelta(0)), RingEnded(2, PRESSED))

    late = advance(at(5), taken, RingEnded(1, RingOutcome.BUSY))

    assert late.effects == ()
    assert late.state == replace(taken, attempts=late.state.attempts)


def test_late_key_of_whom_this_case_rings_anew_keeps_no_phone_busy() -> None:
    """Anna presses 1 on her first ring while her second sounds: she listens to neither."""
    policy = Policy(steps=(Step(technicians=(ANNA,)),) * 2)
    second = in_time(begun(policy, RingPlaced(1), RingAnswered(1))).state

    taken = advance(at(90), second, RingEnded(1, PRESSED)).state

    assert (taken.owner, len(taken.live)) == ("anna", 1)
    assert taken.talking(at(91)) == ()


def test_ring_that_was_taken_over_got_through() -> None:
    """It is no sign of a dead trunk, and no ring that was never placed."""
    state = begun(POLICY, RingTakenOver(1))

    assert state.attempts[0].outcome is RingOutcome.NO_ANSWER
    assert state.has_reached_somebody


def test_second_ring_can_fail_to_be_placed_though_the_first_was() -> None:
    """Each ring is looked at for itself: Ben comes first again."""
    state = begun(POLICY, RingPlaced(1), RingEnded(1, RingOutcome.BUSY))

    moved = advance(at(3), state, RingNotPlaced(2)).state

    assert moved.attempts[1].outcome is RingOutcome.UNREACHABLE
    assert [group.technicians for group in moved.todo] == [(BEN,)]


def test_ring_held_back_leaves_the_rings_before_it() -> None:
    """It never was; Anna's was."""
    state = begun(POLICY, RingPlaced(1), RingEnded(1, RingOutcome.BUSY))

    moved = advance(at(3), state, RingHeld(2)).state

    assert moved.attempts == state.attempts[:1]


def test_whose_mobile_is_busy_is_rung_last() -> None:
    """Anna listens on a leg that no case knows of: Ben first, after a look's pause."""
    state = begun(POLICY, MobileBusy(1))

    then = in_time(state)

    assert state.attempts == ()
    assert state.is_waiting
    assert state.wake_at == at(1) + POLICY.line_retry
    assert rung(then) == ["ben"]
    assert [group.technicians for group in then.state.todo] == [(ANNA,)]
    assert then.state.todo[0].is_last_chance


def test_two_busy_mobiles_are_looked_at_in_turn() -> None:
    """Neither stands in the other's way, and nothing spins: each look has its pause."""
    state, looked = begun(POLICY, MobileBusy(1)), []
    for _ in range(4):
        moved = in_time(state)
        looked += rung(moved)
        busy = advance(state.wake_at, moved.state, MobileBusy(1))
        assert busy.effects == ()
        state = busy.state

    assert looked == ["ben", "anna", "ben", "anna"]


def test_busy_mobile_of_a_group_waits_for_the_others_of_it() -> None:
    """Ben's mobile rings on: Anna's turn is when it is over, and Clara's is not before."""
    policy = Policy(
        steps=(
            Step(technicians=(ANNA, BEN), is_parallel=True),
            Step(technicians=(CLARA,)),
        )
    )
    state = begun(policy, MobileBusy(1))

    over = advance(at(4), state, RingEnded(2, RingOutcome.BUSY))

    assert not state.is_waiting
    assert state.go_on_at is None
    assert [group.technicians for group in state.todo] == [(CLARA,), (ANNA,)]
    assert rung(over) == ["clara"]


def test_busy_mobile_is_rung_until_the_ceiling_and_no_longer() -> None:
    """Anna alone is on call and never hangs up: the office is told in time."""
    state, looks = begun(Policy(steps=(Step(technicians=(ANNA,)),)), MobileBusy(1)), 0
    while rung(moved := in_time(state)):
        looks += 1
        state = advance(state.wake_at, moved.state, MobileBusy(1)).state

    assert looks > 100
    assert moved.state.phase is EscalationPhase.EXHAUSTED
    assert moved.effects == (Fallback(FallbackReason.NOBODY_ACCEPTED),)


def test_reminder_of_an_owner_whose_mobile_is_busy_comes_later() -> None:
    """He listens to us: the reminder is as good as not placed."""
    hers = open_taken(NOW, "1001", Urgency.URGENT, REMINDING, "anna").state
    reminded = in_time(hers)

    held = advance(hers.wake_at, reminded.state, MobileBusy(1)).state

    assert held.owner == "anna"
    assert held.todo == ()
    assert rung(in_time(held)) == ["anna"]


def test_reminder_that_ran_out_got_through() -> None:
    """The mobile rang and nobody answered: that is no lost line."""
    hers = open_taken(NOW, "1001", Urgency.URGENT, REMINDING, "anna").state

    resumed = in_time(in_time(hers).state).state

    assert resumed.attempts[0].outcome is RingOutcome.NO_ANSWER


def test_next_is_rung_when_an_older_and_the_newest_run_out_together() -> None:
    """Anna listens still; Ben and Clara end in the same moment, and David is rung."""
    david = Technician("david", "+49170444")
    steps = (
        Step(technicians=(ANNA,), overlap=timedelta(seconds=5)),
        Step(technicians=(BEN,), overlap=timedelta(seconds=5), ring_timeout=timedelta(seconds=20)),
        Step(technicians=(CLARA,), ring_timeout=timedelta(seconds=15)),
        Step(technicians=(david,)),
    )
    state = begun(Policy(steps=steps), RingPlaced(1), RingAnswered(1))
    three = in_time(in_time(state).state).state

    moved = in_time(three)

    assert [one.technician for one in three.live] == ["anna", "ben", "clara"]
    assert rung(moved) == ["david"]


def test_key_that_was_counted_once_takes_no_resumed_case() -> None:
    """Anna pressed 1 hours ago; the same key told again is not a new one."""
    taken = begun(REMINDING, RingPlaced(1), RingAnswered(1), RingEnded(1, PRESSED))
    resumed = in_time(in_time(taken).state).state

    again = advance(at(4000), resumed, RingEnded(1, PRESSED))

    assert resumed.owner is None
    assert again == EscalationTransition(resumed)


def test_whoever_declined_may_think_better_of_it() -> None:
    """A human said yes, on the same ring: it counts whenever it comes."""
    declined = begun(POLICY, RingPlaced(1), RingAnswered(1), RingEnded(1, RingOutcome.DECLINED))

    assert advance(at(5), declined, RingEnded(1, PRESSED)).state.owner == "anna"


def test_resumed_case_is_as_if_nobody_had_taken_it() -> None:
    """No owner, no time of acceptance, the first round, the whole ceiling."""
    hers = open_taken(NOW, "1001", Urgency.URGENT, REMINDING, "anna").state
    reminded = in_time(hers).state

    resumed = in_time(reminded).state

    assert (resumed.owner, resumed.acknowledged_at, resumed.round) == (None, None, 1)
    assert resumed.give_up_at == reminded.wake_at + REMINDING.ceiling


def test_person_taken_over_comes_after_the_others_of_the_round() -> None:
    """Ben and Clara are free now; Anna is with a more urgent case."""
    policy = Policy(steps=(Step(technicians=(ANNA, BEN, CLARA)),), rounds=1)
    state = begun(policy, RingTakenOver(1))
    order = ["ben"]

    for second, attempt in ((2, 2), (3, 3)):
        moved = advance(at(second), state, RingEnded(attempt, RingOutcome.DECLINED))
        order += rung(moved)
        state = moved.state

    assert order == ["ben", "clara", "anna"]


def test_one_of_a_group_taken_over_comes_after_the_next_step() -> None:
    """Ben of her group declines: Clara is next, for Anna was needed elsewhere a moment ago."""
    steps = (Step(technicians=(ANNA, BEN), is_parallel=True), Step(technicians=(CLARA,)))
    state = begun(Policy(steps=steps), RingTakenOver(1))

    moved = advance(at(2), state, RingEnded(2, RingOutcome.DECLINED))
    then = advance(at(3), moved.state, RingEnded(3, RingOutcome.DECLINED))

    assert rung(moved) == ["clara"]
    assert rung(then) == ["anna"]


def test_decline_of_the_newest_rings_the_next_though_an_older_one_rings() -> None:
    """Anna's mobile rings on, Ben declines: Clara need not wait for the overlap."""
    step = Step(technicians=(ANNA, BEN, CLARA), overlap=timedelta(seconds=5))
    both = in_time(begun(Policy(steps=(step,)))).state

    moved = advance(at(6), both, RingEnded(2, RingOutcome.DECLINED))

    assert [one.technician for one in both.live] == ["anna", "ben"]
    assert rung(moved) == ["clara"]


@pytest.mark.parametrize("put_off", [RingHeld(1), RingNotPlaced(1)])
def test_ring_that_was_put_off_begins_as_soon_as_somebody_says_so(put_off: object) -> None:
    """The link is back, or the fallback is over: nobody waits for the timer."""
    state = begun(POLICY, put_off)

    moved = advance(at(2), state, PersonFree())

    assert rung(moved) == ["anna"]


@pytest.mark.parametrize("put_off", [RingHeld(1), RingNotPlaced(1)])
def test_ring_that_was_put_off_waits_for_the_rest_of_its_group(put_off: object) -> None:
    """Ben's mobile rings on: somebody who is free elsewhere changes nothing."""
    both = Policy(steps=(Step(technicians=(ANNA, BEN), is_parallel=True),))
    state = begun(both, put_off)

    moved = advance(at(2), state, PersonFree())

    assert moved == EscalationTransition(state)


@pytest.mark.parametrize("seconds", [0.0, 0.001])
def test_ceiling_counts_from_its_very_moment(seconds: float) -> None:
    """At the ceiling nobody is rung any more, and a moment before somebody still may be."""
    state = begun(POLICY)
    end = state.give_up_at - timedelta(seconds=seconds)

    moved = advance(end, state, RingEnded(1, RingOutcome.DECLINED))

    assert rung(moved) == ([] if seconds == 0 else ["ben"])
