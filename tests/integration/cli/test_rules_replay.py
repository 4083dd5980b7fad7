"""``pbx-bridge rules replay`` on a database as the service leaves it."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from configs import SMALLEST
from examples import opened_call

from pbx_bridge.adapters.clock import SystemClock
from pbx_bridge.adapters.store.store import open_store
from pbx_bridge.cli import main
from pbx_bridge.core.call_events import Judged, MessageEnded
from pbx_bridge.core.call_flow import CallTransition, advance
from pbx_bridge.core.case import MessageEnd, Transcript, Urgency, Verdict, Word

pytestmark = pytest.mark.integration

NOW = SystemClock().now()
DAY = timedelta(days=1)


async def heard(path: Path, *calls: tuple[str, str, Urgency, timedelta]) -> None:
    """Leave calls of so long ago, with what was understood and how it was judged."""
    async with open_store(path) as store:
        for case_id, text, urgency, ago in calls:
            at = NOW - ago
            words = (Word(text=one, start_s=0, end_s=1, confidence=1) for one in text.split())
            transcript = Transcript(words=tuple(words), language="de")
            opening = opened_call(case_id, f"17.{case_id}", at)
            stored = await store.calls.open(at, CallTransition(replace(opening.state)))
            for event in (
                MessageEnded(MessageEnd.DIGIT, 3.0),
                Judged(Verdict(urgency=urgency), transcript),
            ):
                stored = await store.calls.save(at, stored, event, advance(at, stored.state, event))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Return the configuration of a firm with three calls."""
    database = tmp_path / "cases.db"
    asyncio.run(
        heard(
            database,
            ("1001", "es riecht nach gas im keller", Urgency.ROUTINE, DAY),
            ("1002", "ich brauche eine rechnung von ihnen", Urgency.ROUTINE, 2 * DAY),
            ("1003", "es riecht nach gas im keller", Urgency.ROUTINE, 100 * DAY),
        )
    )
    path = tmp_path / "config.toml"
    path.write_text(f'{SMALLEST}\n[store]\npath = "{database}"\n')
    return path


def run(config: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["--config", str(config), "rules", "replay", *arguments])
    return result.exit_code, result.output


def test_replay_shows_what_would_change(config: Path) -> None:
    """Old and new urgency, the deciding rule, the words; then counts."""
    status, output = run(config)

    assert status == 0
    assert output.splitlines() == [
        "case 1001  routine -> emergency  by de.gas.smell  <es riecht nach gas im keller>",
        "2 calls; changed: 1 routine -> emergency; certain while the caller speaks: 1",
    ]


def test_replay_shows_all_when_asked(config: Path) -> None:
    """Also what stays, and what is older."""
    _, output = run(config, "--all", "--since", "20w")

    assert [line.split()[1] for line in output.splitlines()[:3]] == ["1001", "1002", "1003"]


def test_replay_for_machines(config: Path) -> None:
    """Every call, one object."""
    _, output = run(config, "--json")

    first, second = (json.loads(line) for line in output.splitlines())
    assert (first["case_id"], first["is_changed"], first["early"]) == ("1001", True, True)
    assert (second["before"], second["now"], second["was_early"]) == ("routine", "routine", False)


def test_span_that_is_none_is_told(config: Path) -> None:
    """With an example of what is one."""
    status, output = run(config, "--since", "soon")

    assert status == 2
    assert "write for example 90d" in output


def test_replay_without_a_database_is_one_line(tmp_path: Path) -> None:
    """A firm without a call so far."""
    path = tmp_path / "config.toml"
    path.write_text(f'{SMALLEST}\n[store]\npath = "{tmp_path}/none.db"\n')

    status, output = run(path)

    assert status == 1
    assert len(output.splitlines()) == 1
