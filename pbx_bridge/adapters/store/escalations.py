"""Escalations in SQLite."""

from datetime import datetime, timedelta

from pbx_bridge.adapters.store.database import Database
from pbx_bridge.adapters.store.journal import Machine
from pbx_bridge.adapters.store.machine_rows import MachineRows, Statements
from pbx_bridge.core.escalation_events import EscalationEvent
from pbx_bridge.core.escalation_state import Escalation, EscalationTransition
from pbx_bridge.ports import StoredEscalation

LATELY = timedelta(days=1)
"""Longer than anybody is busy with one case (`Policy.busy_for`)."""

_STATEMENTS = Statements(
    insert="INSERT INTO escalation (case_id, version, phase, wake_at, state)"
    " VALUES (:case_id, 1, :phase, :wake_at, :state) ON CONFLICT DO NOTHING",
    update="UPDATE escalation SET version = version + 1, phase = :phase, wake_at = :wake_at,"
    " state = :state WHERE case_id = :case_id AND version = :version",
    due="SELECT case_id FROM escalation WHERE wake_at <= ? ORDER BY wake_at, rowid",
)


class SqliteEscalations:
    """The port `EscalationStore` on one database."""

    def __init__(self, database: Database) -> None:
        self._rows = MachineRows(database, Machine.ESCALATION, Escalation, _STATEMENTS)

    async def open(self, now: datetime, opening: EscalationTransition) -> StoredEscalation:
        """Commit a new one; raise `StaleCase` when the case has one already."""
        version = await self._rows.open(now, opening.state, opening.effects)
        return StoredEscalation(opening.state, version)

    async def load(self, case_id: str) -> StoredEscalation | None:
        """Return the escalation of a case; raise `StoreError` when its row cannot be read."""
        sql = "SELECT case_id, version, state FROM escalation WHERE case_id = ?"
        found = await self._rows.one(sql, case_id)
        return found and StoredEscalation(*found)

    async def save(
        self,
        now: datetime,
        before: StoredEscalation,
        trigger: EscalationEvent,
        after: EscalationTransition,
    ) -> StoredEscalation:
        """Commit one transition; raise `StaleCase` when it is not at *before* any more."""
        if after.state == before.state and not after.effects:
            return before
        version = await self._rows.save(now, before.version, trigger, after.state, after.effects)
        return StoredEscalation(after.state, version)

    async def due(self, now: datetime) -> list[str]:
        """Return the cases whose `wake_at` has come, oldest first."""
        return await self._rows.due(now)

    async def ringing(self) -> list[Escalation]:
        """Return all that are `ringing`, oldest first; an unreadable one is logged."""
        sql = (
            "SELECT case_id, version, state FROM escalation WHERE phase = 'ringing' ORDER BY rowid"
        )
        return [state for state, _ in await self._rows.each(sql)]

    async def owned_by(self, technician: str) -> list[Escalation]:
        """Return what *technician* has acknowledged and is not done, oldest first."""
        sql = (
            "SELECT case_id, version, state FROM escalation WHERE phase = 'acknowledged'"
            " AND json_extract(state, '$.owner') = ? ORDER BY rowid"
        )
        return [state for state, _ in await self._rows.each(sql, technician)]

    async def neighbours(self, now: datetime) -> list[Escalation]:
        """Return all that ring, and the acknowledged that are new or may ring, oldest first."""
        sql = (
            "SELECT case_id, version, state FROM escalation WHERE phase = 'ringing'"
            " OR phase = 'acknowledged' AND (wake_at IS NOT NULL"
            " OR json_extract(state, '$.acknowledged_at') >= ?) ORDER BY rowid"
        )
        since = (now - LATELY).isoformat()[:19]  # as text: up to the second
        return [state for state, _ in await self._rows.each(sql, since)]
