"""Which policy a case gets: by urgency, category and duty window, with people instead of layers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pbx_bridge.core.calendar import Duty, Plan, duty
from pbx_bridge.core.case import Urgency
from pbx_bridge.core.override import periods
from pbx_bridge.core.period import Period
from pbx_bridge.core.policy import RING_TIMEOUT, Policy, Step, Technician

LAYER_MARK = "@"
"""``@primary`` in a step stands for whoever is on call in the layer *primary*."""

DEFAULT = "default"
"""Name of the policy of every case that none of the firm's own is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRule:
    """One step as the firm wrote it down."""

    who: tuple[str, ...]
    """Short names of technicians, and layers with a leading ``@``."""
    is_parallel: bool = False
    ring_timeout: timedelta = RING_TIMEOUT
    overlap: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRule:
    """One policy as the firm wrote it down, and the cases it is for."""

    name: str
    steps: tuple[StepRule, ...]
    base: Policy
    """Rounds, pauses and limits; its steps and name do not count."""
    urgencies: frozenset[Urgency] = frozenset()
    """Empty: all."""
    categories: frozenset[str] = frozenset()
    """Empty: all."""
    windows: frozenset[str] = frozenset()
    """Names of duty windows; empty: at any time."""

    def fits(self, urgency: Urgency, category: str, window: str | None) -> bool:
        """Whether a case gets this policy; `unknown` counts as urgent."""
        handled = Urgency.URGENT if urgency is Urgency.UNKNOWN else urgency
        return (
            (not self.urgencies or handled in self.urgencies)
            and (not self.categories or category in self.categories)
            and (not self.windows or window in self.windows)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """All policies of the firm, and everybody whom they can ring."""

    rules: tuple[PolicyRule, ...] = ()
    """The first that fits counts."""
    base: Policy
    """The firm's rounds, pauses and limits, for cases that no rule is for."""
    ring_timeout: timedelta = RING_TIMEOUT
    """How long a mobile rings for such a case."""
    order: tuple[str, ...]
    """Whom such a case rings while no calendar says who is on call; one may be there twice."""
    roster: tuple[Technician, ...]
    """Everybody, as they stand in the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The policy of a case that starts now, and why it is this one."""

    policy: Policy
    on_duty: Duty
    is_makeshift: bool = False
    """Whether the policy came out with nobody, so that everybody is rung instead."""


def policy_at(
    policies: Policies, plan: Plan, at: datetime, *, urgency: Urgency, category: str
) -> Chosen:
    """
    Return the policy of a case that starts at *at*, frozen.

    Later changes of plan and configuration do not reach it. Whoever is absent is in no step. A
    policy without anybody rings everybody, whoever is absent last: rather the wrong one is woken
    than nobody.
    """
    on_duty = duty(plan, at)
    fitting = (rule for rule in policies.rules if rule.fits(urgency, category, on_duty.window))
    rule = next(fitting, None) or _default(policies, plan, at)
    policy = _frozen(rule, policies, on_duty)
    if policy.groups():
        return Chosen(policy=policy, on_duty=on_duty)
    steps = _everybody(policies, on_duty)
    return Chosen(policy=replace(policy, steps=steps), on_duty=on_duty, is_makeshift=True)


def _default(policies: Policies, plan: Plan, at: datetime) -> PolicyRule:
    """Return the policy of every other case: layer after layer, without a calendar the order."""
    times = [Period(shift.start, shift.end) for shift in plan.planned]
    times += [period for override in plan.overrides for period in periods(override)]
    is_planned = bool(plan.rotations) or any(period.covers(at) for period in times)
    layers = tuple(f"{LAYER_MARK}{layer}" for layer in plan.layers)
    steps = (layers,) if is_planned else tuple((name,) for name in policies.order)
    timeout = policies.ring_timeout
    return PolicyRule(
        name=DEFAULT,
        steps=tuple(StepRule(who=who, ring_timeout=timeout) for who in steps),
        base=policies.base,
    )


def _frozen(rule: PolicyRule, policies: Policies, on_duty: Duty) -> Policy:
    roster = {person.name: person for person in policies.roster}
    steps = []
    for step in rule.steps:
        names = dict.fromkeys(name for who in step.who for name in _names(who, on_duty))
        present = (name for name in names if name in roster and name not in on_duty.absent)
        steps.append(
            Step(
                technicians=tuple(roster[name] for name in present),
                is_parallel=step.is_parallel,
                ring_timeout=step.ring_timeout,
                overlap=step.overlap,
            )
        )
    return replace(rule.base, name=rule.name, steps=tuple(steps))


def _names(who: str, on_duty: Duty) -> Iterator[str]:
    if who.startswith(LAYER_MARK):
        yield from on_duty.layers.get(who.removeprefix(LAYER_MARK), ())
    else:
        yield who


def _everybody(policies: Policies, on_duty: Duty) -> tuple[Step, ...]:
    """Return a step for each person: in the firm's order, then of the file, the absent last."""
    roster = {person.name: person for person in policies.roster}
    people = [roster[name] for name in dict.fromkeys((*policies.order, *roster))]
    people.sort(key=lambda person: person.name in on_duty.absent)
    return tuple(
        Step(technicians=(person,), ring_timeout=policies.ring_timeout) for person in people
    )
