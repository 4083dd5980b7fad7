"""The login to a scripted Asterisk over a real socket: lost, frozen, refused, restored."""

import asyncio
import json
import sys
from collections.abc import Callable
from datetime import timedelta

import pytest
import structlog
from fake_asterisk import WAIT_S, FakeAsterisk
from link_ear import MOMENT, ORIGINATE, SOON, Ear, quick

from pbx_bridge.adapters.ami.link import AmiConfig, AmiLink
from pbx_bridge.errors import AmiUnavailable, ConfigError

pytestmark = pytest.mark.integration


def _when_called(event: asyncio.Event) -> Callable[..., object]:
    """Return a log processor that sets *event* and passes the line on."""

    def note(_logger: object, _method: str, line: dict[str, object]) -> dict[str, object]:
        event.set()
        return line

    return note


def test_only_this_machine_is_connected_to() -> None:
    """AMI has no encryption: the secret must not leave the machine."""
    with pytest.raises(ConfigError, match="ami_host"):
        AmiLink(AmiConfig(user="u", secret="s", host="192.0.2.1"))


def test_secret_is_in_no_text() -> None:
    """A settings object in a log line must not give the login away."""
    assert "hush" not in repr(AmiConfig(user="u", secret="hush"))


async def test_nothing_is_sent_before_the_login(server: FakeAsterisk, ear: Ear) -> None:
    """Who is not logged in is told so at once."""
    link = AmiLink(quick(server))

    with pytest.raises(AmiUnavailable, match="nothing was sent"):
        await link.send(ORIGINATE, SOON)

    assert not link.is_up


async def test_nothing_is_ordered_before_asterisk_has_booted(
    server: FakeAsterisk, ear: Ear, connect: Callable[..., object]
) -> None:
    """Asterisk takes logins early and refuses our contexts then: they are not loaded yet."""
    server.is_booted = False
    link = await connect(wait=False)
    await server.got("Login")

    with pytest.raises(AmiUnavailable):
        await link.send(ORIGINATE, SOON)
    server.boots()
    await ear.until("restored")

    assert link.is_up


async def test_missing_read_class_is_named(
    server: FakeAsterisk, connect: Callable[..., object]
) -> None:
    """A manager.conf without `system` would leave us waiting for ever without a word."""
    server.is_booted = False
    with structlog.testing.capture_logs() as logs:
        await connect(wait=False, boot_deadline=MOMENT)
        await server.got("Login", 2)

    assert [line["event"] for line in logs] == ["ami.lost"]
    assert "read = system,call,user" in logs[0]["reason"]


async def test_lost_link_comes_back(
    server: FakeAsterisk, ear: Ear, connect: Callable[..., object]
) -> None:
    """Asterisk restarts: told once that the line is gone, once that it is back."""
    link = await connect()

    server.drop()

    await ear.until("restored", "lost", "restored")
    assert (await link.send({"Action": "Ping"}, SOON)).is_success


async def test_each_cause_is_said_once(
    server: FakeAsterisk, ear: Ear, connect: Callable[..., object]
) -> None:
    """An Asterisk that is away for a night gives one line, not one a second."""
    server.is_closing = True
    with structlog.testing.capture_logs() as logs:
        await connect(wait=False)
        await server.connected(4)
        server.is_closing = False
        await ear.until("restored")

    assert [line["event"] for line in logs] == ["ami.lost", "ami.connected"]


async def test_missing_asterisk_is_named_and_awaited(
    server: FakeAsterisk, ear: Ear, connect: Callable[..., object]
) -> None:
    """Asterisk may start after us: the reason says what to look at, the login follows."""
    await server.stop()
    with structlog.testing.capture_logs() as logs:
        reported = asyncio.Event()
        structlog.get_config()["processors"].insert(0, _when_called(reported))
        await connect(wait=False)
        async with asyncio.timeout(WAIT_S):
            await reported.wait()
        await server.start()
        await ear.until("restored")

    assert [line["event"] for line in logs] == ["ami.lost", "ami.connected"]
    assert "is it running" in logs[0]["reason"]


