"""Somebody picked up and presses nothing: he may listen on, and nobody waits for him."""

from datetime import datetime, timedelta

import pytest
from examples import ANNA, BEN, CLARA, NOW
from nights import begun

from pbx_bridge.core.case import RingOutcome, Urgency
from pbx_bridge.core.escalation import advance
from pbx_bridge.core.escalation_events import (
    CancelRing,
    EscalationTimer,
    Fallback,
    FallbackReason,
    MobileBusy,
    Ring,
    RingAnswered,
    RingEnded,
    RingPlaced,
    RingTakenOver,
)
from pbx_bridge.core.escalation_state import Escalation, EscalationTransition
from pbx_bridge.core.lineup import Occupied, Others
from pbx_bridge.core.neighbours import others_of
from pbx_bridge.core.policy import Policy, Step, Technician

PRESSED, DECLINED = RingOutcome.ACKNOWLEDGED, RingOutcome.DECLINED
SILENT = RingOutcome.NO_ANSWER
NOBODY = Fallback(FallbackReason.NOBODY_ACCEPTED)
TEN_S = timedelta(seconds=10)


def at(seconds: float) -> datetime:
    """Return a time of this night."""
    return NOW + timedelta(seconds=seconds)


def step(*people: Technician, **fields: object) -> Step:
    """Return one step."""
    return Step(technicians=people, **fields)


def policy(*steps: Step, **fields: object) -> Policy:
    """Return a policy of one round in which only the ring timeout counts."""
    return Policy(**{"steps": steps, "rounds": 1, "listen_alone": timedelta(), **fields})


def heard(state: Escalation, *told: tuple[float, object]) -> EscalationTransition:
    """Return the transition of the last of what is told, each at its second."""
    moved = EscalationTransition(state)
    for second, event in told:
        moved = advance(at(second), moved.state, event)
    return moved


def listening(*steps: Step, **fields: object) -> Escalation:
    """Return a case whose first mobile was rung at second 1 and picked up at second 4."""
    state = begun(policy(*steps, **fields)).state
    return heard(state, (1, RingPlaced(1)), (4, RingAnswered(1))).state


def in_time(state: Escalation) -> EscalationTransition:
    """Let the timer of *state* come."""
    return advance(state.wake_at, state, EscalationTimer())


def rung(moved: EscalationTransition) -> list[str]:
    """Return who is rung now."""
    return [effect.technician for effect in moved.effects if isinstance(effect, Ring)]


def on_the_phone(state: Escalation) -> list[str]:
    """Return whose mobile rings or talks."""
    return [one.technician for one in state.live]


# ---------------------------------------------------------------- the next one


def test_next_is_rung_when_the_ring_timeout_is_over_and_he_listens_on() -> None:
    """A mailbox costs its ring timeout; a human behind it is not cut off."""
    state = listening(step(ANNA, BEN))

    moved = in_time(state)

    assert state.wake_at == at(1 + 22)
    assert moved.effects == (Ring(2, "ben", "+49170222", 22.0),)
    assert on_the_phone(moved.state) == ["anna", "ben"]


def test_whoever_picks_up_before_the_order_is_confirmed_holds_nobody_longer() -> None:
    """Then his ring timeout counts from the order."""
    state = heard(begun(policy(step(ANNA, BEN))).state, (4, RingAnswered(1))).state

    assert state.wake_at == at(22)


def test_answer_that_is_told_after_the_ring_timeout_rings_the_next_at_once() -> None:
    """He picked up in the last second: nobody waits for him either."""
    state = begun(policy(step(ANNA, BEN))).state

    moved = heard(state, (1, RingPlaced(1)), (24, RingAnswered(1)))

    assert rung(moved) == ["ben"]
    assert on_the_phone(moved.state) == ["anna", "ben"]


