"""Which policy a case gets: by urgency, category and duty window, with people instead of layers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from pbx_bridge.core.case import Urgency
from pbx_bridge.core.policy import RING_TIMEOUT, Policy, Step, Technician

LAYER_MARK = "@"
"""``@primary`` in a step stands for whoever is on call in the layer *primary*."""


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
class OnDuty:
    """Who is on call at one moment."""

    layers: Mapping[str, tuple[str, ...]]
    """Layer to short names, in order; a layer that nobody covers is empty or missing."""
    window: str | None = None
    """Name of the duty window, `None` outside all of them."""


def policy_for(
    rules: Iterable[PolicyRule],
    roster: Mapping[str, Technician],
    on_duty: OnDuty,
    *,
    urgency: Urgency,
    category: str,
) -> Policy:
    """
    Return the policy of a case, frozen: later changes of rota and configuration do not reach it.

    The first rule that fits counts; the last rule of the firm fits everything.

    Raises:
        LookupError: no rule fits, which the configuration does not allow.
    """
    for rule in rules:
        if rule.fits(urgency, category, on_duty.window):
            return _frozen(rule, roster, on_duty)
    raise LookupError(f"no policy fits {urgency.value} {category}")


def _frozen(rule: PolicyRule, roster: Mapping[str, Technician], on_duty: OnDuty) -> Policy:
    steps = []
    for step in rule.steps:
        names = [name for who in step.who for name in _names(who, on_duty)]
        people = tuple(roster[name] for name in dict.fromkeys(names) if name in roster)
        steps.append(
            Step(
                technicians=people,
                is_parallel=step.is_parallel,
                ring_timeout=step.ring_timeout,
                overlap=step.overlap,
            )
        )
    base = rule.base
    return Policy(
        name=rule.name,
        steps=tuple(steps),
        rounds=base.rounds,
        grace=base.grace,
        answer_limit=base.answer_limit,
        round_pause=base.round_pause,
        line_retry=base.line_retry,
        ceiling=base.ceiling,
        last_resort=base.last_resort,
        busy_for=base.busy_for,
        remind_after=base.remind_after,
    )


def _names(who: str, on_duty: OnDuty) -> tuple[str, ...]:
    if who.startswith(LAYER_MARK):
        return on_duty.layers.get(who.removeprefix(LAYER_MARK), ())
    return (who,)
