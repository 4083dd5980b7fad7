"""The AGI port: who is let in, who is not, and what a bug in a handler may do."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import pytest
from agi_peer import AsteriskPeer, head
from structlog.testing import capture_logs

from pbx_bridge.adapters.agi.server import AgiPort, AgiServer, Handler
from pbx_bridge.adapters.agi.session import AgiLine
from pbx_bridge.errors import AgiHangup, AgiPortTaken, AgiProtocolError

pytestmark = pytest.mark.integration


class Port:
    """An AGI server on a free port; ``incoming`` says hello, other scripts as added."""

    def __init__(self) -> None:
        self.handlers: dict[str, Handler] = {"incoming": self.greet}
        self.server: AgiServer | None = None

    async def greet(self, line: AgiLine) -> None:
        """Send one command, so that the other side sees that it was let in."""
        await line.set_variable("HELLO", "1")

    async def open(self, **settings: object) -> int:
        """Listen with *settings* of `AgiPort`; return the port number."""
        self.server = AgiServer(self.handlers, AgiPort(port=0, **settings))  # type: ignore[arg-type]
        await self.server.start()
        return self.server.port


@pytest.fixture
async def port() -> AsyncIterator[Port]:
    """A server that is not started yet and will be stopped."""
    port = Port()
    yield port
    if port.server is not None:
        await port.server.stop()


async def is_greeted(number: int, first: bytes | None = None) -> bool:
    """Tell whether a peer with head *first* is let in."""
    peer = await AsteriskPeer.connect(number, head() if first is None else first)
    commands = await peer.answer(b"200 result=1\n")
    await peer.rest()
    peer.close()
    return commands == [b'SET VARIABLE "HELLO" "1"']


async def refusal(number: int, first: bytes, *, ends: bool = True) -> list[Mapping[str, object]]:
    """Return what is logged about a peer that says *first* and is hung up on."""
    with capture_logs() as logged:
        peer = await AsteriskPeer.connect(number, first)
        if ends:
            peer.end()
        assert await peer.rest() == b""
    peer.close()
    return logged


async def test_connect_and_close_a_hundred_times_is_one_log_line_each(port: Port) -> None:
    """A port scan costs log lines, never the phone line."""
    number = await port.open()

    for _ in range(100):
        (logged,) = await refusal(number, b"")

        assert logged["event"] == "agi.session_refused"
        assert logged["log_level"] == "warning"

    assert await is_greeted(number)


async def test_connections_that_vanish_do_no_harm(port: Port) -> None:
    """Whoever resets the connection, at any place of the head, leaves nothing behind."""
    number = await port.open()

    for size in range(0, 400, 4):
        (await AsteriskPeer.connect(number, head()[:size])).close()

    assert await is_greeted(number)


@pytest.mark.parametrize(
    "first",
    [
        head()[:200],
        b"x" * 70_000,
        b"agi_network: yes\n" * 5_000,
        b"\0" * 65_536,
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\n\n",
        head("nobody-knows-it"),
        head(callerid="49\nagi_network_script: other"),
    ],
    ids=["half", "garbage", "lines", "zeros", "http", "empty", "script", "forged"],
)
async def test_other_peers_are_refused_in_one_log_line(port: Port, first: bytes) -> None:
    """Half a head, garbage or an unknown script: one line, no traceback, the next is let in."""
    number = await port.open()

    (logged,) = await refusal(number, first)

    assert logged["event"] == "agi.session_refused"
    assert await is_greeted(number)


async def test_refusal_names_no_value_from_outside(port: Port) -> None:
    """What a caller sent is not in the log."""
    number = await port.open()

    logged = await refusal(number, head("secret-script", callerid="0301234567\nagi_evil: 1\n\n"))

    assert "0301234567" not in str(logged)
    assert "evil" not in str(logged)
    assert "secret-script" not in str(logged)


async def test_peer_that_does_not_introduce_itself_is_cut_off(port: Port) -> None:
    """Silence after half a head ends at the deadline."""
    number = await port.open(head_limit_s=0.05)

    (logged,) = await refusal(number, head()[:100], ends=False)

    assert logged["reason"] == "no AGI head within 0.05 s"


async def test_slow_head_is_let_in(port: Port) -> None:
    """A head may come in many small pieces."""
    number = await port.open()
    peer = await AsteriskPeer.connect(number)

    for byte in head():
        peer.say(bytes([byte]))
        await asyncio.sleep(0)

    assert await peer.answer(b"200 result=1\n") == [b'SET VARIABLE "HELLO" "1"']
    peer.close()


async def test_sessions_are_limited(port: Port) -> None:
    """One more than allowed is refused; when one is over the next is let in."""
    number = await port.open(max_sessions=1)
    first = await AsteriskPeer.connect(number, head())
    await first.command()

    (logged,) = await refusal(number, head())
    first.say(b"200 result=1\n")
    await first.rest()
    first.close()

    assert logged["reason"] == "more than 1 sessions at once"
    assert await is_greeted(number)


@pytest.mark.parametrize("arguments", [(), ("",), ("wrong",), ("sécret ",), ("x", "sécret")])
async def test_wrong_secret_is_refused(port: Port, arguments: tuple[str, ...]) -> None:
    """With a secret configured the first argument must be it."""
    number = await port.open(secret="sécret")

    (logged,) = await refusal(number, head("incoming", *arguments))

    assert "secret" in str(logged["reason"])
    assert await is_greeted(number, head("incoming", "sécret"))


async def test_crash_of_a_handler_ends_its_own_session_only(port: Port) -> None:
    """A bug is logged once, the caller's dialplan goes on, the next call is served."""

    async def crash(line: AgiLine) -> None:
        raise KeyError(line.channel)

    port.handlers["crash"] = crash
    number = await port.open()

    with capture_logs() as logged:
        peer = await AsteriskPeer.connect(number, head("crash"))
        said = await peer.rest()
    peer.close()

    assert said == b""
    assert [entry["event"] for entry in logged] == ["agi.session_opened", "agi.session_crashed"]
    assert logged[1]["log_level"] == "error"
    assert await is_greeted(number)


