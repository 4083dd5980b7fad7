"""Who is rung for a case that starts now: the firm's policies with those who are on call."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import structlog

from pbx_bridge.core.call_events import Escalate
from pbx_bridge.core.call_flow import UNHEARD, Call
from pbx_bridge.core.case import Urgency
from pbx_bridge.core.plan import Chosen, Policies, policy_at
from pbx_bridge.core.policy import Policy
from pbx_bridge.ports import Clock
from pbx_bridge.runtime.on_call import OnCall

log = structlog.get_logger()

ChoosePolicy = Callable[[Escalate], Policy]


def patient_policy(choose: ChoosePolicy, effect: Escalate, call: Call) -> Policy:
    """
    Return the policy of today with time to hear the whole message on the phone.

    While the caller speaks it is not known how long that will be, and nothing is added: the
    longest message would let a mailbox that answers keep its owner from other cases for minutes.
    """
    policy = choose(effect)
    said = timedelta(seconds=call.message_s)
    return replace(policy, answer_limit=policy.answer_limit + said)


def policy_anew(choose: ChoosePolicy, call: Call) -> Policy:
    """Return the policy of today for a case that is to ring again."""
    verdict = call.verdict or UNHEARD
    return patient_policy(choose, Escalate(verdict.urgency, verdict.category), call)


class WhoIsRung:
    """Chooses the policy of each case; ``pbx-bridge who-is-rung`` asks the same function."""

    def __init__(self, clock: Clock, on_call: OnCall, policies: Policies) -> None:
        self._clock, self._on_call, self._policies = clock, on_call, policies

    def policy(self, effect: Escalate) -> Policy:
        """Return the policy of a case; the log says when it came out with nobody."""
        chosen = self._chosen(effect.urgency, effect.category)
        if chosen.is_makeshift:
            log.warning(
                "policy.empty",
                policy=chosen.policy.name,
                urgency=effect.urgency.value,
                category=effect.category,
            )
        return chosen.policy

    def numbers(self) -> tuple[str, ...]:
        """Return the numbers that the dialplan rings alone now: for a message nobody understood."""
        people = self._chosen(Urgency.UNKNOWN, "other").policy.people()
        return tuple(dict.fromkeys(person.number for person in people))

    def _chosen(self, urgency: Urgency, category: str) -> Chosen:
        now, plan = self._clock.now(), self._on_call.plan
        return policy_at(self._policies, plan, now, urgency=urgency, category=category)
