"""Calls in SQLite."""

from datetime import datetime

from pbx_bridge.adapters.store.database import Database
from pbx_bridge.adapters.store.journal import Machine
from pbx_bridge.adapters.store.machine_rows import MachineRows, Statements
from pbx_bridge.core.call_events import CallEvent
from pbx_bridge.core.call_flow import Call, CallTransition
from pbx_bridge.ports import StoredCall

_STATEMENTS = Statements(
    insert="INSERT INTO call (case_id, call_id, version, phase, wake_at, state)"
    " VALUES (:case_id, json_extract(:state, '$.call_id'), 1, :phase, :wake_at, :state)"
    " ON CONFLICT DO NOTHING",
    update="UPDATE call SET version = version + 1, phase = :phase, wake_at = :wake_at,"
    " state = :state WHERE case_id = :case_id AND version = :version",
    due="SELECT case_id FROM call WHERE wake_at <= ? ORDER BY wake_at, rowid",
)


class SqliteCalls:
    """The port `CallStore` on one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = MachineRows(database, Machine.CALL, Call, _STATEMENTS)

    async def new_case_id(self) -> str:
        """Return the next number; given once, even if no case ever gets it or it is deleted."""
        async with self._database.transaction() as transaction:
            ((number,),) = await transaction.rows(
                "UPDATE instance SET last_case = last_case + 1 RETURNING last_case"
            )
        return str(number)

    async def open(self, now: datetime, opening: CallTransition) -> StoredCall:
        """Commit a call that has just arrived; raise `StaleCase` when it is there already."""
        version = await self._rows.open(now, opening.state, opening.effects)
        return StoredCall(opening.state, version)

    async def load(self, case_id: str) -> StoredCall | None:
        """Return the call of a case; raise `StoreError` when its row cannot be read."""
        sql = "SELECT case_id, version, state FROM call WHERE case_id = ?"
        found = await self._rows.one(sql, case_id)
        return found and StoredCall(*found)

    async def find(self, call_id: str) -> StoredCall | None:
        """Return the call with Asterisk's uniqueid *call_id*; else as `load`."""
        sql = "SELECT case_id, version, state FROM call WHERE call_id = ?"
        found = await self._rows.one(sql, call_id)
        return found and StoredCall(*found)

    async def save(
        self, now: datetime, before: StoredCall, trigger: CallEvent, after: CallTransition
    ) -> StoredCall:
        """Commit one transition; raise `StaleCase` when the call is not at *before* any more."""
        if after.state == before.state and not after.effects:
            return before
        version = await self._rows.save(now, before.version, trigger, after.state, after.effects)
        return StoredCall(after.state, version)

    async def due(self, now: datetime) -> list[str]:
        """Return the cases whose `wake_at` has come, oldest first."""
        return await self._rows.due(now)

    async def undecided(self) -> list[Call]:
        """Return all calls that are not `decided`, oldest first; an unreadable one is logged."""
        sql = "SELECT case_id, version, state FROM call WHERE phase <> 'decided' ORDER BY rowid"
        return [state for state, _ in await self._rows.each(sql)]
