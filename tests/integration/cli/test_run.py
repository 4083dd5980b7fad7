"""``pbx-bridge run`` as a process: what it says when it cannot start, and how it stops."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from configs import SMALLEST

pytestmark = pytest.mark.integration


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration whose Asterisk is away."""
    (tmp_path / "ami.secret").touch(mode=0o600)
    (tmp_path / "ami.secret").write_text("0123456789abcdef\n")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    text = SMALLEST.replace(
        "[asterisk]",
        f'[asterisk]\nagi_port = {port}\nami_port = 1\nami_secret_file = "{tmp_path}/ami.secret"',
    )
    path = tmp_path / "pbx-bridge.toml"
    path.write_text(
        f'{text}\n[store]\npath = "{tmp_path}/db/pbx-bridge.db"\n[log]\nformat = "json"\n'
        f'[service]\nsocket = "{tmp_path}/control.sock"\n'
    )
    return path


def start(config: Path) -> subprocess.Popen[str]:
    """Start the service."""
    return subprocess.Popen(
        [sys.executable, "-m", "pbx_bridge", "--config", str(config), "run"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def wait_for(service: subprocess.Popen[str], event: str) -> dict[str, str]:
    """Return the first log line with this event; the end of the output is a failure."""
    assert service.stdout is not None
    for text in service.stdout:
        line: dict[str, str] = json.loads(text)
        if line["event"] == event:
            return line
    raise AssertionError(f"the service ended without {event}")


def test_run_waits_for_a_folder_and_heals(config: Path) -> None:
    """
    The database's folder is missing: one line with the remedy; once it is there, it starts.

    What is unwise in the configuration is said first.
    """
    service = start(config)
    try:
        unwise = wait_for(service, "config.unwise")
        waiting = wait_for(service, "service.waiting")
        (config.parent / "db").mkdir()
        wait_for(service, "service.started")
    finally:
        service.send_signal(signal.SIGTERM)
        rest, _ = service.communicate(timeout=20)

    assert "add [mail]" in unwise["reason"]
    assert str(config.parent / "db") in waiting["reason"]
    assert "service.stopped" in rest
    assert service.returncode == 0


def test_run_with_a_wrong_configuration_ends_with_every_mistake(config: Path) -> None:
    """No traceback: a line each, and exit status 1."""
    config.write_text(config.read_text().replace("Europe/Berlin", "Europe/Berlino"))

    service = start(config)
    output, _ = service.communicate(timeout=20)

    assert service.returncode == 1
    assert "firm.zone" in output
    assert "Traceback" not in output
