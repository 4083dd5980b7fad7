"""What must hold in every night, whatever happens: looked at after each moment of it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from pbx_bridge.core.call_events import CallEffect
from pbx_bridge.core.escalation_events import EscalationEffect, Tell, Topic
from pbx_bridge.core.escalation_state import Escalation, EscalationPhase
from pbx_bridge.core.neighbours import others_of
from pbx_bridge.ports import Notice
from pbx_bridge.simulation.memory import MemoryTables
from pbx_bridge.simulation.patience import SLACK, Patience


class Audit:
    """
    Watches what is committed and what technicians are told.

    It believes no word of the core about time: a case is rung since the moment in which we saw
    it ring, for as long as its policy allows.
    """

    def __init__(self, tables: MemoryTables) -> None:
        self._tables = tables
        self.faults: list[str] = []
        """What must never be; empty after a good night."""
        self._since: dict[str, tuple[int, datetime, timedelta]] = {}
        """How often a case was resumed, since when it rings, how long we were dead until then."""
        self._holders: dict[str, tuple[int, str]] = {}
        """How often a case was resumed, and who was told then that it is his."""
        self._turns: Counter[str] = Counter()
        """How often each case was resumed, in the rows of the outbox that we have read."""
        self._read = 0
        """How many rows of the outbox we have read."""
        self._keys: Counter[tuple[str, str]] = Counter()
        """How often each technician pressed 1 for each case."""
        self._patience = Patience()

    def look(self, now: datetime, dead: timedelta) -> None:
        """
        Compare what is committed with the promises, at a moment at which nothing is to be done.

        Args:
            now: the virtual time.
            dead: how long we were killed so far, all in all; nobody rings then.
        """
        states = [stored.state for stored in self._tables.escalations.values()]
        self._nobody_twice(now, states)
        self._nobody_forgotten()
        for esc in states:
            self._in_time(now, esc, dead)
            others = others_of(esc.case_id, now, states)
            if late := self._patience.look(now, esc, others, dead):
                self.faults.append(late)
            is_taken = esc.phase is EscalationPhase.ACKNOWLEDGED
            if esc.phase is not EscalationPhase.DONE and is_taken == (esc.owner is None):
                self.faults.append(f"case {esc.case_id} is {esc.phase} with owner {esc.owner}")

    def pressed(self, case_id: str, technician: str) -> None:
        """Hear that somebody pressed 1."""
        self._keys[case_id, technician] += 1

    def unearned(self) -> list[str]:
        """Return who has a case more often than he pressed 1 for it: only a key accepts."""
        accepted = Counter(
            (row.pending.case_id, row.pending.effect.technician or "")
            for row in self._tables.outbox
            if isinstance(row.pending.effect, Tell) and row.pending.effect.topic is Topic.ACCEPTED
        )
        return [
            f"case {case_id}: {who} has it {times} times and pressed 1 {self._keys[case_id, who]}"
            for (case_id, who), times in accepted.items()
            if times > self._keys[case_id, who]
        ]

    def granted(self, case_id: str, technician: str) -> None:
        """Hear that somebody was told: the case is yours."""
        turn, other = self._holders.setdefault(case_id, (self._resumed(case_id), technician))
        if turn != self._resumed(case_id):
            self._holders[case_id] = (self._resumed(case_id), technician)
        elif other != technician:
            self.faults.append(f"case {case_id}: {technician} and {other} were told it is theirs")

    def _in_time(self, now: datetime, esc: Escalation, dead: timedelta) -> None:
        if esc.phase is not EscalationPhase.RINGING:
            self._since.pop(esc.case_id, None)
            return
        turn = self._resumed(esc.case_id)
        began = self._since.get(esc.case_id, (turn, now, dead))
        if began[0] != turn:
            began = (turn, now, dead)
        self._since[esc.case_id] = began
        if now > began[1] + esc.policy.ceiling + (dead - began[2]) + SLACK:
            self.faults.append(f"case {esc.case_id} rings beyond its ceiling at {now}")

    def _nobody_forgotten(self) -> None:
        for case_id, stored in self._tables.calls.items():
            verdict = stored.state.verdict
            if verdict and verdict.rings and case_id not in self._tables.escalations:
                self.faults.append(f"case {case_id} is urgent and nobody is rung")

    def _resumed(self, case_id: str) -> int:
        for row in self._tables.outbox[self._read :]:
            self._turns[row.pending.case_id] += _is_told(row.pending.effect, Topic.RESUMED)
        self._read = len(self._tables.outbox)
        return self._turns[case_id]

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
        if _is_told(effect, Topic.RESUMED):
            has_owner = False
    return faults


def unkept(tables: MemoryTables, notices: Sequence[Notice], callers: int) -> list[str]:
    """
    Return which promises a night broke that is over: cases lost, two winners, no word.

    Args:
        tables: as they are in the morning.
        notices: what the office read.
        callers: how many left a message.
    """
    faults = []
    if len(tables.calls) != callers:
        faults.append(f"{callers} callers left a message, {len(tables.calls)} cases are kept")
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


def _is_told(effect: CallEffect | EscalationEffect, topic: Topic) -> bool:
    return isinstance(effect, Tell) and effect.topic is topic


def _gives_up(notice: Notice) -> bool:
    return notice.news is not None and notice.news.topic is Topic.EXHAUSTED