def test_late_key_of_the_listener_wins_and_stops_the_next() -> None:
    """Anna heard it to the end; whoever else picked up hears that it is hers."""
    both = in_time(listening(step(ANNA, BEN))).state

    ringing = heard(both, (40, RingEnded(1, PRESSED)))
    answered = heard(both, (30, RingAnswered(2)), (40, RingEnded(1, PRESSED)))

    assert (ringing.state.owner, ringing.effects[0]) == ("anna", CancelRing(2))
    assert answered.effects[0] == CancelRing(2, taken_by="anna")


def test_key_of_the_next_wins_and_the_listener_hears_who_has_it() -> None:
    """One owner, whoever was first."""
    both = in_time(listening(step(ANNA, BEN))).state

    moved = heard(both, (30, RingEnded(2, PRESSED)), (31, RingEnded(1, PRESSED)))
    won = heard(both, (30, RingEnded(2, PRESSED)))

    assert won.effects[0] == CancelRing(1, taken_by="ben")
    assert (moved.state.owner, moved.effects) == ("ben", ())


@pytest.mark.parametrize("outcome", [DECLINED, SILENT])
def test_listener_who_ends_before_his_time_is_followed_at_once(outcome: RingOutcome) -> None:
    """He says no, or the mailbox hangs up."""
    assert rung(heard(listening(step(ANNA, BEN)), (9, RingEnded(1, outcome)))) == ["ben"]


def test_listener_is_stopped_at_the_answer_limit_and_hurries_nobody() -> None:
    """Ben's mobile rings on, and Clara waits for him."""
    steps = (step(ANNA, BEN, CLARA, ring_timeout=timedelta(seconds=60)),)
    both = in_time(listening(*steps)).state

    moved = in_time(both)

    assert both.wake_at == at(4 + 75)
    assert moved.effects == (CancelRing(1),)
    assert on_the_phone(moved.state) == ["ben"]
    assert moved.state.wake_at == at(61 + 60 + 3)


def test_each_listener_holds_the_next_for_his_own_time_only() -> None:
    """Three mailboxes in a row cost three ring timeouts."""
    state, order = listening(step(ANNA, BEN, CLARA)), []
    for n in (2, 3):
        moved = in_time(state)
        order.append(((state.wake_at - NOW).total_seconds(), *rung(moved)))
        told = ((0, RingPlaced(n)), (2, RingAnswered(n)))
        second = order[-1][0]
        state = heard(moved.state, *((second + after, event) for after, event in told)).state

    assert order == [(23, "ben"), (45, "clara")]
    assert on_the_phone(state) == ["anna", "ben", "clara"]


# ---------------------------------------------------------------- time for himself


@pytest.mark.parametrize(("alone_s", "next_s"), [(0, 23), (5, 23), (19, 23), (20, 24), (60, 64)])
def test_firm_may_give_a_listener_time_for_himself(alone_s: int, next_s: int) -> None:
    """Counted from when he picked up; the ring timeout is kept in any case."""
    state = listening(step(ANNA, BEN), listen_alone=timedelta(seconds=alone_s))

    assert state.wake_at == at(next_s)
    assert rung(in_time(state)) == ["ben"]


def test_policy_of_an_earlier_release_waits_while_he_is_on_the_phone() -> None:
    """A case goes on as it began, and an old journal gives the state that it gave."""
    state = listening(step(ANNA, BEN), listen_alone=None)

    assert state.wake_at == at(4 + 75)
    assert in_time(state).effects == (CancelRing(1), Ring(2, "ben", "+49170222", 22.0))


@pytest.mark.parametrize("alone_s", [0, 60])
def test_overlap_that_is_earlier_stays(alone_s: int) -> None:
    """It never waited for anybody."""
    overlapping = step(ANNA, BEN, overlap=TEN_S)

    state = listening(overlapping, listen_alone=timedelta(seconds=alone_s))

    assert state.wake_at == at(10)


def test_ring_timeout_that_is_earlier_than_the_overlap_counts() -> None:
    """Such an overlap overlaps nothing."""
    state = listening(step(ANNA, BEN, overlap=timedelta(seconds=50)))

    assert state.wake_at == at(23)


