"""Who of a policy can be rung now: nobody is rung by two cases at the same moment."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pbx_bridge.core.case import Urgency
from pbx_bridge.core.policy import Group, Technician

RANK = {Urgency.EMERGENCY: 0, Urgency.UNKNOWN: 1, Urgency.URGENT: 1}
"""Smaller goes first; unknown is handled as urgent."""


def rank(urgency: Urgency) -> int:
    """Return the place of an urgency among cases that wait for the same person."""
    return RANK.get(urgency, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupied:
    """A technician whose mobile rings for another case, or who listens to it."""

    technician: str
    case_id: str
    attempt: int
    urgency: Urgency
    is_answered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """What the other cases do with the technicians at this moment."""

    occupied: tuple[Occupied, ...] = ()
    engaged: tuple[str, ...] = ()
    """Who took another case a while ago and is probably in a cellar."""


ALONE = Others()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Whom to ring now, and what is left of the round."""

    group: Group | None = None
    """Rung now; `None`: nobody."""
    todo: tuple[Group, ...] = ()
    """What is left of the round; something left and no group means: wait."""
    preempt: Occupied | None = None
    """A ring of a less urgent case that nobody has answered yet: it must give way."""


def choose(
    todo: tuple[Group, ...], others: Others, *, urgency: Urgency, ringing: Iterable[str] = ()
) -> Choice:
    """
    Return the next group that can be rung.

    Somebody who is with another case is skipped first and rung last; somebody whose mobile
    rings for another case is waited for, unless that case is less urgent and nobody answered.

    Args:
        todo: what is left of the round.
        others: what the other cases do.
        urgency: of this case.
        ringing: whom this case itself is ringing.
    """
    held = {one.technician for one in others.occupied} | set(ringing)
    rest = list(todo)
    while rest and not rest[0].is_last_chance:
        group = rest.pop(0)
        free = tuple(
            person
            for person in group.technicians
            if person.name not in held and person.name not in others.engaged
        )
        rest += [_last_chance(group, person) for person in group.technicians if person not in free]
        if free:
            return Choice(group=replace(group, technicians=free), todo=tuple(rest))
    for unwanted in (held.union(others.engaged), held):  # whoever has a case: after the others
        for place, group in enumerate(rest):
            if group.technicians[0].name not in unwanted:
                return Choice(group=group, todo=(*rest[:place], *rest[place + 1 :]))
    return Choice(todo=tuple(rest), preempt=_weaker(rest, others, urgency))


def _last_chance(group: Group, person: Technician) -> Group:
    return replace(group, technicians=(person,), is_last_chance=True)


def _weaker(rest: list[Group], others: Others, urgency: Urgency) -> Occupied | None:
    wanted = {person.name for group in rest for person in group.technicians}
    weaker = [
        one
        for one in others.occupied
        if one.technician in wanted and not one.is_answered and rank(one.urgency) > rank(urgency)
    ]
    return weaker[0] if weaker else None
