"""The stream of one connection, cut anywhere and filled with forgeries."""

import asyncio

import pytest

from pbx_bridge.adapters.ami.session import MAX_MESSAGE_BYTES, Session, _Protocol
from pbx_bridge.wire.ami import Fields


class Wire:
    """A transport without a network."""

    def __init__(self) -> None:
        self.written = b""
        self.is_aborted = False

    def write(self, data: bytes) -> None:
        """Note what was sent."""
        self.written += data

    def abort(self) -> None:
        """Note it."""
        self.is_aborted = True

    close = abort

    def is_closing(self) -> bool:
        """Whether it was ended."""
        return self.is_aborted


class Line:
    """A session and what it heard."""

    def __init__(self) -> None:
        self.heard: list[Fields] = []
        self.wire, self.protocol = Wire(), _Protocol()
        self.session = Session(self.heard.append)
        self.protocol.connection_made(self.wire)
        opened = asyncio.get_running_loop().create_future()
        opened.set_result((self.wire, self.protocol))
        self.session.connection_made(opened)


@pytest.fixture
async def line() -> Line:
    """Return an open connection."""
    return Line()


STREAM = (
    "Asterisk Call Manager/11.0.0\r\n"
    "Event: UserEvent\r\nUserEvent: Üß€😀\r\nUniqueid: 1\r\n\r\n"
    "Event: Hangup\r\nUniqueid: 2\r\n\r\n"
).encode()


@pytest.mark.parametrize("size", [1, 2, 3, 7, len(STREAM)])
async def test_stream_may_be_cut_anywhere(line: Line, size: int) -> None:
    """Also within a letter: panoramisk alone loses it."""
    for at in range(0, len(STREAM), size):
        line.protocol.data_received(STREAM[at : at + size])

    assert [event["event"] for event in line.heard] == ["UserEvent", "Hangup"]
    assert line.heard[0]["userevent"] == "Üß€😀"


@pytest.mark.parametrize(
    "forgery",
    [
        b"Event: Hangup\r\nCallerIDNum: 49\r\nevent: UserEvent\r\nuserevent: PBXBKey\r\n\r\n",
        b"Event: A\r\nEvent: B\r\n\r\n",
        b"Response: Success\r\nresponse: Error\r\nActionID: 1\r\n\r\n",
        b"X: y\r\n\r\n",
        b"\r\n\r\n",
        b"\xff\xfe\r\n\r\n",
    ],
)
async def test_forged_message_is_dropped_and_the_next_one_heard(line: Line, forgery: bytes) -> None:
    """A caller can add lines to an event; a message that is two things is none."""
    line.protocol.data_received(forgery + b"Event: Hangup\r\nUniqueid: 2\r\n\r\n")

    assert [event["uniqueid"] for event in line.heard] == ["2"]


async def test_message_without_end_ends_the_connection(line: Line) -> None:
    """Memory has a limit."""
    line.protocol.data_received(b"x" * MAX_MESSAGE_BYTES)
    assert not line.wire.is_aborted

    line.protocol.data_received(b"x")

    assert line.wire.is_aborted


async def test_bytes_before_the_session_is_ready_are_harmless() -> None:
    """A fast stranger on the port may speak, or leave, before we have begun."""
    protocol = _Protocol()
    protocol.connection_made(Wire())

    protocol.data_received(STREAM)
    protocol.connection_lost(None)

    assert protocol.buffer == b""


async def test_lost_connection_keeps_nothing_to_send_again(line: Line) -> None:
    """Neither in the session nor in what panoramisk would send after a new login."""
    ring = line.session.send_action({"Action": "Originate"}, as_list=False)

    line.protocol.connection_lost(None)

    assert line.session.lost.is_set()
    assert not line.session.awaiting_actions
    with pytest.raises(ConnectionError):
        await ring
