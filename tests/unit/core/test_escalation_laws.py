"""The laws of an escalation, over random nights."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from examples import NOW
from fakes import MemoryStore
from hypothesis import given
from hypothesis import strategies as st
from nights import (
    begun,
    by_time_alone,
    escalated,
    escalation_events,
    moods,
    nights,
    played,
    policies,
)

from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.escalation import advance
from pbx_bridge.core.escalation_events import (
    CancelRing,
    Fallback,
    FallbackReason,
    Ring,
    RingEnded,
    TakenByHand,
    TakenElsewhere,
    TakeOver,
    Tell,
    Topic,
)
from pbx_bridge.core.escalation_state import Escalation, EscalationPhase
from pbx_bridge.core.lineup import rank
from pbx_bridge.core.policy import Policy

random_nights = nights(escalation_events)
_ALONE = st.sampled_from([timedelta(), timedelta(seconds=7), timedelta(seconds=40)])
CLOSED = (EscalationPhase.DONE, EscalationPhase.EXHAUSTED)


@given(policies, random_nights)
def test_only_a_case_that_is_not_over_waits_for_a_timer(policy, night) -> None:
    """L1, L2: nothing raises; ringing always has a `wake_at`, closed never."""
    for _, _, moved in escalated(policy, night):
        phase, wake_at = moved.state.phase, moved.state.wake_at

        assert (wake_at is not None) or phase is not EscalationPhase.RINGING
        assert wake_at is None or phase not in CLOSED
        if phase is EscalationPhase.ACKNOWLEDGED and moved.state.policy.remind_after is None:
            assert wake_at is None


@given(policies)
def test_time_alone_ends_every_case_in_bounded_time(policy) -> None:
    """L3: rounds x people x (ring + grace) + the pauses + the last resort, and it is over."""
    ended_at, state = by_time_alone(NOW, begun(policy).state)

    assert state.phase is EscalationPhase.EXHAUSTED
    assert ended_at - NOW <= min(policy.ceiling, _longest(policy))


@given(policies, random_nights)
def test_time_alone_ends_whatever_happened_before(policy, night) -> None:
    """L3: after any night the case ends by itself, within its ceiling."""
    *_, (now, _, moved) = escalated(policy, night)

    ended_at, state = by_time_alone(now, moved.state)

    assert state.phase is not EscalationPhase.RINGING
    if moved.state.phase is EscalationPhase.RINGING:
        assert ended_at <= max(now, moved.state.give_up_at)


@given(policies, random_nights)
def test_no_ring_begins_at_the_ceiling(policy, night) -> None:
    """The hard end: from then on nobody is woken, but the owner reminded."""
    for now, _, moved in escalated(policy, night):
        if moved.state.phase is EscalationPhase.ACKNOWLEDGED:
            continue
        assert now < moved.state.give_up_at or not _rings(moved)


@given(policies, _ALONE, moods)
def test_answer_without_a_key_delays_nobody(policy, alone, behaviours) -> None:
    """The next ring begins when the timeout of the one before is over, if anybody is free."""
    seen = list(played(replace(policy, listen_alone=alone), behaviours))
    rings = [(at, moved) for at, moved in seen if _rings(moved)]
    for (_, before), (at, moved) in pairwise(rings):
        over_at, pause = _over_at(seen, moved.state, before.state.round)
        if at > over_at + pause:
            state = [moved.state for earlier, moved in seen if earlier <= over_at][-1]
            retry = policy.line_retry if state.is_waiting else timedelta()
            assert not _free(state, over_at) or at <= over_at + pause + retry


@given(policies, random_nights)
def test_owner_pressed_the_key_and_stays_the_owner(policy, night) -> None:
    """L4: one owner at most, who pressed 1; he loses the case by not answering, or by a human."""
    pressed, owner = set(), None
    for _, event, moved in escalated(policy, night):
        if isinstance(event, TakenElsewhere):
            pressed.add(event.technician)
        if isinstance(event, TakenByHand):  # a human typed it
            pressed.add(event.by)
        if isinstance(event, RingEnded) and event.outcome is RingOutcome.ACKNOWLEDGED:
            attempt = moved.state.find(event.attempt)
            pressed |= {attempt.technician} if attempt else set()

        if _begins_anew(moved):
            owner = None
        assert owner in (None, moved.state.owner)
        owner = moved.state.owner
        if moved.state.phase is not EscalationPhase.DONE:
            assert (owner is None) == (moved.state.phase is not EscalationPhase.ACKNOWLEDGED)
        assert owner is None or owner in pressed


@given(policies, random_nights)
def test_folding_the_journal_gives_the_stored_state(policy, night) -> None:
    """L5: the journal tells everything that the state holds, what others did too."""
    store = MemoryStore()
    asyncio.run(_keep(store, policy, night))

    (opening, *rows) = store.tables.journal
    state = opening.data
    for row in rows:
        state = advance(row.at, state, row.data).state

    assert state == store.tables.escalations["1001"].state


@given(policies, random_nights)
def test_event_that_comes_twice_changes_nothing(policy, night) -> None:
    """L6: whoever reports something twice rings nobody twice; asking twice is no harm."""
    for now, event, moved in escalated(policy, night):
        if event is not None:
            again = advance(now, moved.state, event)

            assert again.state == moved.state
            assert [one for one in again.effects if not isinstance(one, TakeOver)] == []


@given(policies, random_nights)
def test_mobile_rings_once_at_a_time(policy, night) -> None:
    """Nobody is rung who is rung already: by this case, or by another."""
    for now, event, moved in escalated(policy, night):
        held = {one.technician for one in event.others.occupied} if event else set()
        names = [one.technician for one in moved.state.live if now < one.ends_at]
        for ring in _rings(moved):
            assert names.count(ring.technician) == 1
            assert ring.technician not in held


@given(policies, random_nights)
def test_ring_that_is_given_up_is_stopped(policy, night) -> None:
    """Whatever we closed ourselves is cancelled; nobody's mobile rings on for nothing."""
    before, ever_stopped = frozenset(), set()
    for _, event, moved in escalated(policy, night):
        told = {getattr(event, "attempt", None)}
        live = frozenset(one.attempt for one in moved.state.live)
        stopped = {one.attempt for one in moved.effects if isinstance(one, CancelRing)}
        ever_stopped |= stopped

        assert before - live - told <= ever_stopped
        if moved.state.phase in CLOSED:
            assert before & live <= stopped or not moved.effects
        before = live


