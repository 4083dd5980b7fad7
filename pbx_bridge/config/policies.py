"""From the configuration to the policies that say who is rung."""

from dataclasses import fields, replace
from datetime import timedelta

from pbx_bridge.config.escalation_sections import EscalationConfig, PolicyConfig, StepConfig
from pbx_bridge.config.sections import Config
from pbx_bridge.core.case import Urgency
from pbx_bridge.core.plan import Policies, PolicyRule, StepRule
from pbx_bridge.core.policy import Policy


def policies_of(config: Config) -> Policies:
    """Return the firm's policies; `policy_at` says which one a case gets."""
    firm = config.escalation
    return Policies(
        rules=tuple(_rule(config, section) for section in config.policies),
        base=_base(config, firm),
        ring_timeout=timedelta(seconds=firm.ring_timeout_s),
        order=config.order(),
        roster=config.roster(),
    )


def values_of(firm: EscalationConfig, policy: PolicyConfig) -> EscalationConfig:
    """Return the values of [escalation] with those that *policy* has of its own."""
    own = {field.name: getattr(policy, field.name, None) for field in fields(firm)}
    return replace(firm, **{name: value for name, value in own.items() if value is not None})


def _rule(config: Config, policy: PolicyConfig) -> PolicyRule:
    values = values_of(config.escalation, policy)
    return PolicyRule(
        name=policy.name,
        steps=tuple(_step(step, values) for step in policy.steps),
        base=_base(config, values),
        urgencies=frozenset(Urgency(name) for name in policy.urgency),
        categories=frozenset(policy.category),
        windows=frozenset(policy.window),
    )


def _step(step: StepConfig, values: EscalationConfig) -> StepRule:
    return StepRule(
        who=step.who,
        is_parallel=step.together,
        ring_timeout=timedelta(seconds=step.ring_timeout_s or values.ring_timeout_s),
        overlap=None if step.overlap_s is None else timedelta(seconds=step.overlap_s),
    )


def _base(config: Config, values: EscalationConfig) -> Policy:
    remind, name = values.remind_after_min, values.last_resort
    return Policy(
        steps=(),
        rounds=values.rounds,
        vary_order=values.vary_order,
        answer_limit=timedelta(seconds=values.answer_limit_s),
        listen_alone=timedelta(seconds=values.listen_alone_s),
        round_pause=timedelta(seconds=values.round_pause_s),
        line_retry=timedelta(seconds=values.line_retry_s),
        ceiling=timedelta(minutes=values.ceiling_min),
        last_resort=next((person for person in config.roster() if person.name == name), None),
        busy_for=timedelta(minutes=values.busy_for_min),
        remind_after=None if remind is None else timedelta(minutes=remind),
    )
