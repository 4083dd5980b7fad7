"""``pbx-bridge cases`` on a real database."""

import json
import os
import select
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from configs import SMALLEST
from examples import NOW, opened_call, opened_escalation

from pbx_bridge.adapters.store.reading import CasePhase
from pbx_bridge.adapters.store.store import open_store
from pbx_bridge.cli import main
from pbx_bridge.core.call_events import Judged, MessageEnded
from pbx_bridge.core.call_flow import advance
from pbx_bridge.core.case import MessageEnd, Transcript, Urgency, Verdict
from pbx_bridge.core.case_life import CaseOutcome, NoteAdded, OutcomeGiven
from pbx_bridge.core.escalation import advance as advance_escalation
from pbx_bridge.core.escalation_events import RingPlaced

pytestmark = pytest.mark.integration


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Return a configuration; its secret is not there, as nobody needs it to look at cases."""
    path = tmp_path / "c.toml"
    path.write_text(f'{SMALLEST}\n[store]\npath = "{tmp_path}/cases.db"\n', encoding="utf-8")
    return path


@pytest.fixture
async def filled(config: Path) -> Path:
    """Return a configuration whose database holds an urgent case and one without a verdict."""
    async with open_store(config.with_name("cases.db")) as store:
        stored = await store.calls.open(NOW, opened_call())
        verdict = Verdict(urgency=Urgency.URGENT, category="heating")
        for event in (MessageEnded(MessageEnd.DIGIT, 12.5), Judged(verdict, Transcript())):
            now = NOW + timedelta(seconds=20)
            stored = await store.calls.save(now, stored, event, advance(now, stored.state, event))
        rung = await store.escalations.open(NOW, opened_escalation())
        placed = RingPlaced(1)
        await store.escalations.save(NOW, rung, placed, advance_escalation(NOW, rung.state, placed))
        await store.calls.open(NOW, opened_call("1002", "1768000000.2"))
    return config


def run(config: Path, *arguments: str, columns: int = 120) -> Result:
    """Run ``pbx-bridge cases``."""
    command = ["--config", str(config), "cases", *arguments]
    return CliRunner().invoke(main, command, env={"COLUMNS": str(columns)})


async def test_list_shows_one_line_for_each_case(filled: Path) -> None:
    """Whole numbers and the firm's time: somebody has to call back."""
    result = run(filled, "list")

    assert result.exit_code == 0
    assert [" ".join(line.split()) for line in result.output.splitlines()] == [
        "CASE ARRIVED CALLER MESSAGE URGENCY CATEGORY PHASE OWNER RINGS OUTCOME NOTES",
        "1001 2026-01-09 23:00:00 +4930123456 12.5 s urgent heating ringing - 1 - 0",
        "1002 2026-01-09 23:00:00 +4930123456 0.0 s - - receiving - 0 - 0",
    ]


async def test_list_fits_a_narrow_terminal(filled: Path) -> None:
    """The owner stays, the category goes."""
    lines = run(filled, "list", columns=80).output.splitlines()

    assert max(map(len, lines)) <= 80
    assert "OWNER" in lines[0]
    assert "RINGS" not in lines[0]


async def test_list_can_be_narrowed_to_a_phase(filled: Path) -> None:
    """An empty list is no error."""
    ringing, exhausted = (
        run(filled, "list", "--phase", "ringing"),
        run(filled, "list", "--phase", "exhausted"),
    )

    assert "1002" not in ringing.output
    assert (exhausted.exit_code, exhausted.output) == (0, "no cases\n")


async def test_list_gives_a_machine_one_object_per_line(filled: Path) -> None:
    """Times are UTC there."""
    first, second = run(filled, "list", "--json").output.splitlines()

    assert json.loads(first) == {
        "case_id": "1001",
        "opened_at": "2026-01-09T22:00:00Z",
        "number": "+4930123456",
        "message_s": 12.5,
        "urgency": "urgent",
        "category": "heating",
        "phase": "ringing",
        "owner": None,
        "attempts": 1,
        "outcome": None,
        "done_by": None,
        "done_at": None,
        "notes": 0,
    }
    assert json.loads(second)["urgency"] is None


async def test_show_prints_the_page_of_a_case(filled: Path) -> None:
    """With its journal."""
    result = run(filled, "show", "1001")

    assert result.exit_code == 0
    assert "caller       +4930123456" in result.output
    assert "  23:00:00.0 ring 1: anna is rung" in result.output


