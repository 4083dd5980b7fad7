"""What systemd is told."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from pbx_bridge.adapters.systemd import Watchdog, notify

pytestmark = pytest.mark.integration


@pytest.fixture
def manager() -> Iterator[socket.socket]:
    """The socket of a service manager."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.settimeout(1)
        yield listening


def test_state_reaches_the_socket(
    manager: socket.socket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`READY=1` arrives as one datagram."""
    manager.bind(str(tmp_path / "notify"))
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))

    notify("READY=1")

    assert manager.recv(100) == b"READY=1"


def test_watchdog_is_pinged_once_in_a_while(
    manager: socket.socket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The actor turns many times a second; systemd need not hear of each."""
    manager.bind(str(tmp_path / "notify"))
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    manager.setblocking(False)
    watchdog = Watchdog()

    for _ in range(3):
        watchdog.ping()

    assert manager.recv(100) == b"WATCHDOG=1"
    with pytest.raises(BlockingIOError):
        manager.recv(100)


def test_socket_may_have_no_file(manager: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    """The abstract namespace begins with @ in the variable."""
    manager.bind("")  # the kernel chooses a free abstract name
    name = manager.getsockname().decode()
    monkeypatch.setenv("NOTIFY_SOCKET", name.replace("\0", "@", 1))

    notify("STOPPING=1")

    assert manager.recv(100) == b"STOPPING=1"


@pytest.mark.parametrize("address", ["", "/nowhere/notify"])
def test_nobody_listening_is_no_error(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """Started by hand, or under a manager that went away: calls are answered all the same."""
    monkeypatch.setenv("NOTIFY_SOCKET", address)

    notify("READY=1")
