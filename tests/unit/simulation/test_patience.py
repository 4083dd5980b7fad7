"""Who has to wait for a listener, by the auditor's own clock."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from examples import ANNA, BEN, NOW
from nights import begun

from pbx_bridge.core.case import RingOutcome, Urgency
from pbx_bridge.core.escalation_state import Attempt, Escalation, EscalationPhase
from pbx_bridge.core.lineup import ALONE, Occupied, Others
from pbx_bridge.core.policy import RING_TIMEOUT, Policy, Step
from pbx_bridge.simulation.patience import Patience

POLICY = Policy(steps=(Step(technicians=(ANNA, BEN)),), listen_alone=timedelta())
ONE = begun(POLICY).state
"""Anna's mobile rings: until second 25 at the latest, and Ben is next."""
BEN_TALKS = Others(
    occupied=(
        Occupied(
            technician="ben", case_id="2002", attempt=1, urgency=Urgency.URGENT, is_answered=True
        ),
    )
)


def at(seconds: float) -> datetime:
    """Return a time of this night."""
    return NOW + timedelta(seconds=seconds)


def with_next(esc: Escalation = ONE, **fields: object) -> Escalation:
    """Return *esc* with Ben rung too."""
    ring = Attempt(attempt=2, technician="ben", ends_at=at(60), timeout=RING_TIMEOUT)
    return replace(esc, **{"attempts": (*esc.attempts, ring), "newest": 2, "todo": (), **fields})


def late(*looks: tuple[float, Escalation], others: Others = ALONE, dead_s: float = 0) -> bool:
    """Look at these moments; return whether the last ring came too late."""
    patience, faults = Patience(), []
    *first, last = looks
    for second, esc in first:
        faults.append(patience.look(at(second), esc, others, timedelta()))
    assert faults == [None] * len(first)
    return patience.look(at(last[0]), last[1], ALONE, timedelta(seconds=dead_s)) is not None


def _ended(esc: Escalation) -> Escalation:
    """Return *esc* with its newest ring over."""
    *older, newest = esc.attempts
    return replace(esc, attempts=(*older, replace(newest, outcome=RingOutcome.NO_ANSWER)))


@pytest.mark.parametrize(("second", "is_late"), [(22, False), (26, False), (26.1, True)])
def test_next_ring_comes_when_the_one_before_is_over(second: float, is_late: bool) -> None:
    """Ring timeout, grace, and a second in which things happen."""
    assert late((0, ONE), (second, with_next())) is is_late


def test_time_for_himself_and_a_dead_service_count() -> None:
    """The firm wants the first; nobody rings during the second."""
    alone = replace(ONE, policy=replace(POLICY, listen_alone=timedelta(seconds=10)))

    assert not late((0, alone), (36, with_next(alone)))
    assert late((0, alone), (36.1, with_next(alone)))
    assert not late((0, ONE), (56, with_next()), dead_s=30)


def test_nobody_waits_longer_for_an_older_ring() -> None:
    """A second look at the same ring does not begin its time anew."""
    assert late((0, ONE), (20, ONE), (27, with_next()))


def test_whoever_is_with_another_case_is_no_fault() -> None:
    """As long as that is so; and he may be rung as soon as he is free."""
    assert not late((0, ONE), (50, with_next()), others=BEN_TALKS)


def test_what_was_so_before_it_mattered_is_no_excuse() -> None:
    """The other case was over in time."""
    patience = Patience()
    patience.look(at(0), ONE, BEN_TALKS, timedelta())
    patience.look(at(10), ONE, ALONE, timedelta())

    assert patience.look(at(40), with_next(), ALONE, timedelta()) is not None


@pytest.mark.parametrize("fields", [{"is_waiting": True}, {"idle_rounds": 1}])
def test_line_that_is_down_is_no_fault(fields: dict) -> None:
    """Nobody can be rung."""
    assert not late((0, ONE), (20, replace(ONE, **fields)), (90, with_next()))


