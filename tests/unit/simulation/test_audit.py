"""The audit must be able to find what is wrong, or its silence proves nothing."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from examples import NOW, POLICY, opened_call, opened_escalation
from fakes import MemoryStore

from pbx_bridge.core.call_flow import CallTransition
from pbx_bridge.core.case import Urgency, Verdict
from pbx_bridge.core.escalation import advance
from pbx_bridge.core.escalation_events import EscalationTimer, Tell, Topic
from pbx_bridge.core.escalation_state import Escalation, EscalationPhase, EscalationTransition
from pbx_bridge.core.news import News
from pbx_bridge.ports import Notice, Pending, StoredCall, StoredEscalation
from pbx_bridge.simulation.audit import Audit, unkept, winners
from pbx_bridge.simulation.memory import MemoryEffect, MemoryTables

RINGING = opened_escalation().state
ACCEPTED, RESUMED = Tell(Topic.ACCEPTED, "anna"), Tell(Topic.RESUMED, "anna")
NOBODY = timedelta()
URGENT = replace(
    opened_call().state, verdict=Verdict(urgency=Urgency.URGENT, category="other"), wake_at=None
)


async def night_of(esc=None, effects=(), call=URGENT) -> MemoryStore:
    """Return a store after a night with one case; what it wanted was carried out."""
    store = MemoryStore()
    await store.calls.open(NOW, CallTransition(call))
    if esc is not None:
        await store.escalations.open(NOW, EscalationTransition(esc, effects))
    for row in store.tables.outbox:
        row.status = "done"
    return store


class Watch:
    """An audit and the tables that it looks at."""

    def __init__(self) -> None:
        self.tables = MemoryTables()
        self.audit = Audit(self.tables)

    def look(self, now: datetime, *states: Escalation, dead: timedelta = NOBODY) -> list[str]:
        """Commit these states and look; return what is wrong so far."""
        self.tables.escalations |= {esc.case_id: StoredEscalation(esc, 1) for esc in states}
        self.audit.look(now, dead)
        return list(self.audit.faults)

    def resume(self) -> None:
        """Commit that the case is everybody's again."""
        pending = Pending(seq=1, case_id="1001", effect=RESUMED)
        self.tables.outbox.append(MemoryEffect(pending=pending))


def test_good_moment_has_no_faults() -> None:
    """One case rings, and is over in time."""
    watch = Watch()

    watch.look(NOW, RINGING)
    over = replace(RINGING, phase=EscalationPhase.EXHAUSTED)

    assert watch.look(RINGING.give_up_at, over) == []


def test_two_cases_that_ring_one_person_are_found() -> None:
    """At the same moment, whoever was first."""
    found = Watch().look(NOW, RINGING, replace(RINGING, case_id="2002"))

    assert found == [f"anna has 2 rings at once at {NOW}"]


def test_case_that_rings_beyond_its_ceiling_is_found() -> None:
    """Time in which we were dead meanwhile is not counted: nobody can ring then."""
    watch, ten_s = Watch(), timedelta(seconds=10)
    late = NOW + RINGING.policy.ceiling + ten_s
    watch.look(NOW, RINGING, dead=ten_s)

    before = watch.look(late, RINGING, dead=2 * ten_s)
    found = watch.look(late, RINGING, dead=ten_s)

    assert before == []
    assert found == [f"case 1001 rings beyond its ceiling at {late}"]


def test_ceiling_is_not_what_the_core_says() -> None:
    """A case that puts off its own end is found all the same."""
    watch = Watch()
    watch.look(NOW, RINGING)

    late = NOW + RINGING.policy.ceiling + timedelta(seconds=10)
    found = watch.look(late, replace(RINGING, give_up_at=late + timedelta(days=1)))

    assert found == [f"case 1001 rings beyond its ceiling at {late}"]


def test_ceiling_begins_anew_when_the_case_is_resumed() -> None:
    """Also when nobody looked between the acceptance and its end."""
    watch = Watch()
    watch.look(NOW, RINGING)
    later = NOW + RINGING.policy.ceiling

    watch.resume()
    at_first = watch.look(later, RINGING)

    assert at_first == []
    assert watch.look(later + RINGING.policy.ceiling, RINGING) == []
    assert watch.look(later + 2 * RINGING.policy.ceiling, RINGING) != []


def test_urgent_case_that_rings_nobody_is_found_at_once() -> None:
    """Not only in the morning."""
    watch = Watch()
    watch.tables.calls["1001"] = StoredCall(URGENT, 1)

    found = watch.look(NOW)

    assert found == ["case 1001 is urgent and nobody is rung"]
    assert watch.look(NOW, RINGING) == found