@given(policies, random_nights)
def test_only_a_less_urgent_unanswered_ring_is_taken_over(policy, night) -> None:
    """A person who listens already is left in peace, whatever is on fire."""
    for _, event, moved in escalated(policy, night):
        for asked in moved.effects:
            if isinstance(asked, TakeOver) and event:
                assert any(
                    one.attempt == asked.attempt
                    and not one.is_answered
                    and rank(one.urgency) > rank(moved.state.urgency)
                    for one in event.others.occupied
                )


@given(policies, random_nights)
def test_each_reason_for_the_fallback_is_told_once(policy, night) -> None:
    """The office gets one mail for each thing that it must know, until it begins anew."""
    told: list[FallbackReason] = []
    for _, _, moved in escalated(policy, night):
        for effect in moved.effects:
            if isinstance(effect, Tell) and effect.topic in (Topic.RESUMED, Topic.REOPENED):
                told.clear()
            if isinstance(effect, Fallback):
                told.append(effect.reason)

        assert len(told) == len(set(told))


def _over_at(seen, state: Escalation, round_before: int) -> tuple[datetime, timedelta]:
    """Return until when the newest group of *state* had to wait for others, and its pause."""
    policy, older = state.policy, state.attempts[: state.newest - 1]
    begun_at = {n: at for at, moved in seen for n in (ring.attempt for ring in _rings(moved))}
    has_turned = state.round > round_before  # then all rings of the round before count
    waited_for = older if has_turned else older[-1:]
    ends = [begun_at[one.attempt] + one.timeout for one in waited_for]
    pause = policy.round_pause if has_turned and state.round <= policy.rounds else timedelta()
    return max(ends) + policy.grace + policy.listen_alone, pause


def _free(state: Escalation, now: datetime) -> set[str]:
    """Return who could be rung; nobody while a goodbye lasts, or nobody was reached at all."""
    policy = state.policy
    if state.talking(now) or state.idle_rounds:
        return set()
    listening = {one.technician for one in state.live}
    following = policy.groups() if state.round < policy.rounds else policy.last_group()
    if state.round > policy.rounds:
        following = ()
    left = _names(state.todo) - listening
    if left or (state.todo and any(one.holds(now) for one in state.live)):
        return left
    return _names(following) - listening


def _names(groups) -> set[str]:
    return {person.name for group in groups for person in group.technicians}


def _begins_anew(moved) -> bool:
    topics = {effect.topic for effect in moved.effects if isinstance(effect, Tell)}
    return not topics.isdisjoint({Topic.RESUMED, Topic.REOPENED})


def _rings(moved) -> list[Ring]:
    return [effect for effect in moved.effects if isinstance(effect, Ring)]


def _longest(policy: Policy) -> timedelta:
    """Return how long silence can last; who rings himself is waited for by `line_retry`."""
    groups = [*policy.groups() * policy.rounds, *policy.last_group()]
    more = policy.grace + policy.line_retry
    each = [(group.ring_timeout + more) * len(group.technicians) for group in groups]
    rings = sum(each, timedelta())
    return rings + max(0, policy.rounds - 1) * policy.round_pause


async def _keep(store: MemoryStore, policy, night) -> Escalation:
    opening, *rest = escalated(policy, night)
    kept = await store.escalations.open(NOW, opening[2])
    for now, event, moved in rest:
        kept = await store.escalations.save(now, kept, event, moved)
    return kept.state
