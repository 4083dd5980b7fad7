"""One case's escalation: who is rung next, who gets the case, and when it is over."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from examples import ANNA, NOW, POLICY

from pbx_bridge.core.case import RingOutcome, Urgency
from pbx_bridge.core.escalation import advance, open_escalation, open_taken
from pbx_bridge.core.escalation_events import (
    CancelRing,
    CaseDone,
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
    TakenElsewhere,
    Tell,
    Topic,
)
from pbx_bridge.core.escalation_state import Escalation, EscalationPhase, EscalationTransition
from pbx_bridge.core.lineup import ALONE
from pbx_bridge.core.policy import Policy, Step

TO_ANNA = Ring(1, "anna", "+49170111", 22.0)
TO_BEN = Ring(2, "ben", "+49170222", 22.0)
ONLY_ANNA = (Step(technicians=(ANNA,)),)
NEW = Tell(Topic.NEW_CASE)


def at(seconds: float) -> datetime:
    """Return a time of this night."""
    return NOW + timedelta(seconds=seconds)


def opened(policy: Policy = POLICY) -> Escalation:
    """Return an escalation whose first ring has just been asked for."""
    return begun(policy).state


def begun(policy: Policy = POLICY) -> EscalationTransition:
    """Return the opening of an urgent case, with no other case about."""
    return open_escalation(NOW, "1001", Urgency.URGENT, policy, ALONE)


def after(*events: object, state: Escalation | None = None) -> EscalationTransition:
    """Return the transition of the last of *events*, one second apart."""
    moved = EscalationTransition(state or opened())
    for second, event in enumerate(events, start=1):
        moved = advance(at(second), moved.state, event)
    return moved


def timed_out(state: Escalation) -> EscalationTransition:
    """Let the timer of *state* come."""
    return advance(state.wake_at, state, EscalationTimer())


def test_first_technician_is_rung_at_once() -> None:
    """A case that is opened rings without delay."""
    moved = begun()

    assert moved.effects == (NEW, TO_ANNA)
    assert moved.state.wake_at == at(25)


def test_decline_rings_the_next_in_the_same_moment() -> None:
    """Whoever presses 2 passes the case on, he does not stop it."""
    moved = after(RingEnded(1, RingOutcome.DECLINED))

    assert moved.effects == (TO_BEN,)
    assert moved.state.attempts[0].outcome is RingOutcome.DECLINED


def test_silence_stops_the_ring_and_takes_the_next() -> None:
    """A mobile nobody picks up, and a mailbox, cost their time and nothing more."""
    moved = timed_out(opened())

    assert moved.effects == (CancelRing(1), TO_BEN)


def test_timeout_runs_from_when_asterisk_took_the_order() -> None:
    """A slow Asterisk does not shorten the ring."""
    moved = advance(at(2), opened(), RingPlaced(1))

    assert moved.state.wake_at == at(2 + 22 + 3)


def test_who_picked_up_may_listen_to_the_end() -> None:
    """Somebody who listens is not cut off by the ring timeout."""
    moved = after(RingPlaced(1), RingAnswered(1))

    assert moved.state.wake_at == at(2 + 75)


def test_mailbox_that_talks_does_not_hold_the_case_for_ever() -> None:
    """After the answer limit the next one is rung."""
    moved = timed_out(after(RingAnswered(1)).state)

    assert moved.effects == (CancelRing(1), TO_BEN)


def test_key_press_makes_the_owner() -> None:
    """Anna presses 1: hers, nobody else is rung, the dialplan is told."""
    moved = after(RingAnswered(1), RingEnded(1, RingOutcome.ACKNOWLEDGED))

    assert moved.state.owner == "anna"
    assert moved.state.wake_at is None
    assert moved.effects == (MarkTaken("anna"), Tell(Topic.ACCEPTED, "anna"))


def test_late_yes_stops_the_ring_in_progress() -> None:
    """Anna presses 1 while Ben is already being rung: Anna owns the case."""
    late = timed_out(opened()).state

    moved = after(RingEnded(1, RingOutcome.ACKNOWLEDGED), state=late)

    assert moved.state.owner == "anna"
    assert moved.state.attempts[0].outcome is RingOutcome.ACKNOWLEDGED
    assert moved.effects == (CancelRing(2), MarkTaken("anna"), Tell(Topic.ACCEPTED, "anna"))


def test_whoever_picked_up_hears_who_has_the_case() -> None:
    """He may press 1 a moment later: cut off, he would not know whether it counted."""
    listening = after(RingAnswered(2), state=timed_out(opened()).state).state

    moved = after(RingEnded(1, RingOutcome.ACKNOWLEDGED), state=listening)

    assert moved.effects[0] == CancelRing(2, taken_by="anna")


def test_second_yes_is_too_late() -> None:
    """Of two who press 1 the first has the case; the second attempt stays open."""
    moved = after(RingEnded(1, RingOutcome.ACKNOWLEDGED), state=timed_out(opened()).state)

    second = advance(at(60), moved.state, RingEnded(2, RingOutcome.ACKNOWLEDGED))

    assert second == EscalationTransition(moved.state)


def test_leg_of_the_loser_is_closed_when_it_ends() -> None:
    """After the case is taken an end of a ring is only written down."""
    taken = after(RingEnded(1, RingOutcome.ACKNOWLEDGED), state=timed_out(opened()).state).state

    moved = advance(at(60), taken, RingEnded(2, RingOutcome.NO_ANSWER))

    assert moved.effects == ()
    assert moved.state.live == ()
    assert moved.state.owner == "anna"


def test_yes_after_the_fallback_still_counts() -> None:
    """A human said yes, however late: the case has an owner."""
    state = opened(Policy(steps=ONLY_ANNA, rounds=1))
    exhausted = timed_out(state).state

    moved = after(RingEnded(1, RingOutcome.ACKNOWLEDGED), state=exhausted)

    assert exhausted.phase is EscalationPhase.EXHAUSTED
    assert moved.state.owner == "anna"


def test_yes_from_a_ring_that_never_was_changes_nothing() -> None:
    """Nobody gets a case by an attempt that we did not make."""
    assert after(RingEnded(7, RingOutcome.ACKNOWLEDGED)) == EscalationTransition(opened())


def test_last_ring_of_the_last_round_tells_the_office() -> None:
    """Everybody was rung as often as the policy says, then somebody reads a mail."""
    state = opened(Policy(steps=ONLY_ANNA, rounds=1))

    moved = after(RingEnded(1, RingOutcome.BUSY), state=state)

    assert moved.state.phase is EscalationPhase.EXHAUSTED
    assert moved.effects == (Fallback(FallbackReason.NOBODY_ACCEPTED),)


def test_round_is_followed_by_a_pause() -> None:
    """Two busy mobiles do not burn the whole policy within a second."""
    paused = after(RingEnded(1, RingOutcome.BUSY), RingEnded(2, RingOutcome.BUSY))

    moved = timed_out(paused.state)

    assert paused.effects == ()
    assert paused.state.wake_at == at(2 + 15)
    assert moved.effects == (Ring(3, "anna", "+49170111", 22.0),)


def test_without_a_pause_the_round_follows_at_once() -> None:
    """A pause of 0 seconds is none: one timer makes one ring."""
    state = opened(Policy(steps=ONLY_ANNA, round_pause=timedelta(0)))

    moved = after(RingEnded(1, RingOutcome.BUSY), state=state)

    assert [type(effect) for effect in moved.effects] == [Ring]
    assert advance(at(1), moved.state, RingEnded(1, RingOutcome.BUSY)).effects == ()


def test_policy_without_people_tells_the_office_at_once() -> None:
    """Nobody to ring is said, not waited for."""
    moved = begun(Policy(steps=()))

    assert moved.effects == (NEW, Fallback(FallbackReason.NOBODY_TO_RING))
    assert moved.state.wake_at is None


def test_line_down_is_said_once_and_tried_on() -> None:
    """Asterisk is away: one mail, and the same person is tried again, with growing pauses."""
    first = after(RingNotPlaced(1))
    again = timed_out(first.state)

    second = advance(at(9), again.state, RingNotPlaced(2))

    assert first.effects == (Fallback(FallbackReason.LINE_DOWN),)
    assert again.effects == (Ring(2, "anna", "+49170111", 22.0),)
    assert second.effects == ()
    assert second.state.wake_at == at(9 + 2 * 5)


def test_line_that_never_comes_back_ends_at_the_ceiling() -> None:
    """Four hours without Asterisk: the office hears that nobody accepted."""
    late = advance(NOW + POLICY.ceiling, opened(), RingNotPlaced(1)).state

    moved = advance(NOW + POLICY.ceiling, late, EscalationTimer())

    assert moved.state.phase is EscalationPhase.EXHAUSTED
    assert moved.state.live == ()
    assert moved.effects == (Fallback(FallbackReason.NOBODY_ACCEPTED),)


def test_no_ring_begins_after_the_ceiling() -> None:
    """A pause that ends after the ceiling is the end."""
    waiting = after(RingNotPlaced(1)).state

    moved = advance(NOW + POLICY.ceiling, waiting, EscalationTimer())

    assert moved.state.phase is EscalationPhase.EXHAUSTED


def test_ring_that_asterisk_has_cannot_fail_to_be_placed() -> None:
    """The same order given twice must not close the leg that rings."""
    placed = after(RingPlaced(1))

    assert after(RingNotPlaced(1), state=placed.state) == EscalationTransition(placed.state)
    assert after(RingHeld(1), state=placed.state) == EscalationTransition(placed.state)


def test_ring_is_held_while_the_dialplan_rings() -> None:
    """The fallback rings the same people: we wait, and nobody has been rung by us."""
    held = after(RingHeld(1))

    again = timed_out(held.state)

    assert held.state.attempts == ()
    assert held.effects == ()
    assert held.state.wake_at == at(1 + 5)
    assert again.effects == (TO_ANNA,)


@pytest.mark.parametrize("event", [RingPlaced(1), RingAnswered(1)])
def test_report_of_a_ring_given_up_moves_nothing(event: object) -> None:
    """What is heard of Anna's phone while Ben is rung does not touch Ben's time."""
    state = timed_out(opened()).state

    assert after(event, state=state) == EscalationTransition(state)


def test_answer_makes_a_later_placed_meaningless() -> None:
    """Asterisk may tell the answer before it confirms the order, and tell it twice."""
    answered = after(RingAnswered(1)).state

    assert after(RingPlaced(1), state=answered) == EscalationTransition(answered)
    assert after(RingAnswered(1), state=answered) == EscalationTransition(answered)


def test_timer_before_its_time_does_nothing() -> None:
    """Only `wake_at` ends a wait."""
    assert after(EscalationTimer()) == EscalationTransition(opened())


def test_key_pressed_in_the_dialplan_counts() -> None:
    """Ben accepted while we were away: Anna's phone stops, the case is his."""
    moved = after(TakenElsewhere("ben"))

    assert moved.state.owner == "ben"
    assert moved.effects == (CancelRing(1), MarkTaken("ben"), Tell(Topic.ACCEPTED, "ben"))