# ---------------------------------------------------------------- together

BOTH = (step(ANNA, BEN, is_parallel=True), step(CLARA))


def test_group_waits_for_the_mobile_that_rings_and_not_for_the_listener() -> None:
    """Ben's ring is over: Clara is next, while Anna listens."""
    state = listening(*BOTH)

    over = heard(state, (23.1, RingEnded(2, SILENT)))

    assert state.wake_at == at(25)
    assert rung(over) == ["clara"]
    assert on_the_phone(over.state) == ["anna", "clara"]


def test_ring_whose_end_nobody_tells_ends_the_wait_of_the_group() -> None:
    """Ben's is stopped after its time, Anna's is not."""
    moved = in_time(listening(*BOTH))

    assert moved.effects == (CancelRing(2), Ring(3, "clara", "+49170333", 22.0))


def test_group_of_listeners_waits_for_the_longest_ring() -> None:
    """Both picked up: the next when both ring timeouts are over."""
    state = heard(listening(*BOTH), (5, RingPlaced(2)), (6, RingAnswered(2))).state

    assert state.wake_at == at(5 + 22)
    assert rung(in_time(state)) == ["clara"]


@pytest.mark.parametrize("event", [RingEnded(2, DECLINED), RingTakenOver(2), MobileBusy(2)])
def test_rest_of_a_group_that_listens_holds_the_next_no_longer(event: object) -> None:
    """Ben is out of it, whatever the reason: what counts is Anna's ring timeout."""
    state = heard(listening(*BOTH), (6, event)).state

    assert state.wake_at == at(23)
    assert rung(in_time(state)) == ["clara"]


def test_older_ring_that_is_answered_hurries_nobody() -> None:
    """Anna picks up while Ben's mobile rings already: Clara waits for Ben."""
    state = begun(policy(step(ANNA, BEN, CLARA, overlap=timedelta(seconds=20)))).state
    both = in_time(state).state

    moved = heard(both, (21, RingAnswered(1)))

    assert moved.effects == ()
    assert moved.state.wake_at == at(40)


# ---------------------------------------------------------------- beside other cases


def test_listener_is_with_his_case_for_all_others() -> None:
    """Also when he holds nobody back any more in his own."""
    both = in_time(listening(step(ANNA, BEN))).state

    occupied = others_of("2002", at(30), [both]).occupied

    assert [(one.technician, one.is_answered) for one in occupied] == [
        ("anna", True),
        ("ben", False),
    ]


def test_next_who_is_with_another_case_is_waited_for() -> None:
    """Nobody is free: looked at again after a pause, as long as Anna listens and after that."""
    ring = Occupied(
        technician="ben", case_id="2002", attempt=1, urgency=Urgency.URGENT, is_answered=True
    )
    busy = Others(occupied=(ring,))
    state = listening(step(ANNA, BEN))

    moved = advance(state.wake_at, state, EscalationTimer(busy))

    assert (rung(moved), moved.state.is_waiting) == ([], True)
    assert moved.state.wake_at == at(23 + 5)
    assert rung(in_time(moved.state)) == ["ben"]


def test_answer_that_is_told_while_the_next_is_waited_for_rings_him_when_he_is_free() -> None:
    """What is told of a mobile is a moment to look as well."""
    ring = Occupied(
        technician="clara", case_id="2002", attempt=1, urgency=Urgency.URGENT, is_answered=True
    )
    busy = Others(occupied=(ring,))
    slow = step(ANNA, overlap=timedelta(seconds=5), ring_timeout=timedelta(seconds=60))
    state = begun(policy(slow, step(BEN), step(CLARA))).state
    both = heard(in_time(state).state, (6, RingPlaced(2)), (7, RingAnswered(2))).state
    waiting = advance(both.wake_at, both, EscalationTimer(busy)).state

    moved = heard(waiting, (29, RingAnswered(1)))

    assert waiting.is_waiting
    assert rung(moved) == ["clara"]
