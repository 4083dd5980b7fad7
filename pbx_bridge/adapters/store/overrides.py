"""Overrides and imported shifts in SQLite, with the journal of who changed the plan and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pbx_bridge.adapters.store.database import Database, Transaction
from pbx_bridge.adapters.store.values import dump, dump_time, load, load_named, load_time
from pbx_bridge.core.calendar import Shift
from pbx_bridge.core.override import KINDS, Override, periods
from pbx_bridge.errors import UnknownOverride
from pbx_bridge.ports import ShiftImport, StoredOverride

STANDING = (
    "SELECT override_id, kind, data, made_at, made_by, reason FROM override"
    " WHERE removed_at IS NULL AND ends_at > ? ORDER BY override_id"
)

NEWEST_IMPORTS = (
    "SELECT import_id, layer, source, shifts, made_at, made_by FROM shift_import"
    " WHERE import_id IN (SELECT max(import_id) FROM shift_import GROUP BY layer)"
    " ORDER BY import_id"
)


@dataclass(frozen=True, slots=True)
class ShiftList:
    """Shifts as one JSON value."""

    shifts: tuple[Shift, ...]


class SqliteOverrides:
    """The port `OverrideStore` on one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, now: datetime, override: Override, *, made_by: str, reason: str
    ) -> StoredOverride:
        """Commit a new override."""
        row = {
            "kind": type(override).__name__,
            "data": dump(override),
            "ends_at": dump_time(max(period.end for period in periods(override))),
            "made_at": dump_time(now),
            "made_by": made_by,
            "reason": reason,
        }
        async with self._database.transaction() as transaction:
            ((override_id,),) = await transaction.rows(
                "INSERT INTO override (kind, data, ends_at, made_at, made_by, reason)"
                " VALUES (:kind, :data, :ends_at, :made_at, :made_by, :reason)"
                " RETURNING override_id",
                row,
            )
            stored = StoredOverride(
                override_id=override_id,
                override=override,
                made_at=now,
                made_by=made_by,
                reason=reason,
            )
            await _note(transaction, now, made_by, reason, ("OverrideMade", stored))
        return stored

    async def remove(
        self, now: datetime, override_id: int, *, made_by: str, reason: str
    ) -> StoredOverride:
        """Take an override out; raise `UnknownOverride` when it does not stand."""
        async with self._database.transaction() as transaction:
            rows = await transaction.rows(
                "UPDATE override SET removed_at = ? WHERE override_id = ? AND removed_at IS NULL"
                " RETURNING override_id, kind, data, made_at, made_by, reason",
                (dump_time(now), override_id),
            )
            if not rows:
                raise UnknownOverride(
                    f"there is no override {override_id}; "
                    "see them with: pbx-bridge oncall override list"
                )
            removed = stored_override(rows[0])
            await _note(transaction, now, made_by, reason, ("OverrideRemoved", removed))
        return removed

    async def overrides(self, ending_after: datetime) -> list[StoredOverride]:
        """Return those that stand and are not over at *ending_after*, as they were made."""
        rows = await self._database.rows(STANDING, (dump_time(ending_after),))
        return [stored_override(row) for row in rows]

    async def import_shifts(
        self, now: datetime, layer: str, shifts: Sequence[Shift], *, source: str, made_by: str
    ) -> ShiftImport:
        """Commit the shifts of a layer in place of those imported before."""
        made = ShiftImport(
            layer=layer, source=source, shifts=tuple(shifts), made_at=now, made_by=made_by
        )
        async with self._database.transaction() as transaction:
            await transaction.change(
                "INSERT INTO shift_import (layer, source, shifts, made_at, made_by)"
                " VALUES (:layer, :source, :shifts, :made_at, :made_by)",
                {
                    "layer": layer,
                    "source": source,
                    "shifts": dump(ShiftList(made.shifts)),
                    "made_at": dump_time(now),
                    "made_by": made_by,
                },
            )
            await _note(transaction, now, made_by, source, ("ShiftsImported", made))
        return made

    async def imports(self) -> list[ShiftImport]:
        """Return the newest import of each layer, in the order in which they were made."""
        return [shift_import(row) for row in await self._database.rows(NEWEST_IMPORTS)]


def stored_override(columns: tuple[Any, ...]) -> StoredOverride:
    """Return the override for a row of `STANDING`; raise `StoreError` when it cannot be read."""
    override_id, kind, data, made_at, made_by, reason = columns
    place = f"override {override_id}"
    return StoredOverride(
        override_id=override_id,
        override=load_named(KINDS, kind, data, place),
        made_at=load_time(made_at, place),
        made_by=made_by,
        reason=reason,
    )


def shift_import(columns: tuple[Any, ...]) -> ShiftImport:
    """Return the import for a row of `NEWEST_IMPORTS`; raise `StoreError` if it is unreadable."""
    import_id, layer, source, shifts, made_at, made_by = columns
    place = f"shift import {import_id}"
    return ShiftImport(
        layer=layer,
        source=source,
        shifts=load(ShiftList, shifts, place).shifts,
        made_at=load_time(made_at, place),
        made_by=made_by,
    )


async def _note(
    transaction: Transaction,
    now: datetime,
    made_by: str,
    reason: str,
    what: tuple[str, StoredOverride | ShiftImport],
) -> None:
    trigger, data = what
    await transaction.change(
        "INSERT INTO calendar_journal (at, made_by, reason, trigger, data)"
        " VALUES (:at, :made_by, :reason, :trigger, :data)",
        {
            "at": dump_time(now),
            "made_by": made_by,
            "reason": reason,
            "trigger": trigger,
            "data": dump(data),
        },
    )
