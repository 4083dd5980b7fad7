"""Who is rung next, round after round, until the rounds or the time are over."""

from dataclasses import replace
from datetime import datetime

from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.escalation_events import CancelRing, Fallback, FallbackReason, Ring, TakeOver
from pbx_bridge.core.escalation_state import (
    Attempt,
    Escalation,
    EscalationPhase,
    EscalationTransition,
    changed,
    closed,
    over,
    with_timer,
)
from pbx_bridge.core.lineup import Others, choose
from pbx_bridge.core.policy import Group

LONGEST_RETRY = 8
"""How many times a pause may grow while nobody can be reached at all."""


def begin_round(
    now: datetime, esc: Escalation, others: Others, *, last: str | None = None
) -> EscalationTransition:
    """
    Begin the next round, *last* at its end; after the last round the last resort.

    Who is left over of the round, because he listens, has his turn in the order of the next
    one, or after the last resort.
    """
    policy = esc.policy
    state = replace(
        esc,
        round=esc.round + 1,
        newest=len(esc.attempts) + 1,  # whoever still listens holds nobody back
        round_from=len(esc.attempts) + 1,
        has_reached_somebody=False,
        idle_rounds=0,
        put_last=last if policy.vary_order and last else esc.put_last,
    )
    todo = _order(state, last or state.put_last)
    if todo and state.round <= policy.rounds:
        state = replace(state, todo=todo)
        if state.round == 1 or not policy.round_pause:
            return go_on(now, state, others)
        paused = replace(state, go_on_at=now + policy.round_pause)
        return EscalationTransition(with_timer(paused))
    reason = FallbackReason.NOBODY_ACCEPTED if esc.attempts else FallbackReason.NOBODY_TO_RING
    if not policy.last_group():
        return exhaust(now, state, reason)
    resort = replace(
        state,
        round=policy.rounds + 1,
        todo=(*policy.last_group(), *esc.todo),
        owes_word=bool(esc.live),
    )
    then = go_on(now, resort, others)
    told = () if resort.owes_word else (Fallback(reason),)
    return EscalationTransition(then.state, (*told, *then.effects))


def _order(esc: Escalation, last: str | None) -> tuple[Group, ...]:
    """Return the groups of the round; each later one begins one further on, if wanted."""
    groups = esc.policy.groups()
    his = tuple(group for group in groups if any(p.name == last for p in group.technicians))
    order = (*(group for group in groups if group not in his), *his)
    turned = (esc.round - 1) % len(order) if esc.policy.vary_order and order else 0
    return (*order[turned:], *order[:turned])


def go_on(now: datetime, esc: Escalation, others: Others) -> EscalationTransition:
    """Ring the next who can be rung, or begin the next round, or wait."""
    if now >= esc.give_up_at:
        return exhaust(now, esc, FallbackReason.NOBODY_ACCEPTED)
    state = replace(esc, go_on_at=None, is_waiting=False)
    if not state.todo:
        return _nobody_left(now, state, others)
    ringing = [attempt.technician for attempt in (*state.live, *state.talking(now))]
    choice = choose(state.todo, others, urgency=state.urgency, ringing=ringing)
    if choice.group is not None:
        return _ring(now, replace(state, todo=choice.todo), choice.group)
    left = replace(state, todo=choice.todo)
    if _only_listeners_left(now, left):
        return _round_over(now, left, others)
    ends = [one.alone_until for one in left.live if one.alone_until and now < one.alone_until]
    again = min([now + state.policy.line_retry, *ends])
    waiting = replace(left, is_waiting=True, go_on_at=again)
    wanted = choice.preempt
    effects = (TakeOver(wanted.case_id, wanted.attempt),) if wanted is not None else ()
    return EscalationTransition(with_timer(waiting), effects)


def _only_listeners_left(now: datetime, esc: Escalation) -> bool:
    """Whether all who are left of the round listen, hold nobody back, and others follow."""
    listening = {one.technician for one in esc.live}
    left = {person.name for group in esc.todo for person in group.technicians}
    is_held = any(one.holds(now) for one in esc.live) or esc.talking(now)
    return left <= listening and not is_held and _others_follow(esc)


def _nobody_left(now: datetime, esc: Escalation, others: Others) -> EscalationTransition:
    """
    Go on to the next round when those of this one are over, or do nothing but listen.

    Whoever listens when nobody else is left to ring is not cut off: it ends with him.
    """
    if any(one.holds(now) for one in esc.live) or (esc.live and not _others_follow(esc)):
        return EscalationTransition(with_timer(esc))
    talking = esc.talking(now)
    if talking:  # soon he is free for the next round, and for other cases
        until = max(one.talks_until or now for one in talking)
        return EscalationTransition(with_timer(replace(esc, go_on_at=until, is_waiting=True)))
    return _round_over(now, esc, others)


