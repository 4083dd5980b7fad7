"""Calls, escalations and outbox in dictionaries: what `adapters.store` does, without a disk."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from pbx_bridge.core.call_events import CallEffect, CallEvent
from pbx_bridge.core.call_flow import Call, CallPhase, CallTransition
from pbx_bridge.core.escalation_events import EscalationEffect, EscalationEvent
from pbx_bridge.core.escalation_state import Escalation, EscalationPhase, EscalationTransition
from pbx_bridge.errors import StaleCase
from pbx_bridge.ports import Pending, StoredCall, StoredEscalation
from pbx_bridge.simulation.memory_notices import MemoryNotices


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryJournalRow:
    """One journal row: an opening has its state as data, a machine's row its event."""

    case_id: str
    at: datetime
    machine: str
    trigger: str
    data: object
    effects: Sequence[CallEffect | EscalationEffect] = ()


@dataclass(slots=True, kw_only=True)
class MemoryEffect:
    """One outbox row."""

    pending: Pending
    status: str = "open"
    retry_at: datetime | None = None
    error: str | None = None


def _nothing() -> None:
    """Let it go on."""


@dataclass(slots=True)
class MemoryTables:
    """What all three memory stores share, as the real ones share a database."""

    last_case: int = 1000
    calls: dict[str, StoredCall] = field(default_factory=dict)
    escalations: dict[str, StoredEscalation] = field(default_factory=dict)
    journal: list[MemoryJournalRow] = field(default_factory=list)
    outbox: list[MemoryEffect] = field(default_factory=list)
    settled: int = 0
    """How many rows at the beginning of the outbox are never pending again."""
    notices: MemoryNotices = field(default_factory=MemoryNotices)
    moment: Callable[[], None] = _nothing
    """Called before and after each write: there a process can die."""

    def open_rows(self) -> list[MemoryEffect]:
        """Return what is not done yet, in committed order."""
        while self.settled < len(self.outbox) and self.outbox[self.settled].status != "open":
            self.settled += 1
        return [row for row in self.outbox[self.settled :] if row.status == "open"]

    def append(
        self,
        now: datetime,
        state: Call | Escalation,
        trigger: tuple[str, object],
        effects: Sequence[CallEffect | EscalationEffect],
    ) -> None:
        """Add journal row and effects; a row's number in the outbox counts from 1."""
        machine = type(state).__name__.lower()
        name, data = trigger
        self.journal.append(
            MemoryJournalRow(
                case_id=state.case_id,
                at=now,
                machine=machine,
                trigger=name,
                data=data,
                effects=tuple(effects),
            )
        )
        for effect in effects:
            seq = len(self.outbox) + 1
            pending = Pending(seq=seq, case_id=state.case_id, effect=effect)
            self.outbox.append(MemoryEffect(pending=pending))


class MemoryCalls:
    """The port `CallStore` in a dictionary."""

    def __init__(self, tables: MemoryTables) -> None:
        self._tables = tables

    async def new_case_id(self) -> str:
        """Return the next number."""
        self._tables.last_case += 1
        return str(self._tables.last_case)

    async def open(self, now: datetime, opening: CallTransition) -> StoredCall:
        """Keep a call that has just arrived."""
        state = opening.state
        if state.case_id in self._tables.calls or await self.find(state.call_id):
            raise StaleCase(f"case {state.case_id} has this call already")
        self._tables.moment()
        stored = StoredCall(state, 1)
        self._tables.calls[state.case_id] = stored
        self._tables.append(now, state, ("CallOpened", state), opening.effects)
        self._tables.moment()
        return stored

    async def load(self, case_id: str) -> StoredCall | None:
        """Return the call of a case."""
        return self._tables.calls.get(case_id)

    async def find(self, call_id: str) -> StoredCall | None:
        """Return the call with Asterisk's uniqueid *call_id*."""
        found = (s for s in self._tables.calls.values() if s.state.call_id == call_id)
        return next(found, None)

    async def save(
        self, now: datetime, before: StoredCall, trigger: CallEvent, after: CallTransition
    ) -> StoredCall:
        """Keep one transition."""
        if after.state == before.state and not after.effects:
            return before
        kept = self._tables.calls.get(before.state.case_id)
        if kept is None or kept.version != before.version:
            raise StaleCase(f"call of case {before.state.case_id} moved on")
        self._tables.moment()
        stored = StoredCall(after.state, before.version + 1)
        self._tables.calls[after.state.case_id] = stored
        self._tables.append(now, after.state, (type(trigger).__name__, trigger), after.effects)
        self._tables.moment()
        return stored

    async def due(self, now: datetime) -> list[str]:
        """Return the cases whose `wake_at` has come, oldest first."""
        return _due(now, [stored.state for stored in self._tables.calls.values()])

    async def undecided(self) -> list[Call]:
        """Return all calls that are not `decided`."""
        states = [stored.state for stored in self._tables.calls.values()]
        return [state for state in states if state.phase is not CallPhase.DECIDED]


