"""Look at overrides and imported shifts without the service; see `reading`."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pbx_bridge.adapters.store.overrides import (
    NEWEST_IMPORTS,
    STANDING,
    shift_import,
    stored_override,
)
from pbx_bridge.adapters.store.reading import snapshot
from pbx_bridge.adapters.store.values import dump_time
from pbx_bridge.ports import ShiftImport, StoredOverride


@dataclass(frozen=True, slots=True)
class CalendarRows:
    """What the database adds to the configuration's plan."""

    overrides: tuple[StoredOverride, ...] = ()
    imports: tuple[ShiftImport, ...] = ()


def read_calendar(path: Path, ending_after: datetime) -> CalendarRows:
    """
    Return the overrides that stand and the newest imports; none before there is a database.

    Args:
        path: the SQLite file.
        ending_after: overrides that were over then are left out.

    Raises:
        StoreError: it cannot be read, or the service was not started since an update.
    """
    if not path.exists():
        return CalendarRows()
    with snapshot(path) as connection:
        overrides = connection.execute(STANDING, (dump_time(ending_after),)).fetchall()
        imports = connection.execute(NEWEST_IMPORTS).fetchall()
    return CalendarRows(
        tuple(stored_override(row) for row in overrides),
        tuple(shift_import(row) for row in imports),
    )
