"""What only the outbox on disk can show."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from examples import NOW, opened_call
from structlog.testing import capture_logs

from pbx_bridge.adapters.store.outbox import Parked
from pbx_bridge.adapters.store.store import open_store
from pbx_bridge.core.call_events import LookAfterCall, Transcribe
from pbx_bridge.core.call_flow import CallTransition

pytestmark = pytest.mark.integration

WANTED = CallTransition(opened_call().state, (Transcribe(), LookAfterCall()))


async def test_unknown_effect_is_parked(tmp_path: Path) -> None:
    """A newer release's effect does not block what this release can do, and is reported once."""
    path = tmp_path / "cases.db"
    async with open_store(path) as store:
        await store.calls.open(NOW, WANTED)
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("UPDATE outbox SET effect = 'SendPigeon' WHERE seq = 1")

        with capture_logs() as logs:
            looks = [await store.outbox.pending(NOW) for _ in range(2)]

        assert [[each.effect for each in look] for look in looks] == [[LookAfterCall()]] * 2
        assert [entry["event"] for entry in logs] == ["effect.unreadable"]
        (parked,) = await store.outbox.parked()
        assert (parked.effect, parked.case_id) == ("SendPigeon", "1001")
        assert "outbox row 1 (case 1001) holds 'SendPigeon'" in parked.error


async def test_parked_is_listed_with_its_error(tmp_path: Path) -> None:
    """A person sees what failed, why and how often."""
    async with open_store(tmp_path / "cases.db") as store:
        await store.calls.open(NOW, WANTED)
        await store.outbox.mark_failed(1, "recogniser is gone", NOW)
        await store.outbox.mark_failed(1, "no such file", None)

        parked = await store.outbox.parked()

    assert parked == [
        Parked(seq=1, case_id="1001", effect="Transcribe", error="no such file", failures=2)
    ]


async def test_outbox_outlives_the_service(tmp_path: Path) -> None:
    """After a restart exactly what was not done is done, and the key is the same."""
    async with open_store(tmp_path / "cases.db") as store:
        await store.calls.open(NOW, WANTED)
        first, second = await store.outbox.pending(NOW)
        await store.outbox.mark_done(first.seq, NOW)
        key = await store.outbox.instance_key()

    async with open_store(tmp_path / "cases.db") as store:
        assert await store.outbox.pending(NOW + timedelta(days=1)) == [second]
        assert await store.outbox.instance_key() == key
