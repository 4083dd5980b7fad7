"""Every fake and the adapter that it stands in for, under one name."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fakes import MemoryStore

from pbx_bridge.adapters.store.store import SqliteStore, open_store


@pytest.fixture(params=["memory", "sqlite"])
async def store(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[MemoryStore | SqliteStore]:
    """Yield an empty store of each kind."""
    if request.param == "memory":
        yield MemoryStore()
        return
    async with open_store(tmp_path / "cases.db") as opened:
        yield opened