async def test_hang_up_is_no_crash(port: Port) -> None:
    """A caller who hangs up is how most sessions end; the call is logged elsewhere."""

    async def wait(line: AgiLine) -> None:
        await line.play("greeting")

    port.handlers["wait"] = wait
    number = await port.open()

    with capture_logs() as logged:
        peer = await AsteriskPeer.connect(number, head("wait"))
        await peer.answer(b"200 result=-1 endpos=8000\nHANGUP\n")
        await peer.rest()
    peer.close()

    assert [entry["event"] for entry in logged] == ["agi.session_opened"]


@pytest.mark.parametrize("forged", [b"200 result=1 (fake)\n", b"agi_dnid: 1\n\n"])
async def test_reply_that_nobody_asked_for_ends_the_session(port: Port, forged: bytes) -> None:
    """A reply that a caller smuggled in behind a forged end of the head is never believed."""
    ended = asyncio.Event()

    async def ask(line: AgiLine) -> None:
        try:
            while await line.variable("PBXB_CALL") is None:
                pass
        except AgiHangup:
            ended.set()

    port.handlers["ask"] = ask
    number = await port.open()

    with capture_logs() as logged:
        peer = await AsteriskPeer.connect(number, head("ask"))
        await peer.answer(b"200 result=0\n" + forged)
        async with asyncio.timeout(5):
            await ended.wait()
        await peer.rest()
    peer.close()

    assert [entry["event"] for entry in logged] == ["agi.session_opened", "agi.session_crashed"]


async def test_reply_sent_with_the_head_is_refused(port: Port) -> None:
    """Two blank lines in a caller number cannot answer our first question."""
    number = await port.open()

    (logged,) = await refusal(number, head() + b"200 result=1 (fake)\n")

    assert logged["event"] == "agi.session_refused"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "localhost", ""])
async def test_only_loopback_is_listened_on(host: str) -> None:
    """AGI has no password, so it is not offered to other machines."""
    with pytest.raises(AgiPortTaken, match="no password"):
        await AgiServer({}, AgiPort(host=host, port=0)).start()


class FarWriter:
    """A connection from another machine, which no test can make on loopback."""

    def get_extra_info(self, name: str) -> tuple[str, int]:
        """Return the peer's address."""
        return ("192.0.2.7", 40_000)


def test_peer_on_another_machine_is_refused() -> None:
    """Even if the listener were reachable, for example behind a port forwarding."""
    server = AgiServer({}, AgiPort(port=0))

    with pytest.raises(AgiProtocolError, match="another machine"):
        server._check_peer(FarWriter())  # type: ignore[arg-type]


async def test_port_in_use_is_one_clear_error(port: Port) -> None:
    """The text names the port and the remedy."""
    number = await port.open()

    with pytest.raises(AgiPortTaken, match=f"{number}: another program .* agi_port"):
        await AgiServer({}, AgiPort(port=number)).start()


async def test_stop_closes_sessions_and_port(port: Port) -> None:
    """Sessions are cancelled, waited for and hung up; the port is free for the next daemon."""
    cleaned = asyncio.Event()

    async def wait(line: AgiLine) -> None:
        try:
            await line.play("greeting")
        finally:
            cleaned.set()

    port.handlers["wait"] = wait
    number = await port.open()
    busy = await AsteriskPeer.connect(number, head("wait"))
    await busy.command()
    silent = await AsteriskPeer.connect(number, head()[:50])
    await is_greeted(number)
    assert port.server is not None

    await port.server.stop()

    assert cleaned.is_set()
    assert await busy.rest() == await silent.rest() == b""
    again = AgiServer({}, AgiPort(port=number))
    await again.start()
    await again.stop()
    busy.close()
    silent.close()


async def test_stop_does_not_wait_for_ever(port: Port) -> None:
    """A handler that ignores its cancellation does not keep the daemon from stopping."""
    release = asyncio.Event()

    async def stubborn(line: AgiLine) -> None:
        try:
            await line.play("greeting")
        finally:
            await release.wait()

    port.handlers["stubborn"] = stubborn
    number = await port.open()
    peer = await AsteriskPeer.connect(number, head("stubborn"))
    await peer.command()
    assert port.server is not None

    async with asyncio.timeout(2):
        await port.server.stop(limit_s=0.05)

    release.set()
    assert await peer.rest() == b""
    peer.close()
