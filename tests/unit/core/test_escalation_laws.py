"""The six laws of an escalation, over random nights."""

import asyncio

from examples import NOW
from fakes import MemoryStore
from hypothesis import given
from nights import by_time_alone, escalated, escalation_events, nights, policies

from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.escalation import advance, open_escalation
from pbx_bridge.core.escalation_events import (
    Fallback,
    FallbackReason,
    Ring,
    RingEnded,
    TakenElsewhere,
)
from pbx_bridge.core.escalation_state import Escalation, EscalationPhase

random_nights = nights(escalation_events)


@given(policies, random_nights)
def test_only_a_ringing_case_waits_for_a_timer(policy, night) -> None:
    """L1, L2: nothing raises; ringing always has a `wake_at`, closed never."""
    for _, _, moved in escalated(policy, night):
        is_ringing = moved.state.phase is EscalationPhase.RINGING

        assert is_ringing == (moved.state.wake_at is not None)


@given(policies)
def test_time_alone_ends_every_case_in_bounded_time(policy) -> None:
    """L3: rounds x people x (ring + grace) + the pauses between rounds, and it is over."""
    ended_at, state = by_time_alone(NOW, open_escalation(NOW, "1001", policy).state)

    rings = policy.positions * (policy.ring_timeout + policy.grace)
    pauses = max(0, policy.rounds - 1) * policy.round_pause
    assert state.phase is EscalationPhase.EXHAUSTED
    assert ended_at - NOW <= rings + pauses


@given(policies, random_nights)
def test_time_alone_ends_whatever_happened_before(policy, night) -> None:
    """L3: after any night the case ends by itself, acknowledged or exhausted."""
    *_, (now, _, moved) = escalated(policy, night)

    _, state = by_time_alone(now, moved.state)

    assert state.phase is not EscalationPhase.RINGING


@given(policies, random_nights)
def test_owner_pressed_the_key_and_stays_the_owner(policy, night) -> None:
    """L4: one owner at most, who pressed 1 on an attempt of his, or in the dialplan."""
    pressed, owner = set(), None
    for _, event, moved in escalated(policy, night):
        if isinstance(event, TakenElsewhere):
            pressed.add(event.technician)
        if isinstance(event, RingEnded) and event.outcome is RingOutcome.ACKNOWLEDGED:
            attempt = moved.state.find(event.attempt)
            pressed |= {attempt.technician} if attempt else set()

        assert owner in (None, moved.state.owner)
        owner = moved.state.owner
        assert (owner is None) == (moved.state.phase is not EscalationPhase.ACKNOWLEDGED)
        assert owner is None or owner in pressed


@given(policies, random_nights)
def test_folding_the_journal_gives_the_stored_state(policy, night) -> None:
    """L5: the journal tells everything that the state holds."""
    store = MemoryStore()
    asyncio.run(_keep(store, policy, night))

    (opening, *rows) = store.tables.journal
    state = opening.data
    for row in rows:
        state = advance(row.at, state, row.data).state

    assert state == store.tables.escalations["1001"].state


@given(policies, random_nights)
def test_event_that_comes_twice_changes_nothing(policy, night) -> None:
    """L6: whoever reports something twice at the same time rings nobody twice."""
    for now, event, moved in escalated(policy, night):
        if event is not None:
            again = advance(now, moved.state, event)

            assert again.state == moved.state
            assert again.effects == ()


@given(policies, random_nights)
def test_one_mobile_rings_at_a_time(policy, night) -> None:
    """A new ring begins only when no other attempt is open."""
    for _, _, moved in escalated(policy, night):
        for ring in moved.effects:
            if isinstance(ring, Ring):
                assert [one.attempt for one in moved.state.live] == [ring.attempt]


@given(policies, random_nights)
def test_each_reason_for_the_fallback_is_told_once(policy, night) -> None:
    """The office gets one mail for each thing that it must know."""
    told: list[FallbackReason] = []
    for _, _, moved in escalated(policy, night):
        told += [effect.reason for effect in moved.effects if isinstance(effect, Fallback)]

    assert len(told) == len(set(told))


async def _keep(store: MemoryStore, policy, night) -> Escalation:
    opening, *rest = escalated(policy, night)
    kept = await store.escalations.open(NOW, opening[2])
    for now, event, moved in rest:
        kept = await store.escalations.save(now, kept, event, moved)
    return kept.state
