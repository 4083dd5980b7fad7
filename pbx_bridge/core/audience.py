"""Which technicians a turn of a case concerns, and so who of them is told."""

from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.core.escalation_state import Escalation


def concerned(topic: Topic, esc: Escalation) -> frozenset[str] | None:
    """
    Return whom *topic* concerns; `None`: everybody, as the case has nobody of its own.

    Of an acceptance those hear who were rung and are not the one; what nobody accepted, and
    what cannot be rung, everybody of the case's policy.
    """
    match topic:
        case Topic.ACCEPTED:
            rung = (a.technician for a in esc.attempts if a.is_under_way and not a.is_reminder)
            return frozenset(rung) - {esc.owner or ""}
        case Topic.EXHAUSTED | Topic.LINE_DOWN:
            return frozenset(person.name for person in esc.policy.people()) or None
        case _:
            return frozenset()
