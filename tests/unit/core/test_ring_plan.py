"""What will ring when, if nobody answers."""

from dataclasses import replace
from datetime import timedelta

from examples import ANNA, BEN, CLARA, NOW, OWNER, POLICY
from hypothesis import given
from nights import policies, urgencies

from pbx_bridge.core.case import Urgency
from pbx_bridge.core.escalation_events import FallbackReason
from pbx_bridge.core.lineup import Others
from pbx_bridge.core.policy import Policy, Step
from pbx_bridge.core.ring_plan import PlannedRing, ring_plan


def drawn(policy: Policy, others: Others | None = None) -> list[tuple[int, float, str]]:
    """Return round, seconds from now, and who."""
    more = () if others is None else (others,)
    rings = ring_plan(NOW, Urgency.URGENT, policy, *more).rings
    return [(ring.round, (ring.at - NOW).total_seconds(), ring.technician) for ring in rings]


def test_silence_rings_round_after_round() -> None:
    """Each rings his time; between the rounds there is a pause."""
    assert drawn(POLICY) == [
        (1, 0, "anna"),
        (1, 22, "ben"),
        (2, 22 + 22 + 15, "anna"),
        (2, 22 + 22 + 15 + 22, "ben"),
    ]


def test_plan_tells_everything_about_a_ring() -> None:
    """Number and timeout are those of the policy that rings."""
    plan = ring_plan(NOW, Urgency.URGENT, replace(POLICY, name="night", rounds=1))

    assert plan.policy == "night"
    assert plan.rings[0] == PlannedRing(
        at=NOW, round=1, technician="anna", number="+49170111", timeout_s=22.0
    )
    assert plan.over_at == NOW + timedelta(seconds=44)
    assert plan.fallback is FallbackReason.NOBODY_ACCEPTED


def test_parallel_people_ring_at_once_and_overlap_begins_earlier() -> None:
    """The plan knows all that the machine does."""
    steps = (
        Step(technicians=(ANNA, BEN), is_parallel=True, overlap=timedelta(seconds=10)),
        Step(technicians=(CLARA,)),
    )

    rings = drawn(Policy(steps=steps, rounds=1, last_resort=OWNER))

    assert rings == [(1, 0, "anna"), (1, 0, "ben"), (1, 10, "clara"), (2, 32, "owner")]


def test_nobody_to_ring_is_told_in_the_plan() -> None:
    """No ring, and the reason at once."""
    plan = ring_plan(NOW, Urgency.URGENT, Policy(steps=()))

    assert plan.rings == ()
    assert plan.over_at == NOW
    assert plan.fallback is FallbackReason.NOBODY_TO_RING


def test_whoever_has_a_case_now_is_planned_last() -> None:
    """It is the plan for this moment, not for a night without cases."""
    rings = drawn(replace(POLICY, rounds=1), Others(engaged=("anna",)))

    assert [who for _, _, who in rings] == ["ben", "anna"]


@given(urgencies, policies)
def test_every_plan_ends_within_the_ceiling(urgency, policy) -> None:
    """And nobody is planned at or after it, in order of time."""
    plan = ring_plan(NOW, urgency, policy)

    times = [ring.at for ring in plan.rings]
    assert times == sorted(times)
    assert plan.over_at <= NOW + policy.ceiling
    assert all(at < NOW + policy.ceiling for at in times)
    assert plan.fallback in (FallbackReason.NOBODY_ACCEPTED, FallbackReason.NOBODY_TO_RING)
