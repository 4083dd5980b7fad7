"""Who is rung for a case that starts now."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from fakes import ELEVEN_AT_NIGHT, FakeClock, MemoryStore
from structlog.testing import capture_logs

from pbx_bridge.core.calendar import Plan
from pbx_bridge.core.call_events import Escalate
from pbx_bridge.core.case import Urgency
from pbx_bridge.core.hours import Days, OpeningHours
from pbx_bridge.core.override import Absence, Addition
from pbx_bridge.core.plan import Policies, PolicyRule, StepRule
from pbx_bridge.core.policy import Policy, Technician
from pbx_bridge.core.rotation import Rotation
from pbx_bridge.runtime.on_call import OnCall
from pbx_bridge.runtime.policies import WhoIsRung

NOW = ELEVEN_AT_NIGHT
END = NOW + timedelta(hours=12)
ANNA, BEN = Technician("anna", "+491711234567"), Technician("ben", "+491722345678")
CHEF = Technician("chef", "+491733456789")
WEEKLY = timedelta(weeks=1)
PLAN = Plan(
    hours=OpeningHours(Days(zone=ZoneInfo("Europe/Berlin"))),
    technicians=("anna", "ben", "chef"),
    rotations=(
        Rotation(
            layer="primary",
            order=("anna",),
            starts_at=datetime.fromisoformat("2026-01-05 08:00"),
            shift=WEEKLY,
        ),
    ),
)
GAS = Escalate(Urgency.EMERGENCY, "gas")


def rule(name: str, who: str, urgency: Urgency) -> PolicyRule:
    """Return a policy with one step."""
    base = Policy(steps=(), last_resort=CHEF)
    steps = (StepRule(who=(who,)),)
    return PolicyRule(name=name, steps=steps, base=base, urgencies=frozenset({urgency}))


POLICIES = Policies(
    rules=(rule("fast", "ben", Urgency.EMERGENCY), rule("usual", "@primary", Urgency.URGENT)),
    base=Policy(steps=()),
    order=("anna", "ben"),
    roster=(ANNA, BEN, CHEF),
)


@pytest.fixture
def clock() -> FakeClock:
    """Return a clock that stands."""
    return FakeClock()


@pytest.fixture
def on_call(clock: FakeClock) -> OnCall:
    """Return a plan with Anna alone in it."""
    return OnCall(clock, MemoryStore().overrides, PLAN)


@pytest.fixture
def who_is_rung(clock: FakeClock, on_call: OnCall) -> WhoIsRung:
    """Return the firm's policies over that plan."""
    return WhoIsRung(clock, on_call, POLICIES)


def test_case_gets_the_policy_that_is_for_it(who_is_rung: WhoIsRung) -> None:
    """Nothing is logged when somebody is on call."""
    with capture_logs() as logs:
        assert who_is_rung.policy(GAS).name == "fast"
        usual = who_is_rung.policy(Escalate(Urgency.UNKNOWN, "other"))

    assert (usual.name, usual.people()) == ("usual", (ANNA, CHEF))
    assert logs == []


async def test_plan_of_this_moment_counts(
    who_is_rung: WhoIsRung, on_call: OnCall, clock: FakeClock
) -> None:
    """Overrides reach the next case, and end."""
    second = Addition(substitute="ben", layer="primary", start=NOW, end=END)
    await on_call.add(second, made_by="eva", reason="")

    during = who_is_rung.numbers()
    clock.move(12 * 3600)

    assert during == (ANNA.number, BEN.number, CHEF.number)
    assert who_is_rung.numbers() == (ANNA.number, CHEF.number)


async def test_policy_that_came_out_with_nobody_is_logged(
    who_is_rung: WhoIsRung, on_call: OnCall
) -> None:
    """Everybody is rung, and somebody should look at the plan; the dialplan's list says nothing."""
    await on_call.add(Absence(technician="anna", start=NOW, end=END), made_by="eva", reason="")

    with capture_logs() as logs:
        policy = who_is_rung.policy(Escalate(Urgency.URGENT, "water"))
        numbers = who_is_rung.numbers()

    assert [person.name for person in policy.people()] == ["ben", "chef", "anna"]
    assert numbers == tuple(person.number for person in policy.people())
    assert logs == [
        {
            "event": "policy.empty",
            "log_level": "warning",
            "policy": "usual",
            "urgency": "urgent",
            "category": "water",
        }
    ]
