"""The small changes that the rules of an escalation are made of."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from examples import ANNA, BEN, CLARA, NOW, POLICY

from pbx_bridge.core.case import RingOutcome, Urgency
from pbx_bridge.core.escalation_state import (
    Attempt,
    Escalation,
    EscalationPhase,
    changed,
    closed,
    given_back,
    over,
    pressed,
    with_timer,
)
from pbx_bridge.core.policy import RING_TIMEOUT, Group, Policy, Step, Technician

ALL = (ANNA, BEN, CLARA)


def at(seconds: float) -> datetime:
    """Return a time of this night."""
    return NOW + timedelta(seconds=seconds)


def rung(*people: Technician, policy: Policy = POLICY, **fields: object) -> Escalation:
    """Return an escalation that rings *people*."""
    attempts = tuple(
        Attempt(attempt=n, technician=one.name, ends_at=at(25), timeout=RING_TIMEOUT)
        for n, one in enumerate(people, start=1)
    )
    esc = Escalation(case_id="1001", urgency=Urgency.URGENT, policy=policy, give_up_at=at(3600))
    return replace(esc, attempts=attempts, **fields)


def together(*people: Technician, **fields: object) -> Group:
    """Return a group with the usual timeout."""
    return Group(technicians=people, ring_timeout=RING_TIMEOUT, **fields)


def test_attempts_are_numbered_from_1() -> None:
    """Number 0 and what was never rung are nobody's."""
    esc = rung(ANNA, BEN)

    assert [esc.find(1), esc.find(2)] == list(esc.attempts)
    assert [esc.find(0), esc.find(3), esc.find(-1)] == [None] * 3


def test_attempt_lives_until_it_has_an_outcome() -> None:
    """One that never was does not live."""
    esc = closed(rung(ANNA, BEN), 1, RingOutcome.BUSY)

    assert [esc.is_live(n) for n in (1, 2, 3)] == [False, True, False]
    assert [one.attempt for one in esc.live] == [2]


def test_group_is_over_when_nobody_of_it_rings() -> None:
    """Whoever was rung before it, and rings on, does not count."""
    esc = rung(ANNA, BEN, CLARA, newest=2)

    assert not closed(esc, 3, RingOutcome.BUSY).is_group_over
    assert closed(closed(esc, 3, RingOutcome.BUSY), 2, RingOutcome.BUSY).is_group_over


@pytest.mark.parametrize(
    ("outcome", "has_reached"), [(o, o is not RingOutcome.UNREACHABLE) for o in RingOutcome]
)
def test_every_end_but_unreachable_got_through(outcome: RingOutcome, has_reached: bool) -> None:
    """Busy and declined prove that the trunk works."""
    assert closed(rung(ANNA), 1, outcome).has_reached_somebody is has_reached


def test_round_that_got_through_once_stays_so() -> None:
    """A second mobile without network does not undo it."""
    esc = closed(rung(ANNA, BEN), 1, RingOutcome.NO_ANSWER)

    assert closed(esc, 2, RingOutcome.UNREACHABLE).has_reached_somebody


def test_first_outcome_stays() -> None:
    """What is heard of a ring later does not change how it ended."""
    esc = closed(rung(ANNA), 1, RingOutcome.DECLINED)

    assert closed(esc, 1, RingOutcome.BUSY) == esc
    assert closed(esc, 7, RingOutcome.BUSY) == esc


def test_other_fields_of_an_attempt_are_kept() -> None:
    """One attempt changes, in one field."""
    esc = changed(rung(ANNA, BEN), 2, is_placed=True)

    assert esc.attempts[0] == rung(ANNA, BEN).attempts[0]
    assert esc.attempts[1] == replace(rung(ANNA, BEN).attempts[1], is_placed=True)


@pytest.mark.parametrize(
    ("fields", "is_unplaced"),
    [
        ({"outcome": RingOutcome.UNREACHABLE}, True),
        ({"outcome": RingOutcome.UNREACHABLE, "is_placed": True}, False),
        ({"outcome": RingOutcome.UNREACHABLE, "is_answered": True}, False),
        ({"outcome": RingOutcome.BUSY}, False),
        ({}, False),
    ],
)
def test_ring_that_never_was_is_told_apart(fields: dict, is_unplaced: bool) -> None:
    """Only what is over, and that Asterisk never had."""
    assert replace(rung(ANNA).attempts[0], **fields).is_unplaced is is_unplaced


def test_person_is_given_back_to_the_front() -> None:
    """He has lost nothing, also not the overlap of his step."""
    steps = (Step(technicians=(ANNA, BEN), overlap=timedelta(seconds=9)),)
    esc = rung(ANNA, policy=Policy(steps=steps), todo=(together(CLARA),))

    back = given_back(esc, 1)

    assert back.todo == (together(ANNA, overlap=timedelta(seconds=9)), together(CLARA))


def test_person_is_given_back_to_the_end_for_his_last_chance() -> None:
    """The others of this round are rung before him."""
    esc = rung(ANNA, todo=(together(BEN),))

    back = given_back(esc, 1, is_last_chance=True)

    assert back.todo == (together(BEN), together(ANNA, is_last_chance=True))


