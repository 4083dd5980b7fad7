"""How long the next may have to wait for a ring: for its ring timeout, whoever picked up."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pbx_bridge.core.escalation_state import Escalation, EscalationPhase
from pbx_bridge.core.lineup import Others
from pbx_bridge.core.policy import Group

SLACK = timedelta(seconds=1)


@dataclass(slots=True)
class _Wait:
    """What a case waits for since its newest ring."""

    rings: int
    round: int
    was_over: bool
    """Whether the newest ring was over as soon as we saw it; its round may have been, too."""
    newest_over: datetime
    """When the newest ring holds nobody back any more."""
    round_over: datetime
    """When none of its round does."""
    dead: timedelta
    is_excused: bool = False


@dataclass(slots=True)
class Patience:
    """
    Watches when each case rings the next, by its own clock.

    An answer without a key delays nobody: the next ring begins when the ring timeout of the one
    before is over, after the pause when a round lies between. It may come later when nobody is
    free for it, when the line is down, or while somebody who pressed a key still hears us; not
    because one of those who are left listens to this very case, when others come after him.
    """

    _waits: dict[str, _Wait] = field(default_factory=dict)

    def look(self, now: datetime, esc: Escalation, others: Others, dead: timedelta) -> str | None:
        """
        Return what is wrong with the moment of a ring that has just begun.

        Args:
            now: the virtual time.
            esc: a case as it is committed.
            others: what the other cases do.
            dead: how long we were killed so far, all in all; nobody rings then.
        """
        wait, count = self._waits.get(esc.case_id), len(esc.attempts)
        if esc.phase is not EscalationPhase.RINGING:
            self._waits.pop(esc.case_id, None)
            return None
        fault = None
        if wait is None or count > wait.rings:
            if wait is not None and _is_late(now, esc, wait, dead):
                fault = f"case {esc.case_id} rang nobody for too long before {now}"
            wait = self._waits[esc.case_id] = _begun(now, esc, wait, dead)
        wait.rings = count  # one that was never rung is taken back
        is_excused = _is_excused(now, esc, others)
        over_at = wait.newest_over if esc.todo else wait.round_over
        wait.is_excused = is_excused or (wait.is_excused and now > over_at)
        return fault


def _begun(now: datetime, esc: Escalation, before: _Wait | None, dead: timedelta) -> _Wait:
    fresh = esc.attempts[before.rings if before else 0 :]
    policy, rings = esc.policy, [one.timeout for one in fresh if one.outcome is None]
    holds = max(rings, default=timedelta()) + policy.grace
    over_at = now + holds + (policy.listen_alone or timedelta())
    is_same = before is not None and before.round == esc.round
    round_over = max(before.round_over, over_at) if before and is_same else over_at
    return _Wait(len(esc.attempts), esc.round, not rings, over_at, round_over, dead)


def _is_late(now: datetime, esc: Escalation, wait: _Wait, dead: timedelta) -> bool:
    until = wait.newest_over
    if esc.round != wait.round or wait.was_over:
        until = wait.round_over + esc.policy.round_pause
    return not wait.is_excused and now > until + (dead - wait.dead) + SLACK


def _is_excused(now: datetime, esc: Escalation, others: Others) -> bool:
    talking = {one.technician for one in esc.talking(now)}
    listening = {one.technician for one in esc.live if one.is_answered}
    left = _names(esc.todo) - listening
    if esc.idle_rounds or (esc.is_waiting and left) or (talking and not left):
        return True
    held = talking | {one.technician for one in esc.live}
    held |= {one.technician for one in others.occupied}
    return (left or _names(_following(esc))) <= held


def _names(groups: Iterable[Group]) -> set[str]:
    return {person.name for group in groups for person in group.technicians}


def _following(esc: Escalation) -> tuple[Group, ...]:
    """Return the next round, or the last resort."""
    if esc.round > esc.policy.rounds:
        return ()
    return esc.policy.groups() if esc.round < esc.policy.rounds else esc.policy.last_group()
