"""One case's escalation: rings the technicians in order until one of them presses 1."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from pbx_bridge.core.case import RingOutcome, Urgency
from pbx_bridge.core.escalation_events import (
    CancelRing,
    CaseDone,
    CaseReopened,
    EscalationEffect,
    EscalationEvent,
    EscalationTimer,
    FallbackReason,
    MarkTaken,
    MobileBusy,
    PersonFree,
    RingAnswered,
    RingEnded,
    RingHeld,
    RingNotPlaced,
    RingPlaced,
    RingTakenOver,
    TakenByHand,
    TakenElsewhere,
    Tell,
    Topic,
)
from pbx_bridge.core.escalation_reminder import owner_silent, remind, reminded, reopened
from pbx_bridge.core.escalation_rounds import (
    LONGEST_RETRY,
    begin_round,
    exhaust,
    go_on,
    keep_word,
    line_down,
    silenced,
)
from pbx_bridge.core.escalation_state import (
    Escalation,
    EscalationPhase,
    EscalationTransition,
    changed,
    closed,
    given_back,
    got_through,
    over,
    pressed,
    unplaced,
    with_timer,
    with_turn,
    without_late,
)
from pbx_bridge.core.lineup import Occupied, Others
from pbx_bridge.core.policy import Policy, Technician


def open_escalation(
    now: datetime, case_id: str, urgency: Urgency, policy: Policy, others: Others
) -> EscalationTransition:
    """Start to ring for *case_id*; *policy* stays as it is now, whatever the config becomes."""
    started = begin_round(now, _new(now, case_id, urgency, policy), others)
    return EscalationTransition(started.state, (Tell(Topic.NEW_CASE), *started.effects))


def open_taken(  # noqa: PLR0913  what `open_escalation` has, and who took it
    now: datetime,
    case_id: str,
    urgency: Urgency,
    policy: Policy,
    technician: str,
    *,
    number: str | None = None,
) -> EscalationTransition:
    """
    Open an escalation that is over already: *technician* pressed 1 before we could ring.

    *number* is where he is rung, should he not be in *policy*; `None`: nobody we know.
    """
    new = replace(_new(now, case_id, urgency, policy), taker=_taker(technician, number))
    return _acknowledge(now, new, technician)


def advance(now: datetime, esc: Escalation, event: EscalationEvent) -> EscalationTransition:
    """
    Return the state and effects that follow from *event* at *now* (UTC).

    An acknowledgement counts whenever it comes, even from a ring that we had given up and
    after the fallback: a human said yes. Every other late or repeated event changes nothing.
    """
    return keep_word(_moved(now, esc, event))


def _moved(now: datetime, esc: Escalation, event: EscalationEvent) -> EscalationTransition:
    if isinstance(event, CaseReopened):
        return reopened(now, esc, event)
    match event:
        case TakenElsewhere():
            return _pressed_elsewhere(now, esc, event)
        case _ if esc.phase is EscalationPhase.DONE:
            return EscalationTransition(esc)
        case CaseDone() | TakenByHand():
            return _by_hand(now, esc, event)
        case RingEnded(attempt=n, outcome=RingOutcome.ACKNOWLEDGED, others=others):
            return _pressed_one(now, esc, n, others)
        case PersonFree(others=others):
            return go_on(now, esc, others) if esc.is_waiting else EscalationTransition(esc)
        case EscalationTimer(others=others):
            return _timer(now, esc, others)
        case _ if not esc.is_live(event.attempt):
            return _hung_up(now, esc, event)
        case RingEnded(attempt=n, outcome=outcome, others=others):
            return _ended(now, esc, n, outcome, others)
        case RingPlaced(attempt=n):
            return EscalationTransition(_placed(now, esc, n))
        case RingAnswered(attempt=n, others=others):
            return _answered(now, esc, n, others)
        case RingTakenOver(attempt=n, others=others):
            return _taken_over(now, esc, n, others)
        case _ if esc.attempts[event.attempt - 1].is_under_way:
            return EscalationTransition(esc)  # Asterisk has it after all: it was said twice
        case RingNotPlaced(attempt=n):
            return _not_placed(now, esc, n)
        case RingHeld() | MobileBusy():
            return EscalationTransition(_held(now, esc, event))
        case _:
            assert_never(event)


# ---------------------------------------------------------------- what happened to a ring


def _pressed_one(now: datetime, esc: Escalation, n: int, others: Others) -> EscalationTransition:
    ring = esc.find(n)
    if ring is None or ring.outcome is RingOutcome.ACKNOWLEDGED:
        return EscalationTransition(esc)
    accepted = pressed(now, esc, n, RingOutcome.ACKNOWLEDGED)
    rung = [one.technician for one in others.occupied]
    rung += [one.technician for one in esc.live if one.attempt != n]
    if ring.technician in rung:
        # we had given him up, and his mobile rings anew: he cannot listen to this ring
        accepted = changed(accepted, n, talks_until=None)
    if esc.phase is not EscalationPhase.ACKNOWLEDGED:
        if not ring.is_reminder:  # rung under the number of the policy
            accepted = replace(accepted, taker=None)
        return _acknowledge(now, accepted, ring.technician)
    if ring.is_reminder and ring.technician == esc.owner:
        return EscalationTransition(reminded(now, accepted))
    return EscalationTransition(esc)  # somebody else was faster


def _ended(
    now: datetime, esc: Escalation, n: int, outcome: RingOutcome, others: Others
) -> EscalationTransition:
    declined = outcome is RingOutcome.DECLINED
    after = pressed(now, esc, n, outcome) if declined else closed(esc, n, outcome)
    if esc.attempts[n - 1].is_reminder:
        return owner_silent(now, after, others)
    return _next(now, after, [n], others)


def _hung_up(now: datetime, esc: Escalation, event: EscalationEvent) -> EscalationTransition:
    """Whoever pressed a key has hung up; everything else that is told late changes nothing."""
    if not isinstance(event, RingEnded) or event.outcome is RingOutcome.DECLINED:
        return EscalationTransition(esc)
    ring = esc.find(event.attempt)
    if ring is None or ring.talks_until is None:
        return EscalationTransition(esc)
    state = changed(esc, event.attempt, talks_until=None)
    return go_on(now, state, event.others) if state.is_waiting else EscalationTransition(state)


def _placed(now: datetime, esc: Escalation, n: int) -> Escalation:
    ring = esc.attempts[n - 1]
    if ring.is_under_way:
        return esc
    ends_at = now + ring.timeout + esc.policy.grace
    return _with_deadline(changed(esc, n, is_placed=True, ends_at=ends_at), n)


def _answered(now: datetime, esc: Escalation, n: int, others: Others) -> EscalationTransition:
    """He may listen on; the next waits for him no longer than if he had not picked up."""
    ring, alone = esc.attempts[n - 1], esc.policy.listen_alone
    if ring.is_answered:
        return EscalationTransition(esc)
    rings_until = ring.ends_at - esc.policy.grace
    state = changed(
        got_through(esc, n),
        n,
        is_answered=True,
        ends_at=now + esc.policy.answer_limit,
        alone_until=None if alone is None else max(rings_until, now + alone),
    )
    if ring.is_reminder:
        return EscalationTransition(_with_deadline(state, n))
    return _next(now, state, [n], others)


def _with_deadline(esc: Escalation, n: int) -> Escalation:
    if esc.attempts[n - 1].is_reminder:
        return replace(esc, wake_at=esc.attempts[n - 1].ends_at)
    return with_timer(esc)


def _not_placed(now: datetime, esc: Escalation, n: int) -> EscalationTransition:
    """Put the technician back to the front: what could not be tried is not used up."""
    after = closed(esc, n, RingOutcome.UNREACHABLE)
    again = now + esc.policy.line_retry * min(max(1, unplaced(after)), LONGEST_RETRY)
    if esc.attempts[n - 1].is_reminder:
        return EscalationTransition(replace(after, wake_at=again))
    if esc.phase is not EscalationPhase.RINGING:
        return EscalationTransition(after)
    back = replace(given_back(after, n), go_on_at=again, is_waiting=after.is_group_over)
    return line_down(back)


def _held(now: datetime, esc: Escalation, event: RingHeld | MobileBusy) -> Escalation:
    """
    Put the technician back in line and look again soon; it never reached Asterisk.

    He whose mobile is busy comes last, when his group is over; otherwise he stays in front.
    """
    n, is_busy = event.attempt, isinstance(event, MobileBusy)
    after = closed(esc, n, RingOutcome.UNREACHABLE)
    if esc.attempts[n - 1].is_reminder:
        return replace(_without(after, n), wake_at=now + esc.policy.line_retry)
    if esc.phase is not EscalationPhase.RINGING:
        return after
    back = _without(given_back(after, n, is_last_chance=is_busy), n)
    if is_busy and not back.is_group_over:
        return with_turn(back)
    again = now + esc.policy.line_retry
    return with_timer(replace(back, go_on_at=again, is_waiting=back.is_group_over))


def _without(esc: Escalation, n: int) -> Escalation:
    """Return *esc* without attempt *n*, which never rang, if it is the newest."""
    return replace(esc, attempts=esc.attempts[:-1]) if n == len(esc.attempts) else esc


def _taken_over(now: datetime, esc: Escalation, n: int, others: Others) -> EscalationTransition:
    """Give a technician to a more urgent case; he is rung for this one afterwards."""
    ring = esc.attempts[n - 1]
    if esc.phase is not EscalationPhase.RINGING or ring.is_answered:
        return EscalationTransition(esc)
    back = given_back(closed(esc, n, RingOutcome.NO_ANSWER), n, is_last_chance=True)
    if not back.is_group_over:
        return EscalationTransition(with_turn(back), (CancelRing(n),))
    promised = Occupied(
        technician=ring.technician,
        case_id=esc.case_id,
        attempt=n,
        urgency=esc.urgency,
        is_answered=True,  # so that nobody takes him back
    )
    then = go_on(now, back, replace(others, occupied=(*others.occupied, promised)))
    return EscalationTransition(then.state, (CancelRing(n), *then.effects))


def _timer(now: datetime, esc: Escalation, others: Others) -> EscalationTransition:
    if esc.wake_at is None or now < esc.wake_at:
        return EscalationTransition(esc)
    if esc.phase is EscalationPhase.ACKNOWLEDGED:
        return remind(now, esc, others)
    if now >= esc.give_up_at:
        return exhaust(now, esc, FallbackReason.NOBODY_ACCEPTED)
    after, late = without_late(now, esc)
    is_time = after.go_on_at is not None and after.go_on_at <= now
    then = go_on(now, after, others) if is_time else _next(now, after, late, others)
    return EscalationTransition(then.state, (*map(CancelRing, late), *then.effects))


# ---------------------------------------------------------------- endings


def _pressed_elsewhere(
    now: datetime, esc: Escalation, event: TakenElsewhere
) -> EscalationTransition:
    """
    Count a key that AstDB holds, once.

    He was told that the case is his. When it is somebody else's, or over, people must hear of it.
    """
    if event.mark and event.mark in esc.counted:
        return EscalationTransition(esc)
    counted = replace(esc, counted=(*esc.counted, event.mark)) if event.mark else esc
    is_over = esc.phase in (EscalationPhase.ACKNOWLEDGED, EscalationPhase.DONE)
    if event.number is not None and (not is_over or event.technician == esc.owner):
        counted = replace(counted, taker=Technician(event.technician, event.number))
    if not is_over:
        return _acknowledge(now, counted, event.technician)
    if not event.mark:  # a journal from before there were marks: nobody was told then either
        return EscalationTransition(esc)
    # his key was left in AstDB until it was read; from now on the owner stands there
    effects: tuple[EscalationEffect, ...] = (MarkTaken(esc.owner),) if esc.owner else ()
    if event.technician != esc.owner:
        effects = (*effects, Tell(Topic.CONTESTED, event.technician))
    return EscalationTransition(counted, effects)


def _by_hand(now: datetime, esc: Escalation, event: CaseDone | TakenByHand) -> EscalationTransition:
    if isinstance(event, CaseDone):
        return _done(now, esc, event.by)
    if esc.phase is EscalationPhase.ACKNOWLEDGED:
        return EscalationTransition(esc)
    return _acknowledge(now, replace(esc, taker=_taker(event.by, event.number)), event.by)


def _acknowledge(now: datetime, esc: Escalation, technician: str) -> EscalationTransition:
    stopped = tuple(
        CancelRing(attempt.attempt, taken_by=technician if attempt.is_answered else None)
        for attempt in esc.live
    )
    taken = replace(over(esc, EscalationPhase.ACKNOWLEDGED), owner=technician, acknowledged_at=now)
    effects: tuple[EscalationEffect, ...] = (
        *stopped,
        MarkTaken(technician),
        Tell(Topic.ACCEPTED, technician),
    )
    return EscalationTransition(reminded(now, taken), effects)


def _done(now: datetime, esc: Escalation, by: str) -> EscalationTransition:
    state, stopped = silenced(now, over(esc, EscalationPhase.DONE), spared=by)
    return EscalationTransition(state, (*stopped, MarkTaken(by), Tell(Topic.DONE, by)))


# ---------------------------------------------------------------- small things


def _taker(name: str, number: str | None) -> Technician | None:
    return Technician(name, number) if number is not None else None


def _next(
    now: datetime, esc: Escalation, passed: list[int], others: Others
) -> EscalationTransition:
    """Go on if *passed*, which ended or were answered, were the last that the next waited for."""
    if esc.phase is not EscalationPhase.RINGING:
        return EscalationTransition(esc)
    if _is_turn(now, esc, passed):
        return go_on(now, esc, others)
    return EscalationTransition(with_turn(esc))


def _is_turn(now: datetime, esc: Escalation, passed: list[int]) -> bool:
    if esc.awaited:
        return not any(one.holds(now) for one in esc.awaited)
    is_paused = esc.go_on_at is not None and not esc.is_waiting
    is_held = any(one.holds(now) for one in esc.live)
    return any(n >= esc.newest for n in passed) or not (is_held or is_paused)


def _new(now: datetime, case_id: str, urgency: Urgency, policy: Policy) -> Escalation:
    give_up_at = now + policy.ceiling
    return Escalation(case_id=case_id, urgency=urgency, policy=policy, give_up_at=give_up_at)