def test_group_that_could_not_be_rung_is_given_back_together() -> None:
    """Whoever was to ring at the same moment does so when the line is back."""
    policy = Policy(steps=(Step(technicians=ALL, is_parallel=True),))
    esc = rung(*ALL, policy=policy)
    for n in (1, 2, 3):
        esc = given_back(closed(esc, n, RingOutcome.UNREACHABLE), n)

    assert esc.todo == (together(*ALL),)


def test_next_group_is_not_mixed_with_those_given_back() -> None:
    """Ben stands alone in the next step, too: that is another turn of his."""
    steps = (Step(technicians=(ANNA, BEN), is_parallel=True), Step(technicians=(BEN,)))
    esc = rung(ANNA, BEN, policy=Policy(steps=steps), todo=(together(BEN),))

    back = given_back(closed(esc, 1, RingOutcome.UNREACHABLE), 1)

    assert back.todo == (together(ANNA), together(BEN))


def test_later_turn_of_one_of_the_group_stays_a_turn_of_its_own() -> None:
    """Clara rings with the others and stands in the next step, too: she is not rung anew now."""
    steps = (Step(technicians=ALL, is_parallel=True), Step(technicians=(CLARA,)))
    esc = rung(*ALL, policy=Policy(steps=steps), todo=(together(CLARA),))
    for n in (1, 2):
        esc = given_back(closed(esc, n, RingOutcome.UNREACHABLE), n)

    assert esc.todo == (together(ANNA, BEN), together(CLARA))


@pytest.mark.parametrize(
    "policy",
    [
        Policy(steps=(Step(technicians=(ANNA, BEN), is_parallel=True), Step(technicians=(BEN,)))),
        Policy(steps=(Step(technicians=(BEN,)), Step(technicians=(BEN,)))),
    ],
)
def test_person_given_back_keeps_his_next_turn(policy: Policy) -> None:
    """Ben could not be rung in the first step; that does not cost him the second."""
    esc = rung(BEN, policy=policy, todo=(together(BEN),))

    back = given_back(closed(esc, 1, RingOutcome.UNREACHABLE), 1)

    assert back.todo == (together(BEN), together(BEN))


def test_older_ring_given_back_costs_nobody_his_turn() -> None:
    """With overlap both were ordered, the line went down, and Ben's order failed first."""
    esc = rung(ANNA, BEN, newest=2)
    for n in (2, 1):
        esc = given_back(closed(esc, n, RingOutcome.UNREACHABLE), n)

    assert esc.todo == (together(ANNA), together(BEN))


@pytest.mark.parametrize(("n", "is_talking"), [(1, False), (2, True), (3, False)])
def test_whoever_pressed_a_key_talks_if_he_picked_up(n: int, is_talking: bool) -> None:
    """A key that came from AstDB, of a ring of which we know no answer, holds nobody."""
    answered = changed(rung(*ALL), 2, is_answered=True)

    esc = pressed(at(9), answered, n, RingOutcome.DECLINED)

    assert esc.attempts[n - 1].outcome is RingOutcome.DECLINED
    assert [one.attempt for one in esc.talking(at(10))] == ([n] if is_talking else [])


def test_person_of_two_steps_is_given_back_to_the_one_that_rang() -> None:
    """The ring timeout tells which it was."""
    long = timedelta(seconds=40)
    steps = (Step(technicians=(ANNA, BEN), is_parallel=True, ring_timeout=long), *POLICY.steps)
    esc = rung(BEN, policy=Policy(steps=steps))

    assert given_back(esc, 1).todo == (together(BEN),)


def test_last_resort_is_given_back_too() -> None:
    """The line was down just when the owner of the firm was to be rung."""
    esc = rung(CLARA, policy=replace(POLICY, last_resort=CLARA))

    assert given_back(esc, 1).todo == (together(CLARA),)


def test_timer_is_the_first_thing_that_happens_by_time() -> None:
    """The end of a ring, the next group, or the end of all."""
    esc = rung(ANNA, BEN)

    assert with_timer(esc).wake_at == at(25)
    assert with_timer(replace(esc, go_on_at=at(9))).wake_at == at(9)
    assert with_timer(replace(esc, give_up_at=at(3))).wake_at == at(3)
    assert with_timer(rung()).wake_at == at(3600)


def test_case_that_does_not_ring_keeps_its_timer() -> None:
    """A reminder has its own."""
    esc = replace(rung(ANNA), phase=EscalationPhase.ACKNOWLEDGED, wake_at=at(900))

    assert with_timer(esc) == esc


def test_case_that_is_over_wants_nothing_more() -> None:
    """Nobody in line, nothing awaited, no timer."""
    esc = rung(todo=(together(ANNA),), go_on_at=at(3), is_waiting=True, wake_at=at(3))

    ended = over(esc, EscalationPhase.DONE)

    assert ended == replace(rung(), phase=EscalationPhase.DONE)


def test_phases_are_written_as_they_always_were() -> None:
    """They stand in every database; another word would lose the cases of before."""
    assert [str(phase) for phase in EscalationPhase] == [
        "ringing",
        "acknowledged",
        "done",
        "exhausted",
    ]
