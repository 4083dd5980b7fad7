"""How an escalation ends: a dead trunk, the ceiling, the last resort, done, a last goodbye."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from examples import ANNA, BEN, CLARA, NOW, OWNER
from nights import begun

from pbx_bridge.core.case import RingOutcome, Urgency
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
    RingNotPlaced,
    RingPlaced,
    Tell,
    Topic,
)
from pbx_bridge.core.escalation_state import Escalation, EscalationPhase, EscalationTransition
from pbx_bridge.core.lineup import Occupied, Others
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


# ---------------------------------------------------------------- still on the phone


def talking(*steps: Step, **fields: object) -> EscalationTransition:
    """Let Anna pick up and decline at second 1; she still hears us say goodbye."""
    state = begun(policy(*steps, **fields)).state
    return after(state, RingPlaced(1), RingAnswered(1), RingEnded(1, DECLINED))


def test_whoever_declines_is_not_free_before_he_hung_up() -> None:
    """Ben is rung at once; Anna's phone is busy until the end of her leg is told."""
    declined = talking(step(ANNA, BEN))

    hung_up = after(declined.state, RingEnded(1, SILENT), second=3)

    assert rung(declined) == ["ben"]
    assert [one.technician for one in declined.state.talking(at(2))] == ["anna"]
    assert hung_up.state.talking(at(3)) == ()
    assert hung_up.effects == ()


def test_whoever_is_never_told_to_have_hung_up_is_free_in_the_end() -> None:
    """After as long as anybody may listen."""
    state = talking(step(ANNA, BEN)).state

    assert state.talking(at(1 + 74))
    assert not state.talking(at(1 + 75))


def test_round_waits_for_the_goodbye() -> None:
    """She is alone: the next round must not find her busy with our own words."""
    declined = talking(step(ANNA), rounds=2, round_pause=timedelta(0))

    again = after(declined.state, RingEnded(1, SILENT), second=3)

    assert declined.effects == ()
    assert declined.state.is_waiting
    assert declined.state.wake_at == at(1 + 75)
    assert rung(again) == ["anna"]


def test_round_goes_on_by_itself_when_the_end_is_never_told() -> None:
    """The goodbye cannot last longer than that."""
    declined = talking(step(ANNA), rounds=2, round_pause=timedelta(0))

    assert rung(in_time(declined.state)) == ["anna"]


@pytest.mark.parametrize("late", [RingEnded(1, DECLINED), RingPlaced(1), RingAnswered(1)])
def test_only_the_end_of_the_leg_says_that_he_hung_up(late: object) -> None:
    """What is told twice or late about it does not."""
    state = talking(step(ANNA)).state

    assert after(state, late, second=2) == EscalationTransition(state)


def test_end_of_a_leg_that_is_over_changes_nothing() -> None:
    """Nobody pressed a key on it, or it never was."""
    state = after(begun(BOTH).state, RingEnded(1, SILENT)).state

    assert after(state, RingEnded(1, SILENT)) == EscalationTransition(state)
    assert after(state, RingEnded(9, SILENT)) == EscalationTransition(state)


def test_ceiling_ends_the_goodbye_too() -> None:
    """From then on every phone is free for other cases."""
    declined = talking(step(ANNA, BEN), ceiling=TEN_S)

    moved = in_time(declined.state)

    assert moved.effects[:2] == (CancelRing(2), CancelRing(1))
    assert moved.state.live == ()
    assert moved.state.talking(at(10)) == ()


@pytest.mark.parametrize(("by", "stopped"), [("office", (CancelRing(1),)), ("anna", ())])
def test_done_ends_the_goodbye_but_not_for_whoever_says_so(by: str, stopped: tuple) -> None:
    """Nobody is called busy for a case that is done; who says it on the phone may finish."""
    state = begun(policy(step(ANNA))).state
    taken = after(state, RingPlaced(1), RingAnswered(1), RingEnded(1, PRESSED)).state

    moved = after(taken, CaseDone(by), second=2)

    assert moved.effects == (*stopped, MarkTaken(by), Tell(Topic.DONE, by))
    assert bool(moved.state.talking(at(2))) is (by == "anna")


@pytest.mark.parametrize(("other", "talks"), [("anna", ()), ("ben", ("anna",))])
def test_late_key_of_whom_another_case_rings_already_keeps_no_phone_busy(
    other: str, talks: tuple
) -> None:
    """Anna's key counts; that her phone was given away since, one of the two cases must know."""
    state = begun(policy(step(ANNA))).state
    given_up = in_time(after(state, RingPlaced(1), RingAnswered(1)).state).state
    rings = Occupied(
        technician=other, case_id="2002", attempt=1, urgency=Urgency.URGENT, is_answered=False
    )

    late = RingEnded(1, PRESSED, Others(occupied=(rings,)))
    moved = after(given_up, late, second=80).state

    assert moved.owner == "anna"
    assert tuple(one.technician for one in moved.talking(at(81))) == talks


def test_whoever_still_talks_is_not_rung_again_in_another_step() -> None:
    """Anna stands in the next step too, and says goodbye just now: Clara first."""
    declined = talking(step(ANNA), step(ANNA), step(CLARA))

    assert rung(declined) == ["clara"]