@pytest.mark.parametrize("is_answered", [False, True])
def test_listener_to_this_very_case_is_no_excuse_when_others_follow(is_answered: bool) -> None:
    """Anna is left over of the second round, and Ben is in the third; while she rings she waits."""
    both = _ended(with_next(policy=replace(POLICY, rounds=3), round=2))
    anna, ben = both.attempts
    anna = replace(anna, is_answered=is_answered)
    waiting = replace(
        both,
        attempts=(anna, ben),
        todo=POLICY.groups()[:1],
        is_waiting=True,
        has_reached_somebody=True,
    )
    third = replace(waiting, round=3, attempts=(anna, ben, replace(ben, attempt=3, outcome=None)))
    looks = ((0, replace(waiting, attempts=(anna,))), (2, waiting))

    assert not late(*looks, (25 + 15 + 1, third))
    assert late(*looks, (25 + 15 + 1.1, third)) is is_answered


def test_listener_is_waited_for_when_nobody_follows() -> None:
    """The last resort was rung; Anna has her turn after that."""
    (ring,) = ONE.attempts
    listens = replace(ring, is_answered=True)
    waiting = replace(ONE, attempts=(listens,), round=3, todo=POLICY.groups()[:1], is_waiting=True)

    assert not late((0, waiting), (90, with_next(waiting)))


def test_goodbye_holds_the_next_round_but_not_the_next_ring() -> None:
    """Anna pressed 2 and hears us."""
    (ring,) = ONE.attempts
    bye = replace(ring, outcome=RingOutcome.DECLINED, talks_until=at(75))
    state = replace(ONE, attempts=(bye,))

    assert late((0, ONE), (20, state), (40, with_next(state)))
    alone = replace(state, todo=())
    assert not late((0, replace(ONE, todo=())), (20, alone), (40, with_next(alone)))


def test_next_round_has_its_pause() -> None:
    """Both rings of the round count, and then the pause."""
    both = with_next()
    anna, ben = both.attempts
    declined = replace(both, attempts=(anna, replace(ben, outcome=RingOutcome.DECLINED)))
    third = replace(declined, round=2, attempts=(*declined.attempts, replace(ben, attempt=3)))
    looks = ((0, ONE), (5, both), (20, declined))

    assert not late(*looks, (5 + 25 + 15 + 1, third))
    assert late(*looks, (5 + 25 + 15 + 1.1, third))


def test_ring_that_was_over_when_we_saw_it_may_be_followed_by_the_pause() -> None:
    """The service was killed in that moment; the round is over when it is back."""
    (ring,) = ONE.attempts
    over = replace(ONE, round=2, attempts=(replace(ring, outcome=RingOutcome.NO_ANSWER),))

    assert not late((0, over), (3 + 15 + 1, with_next(over)))
    assert late((0, over), (3 + 15 + 1.1, with_next(over)))


def test_ring_that_was_never_placed_does_not_end_the_round() -> None:
    """Anna's mobile rings on: the round, and its pause, wait for that and for nothing else."""
    dead = _ended(with_next())
    ring = replace(dead.attempts[1], attempt=3, outcome=None, timeout=timedelta(seconds=5))
    again = replace(dead, attempts=(*dead.attempts, ring))
    third = replace(_ended(again), round=2, attempts=(*again.attempts, ring))
    looks = ((0, ONE), (2, dead), (3, again), (10, _ended(again)))

    assert not late(*looks, (25 + 15 + 1, third))
    assert late(*looks, (25 + 15 + 1.1, third))


def test_nobody_else_to_ring_is_no_fault() -> None:
    """Anna is alone in the policy, and listens."""
    alone = begun(replace(POLICY, steps=(Step(technicians=(ANNA,)),))).state
    again = replace(alone, attempts=(*alone.attempts, replace(alone.attempts[0], attempt=2)))

    assert not late((0, alone), (200, again))


def test_ring_that_is_taken_back_leaves_the_time_of_the_one_before() -> None:
    """Ben's mobile was busy and is rung a moment later; Anna's time is what counts."""
    assert late((0, ONE), (5, with_next()), (6, ONE), (32, with_next()))
    assert not late((0, ONE), (5, with_next()), (6, ONE), (31, with_next()))


@pytest.mark.parametrize("phase", [EscalationPhase.ACKNOWLEDGED, EscalationPhase.EXHAUSTED])
def test_case_that_does_not_ring_is_not_watched(phase: EscalationPhase) -> None:
    """When it rings again its time begins then."""
    rest = replace(ONE, phase=phase)

    assert not late((0, ONE), (10, rest), (90, ONE), (91, with_next()))
