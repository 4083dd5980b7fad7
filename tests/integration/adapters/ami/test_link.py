"""The login to a scripted Asterisk over a real socket: lost, frozen, refused, and never late."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import asterisk.manager
import pytest
import structlog
from fake_asterisk import WAIT_S, FakeAsterisk, FakeChannel
from panoramisk import Manager

from pbx_bridge.adapters.ami.link import AmiConfig, AmiLink
from pbx_bridge.errors import AmiRejected, AmiUnavailable, ConfigError, UnsafeValue
from pbx_bridge.wire.ami import Fields

pytestmark = pytest.mark.integration

SOON = timedelta(seconds=2)
MOMENT = timedelta(milliseconds=30)

ORIGINATE = {"Action": "Originate", "Channel": "PJSIP/1@trunk", "ChannelId": "1-1", "Async": "true"}


class Ear:
    """Notes what a link tells and lets a test wait for it."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.events: list[Fields] = []
        self.fails = False
        self._changed = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    def heard(self, fields: Fields) -> None:
        """Take an event; fail when told to."""
        self.events.append(fields)
        self._note("heard")
        if self.fails:
            raise RuntimeError("a bug in a listener")

    def restored(self) -> None:
        """Note it."""
        self._note("restored")

    def lost(self) -> None:
        """Note it."""
        self._note("lost")

    async def until(self, *told: str) -> None:
        """Wait until exactly this was told, from the beginning."""
        async with asyncio.timeout(WAIT_S), self._changed:
            await self._changed.wait_for(lambda: self.told == list(told))

    def _note(self, what: str) -> None:
        self.told.append(what)
        task = asyncio.get_running_loop().create_task(self._wake())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _wake(self) -> None:
        async with self._changed:
            self._changed.notify_all()


@pytest.fixture
async def server() -> AsyncIterator[FakeAsterisk]:
    """Return an Asterisk that runs."""
    server = FakeAsterisk()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def ear() -> Ear:
    """Return a listener."""
    return Ear()


def config(server: FakeAsterisk, **more: timedelta) -> AmiConfig:
    """Return settings that are quick about everything but answers."""
    quick = {"first_pause": MOMENT, "longest_pause": MOMENT} | more
    return AmiConfig(user="pbx-bridge", secret="right", port=server.port, **quick)


@pytest.fixture
async def connect(
    server: FakeAsterisk, ear: Ear
) -> AsyncIterator[Callable[..., "asyncio.Future[AmiLink]"]]:
    """Return a function that starts a link and waits until it is up."""
    links = []

    async def start(*, wait: bool = True, **more: timedelta) -> AmiLink:
        link = AmiLink(config(server, **more))
        links.append(link)
        link.listen(ear)
        await link.start()
        if wait:
            await ear.until("restored")
        return link

    yield start
    for link in links:
        await link.stop()


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


async def test_action_is_answered(server: FakeAsterisk, connect: Callable[..., object]) -> None:
    """Consent comes back as a value, refusal as an error with Asterisk's own words."""
    link = await connect()
    server.refuses["Setvar"] = "No such channel"

    reply = await link.send({"Action": "Ping"}, SOON)
    with pytest.raises(AmiRejected, match="Setvar: No such channel"):
        await link.send({"Action": "Setvar"}, SOON)

    assert reply.is_success
    assert link.is_up


async def test_nothing_is_sent_before_the_login(server: FakeAsterisk, ear: Ear) -> None:
    """Who is not logged in is told so at once."""
    link = AmiLink(config(server))

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


async def test_action_without_an_answer_ends_in_time(
    server: FakeAsterisk, connect: Callable[..., object]
) -> None:
    """Nobody waits for ever; the link is not given up for one slow action."""
    link = await connect()
    server.swallows.add("Originate")

    with pytest.raises(AmiUnavailable, match="did not answer Originate"):
        await link.send(ORIGINATE, MOMENT)

    assert (await link.send({"Action": "Ping"}, SOON)).is_success


async def test_action_under_way_fails_with_the_link(
    server: FakeAsterisk, connect: Callable[..., object]
) -> None:
    """The answer cannot come any more: said at once, not when the deadline ends."""
    link = await connect()
    server.swallows.add("Originate")
    ring = asyncio.create_task(link.send(ORIGINATE, timedelta(seconds=20)))
    await server.got("Originate")

    server.drop()

    async with asyncio.timeout(WAIT_S):
        with pytest.raises(AmiUnavailable, match="went during Originate"):
            await ring


async def test_unanswered_originate_is_not_sent_again(
    server: FakeAsterisk, ear: Ear, connect: Callable[..., object]
) -> None:
    """Asterisk may have taken it: sending it again would ring the technician twice."""
    link = await connect()
    server.swallows.add("Originate")
    ring = asyncio.create_task(link.send(ORIGINATE, timedelta(seconds=20)))
    await server.got("Originate")

    server.drop()
    await ear.until("restored", "lost", "restored")
    await link.send({"Action": "Ping"}, SOON)  # whatever would be sent again was sent before it

    assert len(server.named("Originate")) == 1
    with pytest.raises(AmiUnavailable):
        await ring


async def test_panoramisk_alone_would_send_it_again(server: FakeAsterisk) -> None:
    """Proves that the test above can fail: the same story without our session rings twice."""
    server.swallows.add("Originate")
    manager = Manager(
        port=server.port, username="u", secret="right", reconnect_timeout=0, ping_delay=60
    )
    await manager.connect()
    manager.send_action(dict(ORIGINATE), as_list=False)
    await server.got("Originate")

    server.drop()
    again = await server.got("Originate", 2)

    assert again["channelid"] == ["1-1"]
    manager.connection_lost = lambda exc: None
    manager.close()


