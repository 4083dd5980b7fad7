"""The state of one escalation, and the small changes that its rules are made of."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from pbx_bridge.core.case import RingOutcome, Urgency
from pbx_bridge.core.escalation_events import EscalationEffect
from pbx_bridge.core.policy import Group, Policy, Technician


class EscalationPhase(StrEnum):
    """Where an escalation stands."""

    RINGING = "ringing"
    ACKNOWLEDGED = "acknowledged"
    DONE = "done"
    """A human said that nothing is left to do."""
    EXHAUSTED = "exhausted"
    """Every round done and nobody accepted; a late acknowledgement still counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One ring of one technician; attempts are numbered from 1 within a case."""

    attempt: int
    technician: str
    ends_at: datetime
    """When we go on without hearing how it ended."""
    timeout: timedelta
    is_placed: bool = False
    """Asterisk took the order to ring."""
    is_answered: bool = False
    """Somebody, or a mailbox, picked up. Proves nothing."""
    alone_until: datetime | None = None
    """He picked up: from then on he holds nobody back, and may listen on; `None`: he does."""
    is_reminder: bool = False
    """Rings the owner of an acknowledged case that is not done."""
    outcome: RingOutcome | None = None
    """`None` while it rings or talks."""
    talks_until: datetime | None = None
    """He pressed a key and still hears us; by then his phone is free, also if nobody tells."""

    @property
    def is_under_way(self) -> bool:
        """Whether Asterisk is known to have had it."""
        return self.is_placed or self.is_answered

    @property
    def is_unplaced(self) -> bool:
        """Whether it is over without ever having rung."""
        return self.outcome is RingOutcome.UNREACHABLE and not self.is_under_way

    def holds(self, now: datetime) -> bool:
        """Whether the next must wait while this one rings or talks."""
        return self.alone_until is None or now < self.alone_until


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """The state; `wake_at` (UTC) is always set while the phase is `ringing`."""

    case_id: str
    urgency: Urgency
    policy: Policy
    give_up_at: datetime
    phase: EscalationPhase = EscalationPhase.RINGING
    round: int = 0
    """The round that is rung, from 1; 0 before the first, `policy.rounds` + 1: last resort."""
    idle_rounds: int = 0
    """How often in a row a round got through to nobody at all; such rounds are not counted."""
    put_last: str | None = None
    """Who did not answer the reminder: he is last in the first round."""
    todo: tuple[Group, ...] = ()
    """Who is still to be rung in this round."""
    attempts: tuple[Attempt, ...] = ()
    newest: int = 1
    """Number of the first attempt of the group that was rung last, or of one yet to come."""
    round_from: int = 1
    """Number of the first attempt of this round; older ones are listeners of earlier rounds."""
    owner: str | None = None
    counted: tuple[str, ...] = ()
    """Marks of `TakenElsewhere` that are no news any more, whoever has the case now."""
    taker: Technician | None = None
    """Who took it by hand or in the dialplan, as he was then: he need not be in the policy."""
    acknowledged_at: datetime | None = None
    go_on_at: datetime | None = None
    """When the next of `todo` begins; `None`: when the newest group is over."""
    is_waiting: bool = False
    """Whoever is left cannot be rung at this moment: other cases ring them, or the line is down."""
    has_reached_somebody: bool = False
    """Whether any ring of this round got through to a mobile."""
    is_line_reported: bool = False
    """Whether `FallbackReason.LINE_DOWN` has been said already."""
    owes_word: bool = False
    """Somebody still listened when the last resort was rung: the office is told after him."""
    wake_at: datetime | None = None

    def find(self, attempt: int) -> Attempt | None:
        """Return attempt number *attempt*, `None` when there never was one."""
        return self.attempts[attempt - 1] if 0 < attempt <= len(self.attempts) else None

    def known_owner(self) -> Technician | None:
        """Return the owner with his number; `None`: nobody, the office, or one we do not know."""
        if self.taker is not None and self.taker.name == self.owner:
            return self.taker
        return self.policy.find(self.owner or "")

    def is_live(self, attempt: int) -> bool:
        """Whether that attempt rings or talks."""
        found = self.find(attempt)
        return found is not None and found.outcome is None

    @property
    def live(self) -> tuple[Attempt, ...]:
        """All attempts that are not over."""
        return tuple(attempt for attempt in self.attempts if attempt.outcome is None)

    def talking(self, now: datetime) -> tuple[Attempt, ...]:
        """Return those who pressed a key and still have us on the phone."""
        return tuple(
            one for one in self.attempts if one.talks_until is not None and now < one.talks_until
        )

    @property
    def awaited(self) -> tuple[Attempt, ...]:
        """Those on the phone for whom the next may have to wait: without any next, all."""
        return tuple(one for one in self.live if one.attempt >= self.newest or not self.todo)

    @property
    def is_group_over(self) -> bool:
        """Whether nobody of the group that was rung last rings or talks any more."""
        return all(attempt.attempt < self.newest for attempt in self.live)


@dataclass(frozen=True, slots=True)
class EscalationTransition:
    """What follows from one event."""

    state: Escalation
    effects: tuple[EscalationEffect, ...] = ()


def changed(esc: Escalation, n: int, **fields: bool | RingOutcome | datetime | None) -> Escalation:
    """Return *esc* with other fields in attempt *n*."""
    attempts = list(esc.attempts)
    attempts[n - 1] = replace(attempts[n - 1], **fields)  # type: ignore[arg-type]  # by the callers
    return replace(esc, attempts=tuple(attempts))


def pressed(now: datetime, esc: Escalation, n: int, outcome: RingOutcome) -> Escalation:
    """Return *esc* with a key pressed in attempt *n*; he still has us on the phone."""
    talks_until = now + esc.policy.answer_limit if esc.attempts[n - 1].is_answered else None
    return changed(got_through(esc, n), n, outcome=outcome, talks_until=talks_until)


def closed(esc: Escalation, n: int, outcome: RingOutcome) -> Escalation:
    """Return *esc* with attempt *n* over; an outcome that is there stays."""
    if not esc.is_live(n):
        return esc
    state = esc if outcome is RingOutcome.UNREACHABLE else got_through(esc, n)
    return changed(state, n, outcome=outcome)


def got_through(esc: Escalation, n: int) -> Escalation:
    """Return *esc*, whose attempt *n* reached a mobile; of an earlier round that says nothing."""
    return replace(esc, has_reached_somebody=esc.has_reached_somebody or n >= esc.round_from)


def given_back(esc: Escalation, n: int, *, is_last_chance: bool = False) -> Escalation:
    """
    Return *esc* with the technician of a ring that was no fair try in line again.

    He is at the end for his last chance, otherwise in front, together with those of his group
    who were given back before him.
    """
    ring = esc.attempts[n - 1]
    groups = (*esc.policy.groups(), *esc.policy.last_group())
    home = next(group for group in groups if _holds(group, ring))
    names = {ring.technician}
    ahead, rest = esc.todo[:1], esc.todo[1:]
    given = {one.technician for one in esc.attempts[esc.newest - 1 :] if one.is_unplaced}
    # less than *given*, in which he is himself: a group in front that is all of it is another turn
    is_together = any({p.name for p in group.technicians} < given for group in ahead)
    if is_last_chance or not is_together:
        ahead, rest = (), esc.todo
    names |= {person.name for group in ahead for person in group.technicians}
    people = tuple(person for person in home.technicians if person.name in names)
    back = replace(home, technicians=people, is_last_chance=is_last_chance)
    return replace(esc, todo=(*rest, back) if is_last_chance else (back, *rest))


def _holds(group: Group, ring: Attempt) -> bool:
    is_his = any(person.name == ring.technician for person in group.technicians)
    return is_his and group.ring_timeout == ring.timeout


def with_timer(esc: Escalation) -> Escalation:
    """Return *esc* with its timer set to the first thing that is to happen by time alone."""
    if esc.phase is not EscalationPhase.RINGING:
        return esc
    times = [esc.give_up_at, *(attempt.ends_at for attempt in esc.live)]
    if esc.go_on_at is not None:
        times.append(esc.go_on_at)
    return replace(esc, wake_at=min(times))


def with_turn(esc: Escalation) -> Escalation:
    """Return *esc* with its timer, which also ends the time that listeners have for themselves."""
    ends = [one.alone_until for one in esc.awaited if one.alone_until is not None]
    if not ends or len(ends) < len(esc.awaited):
        return with_timer(esc)
    return with_timer(replace(esc, go_on_at=min(max(ends), esc.go_on_at or max(ends))))


def over(esc: Escalation, phase: EscalationPhase) -> Escalation:
    """Return *esc* in a phase in which nobody is rung and no timer runs."""
    return replace(
        esc,
        phase=phase,
        todo=(),
        go_on_at=None,
        is_waiting=False,
        owes_word=False,
        wake_at=None,
    )


def without_late(now: datetime, esc: Escalation) -> tuple[Escalation, list[int]]:
    """Return *esc* with the rings closed whose end nobody told in time, and which these are."""
    late = [attempt.attempt for attempt in esc.live if attempt.ends_at <= now]
    for n in late:
        esc = closed(esc, n, RingOutcome.NO_ANSWER)
    return esc, late


def unplaced(esc: Escalation) -> int:
    """Return how many of the newest attempts in a row were never placed."""
    placed = (n for n, one in enumerate(reversed(esc.attempts)) if not one.is_unplaced)
    return next(placed, len(esc.attempts))
