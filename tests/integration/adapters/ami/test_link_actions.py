"""Actions over the link: answered or failed in time, never late, and nothing forged."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
import structlog
from fake_asterisk import WAIT_S, FakeAsterisk, FakeChannel
from link_ear import MOMENT, ORIGINATE, SOON, Ear
from panoramisk import Manager

from pbx_bridge.errors import AmiRejected, AmiUnavailable, UnsafeValue

pytestmark = pytest.mark.integration


async def test_action_is_answered(server: FakeAsterisk, connect: Callable[..., object]) -> None:
    """Consent comes back as a value, refusal as an error with Asterisk's own words."""
    link = await connect()
    server.refuses["Setvar"] = "No such channel"

    reply = await link.send({"Action": "Ping"}, SOON)
    with pytest.raises(AmiRejected, match="Setvar: No such channel"):
        await link.send({"Action": "Setvar"}, SOON)

    assert reply.is_success
    assert link.is_up


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
