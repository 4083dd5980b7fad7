"""The store keeps what it acknowledged, whatever happens to the service."""

import asyncio
import os
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from examples import NOW, opened_call

from pbx_bridge.adapters.store.journal import fold_call
from pbx_bridge.adapters.store.reading import show_case
from pbx_bridge.adapters.store.store import open_store

pytestmark = pytest.mark.integration

WRITER = Path(__file__).with_name("endless_writer.py")


async def acknowledged_until_killed(path: Path, lines: int) -> list[str]:
    """Start a writer, kill -9 it after some lines, return every line that it still wrote."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        WRITER,
        path,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout is not None
    async with asyncio.timeout(20):
        while b"ready" not in (line := await process.stdout.readline()):
            assert line, "the writer died by itself"
        heard = [await process.stdout.readline() for _ in range(lines)]
        process.kill()
        heard += (await process.stdout.read()).splitlines()
        await process.wait()
    return [line.decode().strip() for line in heard]


@pytest.mark.parametrize("lines", [1, 7, 30])
async def test_killed_service_loses_nothing_acknowledged(tmp_path: Path, lines: int) -> None:
    """After kill -9 each acknowledged case is whole: state, journal and effect."""
    path = tmp_path / "cases.db"

    case_ids = await acknowledged_until_killed(path, lines)

    assert len(case_ids) >= lines
    async with open_store(path) as store:
        wanted = {pending.case_id for pending in await store.outbox.pending(NOW)}
        for case_id in case_ids:
            stored = await store.calls.load(case_id)
            assert stored is not None
            assert stored.state == replace(
                opened_call(case_id, f"17.{case_id}").state, is_greeted=True
            )
            assert case_id in wanted
        for call in await store.calls.undecided():  # the one that was under way, too
            case = show_case(path, call.case_id)
            assert case is not None
            assert fold_call(case.journal) == call
        assert int(await store.calls.new_case_id()) > int(case_ids[-1])


async def test_case_id_is_not_given_again_after_a_delete(tmp_path: Path) -> None:
    """A deleted case's number never means another case."""
    path = tmp_path / "cases.db"
    async with open_store(path) as store:
        case_id = await store.calls.new_case_id()
        await store.calls.open(NOW, opened_call(case_id))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DELETE FROM call")
        connection.execute("DELETE FROM journal")

    async with open_store(path) as store:
        assert await store.calls.new_case_id() == "1002"
