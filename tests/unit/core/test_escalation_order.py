"""In which order the rounds ring: each later one begins one group further on."""

from dataclasses import replace
from datetime import timedelta

import pytest
from examples import ANNA, BEN, CLARA, NOW, OWNER
from hypothesis import given
from nights import begun, policies

from pbx_bridge.core.case import RingOutcome, Urgency
from pbx_bridge.core.escalation import advance, open_taken
from pbx_bridge.core.escalation_events import (
    CaseDone,
    CaseReopened,
    EscalationTimer,
    Ring,
    RingEnded,
    RingNotPlaced,
)
from pbx_bridge.core.escalation_state import EscalationTransition
from pbx_bridge.core.policy import Policy, Step, Technician

HOUR = timedelta(hours=1)
NONE = timedelta(0)


def policy(*people: Technician, **fields: object) -> Policy:
    """Return a policy that rings *people* one after the other, without a pause."""
    steps = (Step(technicians=people),)
    varied = {"rounds": 3, "round_pause": NONE, "vary_order": True}
    return Policy(**{"steps": steps, **varied, **fields})


def rings(moved: EscalationTransition) -> list[list[str]]:
    """Return who is rung together from here on, if nobody answers; each in his round."""
    rounds: dict[int, str] = {}
    while True:
        names = [effect.technician for effect in moved.effects if isinstance(effect, Ring)]
        if names:
            place = moved.state.round
            rounds[place] = f"{rounds.get(place, '')} {'+'.join(names)}".strip()
        if moved.state.wake_at is None:
            return [order.split() for order in rounds.values()]
        moved = advance(moved.state.wake_at, moved.state, EscalationTimer())


def resumed(rung: Policy, owner: str) -> EscalationTransition:
    """Return the moment at which *owner* has not answered the reminder."""
    state = open_taken(NOW, "1001", Urgency.URGENT, replace(rung, remind_after=HOUR), owner).state
    reminded = advance(state.wake_at, state, EscalationTimer()).state
    return advance(reminded.wake_at, reminded, EscalationTimer())


def test_each_round_begins_one_further_on() -> None:
    """Whoever did not hear it as the first of the night may hear it as the last; none twice."""
    assert rings(begun(policy(ANNA, BEN, CLARA))) == [
        ["anna", "ben", "clara"],
        ["ben", "clara", "anna"],
        ["clara", "anna", "ben"],
    ]


def test_two_people_change_places() -> None:
    """And in the third round it is as in the first."""
    assert rings(begun(policy(ANNA, BEN))) == [["anna", "ben"], ["ben", "anna"], ["anna", "ben"]]


def test_group_stays_together() -> None:
    """It moves as one."""
    steps = (Step(technicians=(ANNA, BEN), is_parallel=True), Step(technicians=(CLARA,)))

    order = rings(begun(replace(policy(), steps=steps, rounds=2)))

    assert order == [["anna+ben", "clara"], ["clara", "anna+ben"]]


def test_firm_may_want_the_same_order_each_time() -> None:
    """So it was in earlier releases, and a case goes on as it began."""
    assert rings(begun(policy(ANNA, BEN, vary_order=False, rounds=2))) == [["anna", "ben"]] * 2


def test_last_resort_comes_after_all_rounds() -> None:
    """He is in no round."""
    order = rings(begun(policy(ANNA, BEN, rounds=2, last_resort=OWNER)))

    assert order == [["anna", "ben"], ["ben", "anna"], ["owner"]]


def test_round_that_got_through_to_nobody_is_tried_again_in_its_order() -> None:
    """The trunk is dead in the second round: when it is back, Ben is the first of it."""
    state = begun(policy(ANNA, BEN)).state
    for n, outcome in ((1, "busy"), (2, "busy"), (3, "unreachable"), (4, "unreachable")):
        state = advance(NOW, state, RingEnded(n, RingOutcome(outcome))).state

    again = advance(state.wake_at, state, EscalationTimer())

    assert (again.state.round, again.state.idle_rounds) == (2, 1)
    assert rings(again)[0] == ["ben", "anna"]


def test_first_round_that_got_through_to_nobody_is_tried_again_with_him_last() -> None:
    """Anna did not answer the reminder, then the trunk was dead."""
    state = resumed(policy(ANNA, BEN), "anna").state
    for n in (2, 3):
        state = advance(NOW + HOUR, state, RingEnded(n, RingOutcome.UNREACHABLE)).state

    again = advance(state.wake_at, state, EscalationTimer())

    assert (again.state.round, again.state.idle_rounds) == (1, 1)
    assert rings(again)[0] == ["ben", "anna"]


def test_ring_that_was_not_placed_loses_no_turn() -> None:
    """Ben is the first of the second round, and stays it."""
    state = begun(policy(ANNA, BEN)).state
    for event in (*(RingEnded(n, RingOutcome.BUSY) for n in (1, 2)), RingNotPlaced(3)):
        state = advance(NOW, state, event).state

    again = advance(state.wake_at, state, EscalationTimer())

    assert rings(again)[0] == ["ben", "anna"]


@pytest.mark.parametrize(
    ("owner", "order"),
    [
        ("anna", [["ben", "clara", "anna"], ["clara", "anna", "ben"], ["anna", "ben", "clara"]]),
        ("ben", [["anna", "clara", "ben"], ["clara", "ben", "anna"], ["ben", "anna", "clara"]]),
    ],
)
def test_whoever_did_not_answer_the_reminder_is_last_and_the_rounds_go_on_from_there(
    owner: str, order: list[list[str]]
) -> None:
    """Also then each round has another order, and nobody is rung twice in a row."""
    assert rings(resumed(policy(ANNA, BEN, CLARA), owner)) == order


def test_same_order_each_time_puts_him_last_once() -> None:
    """As it was in earlier releases."""
    order = rings(resumed(policy(ANNA, BEN, vary_order=False, rounds=2), "anna"))

    assert order == [["ben", "anna"], ["anna", "ben"]]


def test_reopened_case_has_forgotten_who_did_not_answer() -> None:
    """It begins as the policy says, in each of its rounds."""
    done = advance(NOW + 3 * HOUR, resumed(policy(ANNA, BEN), "anna").state, CaseDone("ben")).state

    again = advance(NOW + 3 * HOUR, done, CaseReopened("office"))

    assert rings(again) == [["anna", "ben"], ["ben", "anna"], ["anna", "ben"]]


@given(policies)
def test_every_round_rings_the_same_groups(policy) -> None:
    """Whatever the order: nobody is left out, and nobody gains a ring."""
    steps = tuple(replace(step, overlap=None) for step in policy.steps)
    slow = replace(policy, steps=steps, ceiling=timedelta(hours=9), last_resort=None)

    orders = rings(begun(slow))

    wanted = sorted("+".join(p.name for p in group.technicians) for group in slow.groups())
    assert [sorted(order) for order in orders] == [wanted] * (slow.rounds if wanted else 0)
