"""Checks when a shift begins: told to the office unless the key was heard."""

import asyncio
from collections.abc import AsyncIterator
from zoneinfo import ZoneInfo

import pytest
from fakes import ELEVEN_AT_NIGHT, FakeClock, MemoryStore
from listeners import addressee
from structlog.testing import capture_logs

from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.core.phone_check import CheckOutcome, PhoneCheck
from pbx_bridge.core.shift_check import BegunShift
from pbx_bridge.errors import CheckRefused
from pbx_bridge.runtime.notices import Notices
from pbx_bridge.runtime.shift_checks import TRIES, ShiftChecks

SHIFTS = {
    name: BegunShift(layer="primary", technician=name, start=ELEVEN_AT_NIGHT)
    for name in ("anna", "ben")
}


class Mobiles:
    """Stands for `PhoneChecks`; each check gives the next outcome."""

    def __init__(self, *outcomes: CheckOutcome | Exception) -> None:
        self.outcomes, self.rung = list(outcomes), list[str]()

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
        notices = Notices(
            FakeClock(),
            store.calls,
            store.escalations,
            store.notices,
            people,
            zone=ZoneInfo("Europe/Berlin"),
        )
        self.checks = ShiftChecks(FakeClock(), self.mobiles, notices)  # type: ignore[arg-type]

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
    "put_off", [CheckOutcome.CASE_FIRST, CheckRefused("anna is being checked")]
)
async def test_check_that_a_case_puts_off_comes_again(
    evening: Evening, put_off: CheckOutcome | Exception
) -> None:
    """After the case; nobody is told of it."""
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


async def test_bug_in_one_check_leaves_the_others(evening: Evening) -> None:
    """It is logged, with his name."""
    evening.mobiles.outcomes = [ZeroDivisionError(), CheckOutcome.KEY_HEARD]

    with capture_logs() as lines:
        await evening.begins("anna", "ben")

    assert evening.mobiles.rung == ["anna", "ben"]
    assert [(line["event"], line["technician"]) for line in lines] == [
        ("phone_check.crashed", "anna")
    ]
