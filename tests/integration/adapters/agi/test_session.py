"""`AgiLine` against an Asterisk that answers byte for byte as 22.10 did."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
from agi_peer import AsteriskPeer, head

from pbx_bridge.adapters.agi.server import AgiPort, AgiServer
from pbx_bridge.adapters.agi.session import AgiDeadlines, AgiLine
from pbx_bridge.core.case import MessageEnd
from pbx_bridge.errors import AgiFailed, AgiHangup, UnsafeValue
from pbx_bridge.ports import Line, Recorded

pytestmark = pytest.mark.integration

DEAD = b"511 Command Not Permitted on a dead channel or intercept routine\n"
USAGE = b"520-Invalid command syntax.  Proper usage follows:\nUsage\n520 End of proper usage.\n"
SECOND = timedelta(seconds=1)


class InHands:
    """A channel in our hands, and the Asterisk that handed it to us."""

    def __init__(self, line: AgiLine, peer: AsteriskPeer) -> None:
        self.line = line
        self.peer = peer


Call = Callable[..., Awaitable[InHands]]


@pytest.fixture
async def call() -> AsyncIterator[Call]:
    """Return a function that lets one call in; its arguments change the head."""
    lines: asyncio.Queue[AgiLine] = asyncio.Queue()
    peers: list[AsteriskPeer] = []

    async def hold(line: AgiLine) -> None:
        lines.put_nowait(line)
        await asyncio.Event().wait()

    deadlines = AgiDeadlines(reply_s=0.3, sound_s=0.3, margin_s=0.3)
    server = AgiServer(
        {"incoming": hold}, AgiPort(port=0), beep_sound="/p/beep", deadlines=deadlines
    )
    await server.start()

    async def let_in(**changed: str) -> InHands:
        peers.append(await AsteriskPeer.connect(server.port, head(**changed)))
        return InHands(await lines.get(), peers[-1])

    yield let_in
    await server.stop()
    for peer in peers:
        peer.close()


def record(line: AgiLine) -> Awaitable[Recorded]:
    """Record as a call does."""
    return line.record("/r/1", keys="#", limit=6 * SECOND, silence=2 * SECOND)


async def test_line_is_the_port(call: Call) -> None:
    """What the runtime sees of a channel comes from the head."""
    line: Line = (await call()).line

    assert line.channel == "PJSIP/trunk-00000000"
    assert line.caller_number == "493099999"


@pytest.mark.parametrize(
    ("callerid", "number"),
    [
        ("+49301234567", "+49301234567"),
        ("112", "112"),
        ("unknown", None),
        ("anonymous", None),
        ("", None),
        ("+", None),
        ("49+30", None),
        ("\u0661\u0662", None),
        ("1" * 33, None),
    ],
)
async def test_caller_number_is_a_number_or_withheld(
    call: Call, callerid: str, number: str | None
) -> None:
    """Only digits with an optional leading plus are a number."""
    hands = await call(callerid=callerid)

    assert hands.line.caller_number == number


@pytest.mark.parametrize(
    ("reply", "digit"),
    [
        (b"200 result=0 endpos=2000\n", None),
        (b"200 result=49 endpos=800\n", "1"),
        (b"200 result=35 endpos=0\n", "#"),
        (b"100 Trying...\n200 result=42 endpos=800\n", "*"),
    ],
)
async def test_play_returns_the_digit(call: Call, reply: bytes, digit: str | None) -> None:
    """A sound is played to its end, or a key stops it."""
    hands = await call()

    pressed, commands = await asyncio.gather(
        hands.line.play("/p/greeting", "12#*"), hands.peer.answer(reply)
    )

    assert pressed == digit
    assert commands == [b'STREAM FILE "/p/greeting" "12#*"']


@pytest.mark.parametrize("missing", [b"200 result=-1 endpos=0\n", b"200 result=0 endpos=0\n"])
async def test_missing_sound_is_no_hang_up(call: Call, missing: bytes) -> None:
    """Asterisk 22 says -1, older ones 0; the channel lives, and the error names the sound."""
    hands = await call()

    failed, commands = await asyncio.gather(
        hands.line.play("/p/nope"),
        hands.peer.answer(missing, b"200 result=6\n"),
        return_exceptions=True,
    )

    assert isinstance(failed, AgiFailed)
    assert "/p/nope" in str(failed)
    assert commands == [b'STREAM FILE "/p/nope" ""', b"CHANNEL STATUS"]


@pytest.mark.parametrize(
    "replies",
    [
        [b"200 result=-1 endpos=8160\nHANGUP\n"],
        [b"HANGUP\n200 result=-1 endpos=8160\n"],
        [b"200 result=-1 endpos=8160\n", b"HANGUP\n" + DEAD],
        [b"200 result=-1 endpos=8160\n", DEAD],
        [DEAD],
        [b"HANGUP\n" + DEAD],
    ],
)
async def test_hang_up_during_a_sound(call: Call, replies: list[bytes]) -> None:
    """In whatever order Asterisk says it, the caller is gone, and nothing is sent for him."""
    hands = await call()

    gone, _ = await asyncio.gather(
        hands.line.play("/p/greeting"), hands.peer.answer(*replies), return_exceptions=True
    )

    assert isinstance(gone, AgiHangup)
    with pytest.raises(AgiHangup):
        await hands.line.digit(SECOND)
    with pytest.raises(AgiHangup):
        await hands.line.start_copy("/live/1.sln48")
    with pytest.raises(AgiHangup):
        await record(hands.line)
    uniqueid, commands = await asyncio.gather(
        hands.line.variable("UNIQUEID"), hands.peer.answer(b"200 result=1 (pbx-1)\n")
    )
    assert uniqueid == "pbx-1"
    assert commands == [b'GET VARIABLE "UNIQUEID"']


@pytest.mark.parametrize(
    "last", [b"", b"200 result", b"200 result=-1 endpos=1\nHANGUP\nHANGUP\n", b"HANGUP\n"]
)
async def test_session_closed_by_asterisk(call: Call, last: bytes) -> None:
    """With AGIEXITONHANGUP Asterisk leaves after the hang-up; then nothing works any more."""
    hands = await call()

    async def leave() -> None:
        await hands.peer.command()
        hands.peer.say(last)
        hands.peer.end()

    gone, _ = await asyncio.gather(hands.line.play("x"), leave(), return_exceptions=True)

    assert isinstance(gone, AgiHangup)
    with pytest.raises(AgiHangup):
        await hands.line.variable("UNIQUEID")


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


@pytest.mark.parametrize(
    ("reply", "digit"),
    [(b"200 result=0\n", None), (b"200 result=50\n", "2"), (b"200 result=35\n", "#")],
)
async def test_digit_waits_in_milliseconds(call: Call, reply: bytes, digit: str | None) -> None:
    """Asterisk counts milliseconds there."""
    hands = await call()

    pressed, commands = await asyncio.gather(
        hands.line.digit(timedelta(seconds=2.5)), hands.peer.answer(reply)
    )

    assert pressed == digit
    assert commands == [b'WAIT FOR DIGIT "2500"']


@pytest.mark.parametrize("result", [b"-1", b"7", b"99999999", b"x"])
async def test_what_is_no_digit_is_refused(call: Call, result: bytes) -> None:
    """A result that is no key is never taken for one."""
    hands = await call()

    failed, _ = await asyncio.gather(
        hands.line.digit(SECOND),
        hands.peer.answer(b"200 result=" + result + b"\n", *[b"200 result=6\n"][: result == b"-1"]),
        return_exceptions=True,
    )

    assert isinstance(failed, AgiFailed)


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


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        (b"200 result=1 (pbx-1.0)\n", "pbx-1.0"),
        (b"200 result=1 (hangup)\n", "hangup"),
        (b"200 result=1 (a (b) c)\n", "a (b) c"),
        (b"200 result=1 (x) endpos=5)\n", "x) endpos=5"),
        (b"200 result=1 ()\n", ""),
        (b"200 result=0\n", None),
    ],
)
async def test_variable_and_stored_values(call: Call, reply: bytes, value: str | None) -> None:
    """A value is text, even when it looks like a part of a reply; `None` when not set."""
    hands = await call()

    async def both() -> tuple[str | None, str | None]:
        return await hands.line.variable("X"), await hands.line.stored("pbxb-call", "1")

    values, commands = await asyncio.gather(both(), hands.peer.answer(reply, reply))

    assert values == (value, value)
    assert commands == [b'GET VARIABLE "X"', b'DATABASE GET "pbxb-call" "1"']


@pytest.mark.parametrize(
    ("reply", "keys"),
    [
        (b"200 result=1 (k1,k2)\n", ["k1", "k2"]),
        (b"200 result=1 ()\n", []),
        (b"200 result=0\n", []),
    ],
)
async def test_stored_keys(call: Call, reply: bytes, keys: list[str]) -> None:
    """The keys of a family come in one reply."""
    hands = await call()

    found, commands = await asyncio.gather(
        hands.line.stored_keys("pbxb-call"), hands.peer.answer(reply)
    )

    assert found == keys
    assert commands == [b'GET FULL VARIABLE "${DB_KEYS(pbxb-call)}"']


async def test_family_with_a_meaning_is_refused(call: Call) -> None:
    """A family is put into an expression, so it must be a plain name."""
    hands = await call()

    with pytest.raises(UnsafeValue):
        await hands.line.stored_keys("x)}${SHELL(id)")


async def test_set_and_forget(call: Call) -> None:
    """What is set is quoted; forgetting what is not there is no error."""
    hands = await call()

    async def both() -> None:
        await hands.line.set_variable("X", 'a "b" \\')
        await hands.line.forget("pbxb-call", "1")

    _, commands = await asyncio.gather(
        both(), hands.peer.answer(b"200 result=1\n", b"200 result=0\n")
    )

    assert commands == [
        b'SET VARIABLE "X" "a \\"b\\" \\\\"',
        b'DATABASE DEL "pbxb-call" "1"',
    ]


async def test_unsafe_value_is_not_sent(call: Call) -> None:
    """After a refused value the session is still in step."""
    hands = await call()

    with pytest.raises(UnsafeValue):
        await hands.line.set_variable("X", "a\nHANGUP")

    value, commands = await asyncio.gather(
        hands.line.variable("X"), hands.peer.answer(b"200 result=1 (old)\n")
    )
    assert value == "old"
    assert commands == [b'GET VARIABLE "X"']


@pytest.mark.parametrize("reply", [b"510 Invalid or unknown command\n", USAGE])
async def test_refused_command_is_named_without_its_values(call: Call, reply: bytes) -> None:
    """The error may be logged, the value may be a caller's."""
    hands = await call()

    async def both() -> str | None:
        with pytest.raises(AgiFailed, match="SET VARIABLE") as caught:
            await hands.line.set_variable("X", "0301234567")
        assert "0301234567" not in str(caught.value)
        return await hands.line.variable("X")

    value, _ = await asyncio.gather(both(), hands.peer.answer(reply, b"200 result=1 (in step)\n"))

    assert value == "in step"


