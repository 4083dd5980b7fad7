"""Who is on call, as far as it is decided outside the configuration."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pbx_bridge.core.calendar import Shift
from pbx_bridge.core.override import Override


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredOverride:
    """An override as it stands on disk, with who made it and why."""

    override_id: int
    """Grows, never given twice: a later override sees what the earlier ones made of the plan."""
    override: Override
    made_at: datetime
    made_by: str
    reason: str
    """Empty when none was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftImport:
    """The shifts of one layer as a file planned them."""

    layer: str
    source: str
    """Name of the file."""
    shifts: tuple[Shift, ...]
    made_at: datetime
    made_by: str


class OverrideStore(Protocol):
    """What changes who is on call beside the configuration; each change with its journal row."""

    async def add(
        self, now: datetime, override: Override, *, made_by: str, reason: str
    ) -> StoredOverride:
        """Commit a new override."""
        ...

    async def remove(
        self, now: datetime, override_id: int, *, made_by: str, reason: str
    ) -> StoredOverride:
        """
        Take an override out and return it; it stays in the journal.

        Raises:
            UnknownOverride: there is none of this number, or it is out already.
        """
        ...

    async def overrides(self, ending_after: datetime) -> list[StoredOverride]:
        """Return those that stand and are not over at *ending_after*, as they were made."""
        ...

    async def import_shifts(
        self, now: datetime, layer: str, shifts: Sequence[Shift], *, source: str, made_by: str
    ) -> ShiftImport:
        """Commit the shifts of a layer in place of those imported before; none: no more import."""
        ...

    async def imports(self) -> list[ShiftImport]:
        """Return the newest import of each layer, in the order in which they were made."""
        ...
