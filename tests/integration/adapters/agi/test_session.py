"""`AgiLine` against an Asterisk that answers byte for byte as 22.10 did."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from agi_peer import Call

from pbx_bridge.errors import AgiFailed, AgiHangup, UnsafeValue
from pbx_bridge.ports import Line

pytestmark = pytest.mark.integration

DEAD = b"511 Command Not Permitted on a dead channel or intercept routine\n"
USAGE = b"520-Invalid command syntax.  Proper usage follows:\nUsage\n520 End of proper usage.\n"
SECOND = timedelta(seconds=1)


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
        await hands.line.record("/r/1", keys="#", limit=6 * SECOND, silence=SECOND)
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
