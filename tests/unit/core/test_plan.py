"""Which policy a case gets, and whom its layers stand for."""

from datetime import timedelta

import pytest
from examples import ANNA, BEN, CLARA, OWNER

from pbx_bridge.core.case import Urgency
from pbx_bridge.core.plan import OnDuty, PolicyRule, StepRule, policy_for
from pbx_bridge.core.policy import Policy, Step

ROSTER = {person.name: person for person in (ANNA, BEN, CLARA)}
BASE = Policy(
    name="not this one",
    steps=(Step(technicians=(CLARA,)),),
    rounds=3,
    grace=timedelta(seconds=1),
    answer_limit=timedelta(seconds=50),
    round_pause=timedelta(seconds=2),
    line_retry=timedelta(seconds=4),
    ceiling=timedelta(hours=1),
    last_resort=OWNER,
    busy_for=timedelta(minutes=5),
    remind_after=timedelta(minutes=90),
)
TONIGHT = OnDuty(layers={"primary": ("anna",), "backup": ("ben", "anna")}, window="weekend")


def rule(*who: str, name: str = "all", **conditions: frozenset) -> PolicyRule:
    """Return a policy with one step."""
    return PolicyRule(name=name, steps=(StepRule(who=who),), base=BASE, **conditions)


def people(*who: str, on_duty: OnDuty = TONIGHT) -> list[str]:
    """Return whom a step stands for."""
    policy = policy_for([rule(*who)], ROSTER, on_duty, urgency=Urgency.URGENT, category="gas")
    return [person.name for person in policy.steps[0].technicians]


def test_everything_of_the_firms_policy_is_frozen() -> None:
    """Numbers, times and limits: what is changed at 2 a.m. does not reach the case."""
    step = StepRule(
        who=("ben", "anna"),
        is_parallel=True,
        ring_timeout=timedelta(seconds=18),
        overlap=timedelta(seconds=6),
    )
    ours = PolicyRule(name="gas", steps=(step, StepRule(who=("clara",))), base=BASE)

    policy = policy_for([ours], ROSTER, TONIGHT, urgency=Urgency.URGENT, category="gas")

    assert policy == Policy(
        name="gas",
        steps=(
            Step(
                technicians=(BEN, ANNA),
                is_parallel=True,
                ring_timeout=timedelta(seconds=18),
                overlap=timedelta(seconds=6),
            ),
            Step(technicians=(CLARA,)),
        ),
        rounds=3,
        grace=timedelta(seconds=1),
        answer_limit=timedelta(seconds=50),
        round_pause=timedelta(seconds=2),
        line_retry=timedelta(seconds=4),
        ceiling=timedelta(hours=1),
        last_resort=OWNER,
        busy_for=timedelta(minutes=5),
        remind_after=timedelta(minutes=90),
    )


def test_layer_stands_for_whoever_is_on_call() -> None:
    """In the order of the layer, beside people by name."""
    assert people("@backup", "clara") == ["ben", "anna", "clara"]


def test_person_is_rung_once_in_a_step() -> None:
    """Named twice, or by name and by layer."""
    assert people("anna", "@backup", "@primary", "anna") == ["anna", "ben"]


@pytest.mark.parametrize("who", ["@nobody", "dora"])
def test_nobody_on_call_leaves_the_step_empty(who: str) -> None:
    """A layer that nobody covers, and somebody who left the firm: skipped, no crash."""
    assert people(who) == []


@pytest.mark.parametrize(
    ("conditions", "fits"),
    [
        ({}, True),
        ({"urgencies": frozenset({Urgency.EMERGENCY})}, True),
        ({"urgencies": frozenset({Urgency.URGENT})}, False),
        ({"categories": frozenset({"gas", "water"})}, True),
        ({"categories": frozenset({"heating"})}, False),
        ({"windows": frozenset({"weekend"})}, True),
        ({"windows": frozenset({"evening"})}, False),
        ({"categories": frozenset({"gas"}), "windows": frozenset({"evening"})}, False),
    ],
)
def test_rule_fits_when_all_its_conditions_do(conditions: dict, fits: bool) -> None:
    """What is not said does not matter."""
    assert rule("anna", **conditions).fits(Urgency.EMERGENCY, "gas", "weekend") is fits


@pytest.mark.parametrize("urgency", [Urgency.URGENT, Urgency.UNKNOWN])
def test_unknown_gets_the_policy_of_urgent(urgency: Urgency) -> None:
    """What was not understood is never handled as routine."""
    urgent = rule("anna", urgencies=frozenset({Urgency.URGENT}))

    assert urgent.fits(urgency, "other", None)


def test_rule_for_a_window_does_not_fit_outside_of_all() -> None:
    """No window is no window."""
    assert not rule("anna", windows=frozenset({"weekend"})).fits(Urgency.URGENT, "gas", None)


def test_first_rule_that_fits_counts() -> None:
    """The order in the file is the order of the rules."""
    rules = [
        rule("anna", name="heating", categories=frozenset({"heating"})),
        rule("ben", name="weekend", windows=frozenset({"weekend"})),
        rule("clara", name="default"),
    ]

    policy = policy_for(rules, ROSTER, TONIGHT, urgency=Urgency.URGENT, category="gas")

    assert policy.name == "weekend"


def test_no_rule_that_fits_is_an_error() -> None:
    """The configuration must not allow it; it is not silently nobody."""
    heating = rule("anna", categories=frozenset({"heating"}))

    with pytest.raises(LookupError, match="no policy fits urgent gas"):
        policy_for([heating], ROSTER, TONIGHT, urgency=Urgency.URGENT, category="gas")
