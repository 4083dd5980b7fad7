"""Which technicians a turn of a case concerns, and so who of them is told."""

from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.core.escalation_state import Escalation


def concerned(
    topic: Topic, esc: Escalation, technician: str | None = None
) -> frozenset[str] | None:
    """
    Return whom *topic* concerns; `None`: everybody, as the case has nobody of its own.

    Of an acceptance those hear who were rung and are not the one; what nobody accepted, and
    what cannot be rung, everybody of the case's policy; a contested case both; that his case
    is done its owner, when *technician*, who says so, is somebody else.
    """
    names = frozenset(name for name in (esc.owner, technician) if name is not None)
    match topic:
        case Topic.ACCEPTED:
            rung = (a.technician for a in esc.attempts if a.is_under_way and not a.is_reminder)
            return frozenset(rung) - {esc.owner or ""}
        case Topic.CONTESTED:
            return names
        case Topic.DONE:
            return names - {technician or ""}
        case Topic.EXHAUSTED | Topic.LINE_DOWN:
            return frozenset(person.name for person in esc.policy.people()) or None
        case _:
            return frozenset()
