"""Recordings and live copies on an Asterisk that answers byte for byte as 22.10 did."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

import pytest
from agi_peer import Call

from pbx_bridge.adapters.agi.session import AgiLine
from pbx_bridge.core.case import MessageEnd
from pbx_bridge.errors import AgiFailed, AgiHangup, UnsafeValue
from pbx_bridge.ports import Recorded

pytestmark = pytest.mark.integration

SECOND = timedelta(seconds=1)


def record(line: AgiLine) -> Awaitable[Recorded]:
    """Record as a call does."""
    return line.record("/r/1", keys="#", limit=6 * SECOND, silence=2 * SECOND)


@pytest.mark.parametrize(
    ("reply", "recorded"),
    [
        (b"200 result=35 (dtmf) endpos=4000\n", Recorded(MessageEnd.DIGIT, 0.5)),
        (b"200 result=3981 (timeout) endpos=8160\n", Recorded(MessageEnd.SILENCE, 1.02)),
        (b"200 result=1 (timeout) endpos=48000\n", Recorded(MessageEnd.FULL, 6.0)),
        (b"200 result=0 (timeout) endpos=0\n", Recorded(MessageEnd.FULL, 0.0)),
        (b"200 result=-1 (timeout) endpos=8\n", Recorded(MessageEnd.FULL, 0.001)),
    ],
)
async def test_record_tells_why_it_ended(call: Call, reply: bytes, recorded: Recorded) -> None:
    """The word in brackets decides; for silence and a full recording it is the same word."""
    hands = await call()

    ended, commands = await asyncio.gather(
        record(hands.line), hands.peer.answer(b"200 result=0 endpos=2000\n", reply)
    )

    assert ended == recorded
    assert commands == [b'STREAM FILE "/p/beep" ""', b'RECORD FILE "/r/1" "wav" "#" "6000" "s=2"']


@pytest.mark.parametrize(
    "reply",
    [
        b"200 result=-1 (hangup) endpos=7840\nHANGUP\n",
        b"200 result=-1 (hangup) endpos=7840\nHANGUP\nHANGUP\n",
        b"200 result=-1 (hangup) endpos=7840\n",
        b"HANGUP\n200 result=-1 (hangup) endpos=7840\n",
        b"200 result=-1 (waitfor) endpos=7840\n",
    ],
)
async def test_hang_up_ends_a_recording(call: Call, reply: bytes) -> None:
    """The recording counts; the next call raises."""
    hands = await call()

    ended, _ = await asyncio.gather(
        record(hands.line), hands.peer.answer(b"200 result=0 endpos=2000\n", reply)
    )

    assert ended == Recorded(MessageEnd.HANGUP, 0.98)
    with pytest.raises(AgiHangup):
        await hands.line.play("/p/confirm")
    _, commands = await asyncio.gather(
        hands.line.variable("X"), hands.peer.answer(b"200 result=0\n")
    )
    assert commands == [b'GET VARIABLE "X"']


async def test_hang_up_during_the_beep_is_an_empty_recording(call: Call) -> None:
    """Who hangs up at the beep has hung up while recording."""
    hands = await call()

    ended, _ = await asyncio.gather(
        record(hands.line), hands.peer.answer(b"200 result=-1 endpos=160\nHANGUP\n")
    )

    assert ended == Recorded(MessageEnd.HANGUP, 0.0)


async def test_missing_beep_does_not_prevent_the_recording(call: Call) -> None:
    """A message without a beep is better than a beep without a message."""
    hands = await call()

    ended, commands = await asyncio.gather(
        record(hands.line),
        hands.peer.answer(
            b"200 result=-1 endpos=0\n", b"200 result=6\n", b"200 result=35 (dtmf) endpos=8000\n"
        ),
    )

    assert ended == Recorded(MessageEnd.DIGIT, 1.0)
    assert commands[2].startswith(b"RECORD FILE")


async def test_unwritable_recording_names_the_file(call: Call) -> None:
    """The spool is the first thing to look at."""
    hands = await call()

    failed, _ = await asyncio.gather(
        record(hands.line),
        hands.peer.answer(
            b"200 result=0 endpos=2000\n", b"200 result=-1 (writefile)\n", b"200 result=6\n"
        ),
        return_exceptions=True,
    )

    assert isinstance(failed, AgiFailed)
    assert "/r/1.wav" in str(failed)


@pytest.mark.parametrize("during", ["beep", "recording"])
async def test_session_lost_while_recording_is_no_end_of_the_message(
    call: Call, during: str
) -> None:
    """Asterisk that closes the session without a hang-up says nothing about the caller."""
    hands = await call()

    async def leave() -> None:
        if during == "recording":
            await hands.peer.answer(b"200 result=0 endpos=2000\n")
        await hands.peer.command()
        hands.peer.end()

    gone, _ = await asyncio.gather(record(hands.line), leave(), return_exceptions=True)

    assert isinstance(gone, AgiHangup)


async def test_copy_holds_only_the_caller_and_ends_only_itself(call: Call) -> None:
    """No file of its own for MixMonitor but r(); its id is kept on the channel for the end."""
    hands = await call()

    async def copy() -> None:
        await hands.line.start_copy("/live/1.sln48")
        await hands.line.stop_copy()

    _, commands = await asyncio.gather(
        copy(),
        hands.peer.answer(b"200 result=0\n", b"200 result=1 (0x7f72400048f0)\n", b"200 result=0\n"),
    )

    assert commands == [
        b'EXEC "MixMonitor" ",r(/live/1.sln48)i(PBXB_COPY)"',
        b'GET VARIABLE "PBXB_COPY"',
        b'EXEC "StopMixMonitor" "0x7f72400048f0"',
    ]


async def test_copy_that_was_never_started_needs_no_end(call: Call) -> None:
    """StopMixMonitor without an id would end the firm's own recordings."""
    hands = await call()

    _, commands = await asyncio.gather(hands.line.stop_copy(), hands.peer.answer(b"200 result=0\n"))

    assert commands == [b'GET VARIABLE "PBXB_COPY"']


@pytest.mark.parametrize("path", ["/a,b.sln", "/a).sln", "/${SHELL(id)}", "/a|b", "/a\\b", ""])
async def test_copy_path_with_a_meaning_is_refused(call: Call, path: str) -> None:
    """A path cannot become options or a command of MixMonitor."""
    hands = await call()

    with pytest.raises(UnsafeValue):
        await hands.line.start_copy(path)


@pytest.mark.parametrize(
    ("replies", "text"),
    [([b"200 result=-2\n"], "MixMonitor"), ([b"200 result=-1\n", b"200 result=6\n"], "MixMonitor")],
)
async def test_copy_that_asterisk_refuses(call: Call, replies: list[bytes], text: str) -> None:
    """A missing module or a bad argument is said, with the application's name."""
    hands = await call()

    failed, _ = await asyncio.gather(
        hands.line.start_copy("/live/1.sln48"),
        hands.peer.answer(*replies),
        return_exceptions=True,
    )

    assert isinstance(failed, AgiFailed)
    assert text in str(failed)
