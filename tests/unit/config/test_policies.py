"""From the file to the policies of the firm."""

from datetime import timedelta

from configs import SMALLEST

from pbx_bridge.config import parse
from pbx_bridge.config.policies import policies_of, values_of
from pbx_bridge.core.case import Urgency
from pbx_bridge.core.plan import Policies, PolicyRule, StepRule
from pbx_bridge.core.policy import RING_TIMEOUT, Policy, Technician

ANNA, BEN = Technician("anna", "+491711234567"), Technician("ben", "+491722345678")

WHOLE = """\
[escalation]
order = ["ben", "anna", "ben"]
rounds = 1
ring_timeout_s = 20
round_pause_s = 7
vary_order = false
answer_limit_s = 40
listen_alone_s = 12
line_retry_s = 3
ceiling_min = 60
last_resort = "anna"
busy_for_min = 30
remind_after_min = 120

[[duty_window]]
name = "weekend"
days = ["saturday", "sunday"]
times = ["00:00-24:00"]

[[policy]]
name = "gas"
urgency = ["emergency", "urgent"]
category = ["gas"]
window = ["weekend"]
rounds = 4
ring_timeout_s = 15
busy_for_min = 0
last_resort = "ben"
listen_alone_s = 0
vary_order = true

[[policy.step]]
who = ["@primary", "ben"]
together = true
overlap_s = 5

[[policy.step]]
who = ["anna"]
ring_timeout_s = 18

[[policy]]
name = "all"

[[policy.step]]
who = ["anna"]
"""
"""Every key once."""

FIRM = Policy(
    steps=(),
    rounds=1,
    answer_limit=timedelta(seconds=40),
    listen_alone=timedelta(seconds=12),
    round_pause=timedelta(seconds=7),
    line_retry=timedelta(seconds=3),
    ceiling=timedelta(minutes=60),
    last_resort=ANNA,
    busy_for=timedelta(minutes=30),
    remind_after=timedelta(minutes=120),
)


def test_file_without_policies_has_the_defaults() -> None:
    """A firm of three need not write a policy at all; the core's are those of old journals."""
    assert policies_of(parse(SMALLEST, source="f")) == Policies(
        base=Policy(steps=(), listen_alone=timedelta(), vary_order=True),
        ring_timeout=RING_TIMEOUT,
        order=("anna", "ben"),
        roster=(ANNA, BEN),
    )


def test_every_key_arrives_and_what_is_not_said_is_the_firms() -> None:
    """The units change exactly once, here."""
    found = policies_of(parse(SMALLEST + WHOLE, source="f"))

    assert found.base == FIRM
    assert found.ring_timeout == timedelta(seconds=20)
    assert found.order == ("ben", "anna", "ben")
    gas, rest = found.rules
    assert gas == PolicyRule(
        name="gas",
        steps=(
            StepRule(
                who=("@primary", "ben"),
                is_parallel=True,
                ring_timeout=timedelta(seconds=15),
                overlap=timedelta(seconds=5),
            ),
            StepRule(who=("anna",), ring_timeout=timedelta(seconds=18)),
        ),
        base=Policy(
            steps=(),
            rounds=4,
            vary_order=True,
            answer_limit=FIRM.answer_limit,
            listen_alone=timedelta(),
            round_pause=FIRM.round_pause,
            line_retry=FIRM.line_retry,
            ceiling=FIRM.ceiling,
            last_resort=BEN,
            busy_for=timedelta(),
            remind_after=FIRM.remind_after,
        ),
        urgencies=frozenset({Urgency.EMERGENCY, Urgency.URGENT}),
        categories=frozenset({"gas"}),
        windows=frozenset({"weekend"}),
    )
    assert rest.base == FIRM
    assert rest.steps == (StepRule(who=("anna",), ring_timeout=timedelta(seconds=20)),)


def test_values_of_a_policy_are_the_firms_with_its_own() -> None:
    """Nothing but what it says is changed."""
    config = parse(SMALLEST + WHOLE, source="f")

    assert values_of(config.escalation, config.policies[0]).rounds == 4
    assert values_of(config.escalation, config.policies[1]) == config.escalation
