"""What the other cases do with the technicians at this moment."""

from collections.abc import Iterable
from datetime import datetime

from pbx_bridge.core.escalation_state import Attempt, Escalation, EscalationPhase
from pbx_bridge.core.lineup import Occupied, Others, rank


def others_of(case_id: str, now: datetime, escalations: Iterable[Escalation]) -> Others:
    """
    Return what holds technicians back from case *case_id*.

    Args:
        case_id: whose own rings do not count.
        now: decides who took a case so long ago that he may be rung again.
        escalations: at least all that ring or were acknowledged lately.
    """
    occupied: list[Occupied] = []
    engaged: list[str] = []
    for other in escalations:
        if other.case_id == case_id:
            continue
        occupied += [
            Occupied(
                technician=attempt.technician,
                case_id=other.case_id,
                attempt=attempt.attempt,
                urgency=other.urgency,
                is_answered=attempt.is_answered or attempt.is_reminder,
            )
            for attempt in (*other.live, *other.talking(now))
            if _counts(other, attempt, now)
        ]
        if other.phase is EscalationPhase.ACKNOWLEDGED and _is_at_it(other, now):
            engaged.append(other.owner or "")
    return Others(occupied=tuple(occupied), engaged=tuple(dict.fromkeys(engaged)))


def waiting_in_order(escalations: Iterable[Escalation]) -> list[Escalation]:
    """Return those that wait for somebody to become free: the more urgent first, then the older."""
    waiting = [esc for esc in escalations if esc.is_waiting]
    return sorted(waiting, key=lambda esc: (rank(esc.urgency), esc.give_up_at, esc.case_id))


def _counts(esc: Escalation, attempt: Attempt, now: datetime) -> bool:
    """Whether a ring holds its technician back; the end of a cancelled one may never be told."""
    is_watched = esc.phase is EscalationPhase.RINGING or attempt.is_reminder
    if attempt.talks_until is not None:
        return True
    return is_watched or now < attempt.ends_at


def _is_at_it(esc: Escalation, now: datetime) -> bool:
    return esc.acknowledged_at is not None and now < esc.acknowledged_at + esc.policy.busy_for
