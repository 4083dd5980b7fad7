"""The journal alone tells the state."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from examples import (
    NOW,
    call_events,
    delays_s,
    escalation_events,
    opened_call,
    opened_escalation,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from pbx_bridge.adapters.store.journal import (
    JournalRow,
    Machine,
    fold_call,
    fold_escalation,
    journal_row,
)
from pbx_bridge.adapters.store.values import dump, dump_time
from pbx_bridge.core import call_flow, escalation
from pbx_bridge.core.call_events import CallEvent, Greeted
from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.escalation_events import (
    EscalationEvent,
    EscalationTimer,
    RingAnswered,
    RingEnded,
    RingPlaced,
)
from pbx_bridge.errors import StoreError


def row(
    machine: Machine, version: int | None, at: object, trigger: str, data: object
) -> JournalRow:
    """Return a row as the database would give it, by way of its columns."""
    return journal_row((1, "1001", dump_time(at), machine, version, trigger, dump(data)))


@settings(max_examples=40)
@given(st.lists(st.tuples(delays_s, call_events), max_size=12))
def test_folding_gives_the_call(events: list[tuple[float, CallEvent]]) -> None:
    """L5: whatever happens to a call, its journal leads to the same state."""
    now, state = NOW, opened_call().state
    rows = [row(Machine.CALL, 1, now, "CallOpened", state)]
    for delay_s, event in events:
        now += timedelta(seconds=delay_s)
        state = call_flow.advance(now, state, event).state
        rows.append(row(Machine.CALL, len(rows) + 1, now, type(event).__name__, event))

    assert fold_call(rows) == state


@settings(max_examples=40)
@given(st.lists(st.tuples(delays_s, escalation_events), max_size=12))
def test_folding_gives_the_escalation(events: list[tuple[float, EscalationEvent]]) -> None:
    """L5: whatever happens while technicians are rung, the journal leads to the same state."""
    now, state = NOW, opened_escalation().state
    rows = [row(Machine.ESCALATION, 1, now, "EscalationOpened", state)]
    for delay_s, event in events:
        now += timedelta(seconds=delay_s)
        state = escalation.advance(now, state, event).state
        rows.append(row(Machine.ESCALATION, len(rows) + 1, now, type(event).__name__, event))

    assert fold_escalation(rows) == state


def test_journal_of_an_earlier_release_leads_to_the_owner_of_then() -> None:
    """A listener held the next back, and each round had the same order: Anna was rung third."""
    fields = json.loads(dump(opened_escalation().state))
    for name in ("listen_alone", "vary_order"):
        del fields["policy"][name]
    for name in ("put_last", "owes_word", "round_from"):
        del fields[name]
    del fields["attempts"][0]["alone_until"]
    told = [
        (0, RingPlaced(1)),
        (5, RingAnswered(1)),
        (80, EscalationTimer()),  # Anna has had her 75 seconds
        (81, RingEnded(2, RingOutcome.BUSY)),
        (96, EscalationTimer()),
        (99, RingEnded(3, RingOutcome.ACKNOWLEDGED)),
    ]
    rows = [row(Machine.ESCALATION, 1, NOW, "EscalationOpened", fields)]
    for second, event in told:
        at, version = NOW + timedelta(seconds=second), len(rows) + 1
        rows.append(row(Machine.ESCALATION, version, at, type(event).__name__, event))

    folded = fold_escalation(rows)

    assert [one.technician for one in folded.attempts] == ["anna", "ben", "anna"]
    assert folded.owner == "anna"


def test_other_rows_of_the_case_do_not_matter() -> None:
    """Notes and the escalation's rows stand between those of the call."""
    opening = opened_call().state
    rows = [
        row(Machine.CALL, 1, NOW, "CallOpened", opening),
        row(Machine.NOTE, None, NOW, "words", {"text": "wasser"}),
        row(Machine.ESCALATION, 1, NOW, "EscalationOpened", opened_escalation().state),
        row(Machine.CALL, 2, NOW, "Greeted", Greeted()),
    ]

    assert fold_call(rows) == replace(opening, is_greeted=True)


def test_missing_row_is_an_error() -> None:
    """A journal with a hole proves nothing."""
    rows = [
        row(Machine.CALL, 1, NOW, "CallOpened", opened_call().state),
        row(Machine.CALL, 3, NOW, "Greeted", Greeted()),
    ]

    with pytest.raises(StoreError, match=r"version 3 of the call where 2 should be"):
        fold_call(rows)


def test_journal_without_opening_is_an_error() -> None:
    """There is nothing to fold for a case that was never escalated."""
    with pytest.raises(StoreError, match="holds no escalation"):
        fold_escalation([row(Machine.CALL, 1, NOW, "CallOpened", opened_call().state)])


def test_broken_row_is_named() -> None:
    """Broken JSON is an error that says in which row."""
    with pytest.raises(StoreError, match=r"journal row 7 \(case 1001\) holds broken JSON"):
        journal_row((7, "1001", dump_time(NOW), "call", 2, "Greeted", "{"))
