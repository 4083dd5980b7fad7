"""Cases on disk: calls, escalations, what is still to be done for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pbx_bridge.core.call_events import CallEffect, CallEvent
from pbx_bridge.core.call_flow import Call, CallTransition
from pbx_bridge.core.escalation_events import EscalationEffect, EscalationEvent
from pbx_bridge.core.escalation_state import Escalation, EscalationTransition
from pbx_bridge.core.pin_lock import PinLock


@dataclass(frozen=True, slots=True)
class StoredCall:
    """A call as it stands on disk."""

    state: Call
    version: int


@dataclass(frozen=True, slots=True)
class StoredEscalation:
    """An escalation as it stands on disk."""

    state: Escalation
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """An effect that is committed and not yet carried out."""

    seq: int
    """Its place in the outbox; also its idempotency key."""
    case_id: str
    effect: CallEffect | EscalationEffect
    failures: int = 0


class CallStore(Protocol):
    """Calls, each committed together with its journal row and its effects."""

    async def new_case_id(self) -> str:
        """Return a case id that was never given before: digits, short enough to be spoken."""
        ...

    async def open(self, now: datetime, opening: CallTransition) -> StoredCall:
        """
        Commit a call that has just arrived (journal trigger ``CallOpened``).

        Raises:
            StaleCase: a call with this `call_id` or `case_id` is there already.
        """
        ...

    async def load(self, case_id: str) -> StoredCall | None:
        """Return the call of a case."""
        ...

    async def find(self, call_id: str) -> StoredCall | None:
        """Return the call with Asterisk's uniqueid *call_id*."""
        ...

    async def save(
        self, now: datetime, before: StoredCall, trigger: CallEvent, after: CallTransition
    ) -> StoredCall:
        """
        Commit one transition: state, journal row and effects, all or nothing.

        A transition that changes nothing and wants nothing is not written at all.

        Raises:
            StaleCase: the call moved on since *before* was loaded.
        """
        ...

    async def due(self, now: datetime) -> list[str]:
        """Return the cases whose `wake_at` has come, oldest first."""
        ...

    async def undecided(self) -> list[Call]:
        """Return all calls that are not `decided`."""
        ...


class EscalationStore(Protocol):
    """Escalations, with the same promises as `CallStore`."""

    async def open(self, now: datetime, opening: EscalationTransition) -> StoredEscalation:
        """Commit a new one (journal ``EscalationOpened``); `StaleCase` when there is one."""
        ...

    async def load(self, case_id: str) -> StoredEscalation | None:
        """Return the escalation of a case."""
        ...

    async def save(
        self,
        now: datetime,
        before: StoredEscalation,
        trigger: EscalationEvent,
        after: EscalationTransition,
    ) -> StoredEscalation:
        """Commit one transition; see `CallStore.save`."""
        ...

    async def due(self, now: datetime) -> list[str]:
        """Return the cases whose `wake_at` has come, oldest first."""
        ...

    async def ringing(self) -> list[Escalation]:
        """Return all escalations in phase `ringing`."""
        ...

    async def owned_by(self, technician: str) -> list[Escalation]:
        """Return what *technician* has acknowledged and is not done, oldest first."""
        ...

    async def neighbours(self, now: datetime) -> list[Escalation]:
        """
        Return all that hold technicians back, oldest first.

        Those that ring, and those acknowledged within the last day or to be reminded of.
        """
        ...


class Outbox(Protocol):
    """Committed effects not yet carried out, and the notes beside the journal."""

    async def pending(self, now: datetime) -> list[Pending]:
        """Return what is to be done now, in committed order; parked effects are left out."""
        ...

    async def mark_done(self, seq: int, now: datetime) -> None:
        """Remember that an effect was carried out."""
        ...

    async def mark_failed(self, seq: int, error: str, retry_at: datetime | None) -> None:
        """Remember a failure; with *retry_at* `None` the effect is parked and reported."""
        ...

    async def note(
        self, case_id: str, now: datetime, kind: str, data: Mapping[str, object]
    ) -> None:
        """Append to the journal something that no machine decides on, for example words heard."""
        ...

    async def next_wake(self) -> datetime | None:
        """Return the earliest `wake_at` of all calls and escalations."""
        ...

    async def instance_key(self) -> bytes:
        """Return 32 random bytes made when the database was made; they sign ring tokens."""
        ...


class PinLocks(Protocol):
    """How often wrong PINs were tried, kept over a restart."""

    async def load(self) -> PinLock:
        """Return what was kept last; raise `StoreError` when it cannot be read."""
        ...

    async def keep(self, now: datetime, lock: PinLock) -> None:
        """Keep it instead; raise `StoreError` when it cannot be kept."""
        ...