def test_second_who_is_told_that_it_is_his_is_found() -> None:
    """What counts is what people were told; who presses 1 twice is one winner."""
    watch = Watch()
    watch.audit.granted("1001", "anna")
    watch.audit.granted("1001", "anna")
    watch.audit.granted("2002", "ben")
    before = list(watch.audit.faults)

    watch.audit.granted("1001", "ben")

    assert before == []
    assert watch.audit.faults == ["case 1001: ben and anna were told it is theirs"]


def test_case_that_was_resumed_has_a_new_winner() -> None:
    """Its owner did not answer the reminder."""
    watch = Watch()
    watch.audit.granted("1001", "anna")

    watch.resume()
    watch.audit.granted("1001", "ben")
    before = list(watch.audit.faults)
    watch.audit.granted("1001", "clara")

    assert before == []
    assert watch.audit.faults == ["case 1001: clara and ben were told it is theirs"]


@pytest.mark.parametrize(
    ("fields", "is_wrong"),
    [
        ({"phase": EscalationPhase.ACKNOWLEDGED, "owner": "anna"}, False),
        ({"phase": EscalationPhase.ACKNOWLEDGED}, True),
        ({"phase": EscalationPhase.EXHAUSTED, "owner": "anna"}, True),
        ({"phase": EscalationPhase.DONE, "owner": "anna"}, False),
        ({"phase": EscalationPhase.DONE}, False),
    ],
)
def test_owner_and_phase_belong_together(fields: dict, is_wrong: bool) -> None:
    """Acknowledged by nobody, or owned and given up, must never be."""
    found = Watch().look(NOW, replace(RINGING, attempts=(), **fields))

    assert bool(found) is is_wrong


@pytest.mark.parametrize(
    ("told", "is_wrong"),
    [
        ([ACCEPTED], False),
        ([ACCEPTED, RESUMED, ACCEPTED], False),
        ([ACCEPTED, ACCEPTED], True),
        ([ACCEPTED, RESUMED, ACCEPTED, ACCEPTED], True),
    ],
)
def test_second_winner_is_found(told: list[Tell], is_wrong: bool) -> None:
    """Two in a row, without a reminder between them that nobody answered."""
    assert bool(winners(told)) is is_wrong


async def test_case_that_rang_nobody_is_lost() -> None:
    """Urgent, and no escalation: the worst that can be."""
    store = await night_of()

    assert unkept(store.tables, [], 1) == ["case 1001 is lost: nobody was rung"]


async def test_caller_without_a_case_is_lost() -> None:
    """Two left a message."""
    store = await night_of(call=replace(URGENT, verdict=Verdict(urgency=Urgency.ROUTINE)))

    assert unkept(store.tables, [], 2) == ["2 callers left a message, 1 cases are kept"]


async def test_case_without_verdict_is_lost() -> None:
    """Nobody ever decided about it."""
    store = await night_of(call=replace(URGENT, verdict=None))

    assert unkept(store.tables, [], 1) == ["case 1001 is lost: nobody was rung"]


async def test_routine_case_need_not_ring() -> None:
    """The office has it in the morning."""
    store = await night_of(call=replace(URGENT, verdict=Verdict(urgency=Urgency.ROUTINE)))

    assert unkept(store.tables, [], 1) == []


async def test_case_that_rings_in_the_morning_is_found() -> None:
    """Nothing can happen any more, and it is not over."""
    store = await night_of(RINGING)

    assert unkept(store.tables, [], 1) == ["case 1001 rings for ever"]


async def test_given_up_case_must_be_told() -> None:
    """A mail about the line is not the mail about the case."""
    over = advance(RINGING.give_up_at, RINGING, EscalationTimer()).state
    store = await night_of(over)
    line, given_up = (
        Notice(
            key="k",
            case_id="1001",
            subject="s",
            body="b",
            news=News(key="k", topic=topic, at=NOW),
        )
        for topic in (Topic.LINE_DOWN, Topic.EXHAUSTED)
    )

    assert unkept(store.tables, [], 1) == ["case 1001 was given up and nobody was told"]
    assert unkept(store.tables, [given_up, line], 1) == []


async def test_effect_that_was_not_carried_out_is_found() -> None:
    """An order that lies in the outbox in the morning was forgotten."""
    store = await night_of(
        replace(RINGING, phase=EscalationPhase.ACKNOWLEDGED, owner="anna"), (ACCEPTED,)
    )
    store.tables.outbox[0].status = "parked"

    [fault] = unkept(store.tables, [], 1)

    assert fault.startswith("not carried out: 1001 Tell")
    assert POLICY.rounds == 2
