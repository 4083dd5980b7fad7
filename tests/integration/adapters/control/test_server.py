# ruff: noqa: ASYNC240 - small files in a test; nothing else waits for the loop
"""The control socket, spoken to as the command line does and as a stranger would."""

import asyncio
import json
import os
import socket
import stat
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from pbx_bridge.adapters.control.client import ask
from pbx_bridge.adapters.control.server import MAX_SESSIONS, ControlServer
from pbx_bridge.errors import (
    CalendarError,
    CommandRefused,
    ControlError,
    ServiceAway,
    SocketTaken,
)
from pbx_bridge.wire.control import MAX_LINE

pytestmark = pytest.mark.integration


async def echo(arguments: Mapping[str, Any]) -> object:
    """Answer with the arguments."""
    return arguments


async def refuse(arguments: Mapping[str, Any]) -> object:
    """Refuse for a reason."""
    raise CalendarError("'ana' is no technician\n'x' is no layer")


async def crash(arguments: Mapping[str, Any]) -> object:
    """Have a bug."""
    raise ZeroDivisionError


async def hang(arguments: Mapping[str, Any]) -> object:
    """Never answer."""
    await asyncio.Event().wait()
    return None


async def too_much(arguments: Mapping[str, Any]) -> object:
    """Answer with more than a line holds."""
    return "x" * MAX_LINE


HANDLERS = {"echo": echo, "refuse": refuse, "crash": crash, "hang": hang, "much": too_much}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the socket is to be."""
    return tmp_path / "c.sock"


@pytest.fixture
async def server(path: Path) -> AsyncIterator[ControlServer]:
    """Yield a server with short limits."""
    server = ControlServer(path, HANDLERS, request_limit_s=0.3, answer_limit_s=0.3)
    await server.start()
    yield server
    await server.stop()


async def asked(path: Path, verb: str, **arguments: object) -> Any:
    """Send one command, as the command line does."""
    return await asyncio.to_thread(ask, path, verb, arguments, 5.0)


async def test_command_is_answered(server: ControlServer, path: Path) -> None:
    """Any JSON value goes both ways, long ones too."""
    text = "ü\n" * 100_000

    assert await asked(path, "echo", text=text, number=3) == {"text": text, "number": 3}


async def test_a_verb_may_have_a_limit_of_its_own(path: Path) -> None:
    """A check of a mobile takes longer than any other command."""
    server = ControlServer(path, HANDLERS, answer_limit_s=60, patience_s={"hang": 0.05})
    await server.start()

    with pytest.raises(CommandRefused, match=r"not done within 0\.05 s"):
        await asked(path, "hang")

    await server.stop()


async def test_socket_is_for_its_owner_only(server: ControlServer, path: Path) -> None:
    """Whoever may open it may change who is rung."""
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_refusal_reaches_who_asked(server: ControlServer, path: Path) -> None:
    """With the service's own text and code."""
    with pytest.raises(CommandRefused) as caught:
        await asked(path, "refuse")

    assert str(caught.value) == "'ana' is no technician\n'x' is no layer"
    assert caught.value.code == "calendar"


@pytest.mark.parametrize(
    ("verb", "expected"),
    [
        ("nonsense", "'nonsense' is no verb; one of: crash, echo, hang, much, refuse"),
        ("crash", "a bug in the service; see its log"),
        ("hang", "not done within 0.3 s"),
        ("much", "bytes are more than one command may have"),
    ],
)
async def test_command_that_fails_is_answered_and_the_next_one_served(
    server: ControlServer, path: Path, verb: str, expected: str
) -> None:
    """One command cannot take the service down."""
    with pytest.raises(CommandRefused, match=expected):
        await asked(path, verb)

    assert await asked(path, "echo") == {}


async def test_stranger_gets_one_clear_line(server: ControlServer, path: Path) -> None:
    """And no traceback."""
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(b"GET / HTTP/1.1\r\n")

    answer = json.loads(await reader.readline())

    assert answer["code"] == "control-protocol"
    writer.close()


@pytest.mark.parametrize("data", [b"", b'{"verb": ', b"x" * (MAX_LINE + 2)])
async def test_half_and_endless_requests_are_dropped(
    server: ControlServer, path: Path, data: bytes
) -> None:
    """After the time limit, or at once when it is too long."""
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(data)

    async with asyncio.timeout(3):
        assert await _rest(reader) == b""
    writer.close()
    assert await asked(path, "echo") == {}


async def _rest(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read()
    except ConnectionResetError:
        return b""


async def test_too_many_at_once_are_turned_away(server: ControlServer, path: Path) -> None:
    """Nobody uses up the service's files."""
    open_ones = [await asyncio.open_unix_connection(path) for _ in range(MAX_SESSIONS)]

    reader, writer = await asyncio.open_unix_connection(path)

    assert await _rest(reader) == b""
    for _, each in [*open_ones, (reader, writer)]:
        each.close()


async def test_what_a_dead_service_left_is_replaced(path: Path) -> None:
    """After a power cut the socket file is still there."""
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    server = ControlServer(path, HANDLERS)

    await server.start()

    assert await asked(path, "echo") == {}
    await server.stop()
    assert not path.exists()


async def test_living_service_keeps_its_socket(server: ControlServer, path: Path) -> None:
    """A second one is refused and disturbs nothing."""
    with pytest.raises(SocketTaken, match="cannot be listened on"):
        await ControlServer(path, HANDLERS).start()

    assert await asked(path, "echo") == {}


async def test_file_that_is_no_socket_is_left_alone(path: Path) -> None:
    """A wrong path must not delete anything."""
    path.write_text("precious")

    with pytest.raises(SocketTaken):
        await ControlServer(path, HANDLERS).start()

    assert path.read_text() == "precious"


@pytest.mark.parametrize("name", ["none/c.sock", "x" * 200])
async def test_folder_or_path_that_cannot_be_is_told(tmp_path: Path, name: str) -> None:
    """With the key of the configuration."""
    with pytest.raises(SocketTaken, match=r"\[service\] socket"):
        await ControlServer(tmp_path / name, HANDLERS).start()


async def test_stop_ends_commands_under_way(path: Path) -> None:
    """Who waits is told that nothing came."""
    server = ControlServer(path, HANDLERS)
    await server.start()
    waiting = asyncio.create_task(asked(path, "hang"))
    while not server._sessions:  # noqa: ASYNC110 - no event tells that it was accepted
        await asyncio.sleep(0)

    await server.stop()

    with pytest.raises(ControlError, match="the service did not answer"):
        await waiting
    await server.stop()  # twice is no harm


async def test_server_that_never_started_can_be_stopped(path: Path) -> None:
    """The service stops all of its parts."""
    await ControlServer(path, HANDLERS).stop()

    assert not path.exists()


async def test_without_a_service_the_remedy_is_told(path: Path) -> None:
    """No socket, or one that a dead service left."""
    with pytest.raises(ServiceAway, match=r"the service does not run .*systemctl start pbx-bridge"):
        await asked(path, "echo")
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    with pytest.raises(ServiceAway, match="the service does not run"):
        await asked(path, "echo")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open everything")
async def test_socket_of_somebody_else_is_told(server: ControlServer, path: Path) -> None:
    """Run it as the right user."""
    path.chmod(0)

    with pytest.raises(ServiceAway, match="run this as the service's user"):
        await asked(path, "echo")


async def test_path_that_is_no_socket_is_told(path: Path) -> None:
    """A plain file in the configuration."""
    path.write_text("")

    with pytest.raises(ServiceAway):
        await asked(path, "echo")
