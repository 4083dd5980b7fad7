"""The audit must be able to find what is wrong, or its silence proves nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from examples import NOW, POLICY, opened_call, opened_escalation
from fakes import MemoryStore

from pbx_bridge.core.call_flow import CallTransition
from pbx_bridge.core.case import Urgency, Verdict
from pbx_bridge.core.escalation import advance
from pbx_bridge.core.escalation_events import EscalationTimer, Tell, Topic
from pbx_bridge.core.escalation_state import EscalationPhase, EscalationTransition
from pbx_bridge.ports import Notice
from pbx_bridge.runtime.notices import WHY
from pbx_bridge.simulation.audit import Audit, unkept, winners

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


def test_good_moment_has_no_faults() -> None:
    """One case rings, and is over in time."""
    audit = Audit()

    audit.look(NOW, [RINGING], NOBODY)
    audit.look(RINGING.give_up_at, [replace(RINGING, phase=EscalationPhase.EXHAUSTED)], NOBODY)

    assert audit.faults == []


def test_two_cases_that_ring_one_person_are_found() -> None:
    """At the same moment, whoever was first."""
    audit = Audit()

    audit.look(NOW, [RINGING, replace(RINGING, case_id="2002")], NOBODY)

    assert audit.faults == [f"anna has 2 rings at once at {NOW}"]


def test_case_that_rings_beyond_its_ceiling_is_found() -> None:
    """Time in which we were dead is not counted: nobody can ring then."""
    audit = Audit()
    late = RINGING.give_up_at + timedelta(seconds=10)

    audit.look(late, [RINGING], timedelta(seconds=10))
    before = list(audit.faults)
    audit.look(late, [RINGING], timedelta(seconds=5))

    assert before == []
    assert ["ceiling" in fault for fault in audit.faults] == [True]


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
    audit = Audit()

    audit.look(NOW, [replace(RINGING, attempts=(), **fields)], NOBODY)

    assert bool(audit.faults) is is_wrong


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

    assert unkept(store.tables, []) == ["case 1001 is lost: nobody was rung"]


async def test_case_without_verdict_is_lost() -> None:
    """Nobody ever decided about it."""
    store = await night_of(call=replace(URGENT, verdict=None))

    assert unkept(store.tables, []) == ["case 1001 is lost: nobody was rung"]


async def test_routine_case_need_not_ring() -> None:
    """The office has it in the morning."""
    store = await night_of(call=replace(URGENT, verdict=Verdict(urgency=Urgency.ROUTINE)))

    assert unkept(store.tables, []) == []


async def test_case_that_rings_in_the_morning_is_found() -> None:
    """Nothing can happen any more, and it is not over."""
    store = await night_of(RINGING)

    assert unkept(store.tables, []) == ["case 1001 rings for ever"]


async def test_given_up_case_must_be_told() -> None:
    """A mail about the line is not the mail about the case."""
    over = advance(RINGING.give_up_at, RINGING, EscalationTimer()).state
    store = await night_of(over)
    line, given_up = (
        Notice(key="k", case_id="1001", subject=f"case 1001: {WHY[reason]}", body="")
        for reason in sorted(WHY, reverse=True)[1:]
    )

    assert "line-down" in WHY or line != given_up
    assert unkept(store.tables, []) == ["case 1001 was given up and nobody was told"]
    assert unkept(store.tables, [given_up, line]) == []


async def test_effect_that_was_not_carried_out_is_found() -> None:
    """An order that lies in the outbox in the morning was forgotten."""
    store = await night_of(
        replace(RINGING, phase=EscalationPhase.ACKNOWLEDGED, owner="anna"), (ACCEPTED,)
    )
    store.tables.outbox[0].status = "parked"

    [fault] = unkept(store.tables, [])

    assert fault.startswith("not carried out: 1001 Tell")
    assert POLICY.rounds == 2
