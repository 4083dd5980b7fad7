"""Several people of one case: rung together, overlapping, skipped, and in the end the owner."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from examples import ANNA, BEN, CLARA, NOW, OWNER
from nights import begun

from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.escalation import advance
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
    Tell,
    Topic,
)
from pbx_bridge.core.escalation_state import Escalation, EscalationPhase, EscalationTransition
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


# ---------------------------------------------------------------- dead trunk


def all_dead(state: Escalation, times: int) -> list[tuple[float, EscalationTransition]]:
    """Let every ring be unreachable *times* rounds; return the moments of pause."""
    pauses, now = [], NOW
    for _ in range(times):
        moved = EscalationTransition(state)
        while moved.state.live:
            n = moved.state.live[-1].attempt
            moved = advance(now, moved.state, RingEnded(n, DEAD))
        pauses.append(((now - NOW).total_seconds(), moved))
        now = moved.state.wake_at
        state = advance(now, moved.state, EscalationTimer()).state
    return pauses


def test_dead_trunk_does_not_burn_the_policy() -> None:
    """Nobody can be reached: the round is not counted, one mail is sent, the pauses grow."""
    moments = all_dead(begun(policy(step(ANNA, BEN))).state, times=11)

    seconds = [second for second, _ in moments]
    told = [effect for _, moved in moments for effect in moved.effects]
    pauses = [after - before for before, after in pairwise(seconds)]
    assert pauses == [15, 30, 45, 60, 75, 90, 105, 120, 120, 120]
    assert told == [Fallback(FallbackReason.LINE_DOWN)]
    assert {moved.state.round for _, moved in moments} == {1}


def test_dead_trunk_is_not_tried_without_a_pause() -> None:
    """Also when the firm wants none between rounds: nothing spins."""
    moments = all_dead(begun(policy(step(ANNA), round_pause=timedelta(0))).state, times=3)

    assert [second for second, _ in moments] == [0, 5, 15]


def test_trunk_that_comes_back_rings_the_whole_policy() -> None:
    """The rounds of the dead hours are not missing afterwards."""
    _, paused = all_dead(begun(policy(step(ANNA, BEN), rounds=2)).state, times=4)[-1]
    back = in_time(paused.state)

    first = in_time(in_time(back.state).state).state
    second = in_time(first).state

    assert rung(back) == ["anna"]
    assert (first.round, first.idle_rounds, first.phase) == (2, 0, EscalationPhase.RINGING)
    assert second.live[0].technician == "anna"


def test_one_mobile_that_got_through_counts_the_round() -> None:
    """Anna has no network, Ben is busy: the trunk works."""
    moved = after(
        begun(policy(step(ANNA, BEN))).state, RingEnded(1, DEAD), RingEnded(2, RingOutcome.BUSY)
    )

    assert moved.effects == (Fallback(FallbackReason.NOBODY_ACCEPTED),)


def test_mobile_that_was_answered_got_through() -> None:
    """Whatever Asterisk says about the end of the leg."""
    moved = after(begun(policy(step(ANNA))).state, RingAnswered(1), RingEnded(1, DEAD))

    assert moved.effects == (Fallback(FallbackReason.NOBODY_ACCEPTED),)


def test_ceiling_ends_a_dead_night() -> None:
    """Four hours of a dead trunk: the office hears that nobody accepted."""
    _, paused = all_dead(begun(policy(step(ANNA))).state, times=3)[-1]

    moved = advance(at(4 * 3600), paused.state, EscalationTimer())

    assert moved.state.phase is EscalationPhase.EXHAUSTED
    assert moved.effects == (Fallback(FallbackReason.NOBODY_ACCEPTED),)


def test_pause_of_a_lost_link_grows_to_a_limit() -> None:
    """A link that is down for an hour is not tried 700 times."""
    now, state, pauses = NOW, begun(policy(step(ANNA))).state, []
    for _ in range(10):
        down = advance(now, state, RingNotPlaced(state.live[-1].attempt)).state
        pauses.append((down.wake_at - now).total_seconds())
        now, state = down.wake_at, in_time(down).state

    assert pauses == [5, 10, 15, 20, 25, 30, 35, 40, 40, 40]


# ---------------------------------------------------------------- ceiling, last resort, done


def test_ceiling_stops_every_phone() -> None:
    """Whatever rings then is cancelled."""
    state = begun(replace(BOTH, ceiling=TEN_S)).state

    moved = in_time(state)

    assert state.wake_at == at(10)
    assert moved.effects == (
        CancelRing(1),
        CancelRing(2),
        Fallback(FallbackReason.NOBODY_ACCEPTED),
    )


def test_nobody_is_rung_after_the_ceiling() -> None:
    """A decline that is heard too late wakes nobody for a second."""
    moved = after(begun(OVERLAPPING).state, RingEnded(1, DECLINED), second=4 * 3600)

    assert moved.effects == (Fallback(FallbackReason.NOBODY_ACCEPTED),)


def test_last_resort_is_rung_after_the_rounds() -> None:
    """The office is told, and the owner of the firm is rung, once."""
    resort = policy(step(ANNA), last_resort=OWNER)
    moved = after(begun(resort).state, RingEnded(1, DECLINED))

    ended = after(moved.state, RingEnded(2, SILENT))

    assert moved.effects == (
        Fallback(FallbackReason.NOBODY_ACCEPTED),
        Ring(2, "owner", "+49170444", 22.0),
    )
    assert ended.state.phase is EscalationPhase.EXHAUSTED
    assert ended.effects == ()


def test_last_resort_who_accepts_has_the_case() -> None:
    """The mail is out, and he is the owner all the same."""
    moved = after(
        begun(policy(step(ANNA), last_resort=OWNER)).state,
        RingEnded(1, DECLINED),
        RingEnded(2, PRESSED),
    )

    assert moved.state.owner == "owner"


def test_last_resort_alone_is_rung_at_once() -> None:
    """Nobody is in the policy: that is told, and he is rung."""
    moved = begun(policy(step(), last_resort=OWNER))

    assert moved.effects[1:] == (
        Fallback(FallbackReason.NOBODY_TO_RING),
        Ring(1, "owner", "+49170444", 22.0),
    )


def test_ceiling_during_the_last_resort_tells_nothing_twice() -> None:
    """The office has its mail already."""
    resort = policy(step(ANNA), last_resort=OWNER, ceiling=TEN_S)
    owner = after(begun(resort).state, RingEnded(1, DECLINED)).state

    moved = in_time(owner)

    assert moved.state.phase is EscalationPhase.EXHAUSTED
    assert moved.effects == (CancelRing(2),)


def done_from(phase: EscalationPhase) -> Escalation:
    """Return a case that stands there."""
    ringing = begun(BOTH).state
    match phase:
        case EscalationPhase.RINGING:
            return ringing
        case EscalationPhase.ACKNOWLEDGED:
            return after(ringing, RingEnded(1, PRESSED), RingEnded(2, SILENT)).state
        case EscalationPhase.EXHAUSTED:
            return begun(Policy(steps=())).state
        case EscalationPhase.DONE:
            return after(ringing, CaseDone("anna")).state


@pytest.mark.parametrize("phase", list(EscalationPhase))
def test_case_is_done_from_everywhere(phase: EscalationPhase) -> None:
    """The office, or the technician himself, says that nothing is left to do."""
    before = done_from(phase)

    moved = after(before, CaseDone("office"))

    stopped = (CancelRing(1), CancelRing(2)) if phase is EscalationPhase.RINGING else ()
    told = (*stopped, MarkTaken("office"), Tell(Topic.DONE, "office"))
    assert moved.effects == (() if phase is EscalationPhase.DONE else told)
    assert moved.state.phase is EscalationPhase.DONE
    assert moved.state.wake_at is None
    assert moved.state.owner == before.owner


@pytest.mark.parametrize(
    "event", [RingEnded(1, PRESSED), RingEnded(1, SILENT), EscalationTimer(), CaseDone("ben")]
)
def test_done_stays_done(event: object) -> None:
    """Whatever is heard later."""
    done = done_from(EscalationPhase.DONE)

    assert after(done, event, second=9999) == EscalationTransition(done)


def test_case_that_is_done_frees_everybody() -> None:
    """The phones stop, and whoever was rung can be rung for another case in that moment."""
    assert done_from(EscalationPhase.RINGING).live
    assert done_from(EscalationPhase.DONE).live == ()