async def test_wrong_secret_is_said_once_and_heals(
    server: FakeAsterisk, ear: Ear, connect: Callable[..., object]
) -> None:
    """The owner corrects manager.conf and need not know that we must be restarted."""
    server.secret = "other"
    with structlog.testing.capture_logs() as logs:
        await connect(wait=False)
        await server.got("Login", 3)
        server.secret = "right"
        await ear.until("restored")

    assert [line["event"] for line in logs] == ["ami.rejected", "ami.connected"]
    assert logs[0]["code"] == "ami-auth"
    assert "right" not in str(logs)


async def test_port_of_something_else_is_named(
    server: FakeAsterisk, connect: Callable[..., object]
) -> None:
    """A wrong port number is found by reading one line."""
    server.is_deaf = True
    server.greeting = b"SSH-2.0-OpenSSH_9.2\r\n"
    with structlog.testing.capture_logs() as logs:
        await connect(wait=False, connect_deadline=MOMENT)
        await server.got("Login", 2)

    assert "is it Asterisk's manager interface" in logs[0]["reason"]


async def test_half_open_link_is_noticed(
    server: FakeAsterisk, ear: Ear, connect: Callable[..., object]
) -> None:
    """A stopped Asterisk keeps the connection; only the missing answer to a ping shows it."""
    link = await connect(ping_interval=MOMENT, ping_deadline=MOMENT, connect_deadline=MOMENT)

    server.is_deaf = True

    await ear.until("restored", "lost")
    assert not link.is_up
    server.is_deaf = False
    await ear.until("restored", "lost", "restored")


async def test_answered_pings_keep_the_link(
    server: FakeAsterisk, ear: Ear, connect: Callable[..., object]
) -> None:
    """The watchdog bites only when Asterisk is silent."""
    link = await connect(ping_interval=MOMENT)

    await server.got("Ping", 4)

    assert link.is_up
    assert ear.told == ["restored"]


async def test_stop_in_a_pause_stays_out(server: FakeAsterisk, ear: Ear) -> None:
    """Stopped while waiting for Asterisk: nothing connects afterwards, and stop does not hang."""
    await server.stop()
    link = AmiLink(quick(server, first_pause=timedelta(milliseconds=10)))
    link.listen(ear)
    await link.start()

    async with asyncio.timeout(WAIT_S):
        await link.stop()
        await link.stop()
    await server.start()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):  # several pauses
            await server.connected(1)


async def test_stop_does_not_wait_for_a_frozen_asterisk(
    server: FakeAsterisk, connect: Callable[..., object]
) -> None:
    """The service must be able to stop whatever state Asterisk is in."""
    link = await connect()
    server.is_deaf = True
    waiting = asyncio.create_task(link.send({"Action": "Status"}, timedelta(seconds=20)))
    await server.got("Status")

    async with asyncio.timeout(WAIT_S):
        await link.stop()
        with pytest.raises(AmiUnavailable):
            await waiting

    assert not link.is_up


SECOND_CLIENT = """
import asterisk.manager, json, sys
manager = asterisk.manager.Manager()
manager.connect("127.0.0.1", int(sys.argv[1]))
answers = [manager.login("pbx-bridge", "right"), manager.ping()]
manager.close()
print(json.dumps([answer.headers["Message"] for answer in answers]))
"""
"""In a process of its own: its threads race with each other, and its destructor logs off."""


async def test_second_client_agrees_with_the_scripted_asterisk(server: FakeAsterisk) -> None:
    """pyst2, written by others, gets along with the same server: our AMI is not only ours."""
    for _ in range(5):  # until a run in which its own threads do not trip over each other
        client = await asyncio.create_subprocess_exec(
            sys.executable,
            "-W",
            "ignore",
            "-c",
            SECOND_CLIENT,
            str(server.port),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        output, _ = await client.communicate()
        if client.returncode == 0:
            break

    assert json.loads(output) == ["Authentication accepted", "Done"]
