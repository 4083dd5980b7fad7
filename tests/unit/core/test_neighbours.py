"""What the other cases do with the technicians."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from examples import NOW, POLICY

from pbx_bridge.core.case import RingOutcome, Urgency
from pbx_bridge.core.escalation import advance, open_escalation, open_taken
from pbx_bridge.core.escalation_events import (
    CaseDone,
    EscalationTimer,
    RingAnswered,
    RingEnded,
    RingPlaced,
)
from pbx_bridge.core.escalation_state import Escalation
from pbx_bridge.core.lineup import ALONE, Occupied, Others
from pbx_bridge.core.neighbours import others_of, waiting_in_order
from pbx_bridge.core.policy import Policy

REMINDING = replace(POLICY, remind_after=timedelta(minutes=30))


def at(seconds: float) -> datetime:
    """Return a time of this night."""
    return NOW + timedelta(seconds=seconds)


def ringing(case_id: str = "2002", urgency: Urgency = Urgency.URGENT) -> Escalation:
    """Return another case, which rings Anna."""
    return open_escalation(NOW, case_id, urgency, POLICY, ALONE).state


def taken(policy: Policy = POLICY) -> Escalation:
    """Return another case, which Anna took."""
    return open_taken(NOW, "2002", Urgency.URGENT, policy, "anna").state


def anna(*, is_answered: bool = False) -> Occupied:
    """Return what case 2002 does with her."""
    return Occupied(
        technician="anna",
        case_id="2002",
        attempt=1,
        urgency=Urgency.URGENT,
        is_answered=is_answered,
    )


def test_ring_of_another_case_holds_its_technician() -> None:
    """Whoever is rung, placed or not, is not rung by a second case."""
    assert others_of("1001", NOW, [ringing()]) == Others(occupied=(anna(),))


def test_own_rings_do_not_count() -> None:
    """A case is not in its own way."""
    assert others_of("2002", NOW, [ringing()]) == ALONE


def test_whoever_listens_is_told_apart_from_whoever_is_rung() -> None:
    """The first must not be cut off for a more urgent case."""
    listening = advance(NOW, ringing(), RingAnswered(1)).state

    assert others_of("1001", NOW, [listening]) == Others(occupied=(anna(is_answered=True),))


def test_owner_of_another_case_is_engaged_for_a_while() -> None:
    """Then he is one of the others again, done or not."""
    busy_for = POLICY.busy_for

    assert others_of("1001", NOW, [taken()]) == Others(engaged=("anna",))
    assert others_of("1001", NOW + busy_for, [taken()]) == ALONE


def test_owner_of_two_cases_is_named_once() -> None:
    """One person is with both."""
    second = replace(taken(), case_id="3003")

    assert others_of("1001", NOW, [taken(), second]) == Others(engaged=("anna",))


def test_owner_who_is_done_is_free() -> None:
    """A case that nobody has anything to do for engages nobody."""
    done = advance(NOW, taken(), CaseDone("anna")).state

    assert others_of("1001", NOW, [done]) == ALONE


def test_reminder_holds_the_owner_and_is_not_taken_from_him() -> None:
    """His mobile rings for his own case."""
    later = NOW + timedelta(minutes=30)
    reminded = advance(later, taken(REMINDING), EscalationTimer()).state
    hours = timedelta(hours=2)

    assert others_of("1001", later, [reminded]).occupied == (anna(is_answered=True),)
    assert others_of("1001", later + hours, [reminded]).occupied == (anna(is_answered=True),)


def test_cancelled_ring_holds_nobody_longer_than_it_could_last() -> None:
    """Ben won, and how Anna's ring ended was never told: she is not lost for the night."""
    both = replace(POLICY, steps=(replace(POLICY.steps[0], is_parallel=True),))
    esc = open_escalation(NOW, "2002", Urgency.URGENT, both, ALONE).state
    for event in (RingPlaced(1), RingPlaced(2), RingEnded(2, RingOutcome.ACKNOWLEDGED)):
        esc = advance(NOW, esc, event).state

    assert others_of("1001", at(24.9), [esc]).occupied == (anna(),)
    assert others_of("1001", at(25), [esc]).occupied == ()


@pytest.mark.parametrize(
    ("one", "other", "first"),
    [
        (("1", Urgency.URGENT, 0), ("2", Urgency.EMERGENCY, 9), "2"),
        (("1", Urgency.UNKNOWN, 9), ("2", Urgency.URGENT, 0), "2"),
        (("1", Urgency.URGENT, 0), ("2", Urgency.URGENT, 0), "1"),
    ],
)
def test_waiting_cases_are_told_in_order(one: tuple, other: tuple, first: str) -> None:
    """The more urgent first, then the older, then the smaller number."""
    waiting = []
    for case_id, urgency, since_s in (one, other):
        others = Others(occupied=(anna(), replace(anna(), technician="ben")))
        waiting.append(open_escalation(at(since_s), case_id, urgency, POLICY, others).state)

    assert next(esc.case_id for esc in waiting_in_order([*waiting, ringing()])) == first
    assert len(waiting_in_order([*waiting, ringing()])) == 2
