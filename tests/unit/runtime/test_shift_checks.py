"""Checks when a shift begins: told to the office unless the key was heard."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from fakes import ELEVEN_AT_NIGHT, FakeClock, MemoryStore
from firm_plans import plan_of, rotation
from listeners import addressee
from structlog.testing import capture_logs

from pbx_bridge.core.calendar import Plan
from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.core.phone_check import NO_PROMPTS, CheckOutcome, PhoneCheck
from pbx_bridge.core.shift_check import BegunShift
from pbx_bridge.errors import CheckRefused, StoreError
from pbx_bridge.runtime.notices import Notices
from pbx_bridge.runtime.shift_checks import TRIES, ShiftChecks
from pbx_bridge.simulation.threads import InlineThreads

LAYERS = {"anna": "primary", "ben": "backup"}
SHIFTS = {
    name: BegunShift(layer=layer, technician=name, start=ELEVEN_AT_NIGHT)
    for name, layer in LAYERS.items()
}
PLAN = plan_of(*(replace(rotation(name), layer=layer) for name, layer in LAYERS.items()))


class Mobiles:
    """Stands for `PhoneChecks`; each check gives the next outcome."""

    def __init__(self, *outcomes: CheckOutcome | Exception) -> None:
        self.outcomes, self.rung, self.lacking = list(outcomes), list[str](), ""

    def lacks(self, technician: str) -> str:
        """Lack what a test says."""
        return self.lacking

    async def check(self, technician: str) -> PhoneCheck:
        """Ring nobody."""
        self.rung.append(technician)
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return PhoneCheck(technician=technician, outcome=outcome)


class Evening:
    """A handoff."""

    def __init__(self) -> None:
        self.store, self.mobiles = MemoryStore(), Mobiles()
        people = [
            addressee(name="mail", topics=frozenset({Topic.PHONE_CHECK})),
            addressee(name="ben", technician="ben", topics=frozenset({Topic.SHIFT_BEGINS})),
        ]
        store = self.store
        notices = self.notices = Notices(
            FakeClock(),
            store.calls,
            store.escalations,
            store.notices,
            people,
            zone=ZoneInfo("Europe/Berlin"),
        )
        self.checks = ShiftChecks(
            FakeClock(),
            self.mobiles,  # type: ignore[arg-type]
            notices,
            lambda: PLAN,
        )

    async def begins(self, *names: str) -> None:
        """Let their shifts begin; return when nothing happens any more."""
        self.checks.begin([SHIFTS[name] for name in names])
        for _ in range(500):
            await asyncio.sleep(0)

    @property
    def told(self) -> list[str]:
        """What the office reads."""
        return [row.queued.notice.subject for row in self.store.notices.rows]


@pytest.fixture
async def evening(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Evening]:
    """Yield one on which nobody waits five minutes."""
    monkeypatch.setattr("pbx_bridge.runtime.shift_checks.PAUSE_S", 0.0)
    evening = Evening()
    asyncio.get_running_loop().set_default_executor(InlineThreads(max_workers=1))
    loop = asyncio.create_task(evening.checks.run())
    yield evening
    loop.cancel()


async def test_heard_key_is_told_to_nobody(evening: Evening) -> None:
    """Both are rung, one after the other."""
    evening.mobiles.outcomes = [CheckOutcome.KEY_HEARD, CheckOutcome.KEY_HEARD]

    await evening.begins("anna", "ben")

    assert evening.mobiles.rung == ["anna", "ben"]
    assert evening.told == []


async def test_mobile_that_fails_is_told_to_the_office(evening: Evening) -> None:
    """With who and how; the others are checked all the same."""
    evening.mobiles.outcomes = [CheckOutcome.NO_ANSWER, CheckOutcome.KEY_HEARD]

    await evening.begins("ben", "anna")

    assert evening.mobiles.rung == ["ben", "anna"]
    assert evening.told == ["ben: phone check at the start of the shift: not answered"]


@pytest.mark.parametrize(
    "put_off",
    [CheckOutcome.CASE_FIRST, CheckOutcome.NOT_KNOWN, CheckRefused("anna is being checked")],
)
async def test_check_that_is_put_off_comes_again(
    evening: Evening, put_off: CheckOutcome | Exception
) -> None:
    """After the case, or when Asterisk is back; nobody is told of it."""
    evening.mobiles.outcomes = [put_off, put_off, CheckOutcome.KEY_HEARD]

    await evening.begins("ben")

    assert evening.mobiles.rung == ["ben"] * 3
    assert evening.told == []


async def test_check_that_is_put_off_for_ever_is_told(evening: Evening) -> None:
    """Nobody knows whether his mobile rings."""
    evening.mobiles.outcomes = [CheckOutcome.CASE_FIRST] * (TRIES + 1)

    await evening.begins("ben")

    assert evening.mobiles.rung == ["ben"] * TRIES
    assert evening.told == [
        "ben: phone check at the start of the shift: not checked, a case went first"
    ]


async def test_check_by_hand_in_the_way_is_no_case(evening: Evening) -> None:
    """It is told as what it is, with its reason."""
    evening.mobiles.outcomes = [CheckRefused("anna is being checked")] * TRIES

    await evening.begins("ben")

    assert evening.told == ["ben: phone check at the start of the shift: not checked, see below"]
    [row] = evening.store.notices.rows
    assert "anna is being checked" in row.queued.notice.body


async def test_whose_shift_another_took_over_is_left_alone(evening: Evening) -> None:
    """The check was put off; meanwhile somebody else is on call."""
    evening.mobiles.outcomes = [CheckOutcome.CASE_FIRST]

    def taken_over() -> Plan:
        return plan_of() if evening.mobiles.rung else PLAN

    evening.checks._plan = taken_over
    with capture_logs() as lines:
        await evening.begins("ben")

    assert evening.mobiles.rung == ["ben"]
    assert evening.told == []
    assert [line["event"] for line in lines] == ["phone_check.dropped"]


async def test_without_its_prompts_no_check_begins(evening: Evening) -> None:
    """Nobody is woken to hear silence; the office is told what to do, once."""
    evening.mobiles.lacking = NO_PROMPTS

    await evening.begins("ben")

    assert evening.mobiles.rung == []
    assert evening.told == [
        "ben: phone check at the start of the shift: not checked, dialplan or prompts are old"
    ]
    [row] = evening.store.notices.rows
    assert NO_PROMPTS in row.queued.notice.body


async def test_result_that_the_disk_does_not_take_is_told_later(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """He is not rung again for it."""
    evening.mobiles.outcomes = [CheckOutcome.BUSY]
    publish, failures = evening.notices.publish, [StoreError("disk full")] * 3

    async def late(*news: object) -> None:
        if failures:
            raise failures.pop()
        await publish(*news)  # type: ignore[arg-type]

    monkeypatch.setattr(evening.notices, "publish", late)

    await evening.begins("ben")

    assert evening.mobiles.rung == ["ben"]
    assert evening.told == ["ben: phone check at the start of the shift: busy or declined"]


async def test_bug_in_one_check_leaves_the_others(evening: Evening) -> None:
    """It is logged, with his name."""
    evening.mobiles.outcomes = [ZeroDivisionError(), CheckOutcome.KEY_HEARD]

    with capture_logs() as lines:
        await evening.begins("anna", "ben")

    assert evening.mobiles.rung == ["anna", "ben"]
    assert [(line["event"], line["technician"]) for line in lines] == [
        ("phone_check.crashed", "anna")
    ]