async def test_show_gives_a_machine_everything(filled: Path) -> None:
    """The journal's rows come with their sentences."""
    shown = json.loads(run(filled, "show", "1001", "--json").output)

    assert shown["case_id"] == "1001"
    assert shown["call"]["caller"] == {"number": "+4930123456"}
    assert shown["escalation"]["phase"] == "ringing"
    assert shown["journal"][-1]["text"] == "ring 1: anna is rung"
    assert shown["parked"] == []


async def test_unknown_case_is_named_with_a_way_out(filled: Path) -> None:
    """One line, no traceback."""
    result = run(filled, "show", "4711")

    assert result.exit_code == 1
    assert result.stderr.endswith("holds no case 4711; see them with: pbx-bridge cases list\n")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", [("list",), ("show", "1"), ("follow",)])
def test_missing_database_is_one_clear_line(config: Path, command: tuple[str, ...]) -> None:
    """It says what is missing and what to do, and leaves no empty file behind."""
    result = run(config, *command)

    assert result.exit_code == 1
    assert "is not there: has the service run, and with this configuration?" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not config.with_name("cases.db").exists()


def follow(config: Path, *arguments: str) -> "subprocess.Popen[str]":
    """Start ``pbx-bridge cases follow``."""
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "pbx_bridge",
            "--config",
            str(config),
            "cases",
            "follow",
            *arguments,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


async def test_follow_shows_all_rows_and_ends_on_ctrl_c(filled: Path) -> None:
    """Six rows with the names of the technicians; then Ctrl-C, without a word and status 0."""
    with follow(filled, "--all") as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().rstrip() for _ in range(7)]
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=10)

    assert lines == [
        "Fri 2026-01-09 (Europe/Berlin)",
        "23:00:00.0  1001  a call arrives from +4930123456",
        "23:00:20.0  1001  the caller ended the message with a key (12.5 s)",
        "23:00:20.0  1001  the verdict is urgent (heating)",
        "23:00:00.0  1001  technicians are rung: anna, then ben; 2 round(s)",
        "23:00:00.0  1001  ring 1: anna is rung",
        "23:00:00.0  1002  a call arrives from +4930123456",
    ]
    assert (process.returncode, errors) == (0, "")


async def test_follow_gives_a_machine_one_object_per_row(filled: Path) -> None:
    """The sentence is among the keys."""
    with follow(filled, "--all", "--json") as process:
        assert process.stdout is not None
        rows = [json.loads(process.stdout.readline()) for _ in range(6)]
        process.send_signal(signal.SIGINT)

    assert [row["seq"] for row in rows] == [1, 2, 3, 4, 5, 6]
    assert rows[4] == {
        "seq": 5,
        "case_id": "1001",
        "at": "2026-01-09T22:00:00Z",
        "machine": "escalation",
        "version": 2,
        "trigger": "RingPlaced",
        "data": {"attempt": 1, "others": {"occupied": [], "engaged": []}},
        "text": "ring 1: anna is rung",
    }


async def test_follow_begins_with_what_happens_next(filled: Path) -> None:
    """Without --all nobody has to scroll past last month."""
    async with open_store(filled.with_name("cases.db")) as store:
        with follow(filled, "--json") as process:
            assert process.stdout is not None
            while not select.select([process.stdout], [], [], 0.1)[0]:
                await store.outbox.note("1001", NOW, "Heard", {"text": "wasser"})
            row = json.loads(process.stdout.readline())
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=10)

    assert row["seq"] > 6
    assert row["text"] == "heard so far: wasser"


def test_every_phase_can_be_asked_for() -> None:
    """The help names them all."""
    shown = CliRunner().invoke(main, ["cases", "list", "--help"]).output

    assert all(phase.value in shown for phase in CasePhase)


async def test_list_and_show_tell_how_a_case_ended(filled: Path) -> None:
    """Outcome, who, when, and the notes; one that is told so is done, whatever rings."""
    async with open_store(filled.with_name("cases.db")) as store:
        for event in (NoteAdded("office", "called back"), OutcomeGiven(CaseOutcome.FIXED, "anna")):
            stored = await store.calls.load("1001")
            assert stored is not None
            await store.calls.save(NOW, stored, event, advance(NOW, stored.state, event))

    first = json.loads(run(filled, "list", "--json", "--phase", "done").output)
    page = run(filled, "show", "1001").output
    life = json.loads(run(filled, "show", "1001", "--json").output)["call"]["life"]

    assert (first["outcome"], first["done_by"], first["notes"]) == ("fixed", "anna", 1)
    assert first["done_at"] == "2026-01-09T22:00:00Z"
    assert "outcome      fixed (by anna, Fri 2026-01-09 23:00:00.0)" in page
    assert "notes        office, Fri 2026-01-09 23:00:00.0: called back" in page
    assert (life["outcome"], life["notes"][0]["text"]) == ("fixed", "called back")
