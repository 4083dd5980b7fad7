"""Stand-in for the part of the store that changes who is on call; see `fakes`."""

from collections.abc import Sequence
from datetime import datetime

from pbx_bridge.core.calendar import Shift
from pbx_bridge.core.override import Override, periods
from pbx_bridge.errors import UnknownOverride
from pbx_bridge.ports import ShiftImport, StoredOverride


class MemoryOverrides:
    """The port `OverrideStore` in lists."""

    def __init__(self) -> None:
        self.made: list[StoredOverride] = []
        self.removed: set[int] = set()
        self.imported: list[ShiftImport] = []

    async def add(
        self, now: datetime, override: Override, *, made_by: str, reason: str
    ) -> StoredOverride:
        """Keep a new override."""
        stored = StoredOverride(
            override_id=len(self.made) + 1,
            override=override,
            made_at=now,
            made_by=made_by,
            reason=reason,
        )
        self.made.append(stored)
        return stored

    async def remove(
        self, now: datetime, override_id: int, *, made_by: str, reason: str
    ) -> StoredOverride:
        """Take an override out."""
        if override_id in self.removed or not 0 < override_id <= len(self.made):
            raise UnknownOverride(f"there is no override {override_id}")
        self.removed.add(override_id)
        return self.made[override_id - 1]

    async def overrides(self, ending_after: datetime) -> list[StoredOverride]:
        """Return those that stand."""
        return [
            stored
            for stored in self.made
            if stored.override_id not in self.removed
            and max(period.end for period in periods(stored.override)) > ending_after
        ]

    async def import_shifts(
        self, now: datetime, layer: str, shifts: Sequence[Shift], *, source: str, made_by: str
    ) -> ShiftImport:
        """Keep the shifts of a layer."""
        made = ShiftImport(
            layer=layer, source=source, shifts=tuple(shifts), made_at=now, made_by=made_by
        )
        self.imported.append(made)
        return made

    async def imports(self) -> list[ShiftImport]:
        """Return the newest import of each layer."""
        newest = {each.layer: each for each in self.imported}
        return [each for each in self.imported if newest[each.layer] is each]
