"""State, journal row and effects of a machine in one transaction; calls and escalations alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

import structlog

from pbx_bridge.adapters.store.database import Database, Transaction
from pbx_bridge.adapters.store.journal import Machine
from pbx_bridge.adapters.store.values import dump, dump_time, load
from pbx_bridge.errors import StaleCase, StoreError

log = structlog.get_logger()


class MachineState(Protocol):
    """What the columns beside the state are made from."""

    @property
    def case_id(self) -> str:
        """Whose state it is."""
        ...

    @property
    def phase(self) -> StrEnum:
        """Where it stands."""
        ...

    @property
    def wake_at(self) -> datetime | None:
        """When time alone moves it on; `None` when no timer runs."""
        ...


State = TypeVar("State", bound=MachineState)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """The SQL of one table."""

    insert: str
    """Takes case_id, phase, wake_at, state; must change nothing when the row is there already."""
    update: str
    """Takes the same and the version before; must change nothing when that is not the version."""
    due: str
    """Takes a time; yields case_id."""


class MachineRows(Generic[State]):
    """The rows of one machine's table."""

    def __init__(
        self, database: Database, machine: Machine, kind: type[State], statements: Statements
    ) -> None:
        self._database = database
        self._machine = machine
        self._kind = kind
        self._statements = statements

    async def open(self, now: datetime, state: State, effects: Sequence[object]) -> int:
        """Commit a new state with its journal row and effects; return its version, 1."""
        async with self._database.transaction() as transaction:
            if not await transaction.change(self._statements.insert, _columns(state)):
                raise StaleCase(
                    f"case {state.case_id} has this {self._machine} already: load it instead"
                )
            trigger = f"{self._kind.__name__}Opened"
            await self._append(transaction, now, state.case_id, (1, trigger, dump(state)), effects)
        return 1

    async def save(
        self, now: datetime, version: int, trigger: object, state: State, effects: Sequence[object]
    ) -> int:
        """Commit the state that follows on *version*; return the new version."""
        async with self._database.transaction() as transaction:
            columns = _columns(state) | {"version": version}
            if not await transaction.change(self._statements.update, columns):
                raise StaleCase(
                    f"{self._machine} of case {state.case_id} is not at version {version} any "
                    "more: load it again"
                )
            row = (version + 1, type(trigger).__name__, dump(trigger))
            await self._append(transaction, now, state.case_id, row, effects)
        return version + 1

    async def one(self, sql: str, key: str) -> tuple[State, int] | None:
        """Return state and version for *sql*, which takes *key*; see `each` for its columns."""
        rows = await self._database.rows(sql, (key,))
        return self._read(rows[0]) if rows else None

    async def each(self, sql: str, *parameters: str) -> list[tuple[State, int]]:
        """
        Return states and versions for *sql*, which yields case_id, version, state.

        A row that cannot be read is left out and logged: it must not hide the others.
        """
        found = []
        for row in await self._database.rows(sql, parameters):
            try:
                found.append(self._read(row))
            except StoreError as exc:
                # No traceback: its last lines would show what the caller said.
                log.error("case.unreadable", case_id=row[0], code=exc.code, reason=str(exc))
        return found

    async def due(self, now: datetime) -> list[str]:
        """Return the cases whose `wake_at` has come, oldest first."""
        rows = await self._database.rows(self._statements.due, (dump_time(now),))
        return [case_id for (case_id,) in rows]

    def _read(self, row: tuple[Any, ...]) -> tuple[State, int]:
        case_id, version, state = row
        return load(self._kind, state, f"{self._machine} of case {case_id}"), version

    async def _append(
        self,
        transaction: Transaction,
        now: datetime,
        case_id: str,
        row: tuple[int, str, str],
        effects: Sequence[object],
    ) -> None:
        at = dump_time(now)
        await transaction.change(
            "INSERT INTO journal (case_id, at, machine, version, trigger, data)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (case_id, at, self._machine, *row),
        )
        await transaction.change_each(
            "INSERT INTO outbox (case_id, committed_at, effect, data) VALUES (?, ?, ?, ?)",
            [(case_id, at, type(effect).__name__, dump(effect)) for effect in effects],
        )


def _columns(state: MachineState) -> dict[str, object]:
    return {
        "case_id": state.case_id,
        "phase": state.phase,
        "wake_at": state.wake_at and dump_time(state.wake_at),
        "state": dump(state),
    }
