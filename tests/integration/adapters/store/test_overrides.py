"""What SQLite keeps of the calendar beside what every `OverrideStore` promises."""

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from examples import NOW

from pbx_bridge.adapters.store.store import open_store
from pbx_bridge.core.calendar import Shift
from pbx_bridge.core.override import Absence

pytestmark = pytest.mark.integration

END = NOW + timedelta(hours=12)
ABSENCE = Absence(technician="anna", start=NOW, end=END)
SHIFT = Shift(start=NOW, end=END, layer="primary", technician="ben")


async def fill(path: Path) -> None:
    """Make an override, remove it, make another, import a shift twice."""
    async with open_store(path) as store:
        first = await store.overrides.add(NOW, ABSENCE, made_by="eva", reason="flu")
        await store.overrides.remove(END, first.override_id, made_by="tom", reason="well again")
        await store.overrides.add(NOW, ABSENCE, made_by="eva", reason="")
        for source in ("old.ics", "new.ics"):
            await store.overrides.import_shifts(
                NOW, "primary", [SHIFT], source=source, made_by="eva"
            )


def query(path: Path, sql: str) -> list[tuple[object, ...]]:
    """Return what a statement yields."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


async def test_journal_tells_who_did_what_and_why(tmp_path: Path) -> None:
    """Nothing of it is ever changed."""
    path = tmp_path / "c.db"

    await fill(path)

    rows = query(path, "SELECT trigger, made_by, reason FROM calendar_journal ORDER BY seq")
    assert rows == [
        ("OverrideMade", "eva", "flu"),
        ("OverrideRemoved", "tom", "well again"),
        ("OverrideMade", "eva", ""),
        ("ShiftsImported", "eva", "old.ics"),
        ("ShiftsImported", "eva", "new.ics"),
    ]
    ((data,),) = query(path, "SELECT data FROM calendar_journal WHERE seq = 2")
    assert json.loads(str(data))["override"]["technician"] == "anna"


async def test_earlier_import_is_kept(tmp_path: Path) -> None:
    """The last good copy can be looked up."""
    path = tmp_path / "c.db"

    await fill(path)

    assert query(path, "SELECT source FROM shift_import ORDER BY import_id") == [
        ("old.ics",),
        ("new.ics",),
    ]
