"""Programs of the box: started, found again, ended, and never mistaken for others."""

import json
import os
import signal
from pathlib import Path

import pytest
from after_hours import until
from boxes import process
from boxes.instance import launch
from boxes.process import Process

pytestmark = pytest.mark.integration

SLEEP = ("sleep", "60")
READY_THEN_SLEEP = ("sh", "-c", "echo ready; exec sleep 60")


def test_a_program_is_found_again_and_ended(tmp_path: Path) -> None:
    """The pid file leads to the program until it is gone."""
    pid_file = tmp_path / "x.pid"
    launch(READY_THEN_SLEEP, tmp_path / "out").save(pid_file)
    # Between fork and exec it has no memory of its own to tell of.
    until("its first line", (tmp_path / "out").read_text)

    found = process.load(pid_file)

    assert found is not None
    assert until("its memory", lambda: found.memory_mb) > 0

    found.kill(signal.SIGTERM)

    assert found.wait_gone(timeout_s=5)
    assert process.load(pid_file) is None


def test_a_pid_that_someone_else_has_now_is_not_ours(tmp_path: Path) -> None:
    """After a restart of the machine our pid may belong to anybody: it must not be killed."""
    pid_file = tmp_path / "x.pid"
    stranger = launch(SLEEP, tmp_path / "out")
    ours = Process(stranger.pid, stranger.started - 1)
    ours.save(pid_file)

    assert process.load(pid_file) is None

    ours.kill()

    assert stranger.is_alive
    stranger.kill()


@pytest.mark.parametrize("text", ["", "x", "[]", "{}", json.dumps({"pid": "a", "started": 1})])
def test_a_broken_pid_file_is_no_program(text: str, tmp_path: Path) -> None:
    """A disk that was full leaves such files."""
    (tmp_path / "x.pid").write_text(text)

    assert process.load(tmp_path / "x.pid") is None


def test_a_started_program_is_not_our_child(tmp_path: Path) -> None:
    """It outlives us, and leaves no zombie here."""
    started = launch(SLEEP, tmp_path / "out")

    parent = int(Path(f"/proc/{started.pid}/stat").read_text().rpartition(")")[2].split()[1])

    assert parent != os.getpid()
    started.kill()


def test_what_a_program_prints_is_kept(tmp_path: Path) -> None:
    """Its last words explain why it did not start."""
    output = tmp_path / "out"

    started = launch(("sh", "-c", "echo no; echo really >&2"), output)

    assert started.wait_gone(timeout_s=5)
    assert output.read_text() == "no\nreally\n"
