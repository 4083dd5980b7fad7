"""The firm of a virtual night: its people, who is on call, and its policies for some cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random

from pbx_bridge.core.calendar import Plan
from pbx_bridge.core.case import Urgency
from pbx_bridge.core.hours import Day, Days, DutyWindow, OpeningHours, Window
from pbx_bridge.core.override import Absence, Addition, Override
from pbx_bridge.core.plan import LAYER_MARK, Policies, PolicyRule, StepRule
from pbx_bridge.core.policy import Policy, Technician
from pbx_bridge.core.rotation import Rotation

BEGIN = datetime(2026, 1, 9, 20, 0, tzinfo=UTC)
"""A Friday in January, nine in the evening in Berlin."""

NAMES = ("anna", "ben", "clara", "david", "eva")
OWNER = Technician("owner", "+49170999999")
LAYERS = ("primary", "backup")
CATEGORIES = ("water", "gas", "other")
LATE = DutyWindow(name="late", days=frozenset(Day), windows=(Window(time(23), time(5)),))
"""Begins and ends within the night."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    """What decides who is rung."""

    policies: Policies
    plan: Plan

    @property
    def names(self) -> tuple[str, ...]:
        """Everybody's short name."""
        return tuple(person.name for person in self.policies.roster)


def random_firm(chance: Random) -> Firm:
    """Return a firm of one to five technicians and the owner."""
    names = NAMES[: chance.randint(1, len(NAMES))]
    roster = (*(Technician(name, f"+4917000000{n}") for n, name in enumerate(names)), OWNER)
    layers = LAYERS[: chance.randint(0, len(LAYERS))]
    base = _base(chance)
    rules = tuple(_rule(chance, names, layers) for _ in range(chance.randint(0, 3)))
    policies = Policies(rules=rules, base=base, order=names, roster=roster)
    plan = Plan(
        hours=OpeningHours(Days(zone=UTC)),
        technicians=(*names, OWNER.name),
        rotations=tuple(_rotation(chance, layer, names) for layer in layers),
        standing=() if layers else names,
        overrides=tuple(
            _override(chance, names, layers or LAYERS[:1]) for _ in range(chance.randint(0, 2))
        ),
        duty_windows=(LATE,),
    )
    return Firm(policies=policies, plan=plan)


def _base(chance: Random) -> Policy:
    return Policy(
        steps=(),
        rounds=chance.randint(1, 4),
        round_pause=timedelta(seconds=chance.choice([0, 15, 60])),
        ceiling=timedelta(minutes=chance.choice([10, 30, 120])),
        last_resort=OWNER if chance.random() < 0.5 else None,
        busy_for=timedelta(minutes=chance.choice([5, 45])),
        remind_after=timedelta(minutes=chance.choice([20, 90])) if chance.random() < 0.5 else None,
        listen_alone=timedelta(seconds=chance.choice([0, 0, 20])),
        vary_order=chance.random() < 0.8,
    )


def _rule(chance: Random, names: Sequence[str], layers: Sequence[str]) -> PolicyRule:
    who = (*names, *(f"{LAYER_MARK}{layer}" for layer in layers))
    urgency, category = (
        chance.choice([Urgency.EMERGENCY, Urgency.URGENT]),
        chance.choice(CATEGORIES),
    )
    return PolicyRule(
        name=f"{urgency.value}-{category}",
        steps=tuple(_step(chance, who) for _ in range(chance.randint(1, 3))),
        base=_base(chance),
        urgencies=frozenset({urgency} if chance.random() < 0.5 else ()),
        categories=frozenset({category} if chance.random() < 0.5 else ()),
        windows=frozenset({LATE.name} if chance.random() < 0.3 else ()),
    )


def _step(chance: Random, who: Sequence[str]) -> StepRule:
    return StepRule(
        who=tuple(chance.sample(who, chance.randint(1, len(who)))),
        is_parallel=chance.random() < 0.4,
        ring_timeout=timedelta(seconds=chance.randint(10, 30)),
        overlap=timedelta(seconds=chance.randint(3, 20)) if chance.random() < 0.3 else None,
    )


def _rotation(chance: Random, layer: str, names: Sequence[str]) -> Rotation:
    """Return turns of some hours, so that some nights have handoffs."""
    return Rotation(
        layer=layer,
        order=tuple(chance.sample(names, chance.randint(1, len(names)))),
        starts_at=datetime.combine(BEGIN.date() - timedelta(days=1), time(chance.randint(0, 23))),
        shift=timedelta(hours=chance.choice([3, 12, 168])),
    )


def _override(chance: Random, names: Sequence[str], layers: Sequence[str]) -> Override:
    start = BEGIN + timedelta(hours=chance.randint(-2, 4))
    end = start + timedelta(hours=chance.randint(1, 9))
    name = chance.choice(names)
    if chance.random() < 0.5:
        return Absence(technician=name, start=start, end=end)
    return Addition(substitute=name, layer=chance.choice(layers), start=start, end=end)
