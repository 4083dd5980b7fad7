"""A case that somebody has and that is not done: he is reminded, then it rings again."""

from dataclasses import replace
from datetime import datetime

from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.escalation_events import (
    CancelRing,
    CaseReopened,
    MarkTaken,
    Ring,
    Tell,
    Topic,
)
from pbx_bridge.core.escalation_rounds import LONGEST_RETRY, begin_round
from pbx_bridge.core.escalation_state import (
    Attempt,
    Escalation,
    EscalationPhase,
    EscalationTransition,
    closed,
    unplaced,
    without_late,
)
from pbx_bridge.core.lineup import Others
from pbx_bridge.core.policy import RING_TIMEOUT


def reminded(now: datetime, esc: Escalation) -> Escalation:
    """Return *esc* with the time at which its owner is reminded, when the policy wants that."""
    after = esc.policy.remind_after
    return replace(esc, wake_at=None if after is None else now + after)


def remind(now: datetime, esc: Escalation, others: Others) -> EscalationTransition:
    """Ring the owner, or go on without him when he did not answer that."""
    silent = next((attempt.attempt for attempt in esc.live if attempt.is_reminder), None)
    if silent is not None:
        after = owner_silent(now, closed(esc, silent, RingOutcome.NO_ANSWER), others)
        return EscalationTransition(after.state, (CancelRing(silent), *after.effects))
    owner = esc.known_owner()
    if owner is None:  # the office, or taken in the dialplan under a number that we do not know
        return EscalationTransition(replace(esc, wake_at=None))
    if any(one.technician == owner.name for one in others.occupied):
        return EscalationTransition(replace(esc, wake_at=now + esc.policy.line_retry))
    kept = esc.attempts
    if unplaced(esc) >= LONGEST_RETRY and kept[-1].is_reminder:
        # Asterisk may be away for days. The last is tried again under its own number: should
        # Asterisk have taken that order after all, the look before the ring finds its leg.
        kept = kept[:-1]
    n, timeout = len(kept) + 1, RING_TIMEOUT
    ends_at = now + timeout + esc.policy.grace
    reminder = Attempt(
        attempt=n, technician=owner.name, ends_at=ends_at, timeout=timeout, is_reminder=True
    )
    state = replace(esc, attempts=(*kept, reminder), wake_at=ends_at)
    return EscalationTransition(
        state, (Ring(n, owner.name, owner.number, timeout.total_seconds()),)
    )


def owner_silent(now: datetime, esc: Escalation, others: Others) -> EscalationTransition:
    """The owner did not say that he is at it: ring the others again, and him last."""
    silent = esc.owner
    then = begin_round(now, _anew(now, esc), others, last=silent)
    effects = (Tell(Topic.RESUMED, silent), MarkTaken(None), *then.effects)
    return EscalationTransition(then.state, effects)


def reopened(now: datetime, esc: Escalation, event: CaseReopened) -> EscalationTransition:
    """Ring all who are on call now; whoever is rung already, or has the case, is left in peace."""
    policy = event.policy or esc.policy
    rounds = policy.groups() if policy.rounds else ()
    has_people = bool(rounds or policy.last_group())
    if esc.phase is not EscalationPhase.DONE and not (
        esc.phase is EscalationPhase.EXHAUSTED and has_people
    ):
        return EscalationTransition(esc)
    # whoever took it then may have another number today
    then = begin_round(now, _anew(now, replace(esc, policy=policy, taker=None)), event.others)
    effects = (Tell(Topic.REOPENED, event.by), MarkTaken(None), *then.effects)
    return EscalationTransition(then.state, effects)


def _anew(now: datetime, esc: Escalation) -> Escalation:
    """
    Return *esc* before its first round, without an owner; its attempts count on.

    A ring that was stopped when somebody took the case, and whose end nobody told, is over.
    """
    return replace(
        without_late(now, esc)[0],
        phase=EscalationPhase.RINGING,
        owner=None,
        acknowledged_at=None,
        round=0,
        put_last=None,
        give_up_at=now + esc.policy.ceiling,
        is_line_reported=False,
    )
