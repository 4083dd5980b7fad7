"""The laws of a call, over random nights."""

import asyncio

from examples import NOW, opened_call
from fakes import MemoryStore
from hypothesis import given
from nights import by_time_alone, call_events, called, nights

from pbx_bridge.core.call_events import AdoptOwner, Escalate, HeardCertain
from pbx_bridge.core.call_flow import CallLimits, CallPhase, advance
from pbx_bridge.core.call_line import AwaitVerdict, next_request
from pbx_bridge.core.case import Urgency

random_nights = nights(call_events)


@given(random_nights)
def test_undecided_call_always_waits_for_a_timer(night) -> None:
    """L1, L2: nothing raises; undecided always has a `wake_at`, decided never."""
    for _, _, moved in called(night):
        assert (moved.state.phase is CallPhase.DECIDED) == (moved.state.wake_at is None)


@given(random_nights)
def test_time_alone_decides_every_call(night) -> None:
    """L3: even when every look finds nothing, somebody is rung or it is filed, in time."""
    *_, (now, _, moved) = called(night)

    decided_at, state = by_time_alone(now, moved.state)

    limits = CallLimits()
    longest = limits.message + limits.ceiling + limits.look_again + limits.verdict
    assert state.phase is CallPhase.DECIDED
    assert decided_at <= max(now + limits.message + limits.call, NOW + longest)


@given(random_nights)
def test_folding_the_journal_gives_the_stored_state(night) -> None:
    """L5: the journal tells everything that the state holds."""
    store = MemoryStore()
    asyncio.run(_keep(store, night))

    (opening, *rows) = store.tables.journal
    state = opening.data
    for row in rows:
        state = advance(row.at, state, row.data).state

    assert state == store.tables.calls["1001"].state


@given(random_nights)
def test_event_that_comes_twice_changes_nothing(night) -> None:
    """L6: nobody is rung twice because something was reported twice."""
    for now, event, moved in called(night):
        if event is not None:
            again = advance(now, moved.state, event)

            assert again.state == moved.state
            assert again.effects == ()


@given(random_nights)
def test_call_ends_in_exactly_one_way(night) -> None:
    """
    Rung for, taken in the dialplan, or filed for the office: one of them, once.

    Only who is rung for while he speaks may still be taken in the dialplan.
    """
    rung = taken = 0
    for _, _, moved in called(night):
        rung += sum(isinstance(one, Escalate) for one in moved.effects)
        taken += sum(isinstance(one, AdoptOwner) for one in moved.effects)
        is_decided = moved.state.phase is CallPhase.DECIDED
        is_filed = is_decided and not rung and not taken and not moved.state.verdict.rings

        assert rung <= 1
        assert taken <= 1
        if moved.state.rang_early:
            assert rung == 1
        else:
            assert rung + taken + is_filed == is_decided


@given(random_nights)
def test_nothing_makes_a_verdict_milder_once_it_is_decided(night) -> None:
    """Somebody is on his way: no late transcript sends him back to bed."""
    rang = False
    for _, _, moved in called(night):
        is_decided = moved.state.phase is CallPhase.DECIDED
        rings = is_decided and moved.state.verdict.rings

        assert rings or not rang
        rang = rings


@given(random_nights)
def test_early_ring_stays_an_emergency(night) -> None:
    """Whoever was rung for a certain emergency is told of nothing less afterwards."""
    for _, event, moved in called(night):
        if moved.state.rang_early:
            assert moved.state.verdict.urgency is Urgency.EMERGENCY
        elif isinstance(event, HeardCertain):
            assert moved.effects == ()


@given(random_nights)
def test_nobody_is_asked_to_wait_for_a_verdict_that_is_not_coming(night) -> None:
    """The caller waits only while a timer will end his wait within the limit."""
    for now, _, moved in called(night):
        if isinstance(next_request(moved.state), AwaitVerdict):
            assert moved.state.wake_at - now <= CallLimits().verdict


async def _keep(store: MemoryStore, night) -> None:
    _, *rest = called(night)
    kept = await store.calls.open(NOW, opened_call())
    for now, event, moved in rest:
        kept = await store.calls.save(now, kept, event, moved)
