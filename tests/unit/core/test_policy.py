"""Who is rung, in which order, together with whom."""

from dataclasses import replace
from datetime import timedelta

from examples import ANNA, BEN, CLARA, OWNER, POLICY

from pbx_bridge.core.policy import RING_TIMEOUT, Group, Policy, Step

SHORT, OVERLAP = timedelta(seconds=9), timedelta(seconds=4)


def test_people_of_a_step_are_rung_one_after_the_other() -> None:
    """Each is a group of his own, with the step's times."""
    step = Step(technicians=(ANNA, BEN), ring_timeout=SHORT, overlap=OVERLAP)

    assert step.groups() == (
        Group(technicians=(ANNA,), ring_timeout=SHORT, overlap=OVERLAP),
        Group(technicians=(BEN,), ring_timeout=SHORT, overlap=OVERLAP),
    )


def test_people_of_a_parallel_step_are_rung_together() -> None:
    """One group, one ring timeout for all."""
    step = Step(technicians=(ANNA, BEN), is_parallel=True)

    assert step.groups() == (Group(technicians=(ANNA, BEN), ring_timeout=RING_TIMEOUT),)


def test_steps_follow_in_order_and_empty_ones_are_left_out() -> None:
    """A layer that nobody covers costs no time."""
    steps = (Step(technicians=(BEN,)), Step(technicians=()), Step(technicians=(ANNA,)))

    assert [group.technicians for group in Policy(steps=steps).groups()] == [(BEN,), (ANNA,)]


def test_policy_without_people_has_no_group() -> None:
    """Nobody to ring is a policy too; the escalation must cope with it."""
    assert Policy(steps=()).groups() == ()
    assert Policy(steps=(Step(technicians=(), is_parallel=True),)).groups() == ()


def test_last_resort_rings_as_long_as_the_longest_step() -> None:
    """The owner of the firm is not given less time than the others."""
    steps = (Step(technicians=(ANNA,)), Step(technicians=(BEN,), ring_timeout=SHORT))

    last = Policy(steps=steps, last_resort=OWNER).last_group()

    assert last == (Group(technicians=(OWNER,), ring_timeout=RING_TIMEOUT),)
    assert Policy(steps=(), last_resort=OWNER).last_group() == last


def test_without_a_last_resort_nobody_is_rung_after_the_rounds() -> None:
    """The fallback alone is a policy too."""
    assert POLICY.last_group() == ()


def test_everybody_is_named_once() -> None:
    """Whoever stands in several steps is one person; the last resort is the last."""
    steps = (Step(technicians=(BEN, ANNA)), Step(technicians=(ANNA, CLARA)))

    assert Policy(steps=steps).people() == (BEN, ANNA, CLARA)
    assert Policy(steps=steps, last_resort=OWNER).people() == (BEN, ANNA, CLARA, OWNER)


def test_technician_is_found_by_his_short_name() -> None:
    """Also the one who is rung only in the end; nobody else is."""
    policy = replace(POLICY, last_resort=OWNER)

    assert policy.find("ben") == BEN
    assert policy.find("owner") == OWNER
    assert policy.find("clara") is None


def test_what_holds_where_the_firm_says_nothing() -> None:
    """These times stand in docs/configuration.md; nobody is woken by a number that slipped."""
    said = {
        "name": "default",
        "rounds": 2,
        "grace": timedelta(seconds=3),
        "answer_limit": timedelta(seconds=75),
        "round_pause": timedelta(seconds=15),
        "line_retry": timedelta(seconds=5),
        "ceiling": timedelta(hours=4),
        "busy_for": timedelta(minutes=45),
        "remind_after": None,
        "last_resort": None,
    }

    assert Policy(steps=()) == Policy(steps=(), **said)
    assert timedelta(seconds=22) == RING_TIMEOUT
