"""What every `EscalationStore` promises."""

from dataclasses import replace
from datetime import timedelta

import pytest
from examples import NOW, POLICY, opened_escalation
from fakes import MemoryStore

from pbx_bridge.adapters.store.store import SqliteStore
from pbx_bridge.core.case import RingOutcome, Urgency
from pbx_bridge.core.escalation import advance, open_escalation, open_taken
from pbx_bridge.core.escalation_events import (
    CaseDone,
    MarkTaken,
    Ring,
    RingEnded,
    RingPlaced,
    Tell,
    Topic,
)
from pbx_bridge.core.lineup import ALONE
from pbx_bridge.core.policy import Policy
from pbx_bridge.errors import StaleCase

Store = MemoryStore | SqliteStore
ACCEPTED = RingEnded(1, RingOutcome.ACKNOWLEDGED)


async def test_opening_wants_the_first_ring(store: Store) -> None:
    """The policy is frozen into the case, and the first ring is in the outbox."""
    opened = await store.escalations.open(NOW, opened_escalation())

    assert await store.escalations.load("1001") == opened
    assert [pending.effect for pending in await store.outbox.pending(NOW)] == [
        Tell(Topic.NEW_CASE),
        Ring(1, "anna", "+49170111", 22.0),
    ]


async def test_second_opening_is_stale(store: Store) -> None:
    """A case is escalated once: nobody is rung twice for one call."""
    await store.escalations.open(NOW, opened_escalation())

    with pytest.raises(StaleCase):
        await store.escalations.open(NOW, opened_escalation())

    assert len(await store.outbox.pending(NOW)) == 2


async def test_unknown_escalation_is_none(store: Store) -> None:
    """What was never opened is no error."""
    assert await store.escalations.load("1001") is None


async def test_acknowledged_is_kept_and_rings_no_more(store: Store) -> None:
    """The owner is on disk, nothing is due, the dialplan is to be told."""
    before = await store.escalations.open(NOW, opened_escalation())

    saved = await store.escalations.save(
        NOW, before, ACCEPTED, advance(NOW, before.state, ACCEPTED)
    )

    assert await store.escalations.load("1001") == saved
    assert saved.state.owner == "anna"
    assert await store.escalations.ringing() == []
    assert await store.escalations.due(NOW + timedelta(days=1)) == []
    assert MarkTaken("anna") in [one.effect for one in await store.outbox.pending(NOW)]


async def test_two_winners_are_impossible(store: Store) -> None:
    """Of two decisions on one state the second is stale, whatever it says."""
    before = await store.escalations.open(NOW, opened_escalation())
    await store.escalations.save(NOW, before, ACCEPTED, advance(NOW, before.state, ACCEPTED))

    declined = RingEnded(1, RingOutcome.DECLINED)
    with pytest.raises(StaleCase):
        await store.escalations.save(NOW, before, declined, advance(NOW, before.state, declined))

    kept = await store.escalations.load("1001")
    assert kept is not None
    assert kept.state.owner == "anna"


async def test_nothing_new_is_not_written(store: Store) -> None:
    """A report about an attempt that never was leaves the version alone."""
    opened = await store.escalations.open(NOW, opened_escalation())
    unknown = RingPlaced(7)

    saved = await store.escalations.save(NOW, opened, unknown, advance(NOW, opened.state, unknown))

    assert saved == opened
    assert await store.escalations.load("1001") == opened


async def test_ringing_ones_are_due_in_time_order(store: Store) -> None:
    """All that ring are found again, and woken in the order of their timers."""
    later = NOW + timedelta(seconds=5)
    second = await store.escalations.open(later, opened_escalation("1002", later))
    first = await store.escalations.open(NOW, opened_escalation("1001", NOW))

    assert await store.escalations.ringing() == [second.state, first.state]
    assert await store.escalations.due(NOW) == []
    assert await store.escalations.due(NOW + timedelta(minutes=1)) == ["1001", "1002"]


async def test_neighbours_hold_technicians_back(store: Store) -> None:
    """Those that ring, and those somebody took lately; what nobody is at is none."""
    week = timedelta(days=7)
    reminded = replace(POLICY, remind_after=timedelta(days=9))
    ringing = await store.escalations.open(NOW, opened_escalation("1001"))
    for case_id, then, policy in (
        ("1002", NOW, POLICY),
        ("1003", NOW - week, POLICY),
        ("1004", NOW - week, reminded),
    ):
        opening = open_taken(then, case_id, Urgency.URGENT, policy, "anna")
        await store.escalations.open(then, opening)
    nobody = open_escalation(NOW, "1005", Urgency.URGENT, Policy(steps=()), ALONE)
    await store.escalations.open(NOW, nobody)

    found = await store.escalations.neighbours(NOW)

    assert found[0] == ringing.state
    assert [esc.case_id for esc in found] == ["1001", "1002", "1004"]
    assert await store.escalations.neighbours(NOW + timedelta(days=2)) == [found[0], found[2]]


async def test_owned_are_the_open_cases_of_one_technician(store: Store) -> None:
    """However old; neither somebody else's, nor what is done."""
    for case_id, who in (("1001", "anna"), ("1002", "ben"), ("1003", "anna"), ("1004", "anna")):
        taken = open_taken(NOW - timedelta(days=30), case_id, Urgency.URGENT, POLICY, who)
        kept = await store.escalations.open(NOW, taken)
        if case_id == "1003":
            done = CaseDone("anna")
            await store.escalations.save(NOW, kept, done, advance(NOW, kept.state, done))

    found = await store.escalations.owned_by("anna")

    assert [esc.case_id for esc in found] == ["1001", "1004"]
    assert await store.escalations.owned_by("clara") == []