class MemoryEscalations:
    """The port `EscalationStore` in a dictionary."""

    def __init__(self, tables: MemoryTables) -> None:
        self._tables = tables

    async def open(self, now: datetime, opening: EscalationTransition) -> StoredEscalation:
        """Keep a new one."""
        state = opening.state
        if state.case_id in self._tables.escalations:
            raise StaleCase(f"case {state.case_id} has this escalation already")
        self._tables.moment()
        stored = StoredEscalation(state, 1)
        self._tables.escalations[state.case_id] = stored
        self._tables.append(now, state, ("EscalationOpened", state), opening.effects)
        self._tables.moment()
        return stored

    async def load(self, case_id: str) -> StoredEscalation | None:
        """Return the escalation of a case."""
        return self._tables.escalations.get(case_id)

    async def save(
        self,
        now: datetime,
        before: StoredEscalation,
        trigger: EscalationEvent,
        after: EscalationTransition,
    ) -> StoredEscalation:
        """Keep one transition."""
        if after.state == before.state and not after.effects:
            return before
        kept = self._tables.escalations.get(before.state.case_id)
        if kept is None or kept.version != before.version:
            raise StaleCase(f"escalation of case {before.state.case_id} moved on")
        self._tables.moment()
        stored = StoredEscalation(after.state, before.version + 1)
        self._tables.escalations[after.state.case_id] = stored
        self._tables.append(now, after.state, (type(trigger).__name__, trigger), after.effects)
        self._tables.moment()
        return stored

    async def due(self, now: datetime) -> list[str]:
        """Return the cases whose `wake_at` has come, oldest first."""
        return _due(now, [stored.state for stored in self._tables.escalations.values()])

    async def ringing(self) -> list[Escalation]:
        """Return all escalations in phase `ringing`."""
        states = [stored.state for stored in self._tables.escalations.values()]
        return [state for state in states if state.phase is EscalationPhase.RINGING]

    async def owned_by(self, technician: str) -> list[Escalation]:
        """Return what *technician* has acknowledged and is not done, oldest first."""
        states = [stored.state for stored in self._tables.escalations.values()]
        acknowledged = [s for s in states if s.phase is EscalationPhase.ACKNOWLEDGED]
        return [state for state in acknowledged if state.owner == technician]

    async def neighbours(self, now: datetime) -> list[Escalation]:
        """Return all that ring, and the acknowledged that are new or may ring, oldest first."""
        states = [stored.state for stored in self._tables.escalations.values()]
        return [state for state in states if _is_neighbour(state, now)]


class MemoryOutbox:
    """The port `Outbox` in a list."""

    def __init__(self, tables: MemoryTables) -> None:
        self._tables = tables

    async def pending(self, now: datetime) -> list[Pending]:
        """Return what is to be done now, in committed order."""
        return [
            row.pending
            for row in self._tables.open_rows()
            if row.retry_at is None or row.retry_at <= now
        ]

    async def mark_done(self, seq: int, now: datetime) -> None:  # noqa: ARG002  the port
        """Remember that an effect was carried out."""
        self._tables.moment()
        self._tables.outbox[seq - 1].status = "done"
        self._tables.moment()

    async def mark_failed(self, seq: int, error: str, retry_at: datetime | None) -> None:
        """Remember a failure."""
        row = self._tables.outbox[seq - 1]
        if row.status != "open":
            return
        row.pending = replace(row.pending, failures=row.pending.failures + 1)
        row.error, row.retry_at = error, retry_at
        row.status = "parked" if retry_at is None else "open"

    async def note(
        self, case_id: str, now: datetime, kind: str, data: Mapping[str, object]
    ) -> None:
        """Append to the journal something that no machine decides on."""
        self._tables.journal.append(
            MemoryJournalRow(case_id=case_id, at=now, machine="note", trigger=kind, data=data)
        )

    async def next_wake(self) -> datetime | None:
        """Return the earliest `wake_at` of all calls and escalations."""
        waiting = [stored.state.wake_at for stored in self._tables.calls.values()]
        waiting += [stored.state.wake_at for stored in self._tables.escalations.values()]
        return min((at for at in waiting if at is not None), default=None)

    async def instance_key(self) -> bytes:
        """Return 32 bytes, always the same: a test must be repeatable."""
        return b"0123456789abcdef0123456789abcdef"


def _is_neighbour(state: Escalation, now: datetime) -> bool:
    if state.phase is EscalationPhase.ACKNOWLEDGED and state.acknowledged_at is not None:
        return state.wake_at is not None or state.acknowledged_at >= now - timedelta(days=1)
    return state.phase is EscalationPhase.RINGING


def _due(now: datetime, states: Sequence[Call | Escalation]) -> list[str]:
    waiting = [s for s in states if s.wake_at is not None and s.wake_at <= now]
    return [s.case_id for s in sorted(waiting, key=lambda s: s.wake_at or now)]
