"""Who is rung, in which order."""

import pytest
from examples import POLICY

from pbx_bridge.core.policy import Policy, Technician

ANNA, BEN = POLICY.steps


@pytest.mark.parametrize(("position", "who"), [(0, ANNA), (1, BEN), (2, ANNA), (3, BEN)])
def test_technicians_are_rung_in_order_round_after_round(position: int, who: Technician) -> None:
    """After the last one the first one is rung again."""
    assert POLICY.technician(position) == who


def test_positions_count_every_ring_of_every_round() -> None:
    """Two people, two rounds: four rings at most."""
    assert POLICY.positions == 4


@pytest.mark.parametrize(("position", "opens"), [(0, False), (1, False), (2, True), (3, False)])
def test_only_a_second_or_later_round_is_opened(position: int, opens: bool) -> None:
    """There is no pause before the very first ring, and none within a round."""
    assert POLICY.opens_round(position) is opens


def test_policy_without_people_has_no_position() -> None:
    """Nobody to ring is a policy too; the escalation must cope with it."""
    assert Policy(steps=()).positions == 0
