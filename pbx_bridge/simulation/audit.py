"""What must hold in every night, whatever happens: looked at after each moment of it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pbx_bridge.core.call_flow import CallEffect
from pbx_bridge.core.escalation_events import EscalationEffect, FallbackReason, Tell, Topic
from pbx_bridge.core.escalation_state import Escalation, EscalationPhase
from pbx_bridge.core.neighbours import others_of
from pbx_bridge.ports import Notice
from pbx_bridge.runtime.notices import WHY
from pbx_bridge.simulation.memory import MemoryTables

SLACK = timedelta(seconds=1)


@dataclass(slots=True)
class Audit:
    """Watches the states that are committed."""

    faults: list[str] = field(default_factory=list)
    """What must never be; empty after a good night."""
    _ringing: dict[str, datetime] = field(default_factory=dict)
    """Until when each case that rings must be over."""

    def look(self, now: datetime, escalations: Iterable[Escalation], dead: timedelta) -> None:
        """
        Compare what is committed with the promises.

        Args:
            now: the virtual time.
            escalations: all of them.
            dead: how long we were killed so far, all in all; nobody rings then.
        """
        states = list(escalations)
        self._nobody_twice(now, states)
        for esc in states:
            if esc.phase is EscalationPhase.RINGING:
                self._ringing.setdefault(esc.case_id, esc.give_up_at)
                if now > esc.give_up_at + dead + SLACK:
                    self.faults.append(f"case {esc.case_id} rings beyond its ceiling at {now}")
            else:
                self._ringing.pop(esc.case_id, None)
            is_taken = esc.phase is EscalationPhase.ACKNOWLEDGED
            if esc.phase is not EscalationPhase.DONE and is_taken == (esc.owner is None):
                self.faults.append(f"case {esc.case_id} is {esc.phase} with owner {esc.owner}")

    def _nobody_twice(self, now: datetime, states: list[Escalation]) -> None:
        held = Counter(one.technician for one in others_of("", now, states).occupied)
        for name, count in held.items():
            if count > 1:
                self.faults.append(f"{name} has {count} rings at once at {now}")


def winners(effects: Iterable[CallEffect | EscalationEffect]) -> list[str]:
    """Return what is wrong with the owners told of one case, in order: one at a time."""
    has_owner, faults = False, []
    for effect in effects:
        if isinstance(effect, Tell) and effect.topic is Topic.ACCEPTED:
            if has_owner:
                faults.append(f"{effect.technician} won a case that had an owner")
            has_owner = True
        if isinstance(effect, Tell) and effect.topic is Topic.RESUMED:
            has_owner = False
    return faults


def unkept(tables: MemoryTables, notices: Sequence[Notice]) -> list[str]:
    """Return which promises a night broke that is over: cases lost, two winners, no word."""
    faults = []
    told = Counter(notice.case_id for notice in notices if _gives_up(notice))
    for case_id, stored in tables.calls.items():
        effects = [row.pending.effect for row in tables.outbox if row.pending.case_id == case_id]
        faults += [f"case {case_id}: {fault}" for fault in winners(effects)]
        verdict, esc = stored.state.verdict, tables.escalations.get(case_id)
        if verdict is None or (verdict.rings and esc is None):
            faults.append(f"case {case_id} is lost: nobody was rung")
        elif esc is not None and esc.state.phase is EscalationPhase.RINGING:
            faults.append(f"case {case_id} rings for ever")
        if esc is not None and esc.state.phase is EscalationPhase.EXHAUSTED and not told[case_id]:
            faults.append(f"case {case_id} was given up and nobody was told")
    open_rows = [row.pending for row in tables.outbox if row.status != "done"]
    return faults + [f"not carried out: {one.case_id} {one.effect}" for one in open_rows]


def _gives_up(notice: Notice) -> bool:
    reasons = (FallbackReason.NOBODY_ACCEPTED, FallbackReason.NOBODY_TO_RING)
    return any(WHY[reason] in notice.subject for reason in reasons)
