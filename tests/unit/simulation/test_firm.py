"""Firms of virtual nights: of every shape that the configuration allows."""

from collections import Counter
from datetime import timedelta
from random import Random

from pbx_bridge.core.case import Urgency
from pbx_bridge.core.plan import policy_at
from pbx_bridge.simulation.firm import BEGIN, random_firm


def test_every_shape_of_a_policy_comes_up() -> None:
    """Groups, overlaps, layers with a second person, windows, absences, nobody on call."""
    seen: Counter[str] = Counter()
    for seed in range(300):
        chance = Random(seed)
        firm = random_firm(chance)
        at = BEGIN + timedelta(hours=chance.randint(0, 8))
        found = policy_at(firm.policies, firm.plan, at, urgency=Urgency.EMERGENCY, category="gas")
        groups = found.policy.groups()
        assert groups
        assert {person.name for person in found.policy.people()} <= set(firm.names)
        seen["default" if found.policy.name == "default" else "own"] += 1
        seen["window"] += found.on_duty.window is not None
        seen["makeshift"] += found.is_makeshift
        seen["together"] += any(len(group.technicians) > 1 for group in groups)
        seen["overlap"] += any(group.overlap is not None for group in groups)
        seen["absent"] += bool(found.on_duty.absent)
        seen["second"] += bool(firm.plan.rotations) and any(
            len(people) > 1 for people in found.on_duty.layers.values()
        )

    names = {"default", "own", "window", "makeshift", "together", "overlap", "absent", "second"}
    assert {name for name, count in seen.items() if count} == names