def _others_follow(esc: Escalation) -> bool:
    """Whether the next round, or the last resort, has anybody but those who listen now."""
    policy, listening = esc.policy, {one.technician for one in esc.live}
    groups = policy.groups() if esc.round < policy.rounds else policy.last_group()
    return esc.round <= policy.rounds and any(
        person.name not in listening for group in groups for person in group.technicians
    )


def _ring(now: datetime, esc: Escalation, group: Group) -> EscalationTransition:
    first = len(esc.attempts) + 1
    attempts = tuple(
        Attempt(
            attempt=first + place,
            technician=person.name,
            ends_at=now + group.ring_timeout + esc.policy.grace,
            timeout=group.ring_timeout,
        )
        for place, person in enumerate(group.technicians)
    )
    go_on_at = now + group.overlap if group.overlap is not None and esc.todo else None
    state = replace(esc, attempts=(*esc.attempts, *attempts), newest=first, go_on_at=go_on_at)
    rings = tuple(
        Ring(attempt.attempt, person.name, person.number, group.ring_timeout.total_seconds())
        for attempt, person in zip(attempts, group.technicians, strict=True)
    )
    return EscalationTransition(with_timer(state), rings)


def _round_over(now: datetime, esc: Escalation, others: Others) -> EscalationTransition:
    policy = esc.policy
    if esc.round > policy.rounds:
        return exhaust(now, esc, FallbackReason.NOBODY_ACCEPTED)
    if esc.has_reached_somebody or len(esc.attempts) < esc.round_from:
        return begin_round(now, esc, others)
    # a dead trunk does not burn the policy
    idle = esc.idle_rounds + 1
    pause = max(policy.round_pause, policy.line_retry) * min(idle, LONGEST_RETRY)
    todo = _order(esc, esc.put_last)
    again = replace(esc, todo=todo, go_on_at=now + pause, idle_rounds=idle)
    return line_down(again)


def line_down(esc: Escalation) -> EscalationTransition:
    """Say once that nobody can be reached by telephone."""
    if esc.is_line_reported:
        return EscalationTransition(with_timer(esc))
    told = replace(esc, is_line_reported=True)
    return EscalationTransition(with_timer(told), (Fallback(FallbackReason.LINE_DOWN),))


def keep_word(moved: EscalationTransition) -> EscalationTransition:
    """
    Tell the office what it is owed as soon as nobody listens who did before the last resort.

    It is told at once when the last resort could not be rung: that may last.
    """
    esc = moved.state
    is_heard = any(one.attempt < esc.round_from for one in esc.live)
    is_stuck = any(one.is_unplaced for one in esc.attempts[esc.round_from - 1 :])
    if not esc.owes_word or (is_heard and not is_stuck):
        return moved
    word = Fallback(FallbackReason.NOBODY_ACCEPTED)
    return EscalationTransition(replace(esc, owes_word=False), (*moved.effects, word))


def silenced(
    now: datetime, esc: Escalation, *, spared: str = ""
) -> tuple[Escalation, tuple[CancelRing, ...]]:
    """
    Return *esc* with every phone stopped but that of *spared*, who speaks with us.

    Whoever picked up and may be about to press 1 hears that it is his.
    """
    state, stopped = esc, []
    for one in esc.live:
        state = closed(state, one.attempt, RingOutcome.NO_ANSWER)
        taken_by = spared if spared and one.is_answered else None
        stopped.append(CancelRing(one.attempt, taken_by=taken_by))
    for one in esc.talking(now):
        if one.technician != spared:
            state = changed(state, one.attempt, talks_until=None)
            stopped.append(CancelRing(one.attempt))
    return state, tuple(stopped)


def exhaust(now: datetime, esc: Escalation, reason: FallbackReason) -> EscalationTransition:
    """End it: every phone stops, and the office is told, unless it was."""
    state, stopped = silenced(now, over(esc, EscalationPhase.EXHAUSTED))
    is_resort = esc.policy.last_resort is not None and esc.round > esc.policy.rounds
    if is_resort and not esc.owes_word:
        return EscalationTransition(state, stopped)  # it was said before he was rung
    return EscalationTransition(state, (*stopped, Fallback(reason)))
