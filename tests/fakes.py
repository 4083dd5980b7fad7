"""Stand-ins for the outside world: dull lists and dictionaries behind the ports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from fake_overrides import MemoryOverrides

from pbx_bridge.core.call_flow import Call, CallEffect, CallEvent, CallPhase, CallTransition
from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.escalation_events import EscalationEffect, EscalationEvent
from pbx_bridge.core.escalation_state import Escalation, EscalationPhase, EscalationTransition
from pbx_bridge.errors import AmiRejected, AmiUnavailable, StaleCase, UnsafeValue
from pbx_bridge.ports import (
    LiveChannel,
    Pending,
    PhoneEvents,
    RingOrder,
    StoredCall,
    StoredEscalation,
)

# ---------------------------------------------------------------- clock

ELEVEN_AT_NIGHT = datetime(2026, 1, 9, 22, 0, tzinfo=UTC)
"""A Friday in January, 23:00 in Berlin."""


class FakeClock:
    """The port `Clock`; stands still until it is moved."""

    def __init__(self, at: datetime = ELEVEN_AT_NIGHT) -> None:
        self.at = at

    def now(self) -> datetime:
        """Return the time it was set to."""
        return self.at

    def move(self, seconds: float) -> datetime:
        """Let *seconds* pass; return the new time."""
        self.at += timedelta(seconds=seconds)
        return self.at


# ---------------------------------------------------------------- store


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryJournalRow:
    """One journal row: an opening has its state as data, a machine's row its event."""

    case_id: str
    at: datetime
    machine: str
    trigger: str
    data: object


@dataclass(slots=True, kw_only=True)
class MemoryEffect:
    """One outbox row."""

    pending: Pending
    status: str = "open"
    retry_at: datetime | None = None
    error: str | None = None


@dataclass(slots=True)
class MemoryTables:
    """What all three memory stores share, as the real ones share a database."""

    last_case: int = 1000
    calls: dict[str, StoredCall] = field(default_factory=dict)
    escalations: dict[str, StoredEscalation] = field(default_factory=dict)
    journal: list[MemoryJournalRow] = field(default_factory=list)
    outbox: list[MemoryEffect] = field(default_factory=list)

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
                case_id=state.case_id, at=now, machine=machine, trigger=name, data=data
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
        stored = StoredCall(state, 1)
        self._tables.calls[state.case_id] = stored
        self._tables.append(now, state, ("CallOpened", state), opening.effects)
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
        stored = StoredCall(after.state, before.version + 1)
        self._tables.calls[after.state.case_id] = stored
        self._tables.append(now, after.state, (type(trigger).__name__, trigger), after.effects)
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
        stored = StoredEscalation(state, 1)
        self._tables.escalations[state.case_id] = stored
        self._tables.append(now, state, ("EscalationOpened", state), opening.effects)
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
        stored = StoredEscalation(after.state, before.version + 1)
        self._tables.escalations[after.state.case_id] = stored
        self._tables.append(now, after.state, (type(trigger).__name__, trigger), after.effects)
        return stored

    async def due(self, now: datetime) -> list[str]:
        """Return the cases whose `wake_at` has come, oldest first."""
        return _due(now, [stored.state for stored in self._tables.escalations.values()])

    async def ringing(self) -> list[Escalation]:
        """Return all escalations in phase `ringing`."""
        states = [stored.state for stored in self._tables.escalations.values()]
        return [state for state in states if state.phase is EscalationPhase.RINGING]

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
            for row in self._tables.outbox
            if row.status == "open" and (row.retry_at is None or row.retry_at <= now)
        ]

    async def mark_done(self, seq: int, now: datetime) -> None:
        """Remember that an effect was carried out."""
        self._tables.outbox[seq - 1].status = "done"

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


class MemoryStore:
    """The whole store in memory, of the same shape as the one on disk."""

    def __init__(self) -> None:
        self.tables = MemoryTables()
        self.calls = MemoryCalls(self.tables)
        self.escalations = MemoryEscalations(self.tables)
        self.outbox = MemoryOutbox(self.tables)
        self.overrides = MemoryOverrides()


def _is_neighbour(state: Escalation, now: datetime) -> bool:
    if state.phase is EscalationPhase.ACKNOWLEDGED and state.acknowledged_at is not None:
        return state.wake_at is not None or state.acknowledged_at >= now - timedelta(days=1)
    return state.phase is EscalationPhase.RINGING


