"""Who of a policy can be rung now, while other cases ring too."""

from datetime import timedelta

import pytest
from examples import ANNA, BEN, CLARA

from pbx_bridge.core.case import Urgency
from pbx_bridge.core.lineup import ALONE, Choice, Occupied, Others, choose, rank
from pbx_bridge.core.policy import Group, Technician

TIMEOUT = timedelta(seconds=22)


def group(*people: Technician, last: bool = False) -> Group:
    """Return people who are rung together."""
    return Group(technicians=people, ring_timeout=TIMEOUT, is_last_chance=last)


def held(
    name: str, urgency: Urgency = Urgency.URGENT, *, attempt: int = 1, answered: bool = False
) -> Occupied:
    """Return what case 2002 does with somebody's mobile."""
    return Occupied(
        technician=name, case_id="2002", attempt=attempt, urgency=urgency, is_answered=answered
    )


def chosen(todo: tuple[Group, ...], others: Others = ALONE, **more: object) -> Choice:
    """Return the choice of an urgent case."""
    return choose(todo, others, **{"urgency": Urgency.URGENT, **more})


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (Urgency.EMERGENCY, Urgency.URGENT),
        (Urgency.EMERGENCY, Urgency.UNKNOWN),
        (Urgency.URGENT, Urgency.ROUTINE),
        (Urgency.UNKNOWN, Urgency.NONE),
    ],
)
def test_more_urgent_goes_first(first: Urgency, then: Urgency) -> None:
    """An emergency before everything; what was not understood is never routine."""
    assert rank(first) < rank(then)


def test_unknown_is_as_urgent_as_urgent() -> None:
    """Neither waits for the other."""
    assert rank(Urgency.UNKNOWN) == rank(Urgency.URGENT)


def test_first_group_is_rung_and_the_others_are_left() -> None:
    """With nobody else about the policy's own order counts."""
    assert chosen((group(ANNA), group(BEN))) == Choice(group=group(ANNA), todo=(group(BEN),))


def test_nobody_left_is_nobody_to_ring() -> None:
    """No group, nothing to wait for."""
    assert chosen(()) == Choice()


@pytest.mark.parametrize("others", [Others(occupied=(held("anna"),)), Others(engaged=("anna",))])
def test_person_with_another_case_is_skipped_first(others: Others) -> None:
    """Anna rings for another case, or took one: Ben is rung, and she at the end of the round."""
    choice = chosen((group(ANNA), group(BEN), group(CLARA)), others)

    assert choice.group == group(BEN)
    assert choice.todo == (group(CLARA), group(ANNA, last=True))


def test_only_the_free_of_a_group_are_rung_together() -> None:
    """The other gets his ring alone, later."""
    choice = chosen((group(ANNA, BEN, CLARA),), Others(engaged=("ben",)))

    assert choice == Choice(group=group(ANNA, CLARA), todo=(group(BEN, last=True),))


def test_free_of_a_group_are_rung_before_somebody_put_off() -> None:
    """Clara's other half rings elsewhere; she is rung alone, and Anna's last chance comes then."""
    todo = (group(BEN, CLARA), group(ANNA, last=True))

    choice = chosen(todo, Others(occupied=(held("ben"),)))

    assert choice == Choice(
        group=group(CLARA), todo=(group(ANNA, last=True), group(BEN, last=True))
    )


def test_person_who_took_a_case_is_rung_last() -> None:
    """Better somebody in a cellar than nobody: when all others were rung, she is."""
    choice = chosen((group(ANNA),), Others(engaged=("anna",)))

    assert choice == Choice(group=group(ANNA, last=True))


def test_of_two_left_the_one_without_a_case_is_rung_first() -> None:
    """Anna stands before Ben in line, but she has a case already."""
    todo = (group(ANNA, last=True), group(BEN, last=True))

    choice = chosen(todo, Others(engaged=("anna",)))

    assert choice == Choice(group=group(BEN, last=True), todo=(group(ANNA, last=True),))


def test_person_whose_mobile_rings_is_waited_for() -> None:
    """Nobody else is left: no ring, and she stays in line."""
    choice = chosen((group(ANNA),), Others(occupied=(held("anna"),)))

    assert choice == Choice(todo=(group(ANNA, last=True),))


def test_person_whom_this_case_rings_is_not_rung_twice() -> None:
    """She stands in two steps that overlap."""
    choice = chosen((group(ANNA),), ringing=["anna"])

    assert choice == Choice(todo=(group(ANNA, last=True),))


def test_more_urgent_case_takes_over_an_unanswered_ring() -> None:
    """A burst pipe need not wait for a cold radiator."""
    ring = held("anna", attempt=3)

    choice = chosen((group(ANNA),), Others(occupied=(ring,)), urgency=Urgency.EMERGENCY)

    assert choice.group is None
    assert choice.preempt == ring


def test_less_urgent_of_several_is_asked_for_whom_the_policy_knows() -> None:
    """Ben is no help: he is not in this policy."""
    rings = (held("ben"), held("anna", attempt=2))

    choice = chosen((group(ANNA),), Others(occupied=rings), urgency=Urgency.EMERGENCY)

    assert choice.preempt == rings[1]


@pytest.mark.parametrize(
    "ring", [held("anna", answered=True), held("anna", Urgency.EMERGENCY), held("ben")]
)
def test_ring_that_is_no_less_urgent_or_answered_is_left_in_peace(ring: Occupied) -> None:
    """Whoever listens is not cut off; equals wait for each other."""
    others = Others(occupied=(ring, held("anna", answered=True)))

    choice = chosen((group(ANNA),), others, urgency=Urgency.EMERGENCY)

    assert choice.group is None
    assert choice.preempt is None


def test_nobody_is_taken_over_while_somebody_is_free() -> None:
    """Ben can be rung, so the other case keeps Anna."""
    others = Others(occupied=(held("anna"),))

    choice = chosen((group(ANNA), group(BEN)), others, urgency=Urgency.EMERGENCY)

    assert choice.group == group(BEN)
    assert choice.preempt is None


def test_everybody_else_stays_in_line() -> None:
    """Ben is free; Anna before him and Clara after him keep their places."""
    todo = tuple(group(person, last=True) for person in (ANNA, BEN, CLARA))

    choice = chosen(todo, Others(occupied=(held("anna"),)))

    assert choice.group == todo[1]
    assert choice.todo == (todo[0], todo[2])


def test_of_two_that_must_give_way_the_first_does() -> None:
    """One person is enough; the other case goes on."""
    todo = (group(ANNA, last=True), group(BEN, last=True))
    weak = (held("anna", Urgency.ROUTINE), held("ben", Urgency.ROUTINE, attempt=2))

    choice = chosen(todo, Others(occupied=weak))

    assert choice.preempt == weak[0]
