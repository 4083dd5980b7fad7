"""Which policy a case gets, and whom its layers stand for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from examples import ANNA, BEN, CLARA, OWNER

from pbx_bridge.core.calendar import Plan, Shift
from pbx_bridge.core.case import Urgency
from pbx_bridge.core.hours import Day, Days, DutyWindow, OpeningHours, Window
from pbx_bridge.core.override import Absence, Addition, Override
from pbx_bridge.core.plan import Chosen, Policies, PolicyRule, StepRule, policy_at
from pbx_bridge.core.policy import Policy, Step
from pbx_bridge.core.rotation import Rotation

NOW = datetime(2026, 1, 10, 22, 0, tzinfo=UTC)
"""A Saturday, in a window *weekend*."""
DAY = timedelta(days=1)
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
QUICK = timedelta(seconds=18)
HOURS = OpeningHours(Days(zone=UTC, holiday_on=lambda _: None), {})
WEEKEND = DutyWindow(
    name="weekend", days=frozenset({Day.SATURDAY, Day.SUNDAY}), windows=(Window(time(), time()),)
)


def turns(layer: str, *order: str) -> Rotation:
    """Return a rotation whose first person has this week."""
    return Rotation(
        layer=layer,
        order=order,
        starts_at=datetime.fromisoformat("2026-01-05 08:00"),
        shift=timedelta(weeks=1),
    )


TONIGHT = Plan(
    hours=HOURS,
    technicians=("anna", "ben", "clara"),
    rotations=(turns("primary", "anna", "clara"), turns("backup", "ben")),
    duty_windows=(WEEKEND,),
)
"""Anna is on call, Ben behind her."""


def rule(*who: str, name: str = "all", **conditions: frozenset) -> PolicyRule:
    """Return a policy with one step."""
    return PolicyRule(name=name, steps=(StepRule(who=who),), base=BASE, **conditions)


def chosen(
    *rules: PolicyRule,
    plan: Plan = TONIGHT,
    overrides: Sequence[Override] = (),
    order: tuple[str, ...] = ("anna", "ben", "clara"),
) -> Chosen:
    """Return what an urgent case about gas gets now."""
    policies = Policies(
        rules=rules, base=BASE, ring_timeout=QUICK, order=order, roster=(ANNA, BEN, CLARA)
    )
    plan = replace(plan, overrides=tuple(overrides))
    return policy_at(policies, plan, NOW, urgency=Urgency.URGENT, category="gas")


def people(*who: str, overrides: Sequence[Override] = ()) -> list[str]:
    """Return whom a step stands for, before somebody who is always there."""
    whole = replace(rule(*who), steps=(StepRule(who=who), StepRule(who=("ben",))))
    policy = chosen(whole, overrides=overrides).policy
    return [person.name for person in policy.steps[0].technicians]


def rung(found: Chosen) -> list[str]:
    """Return who is rung in one round, one after the other."""
    return [person.name for group in found.policy.groups() for person in group.technicians]


def away(name: str) -> Absence:
    """Return an absence around now."""
    return Absence(technician=name, start=NOW - DAY, end=NOW + DAY)


def test_everything_of_the_firms_policy_is_frozen() -> None:
    """Numbers, times and limits: what is changed at 2 a.m. does not reach the case."""
    step = StepRule(
        who=("ben", "anna"), is_parallel=True, ring_timeout=QUICK, overlap=timedelta(seconds=6)
    )
    ours = PolicyRule(name="gas", steps=(step, StepRule(who=("clara",))), base=BASE)

    found = chosen(ours)

    assert found.policy == Policy(
        name="gas",
        steps=(
            Step(
                technicians=(BEN, ANNA),
                is_parallel=True,
                ring_timeout=QUICK,
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
    assert not found.is_makeshift
    assert found.on_duty.window == "weekend"


def test_layer_stands_for_whoever_is_on_call() -> None:
    """Beside people by name."""
    assert people("@backup", "clara", "@primary") == ["ben", "clara", "anna"]


def test_second_person_of_an_override_is_in_every_step_of_the_layer() -> None:
    """Behind the first; whoever is in the step already is not in it twice."""
    second = Addition(substitute="ben", layer="primary", start=NOW - DAY, end=NOW + DAY)

    assert people("@primary", "clara", overrides=[second]) == ["anna", "ben", "clara"]
    assert people("ben", "@primary", overrides=[second]) == ["ben", "anna"]


def test_person_is_rung_once_in_a_step() -> None:
    """Named twice, or by name and by layer."""
    assert people("anna", "@backup", "@primary", "anna") == ["anna", "ben"]


@pytest.mark.parametrize("who", ["@nobody", "dora"])
def test_nobody_on_call_leaves_the_step_empty(who: str) -> None:
    """A layer that nobody covers, and somebody who left the firm: skipped, no crash."""
    assert people(who) == []


def test_absent_person_is_in_no_step() -> None:
    """Neither by name nor by layer, where the next steps in."""
    assert people("@primary", "anna", overrides=[away("anna")]) == ["clara"]


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
    found = chosen(
        rule("anna", name="heating", categories=frozenset({"heating"})),
        rule("ben", name="weekend", windows=frozenset({"weekend"})),
        rule("clara", name="late"),
    )

    assert (found.policy.name, rung(found)) == ("weekend", ["ben"])


@pytest.mark.parametrize(
    "conditions",
    [{"urgencies": frozenset({Urgency.URGENT})}, {"categories": frozenset({"gas"})}],
)
def test_rule_is_asked_about_this_very_case(conditions: dict) -> None:
    """Its urgency against urgencies, its category against categories."""
    found = chosen(rule("clara", name="mine", **conditions), rule("anna", name="others"))

    assert found.policy.name == "mine"


def test_override_alone_is_a_calendar() -> None:
    """Clara is added for tonight: she is rung, though nobody has a rotation."""
    plain = Plan(hours=HOURS, technicians=("anna", "ben", "clara"), standing=("anna", "ben"))
    added = Addition(substitute="clara", layer="primary", start=NOW, end=NOW + DAY)

    found = chosen(plan=plain, order=("anna", "ben"), overrides=[added])

    assert rung(found) == ["anna", "ben", "clara"]


def test_case_that_no_rule_is_for_rings_layer_after_layer() -> None:
    """As a firm without policies; with the firm's own limits."""
    heating = rule("clara", categories=frozenset({"heating"}))
    found = chosen(heating)

    assert (found.policy.name, rung(found)) == ("default", ["anna", "ben"])
    assert {group.ring_timeout for group in found.policy.groups()} == {QUICK}
    assert (found.policy.rounds, found.policy.last_resort) == (3, OWNER)


