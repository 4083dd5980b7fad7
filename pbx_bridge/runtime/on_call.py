"""Keeps the plan of who is on call: the configuration's, with what was decided since."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from pbx_bridge.core.calendar import Duty, Plan, Shift, duty
from pbx_bridge.core.calendar_lint import Concern, concerns, numbered
from pbx_bridge.core.override import Override
from pbx_bridge.core.override_rules import refusals
from pbx_bridge.errors import CalendarError, ImportRefused, StoreError
from pbx_bridge.ports import Clock, OverrideStore, ShiftImport, StoredOverride
from pbx_bridge.wire.control import (
    AddOverride,
    ImportShifts,
    RemoveOverride,
    arguments,
    as_json,
    override_of,
)

log = structlog.get_logger()

LOOK_BACK = timedelta(days=7)
"""Overrides that were over before are not loaded; nobody is rung for last week."""

LOOK_AHEAD = timedelta(days=60)
"""How far a change is checked for what it does to the plan."""


class OnCall:
    """The plan in memory, as it is on disk; the one writer of overrides and imports."""

    def __init__(self, clock: Clock, store: OverrideStore, configured: Plan) -> None:
        """
        Remember what to keep; `load` reads it.

        Args:
            clock: tells the time.
            store: what was decided since the file was written.
            configured: the plan without that.
        """
        self._clock, self._store, self._plan = clock, store, configured
        self._numbers: tuple[int, ...] = ()
        """Of the plan's overrides, in their order."""

    @property
    def plan(self) -> Plan:
        """The whole plan."""
        return self._plan

    def duty(self, at: datetime | None = None) -> Duty:
        """Return who is on call at *at*, `None`: now."""
        return duty(self._plan, at or self._clock.now())

    async def start(self) -> None:
        """
        Load, and log once what is unwise in the plan.

        With a database that cannot be read the configured plan holds: somebody rings.
        """
        try:
            await self.load()
        except StoreError as exc:
            log.error("override.unreadable", code=exc.code, reason=str(exc))
        for each in await self.concerns(self._clock.now()):
            log.warning("plan.unwise", **as_json(each))

    async def load(self) -> None:
        """Read overrides and imports; raise `StoreError` when they cannot be read."""
        stored = await self._store.overrides(self._clock.now() - LOOK_BACK)
        imports = await self._store.imports()
        self._numbers = tuple(each.override_id for each in stored)
        self._plan = replace(
            self._plan,
            overrides=tuple(each.override for each in stored),
            planned=tuple(shift for each in imports for shift in each.shifts),
        )

    async def add(self, override: Override, *, made_by: str, reason: str) -> StoredOverride:
        """
        Make an override.

        Raises:
            CalendarError: it cannot be made; all reasons are told, a line each.
            StoreError: it cannot be written.
        """
        refused = refusals(self._plan, override, self._clock.now())
        if refused:
            raise CalendarError("\n".join(refused))
        stored = await self._store.add(self._clock.now(), override, made_by=made_by, reason=reason)
        await self.load()
        log.info("override.made", override_id=stored.override_id, kind=type(override).__name__)
        return stored

    async def remove(self, override_id: int, *, made_by: str, reason: str) -> StoredOverride:
        """Take an override out; raise `UnknownOverride` when it does not stand."""
        removed = await self._store.remove(
            self._clock.now(), override_id, made_by=made_by, reason=reason
        )
        await self.load()
        log.info("override.removed", override_id=override_id)
        return removed

    async def import_shifts(
        self, layer: str, shifts: Sequence[Shift], *, source: str, made_by: str
    ) -> ShiftImport:
        """
        Put *shifts* in the place of the layer's last import; none: only take that out.

        Raises:
            ImportRefused: neither the configuration nor an import before has such a layer; a
                shift is of nobody, of another layer, or has no length.
        """
        known = self._plan.layers
        if shifts and layer not in known:  # one that was imported once may still be taken out
            raise ImportRefused(f"{layer!r} is no layer; known: {', '.join(known)}")
        strangers = {shift.technician for shift in shifts} - set(self._plan.technicians)
        if strangers:
            raise ImportRefused(f"no technicians: {', '.join(sorted(strangers))}")
        if any(shift.end <= shift.start or shift.layer != layer for shift in shifts):
            raise ImportRefused("a shift without length or of another layer; please report this")
        made = await self._store.import_shifts(
            self._clock.now(), layer, shifts, source=source, made_by=made_by
        )
        await self.load()
        log.info("shifts.imported", layer=layer, shifts=len(shifts))
        return made

    async def concerns(self, now: datetime) -> list[Concern]:
        """
        Return what is unwise in the plan of the 60 days after *now*; calls go on meanwhile.

        Overrides are called by their numbers.
        A crash boundary: advice that cannot be given stops neither the service nor a change.
        """
        plan, numbers = self._plan, self._numbers
        try:
            found = await asyncio.to_thread(concerns, plan, now, now + LOOK_AHEAD)
            return numbered(found, numbers)
        except Exception:
            log.exception("plan.unchecked")
            return []


class OnCallCommands:
    """The verbs of the control socket that change the plan; each answers in JSON values."""

    def __init__(self, clock: Clock, on_call: OnCall) -> None:
        self._clock, self._on_call = clock, on_call

    async def add_override(self, given: Mapping[str, Any]) -> object:
        """Carry out ``override.add``: the override, and what is unwise because of it."""
        command = arguments(AddOverride, given)
        override = override_of(command)
        return await self._told(
            "override",
            self._on_call.add(override, made_by=command.made_by, reason=command.reason),
        )

    async def remove_override(self, given: Mapping[str, Any]) -> object:
        """Carry out ``override.remove``: the override, and what is unwise without it."""
        command = arguments(RemoveOverride, given)
        return await self._told(
            "override",
            self._on_call.remove(
                command.override_id, made_by=command.made_by, reason=command.reason
            ),
        )

    async def import_shifts(self, given: Mapping[str, Any]) -> object:
        """Carry out ``shifts.import``: the import, and what is unwise with it."""
        command = arguments(ImportShifts, given)
        return await self._told(
            "import",
            self._on_call.import_shifts(
                command.layer, command.shifts, source=command.source, made_by=command.made_by
            ),
        )

    async def _told(self, name: str, change: Awaitable[object]) -> object:
        """Make *change*; return it with the concerns that were not there before."""
        now = self._clock.now()
        known = set(await self._on_call.concerns(now))
        changed = await change
        after = await self._on_call.concerns(now)
        return as_json({name: changed, "concerns": [c for c in after if c not in known]})