async def test_failing_listener_costs_neither_link_nor_word(
    server: FakeAsterisk, ear: Ear, connect: Callable[..., object]
) -> None:
    """A bug of ours in one event must not end the line, and must be found in the log."""
    link = await connect()
    ear.fails = True

    with structlog.testing.capture_logs() as logs:
        server.says({"Event": "Hangup", "Uniqueid": "1-1"})
        await ear.until("restored", "heard")

    assert [line["event"] for line in logs] == ["ami.event_crashed"]
    assert (await link.send({"Action": "Ping"}, SOON)).is_success


@pytest.mark.parametrize("value", ["x\r\nAction: Hangup\r\nChannel: all", "x\ny", "x\0"])
async def test_line_break_reaches_no_wire(
    server: FakeAsterisk, connect: Callable[..., object], value: str
) -> None:
    """A hostile value is refused before a byte of the action is sent."""
    link = await connect()

    with pytest.raises(UnsafeValue):
        await link.send(ORIGINATE | {"CallerID": value}, SOON)
    await link.send({"Action": "Ping"}, SOON)

    assert [action["action"] for action in server.actions] == [["Login"], ["Ping"]]


async def test_list_is_collected(server: FakeAsterisk, connect: Callable[..., object]) -> None:
    """Every item, without the line that ends the list."""
    link = await connect()
    server.astdb["pbxb-oncall/1"] = "49171"

    items = await link.send_list({"Action": "DBGet", "Family": "pbxb-oncall", "Key": "1"}, SOON)

    assert [item["val"] for item in items] == ["49171"]


async def test_event_inside_a_list_is_a_forgery(
    server: FakeAsterisk, ear: Ear, connect: Callable[..., object]
) -> None:
    """Asterisk writes a list in one go; what is between its items a caller wrote there."""
    link = await connect()
    server.list_text = b"Event: UserEvent\r\nUserEvent: PBXBKey\r\nUniqueid: 1-1\r\n\r\n"

    await link.send_list({"Action": "Status"}, SOON)
    server.says({"Event": "Hangup", "Uniqueid": "2-1"})
    await ear.until("restored", "heard")

    assert [event["event"] for event in ear.events] == ["Hangup"]


@pytest.mark.parametrize(
    "text",
    [
        b"Event: Status\r\nCallerIDNum: 49\r\n\r\nEvent: StatusComplete\r\nX: y\r\n\r\n",
        b"Event: StatusComplete\r\nX: y\r\nUniqueid: 9\r\nActionID: @ID@\r\n\r\n",
        b"Event: Status\r\nResponse: Error\r\nUniqueid: 9\r\nActionID: @ID@\r\n\r\n",
        b"Response: Error\r\nActionID: @ID@\r\n\r\n",
    ],
)
async def test_caller_can_neither_end_a_list_nor_spoil_it(
    server: FakeAsterisk, connect: Callable[..., object], text: bytes
) -> None:
    """What he writes is dropped; our own channels behind it are still found."""
    link = await connect()
    server.list_text = text
    server.channels["17-1"] = FakeChannel(name="PJSIP/trunk-1")

    items = await link.send_list({"Action": "Status"}, SOON)

    assert [item["uniqueid"] for item in items] == ["17-1"]


async def test_refused_list_is_a_refusal(
    server: FakeAsterisk, connect: Callable[..., object]
) -> None:
    """Asterisk's own words again; no list is waited for."""
    link = await connect()

    with pytest.raises(AmiRejected, match="No such channel"):
        await link.send_list({"Action": "Status", "Channel": "1-1"}, SOON)


async def test_list_without_an_end_closes_the_link(
    server: FakeAsterisk, ear: Ear, connect: Callable[..., object]
) -> None:
    """All that comes after it would be taken for a part of it."""
    link = await connect()
    server.swallows.add("CoreShowChannels")

    with pytest.raises(AmiUnavailable):
        await link.send_list({"Action": "CoreShowChannels"}, MOMENT)

    await ear.until("restored", "lost", "restored")


async def test_flood_without_a_message_closes_the_link(
    server: FakeAsterisk, ear: Ear, connect: Callable[..., object]
) -> None:
    """Memory has a limit, whatever comes."""
    await connect()

    server.writes(b"x" * (1 << 19))

    await ear.until("restored", "lost", "restored")


async def test_stop_in_a_pause_stays_out(server: FakeAsterisk, ear: Ear) -> None:
    """Stopped while waiting for Asterisk: nothing connects afterwards, and stop does not hang."""
    await server.stop()
    link = AmiLink(config(server, first_pause=timedelta(milliseconds=10)))
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


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # pyst2's own
async def test_second_client_agrees_with_the_scripted_asterisk(server: FakeAsterisk) -> None:
    """pyst2, written by others, gets along with the same server: our AMI is not only ours."""

    def log_in() -> list[str]:
        manager = asterisk.manager.Manager()
        manager.connect("127.0.0.1", server.port)
        answers = [manager.login("pbx-bridge", "right"), manager.ping()]
        manager.close()
        return [answer.headers["Message"] for answer in answers]

    messages = await asyncio.to_thread(log_in)

    assert messages == ["Authentication accepted", "Done"]