async def test_commands_never_interleave(call: Call) -> None:
    """A second task waits until the first one's command is answered."""
    hands = await call()

    first, second, commands = await asyncio.gather(
        hands.line.play("nope"),
        hands.line.variable("X"),
        hands.peer.answer(b"200 result=-1 endpos=0\n", b"200 result=6\n", b"200 result=1 (x)\n"),
        return_exceptions=True,
    )

    assert isinstance(first, AgiFailed)
    assert second == "x"
    assert commands == [b'STREAM FILE "nope" ""', b"CHANNEL STATUS", b'GET VARIABLE "X"']


async def test_cancelled_command_keeps_its_reply(call: Call) -> None:
    """The late reply of a cancelled command is not taken for the next one's."""
    hands = await call()
    playing = asyncio.create_task(hands.line.play("long"))
    await hands.peer.command()

    playing.cancel()
    value = asyncio.create_task(hands.line.variable("X"))
    await hands.peer.command()
    hands.peer.say(b"200 result=49 endpos=800\n200 result=1 (x)\n")

    assert await value == "x"
    assert playing.cancelled()


@pytest.mark.parametrize("verb", ["variable", "play", "digit", "record"])
async def test_silent_asterisk_ends_the_session(call: Call, verb: str) -> None:
    """Each command has a deadline; after it the session is closed, the dialplan goes on."""
    hands = await call()
    instant = timedelta(milliseconds=1)
    work: dict[str, Callable[[], Awaitable[object]]] = {
        "variable": lambda: hands.line.variable("X"),
        "play": lambda: hands.line.play("x"),
        "digit": lambda: hands.line.digit(instant),
        "record": lambda: hands.line.record("/r/1", keys="#", limit=instant, silence=SECOND),
    }
    beep = [b"200 result=0 endpos=2000\n"] if verb == "record" else []

    gone, _ = await asyncio.gather(work[verb](), hands.peer.answer(*beep), return_exceptions=True)

    assert isinstance(gone, AgiHangup)
    with pytest.raises(AgiHangup):
        await hands.line.variable("X")
    assert (await hands.peer.rest()).count(b"\n") == 1


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