def test_key_pressed_in_the_dialplan_takes_nothing_from_an_owner() -> None:
    """One owner: the first."""
    taken = after(RingEnded(1, RingOutcome.ACKNOWLEDGED)).state

    assert after(TakenElsewhere("ben"), state=taken) == EscalationTransition(taken)


@pytest.mark.parametrize("is_done", [False, True])
def test_key_that_somebody_else_has_stored_is_contested_once(is_done: bool) -> None:
    """Both were told that it is theirs: people hear of it, and AstDB holds the owner again."""
    taken = after(RingEnded(1, RingOutcome.ACKNOWLEDGED)).state
    over = after(CaseDone("anna"), state=taken).state if is_done else taken
    key = TakenElsewhere("ben", mark="ben/1001-2")

    moved = after(key, state=over)

    assert moved.state == replace(over, counted=("ben/1001-2",))
    assert moved.effects == (MarkTaken("anna"), Tell(Topic.CONTESTED, "ben"))
    assert after(key, state=moved.state) == EscalationTransition(moved.state)


def test_second_key_of_the_owner_is_not_contested() -> None:
    """He pressed 1 on another leg as well: nobody need be told."""
    taken = after(RingEnded(1, RingOutcome.ACKNOWLEDGED)).state

    moved = after(TakenElsewhere("anna", mark="anna/2002-1"), state=taken)

    assert (moved.state.owner, moved.effects) == ("anna", (MarkTaken("anna"),))


def test_whoever_picked_up_hears_that_the_case_is_done() -> None:
    """He may be about to press 1: he is not just cut off."""
    picked_up = after(RingAnswered(1)).state

    moved = after(CaseDone("office"), state=picked_up)

    assert moved.effects[0] == CancelRing(1, taken_by="office")


def test_case_taken_before_it_began_rings_nobody() -> None:
    """Taken in the dialplan's screening before we could ring: open and closed at once."""
    moved = open_taken(NOW, "1001", Urgency.URGENT, POLICY, "ben")

    assert moved.state.owner == "ben"
    assert moved.effects == (MarkTaken("ben"), Tell(Topic.ACCEPTED, "ben"))