def _due(now: datetime, states: Sequence[Call | Escalation]) -> list[str]:
    waiting = [s for s in states if s.wake_at is not None and s.wake_at <= now]
    return [s.case_id for s in sorted(waiting, key=lambda s: s.wake_at or now)]


# ---------------------------------------------------------------- telephone


class FakePhones:
    """
    The port `Phones`: mobiles that do what a test says.

    `rings` and `cancelled` keep what was asked for, so that "nothing else rang" is one assert.
    """

    def __init__(self, events: PhoneEvents | None = None) -> None:
        self.events = events
        self.numbers: frozenset[str] | None = None
        """The only numbers that may be rung; `None`: all."""
        self.rings: list[RingOrder] = []
        self.cancelled: list[str] = []
        self.extended: list[tuple[str, timedelta]] = []
        self.reports = 0
        self.astdb: dict[tuple[str, str], str] = {}
        self.channels: dict[str, LiveChannel] = {}
        """By `channel_id`; a test puts a caller's channel here itself."""
        self.is_up = True
        self._ended_unheard: dict[str, RingOutcome] = {}

    # what a test lets happen

    def answers(self, channel_id: str) -> None:
        """Let somebody, or a mailbox, pick up."""
        self.channels[channel_id] = replace(self.channels[channel_id], is_up=True)
        if self.is_up and self.events:
            self.events.ring_answered(channel_id)

    def ends(self, channel_id: str, outcome: RingOutcome = RingOutcome.NO_ANSWER) -> None:
        """Let a leg go; while the line is down it is told by the next `live`."""
        leg = self.channels.pop(channel_id)
        outcome = RingOutcome.NO_ANSWER if leg.is_up else outcome
        if not self.is_up:
            self._ended_unheard[channel_id] = outcome
        elif self.events:
            self.events.ring_ended(channel_id, outcome)

    def goes_down(self) -> None:
        """Let the login be lost."""
        self.is_up = False
        if self.events:
            self.events.line_lost()

    def comes_back(self) -> None:
        """Let the login be restored."""
        self.is_up = True
        if self.events:
            self.events.line_restored()

    # the port

    async def ring(self, order: RingOrder) -> None:
        """Note the order; the mobile rings until the test says more."""
        _refuse_unsafe(
            order.channel_id, order.technician, order.call_id, order.recording, order.language
        )
        if self.numbers is not None and order.number not in self.numbers:
            raise AmiRejected("the number is not one of the configured mobiles")
        self._require_line()
        if order.channel_id not in self.channels:
            self.rings.append(order)
            self.channels[order.channel_id] = LiveChannel(
                channel=f"PJSIP/fake-{len(self.rings)}",
                channel_id=order.channel_id,
                call_id="",
                is_up=False,
            )

    async def cancel(self, channel_id: str) -> None:
        """Note it and end the leg, if there is one."""
        self._require_line()
        self.cancelled.append(channel_id)
        if channel_id in self.channels:
            self.ends(channel_id)

    async def extend(self, channel: str, lease: timedelta) -> None:
        """Note it; raise `AmiRejected` when the channel is gone."""
        self._require_line()
        if channel not in {live.channel for live in self.channels.values()}:
            raise AmiRejected("No such channel")
        self.extended.append((channel, lease))

    async def live(self) -> list[LiveChannel]:
        """Return what is alive; tell what ended while the line was down."""
        self._require_line()
        for channel_id, outcome in self._ended_unheard.items():
            if self.events:
                self.events.ring_ended(channel_id, outcome)
        self._ended_unheard.clear()
        return list(self.channels.values())

    async def remember(self, family: str, key: str, value: str) -> None:
        """Store it."""
        _refuse_unsafe(value)
        self._require_line()
        self.astdb[family, key] = value

    async def recall(self, family: str, key: str) -> str | None:
        """Return it."""
        self._require_line()
        return self.astdb.get((family, key))

    async def ask_for_report(self) -> None:
        """Count it."""
        self._require_line()
        self.reports += 1

    def _require_line(self) -> None:
        if not self.is_up:
            raise AmiUnavailable("not logged in to Asterisk; nothing was sent")


def _refuse_unsafe(*values: str) -> None:
    if any(mark in value for value in values for mark in "\r\n\0,"):
        raise UnsafeValue("a value holds more than text")
