"""Overrides and imported shifts as commands read them, without the service."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from examples import NOW

from pbx_bridge.adapters.store.calendar_reading import CalendarRows, read_calendar
from pbx_bridge.adapters.store.store import open_store
from pbx_bridge.core.calendar import Shift
from pbx_bridge.core.override import Absence
from pbx_bridge.errors import StoreError

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


async def test_calendar_is_read_without_the_service(tmp_path: Path) -> None:
    """The same that the service sees."""
    path = tmp_path / "c.db"
    await fill(path)

    found = read_calendar(path, NOW)

    async with open_store(path) as store:
        assert list(found.overrides) == await store.overrides.overrides(NOW)
        assert list(found.imports) == await store.overrides.imports()
    assert read_calendar(path, END).overrides == ()


def test_without_a_database_there_are_none(tmp_path: Path) -> None:
    """Before the first start the configuration alone decides."""
    assert read_calendar(tmp_path / "none.db", NOW) == CalendarRows()


async def test_row_that_cannot_be_read_says_which(tmp_path: Path) -> None:
    """A plan without one of its overrides would ring the wrong person."""
    path = tmp_path / "c.db"
    await fill(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE override SET kind = 'Holiday' WHERE removed_at IS NULL")

    with pytest.raises(StoreError, match="override 2 holds 'Holiday', which this release"):
        read_calendar(path, NOW)