def test_default_rings_nobody_for_two_layers_in_one_round() -> None:
    """Who is on call in two layers is rung in the first."""
    both = replace(TONIGHT, rotations=(turns("primary", "anna"), turns("backup", "anna", "ben")))

    assert rung(chosen(plan=both)) == ["anna"]


def test_firm_without_a_calendar_rings_its_order_as_it_is() -> None:
    """Also with somebody in it twice, as long as nothing else says who is on call."""
    order = ("ben", "anna", "ben")
    plain = Plan(hours=HOURS, technicians=("anna", "ben", "clara"), standing=order)
    past = Absence(technician="clara", start=NOW - 2 * DAY, end=NOW - DAY)

    assert rung(chosen(plan=plain, order=order)) == ["ben", "anna", "ben"]
    assert rung(chosen(plan=plain, order=order, overrides=[past])) == ["ben", "anna", "ben"]
    assert rung(chosen(plan=plain, order=order, overrides=[away("ben")])) == ["anna"]


def test_imported_shift_is_a_calendar() -> None:
    """It counts while it lasts, without any rotation."""
    shift = Shift(start=NOW, end=NOW + DAY, layer="primary", technician="clara")
    plan = Plan(hours=HOURS, technicians=("anna",), standing=("anna",), planned=(shift,))
    known = replace(plan, technicians=("anna", "clara"))

    assert rung(chosen(plan=known)) == ["clara"]
    assert rung(chosen(plan=replace(known, planned=(replace(shift, start=NOW + DAY),)))) == [
        "anna",
        "ben",
        "clara",
    ]


@pytest.mark.parametrize("rules", [(), (rule("@primary", "@owner", name="night"),)])
def test_policy_without_anybody_rings_everybody(rules: tuple[PolicyRule, ...]) -> None:
    """Rather the wrong one is woken than nobody; the sick ones when nobody else took it."""
    gap = replace(TONIGHT, rotations=(turns("primary", "anna"),))

    found = chosen(*rules, plan=gap, overrides=[away("anna")], order=("clara",))

    assert rung(found) == ["clara", "ben", "anna"]
    assert found.is_makeshift
    assert found.policy.name == (rules[0].name if rules else "default")
    assert {group.ring_timeout for group in found.policy.groups()} == {QUICK}
    assert found.policy.rounds == 3
