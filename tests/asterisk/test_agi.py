"""`AgiServer` and `AgiLine` on a real Asterisk: what only it can prove."""

import array
import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from boxes import Box, CallReport, CallSpec, parse_keys
from stage import own_folder
from structlog.testing import capture_logs

from pbx_bridge.adapters.agi.server import AgiPort, AgiServer
from pbx_bridge.adapters.agi.session import AgiLine
from pbx_bridge.core.case import MessageEnd
from pbx_bridge.errors import AgiFailed, AgiHangup

pytestmark = pytest.mark.asterisk

OFFSET = 7
SECRET = 's"e(c)r\\et'
PLAIN, CLEANED, EXITING, WRONG = "4930555201", "4930555202", "4930555203", "4930555204"
SECOND = timedelta(seconds=1)
WORDS = "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn"
DIALPLAN = f"""
[from-trunk](+)
exten => {PLAIN},1,Answer()
 same => n,AGI(agi://127.0.0.1:@AGI@/test,@SECRET@)
 same => n,UserEvent(AgiOver,Exten: ${{EXTEN}})
 same => n,Hangup()
exten => {CLEANED},1,Set(CALLERID(num)=${{FILTER(0-9+,${{CALLERID(num)}})}})
 same => n,Set(CALLERID(name)=${{FILTER(0-9a-zA-Z .\\-,${{CALLERID(name)}})}})
 same => n,Goto({PLAIN},1)
exten => {EXITING},1,Set(AGIEXITONHANGUP=yes)
 same => n,Goto({PLAIN},1)
exten => {WRONG},1,Answer()
 same => n,AGI(agi://127.0.0.1:@AGI@/test,nonsense)
 same => n,UserEvent(AgiOver,Exten: ${{EXTEN}})
 same => n,Hangup()
"""


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    """A box of its own whose PBX has numbers that lead to our AGI port."""
    box = Box(own_folder("agi-test"), OFFSET)
    box.up(fresh=True)
    escaped = SECRET.replace("\\", "\\\\").replace('"', '\\"')
    dialplan = DIALPLAN.replace("@AGI@", str(box.ports.agi)).replace("@SECRET@", escaped)
    with (box.pbx_etc / "extensions.conf").open("a") as extensions:
        extensions.write(dialplan)
    box.reload_dialplan()
    yield box
    box.down()


Work = Callable[[AgiLine], Awaitable[None]]


class Phone:
    """Places calls into a handler."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.beep = str(box.pbx_sounds / "en/beep")
        self.work: Work | None = None
        self.failure: Exception | None = None
        self.served = 0

    async def handle(self, line: AgiLine) -> None:
        """Do the test's work; a failed assertion is kept for the test."""
        assert self.work is not None
        self.served += 1
        try:
            await self.work(line)
        except (Exception, AssertionError) as exc:  # noqa: BLE001  the test raises it
            self.failure = exc

    async def call(self, work: Work, **spec: object) -> CallReport:
        """Call a number, do *work* with the channel, return what the caller saw."""
        self.work = work
        wanted = CallSpec(**{"to": PLAIN, "timeout_s": 30.0, **spec})  # type: ignore[arg-type]
        report = await asyncio.to_thread(self.box.place_call, wanted)
        if self.failure is not None:
            raise self.failure
        return report


@pytest.fixture
async def phone(box: Box) -> AsyncIterator[Phone]:
    """Our AGI port, ready for calls."""
    phone = Phone(box)
    server = AgiServer(
        {"test": phone.handle},
        AgiPort(port=box.ports.agi, secret=SECRET),
        beep_sound=phone.beep,
    )
    await server.start()
    yield phone
    await server.stop()


def recording(box: Box, name: str) -> str:
    """Return a path that Asterisk may write, without extension."""
    return str(box.pbx_spool / "recording" / name)


def size_of(path: str) -> int:
    """Return a file's size in bytes."""
    return Path(path).stat().st_size


def loudest(samples: bytes) -> int:
    """Return the greatest amplitude of int16 *samples*."""
    return max(map(abs, array.array("h", samples)), default=0)


@pytest.mark.parametrize("number", [PLAIN, EXITING])
async def test_hang_up_while_recording(phone: Phone, box: Box, number: str) -> None:
    """The recording counts, the next call raises, with AGIEXITONHANGUP and without."""
    path = recording(box, f"hangup-{number}")

    async def work(line: AgiLine) -> None:
        recorded = await line.record(path, keys="#", limit=30 * SECOND, silence=9 * SECOND)
        assert recorded.end is MessageEnd.HANGUP
        assert 0.5 < recorded.message_s < 3
        with pytest.raises(AgiHangup):
            await line.play(phone.beep)
        if number == PLAIN:
            assert await line.variable("UNIQUEID") == line.channel_id
        else:
            with pytest.raises(AgiHangup):
                await line.variable("UNIQUEID")

    report = await phone.call(work, to=number, say=WORDS, hangup_after_s=2.5)

    assert report.hung_up_by == "caller"
    assert phone.served == 1
    assert size_of(f"{path}.wav") > 8_000


async def test_how_a_recording_ends(phone: Phone, box: Box) -> None:
    """Silence, a full recording and the key # are told apart."""
    path = recording(box, "ends")

    async def work(line: AgiLine) -> None:
        full = await line.record(path, keys="#", limit=2 * SECOND, silence=9 * SECOND)
        assert full.end is MessageEnd.FULL
        assert full.message_s == pytest.approx(2.0, abs=0.1)
        digit = await line.record(path, keys="#", limit=20 * SECOND, silence=9 * SECOND)
        assert digit.end is MessageEnd.DIGIT
        silence = await line.record(path, keys="#", limit=20 * SECOND, silence=2 * SECOND)
        assert silence.end is MessageEnd.SILENCE
        assert silence.message_s < 3

    report = await phone.call(work, keys=parse_keys("4s:#"))

    assert report.digits == "#"
    assert report.hung_up_by == "far"


async def test_missing_sound_is_no_hang_up(phone: Phone) -> None:
    """The error names the sound, and the call goes on."""

    async def work(line: AgiLine) -> None:
        with pytest.raises(AgiFailed, match="no-such-sound"):
            await line.play("no-such-sound")
        assert await line.play(phone.beep) is None

    report = await phone.call(work)

    assert report.first_sound_s is not None


async def test_unwritable_recording_is_no_hang_up(phone: Phone) -> None:
    """The error names the file, and the call goes on."""

    async def work(line: AgiLine) -> None:
        with pytest.raises(AgiFailed, match="/nonexistent/x"):
            await line.record("/nonexistent/x", keys="#", limit=SECOND, silence=SECOND)
        assert await line.variable("UNIQUEID") == line.channel_id

    assert (await phone.call(work)).hung_up_by == "far"


async def test_keys(phone: Phone) -> None:
    """A key stops a sound, a key is waited for, a key that is not wanted is not taken."""

    async def work(line: AgiLine) -> None:
        assert await line.digit(3 * SECOND) == "7"
        assert await line.digit(SECOND / 5) is None
        pressed = None
        while pressed is None:
            pressed = await line.play(phone.beep, "1*")
        assert pressed == "*"

    report = await phone.call(work, keys=parse_keys("0.5s:7 1.5s:5 2s:*"))

    assert report.hung_up_by == "far"


async def test_live_copy_has_the_caller_only(phone: Phone, box: Box) -> None:
    """What we play is not in it; it grows while he speaks; the firm's own recording goes on."""
    copy = box.pbx_spool / "live" / "copy.sln48"
    sizes: list[int] = []

    async def work(line: AgiLine) -> None:
        box.cli("pbx", f"mixmonitor start {line.channel} {recording(box, 'firm')}.wav")
        await line.start_copy(str(copy))
        for _ in range(6):
            await line.play(phone.beep)
        sizes.append(copy.stat().st_size)
        path = recording(box, "copied")
        await line.record(path, keys="#", limit=4 * SECOND, silence=9 * SECOND)
        sizes.append(copy.stat().st_size)
        await line.stop_copy()
        await line.digit(SECOND)
        sizes.append(copy.stat().st_size)
        monitors = box.cli("pbx", f"mixmonitor list {line.channel}")
        assert "recording/firm" in monitors
        assert "copy.sln48" not in monitors

    await phone.call(work, say=WORDS, speak_at_s=2.0)

    ours, his, after = sizes
    samples = copy.read_bytes()
    assert loudest(samples[: 96_000 * 3 // 2]) < 500
    assert loudest(samples[96_000 * 2 :]) > 3_000
    assert his - ours > 96_000 * 3
    assert after - his < 96_000 // 2


async def test_values_survive_both_ways(phone: Phone) -> None:
    """Variables hold any text of one line; brackets, quotes and expressions are only text."""
    values = ['a (b) "c" \\d', "hangup", "${SHELL(id)}", "Jürgen, 日本", "x) endpos=5", "", " a "]

    async def work(line: AgiLine) -> None:
        for value in values:
            await line.set_variable("PBXB_TEST", value)
            assert await line.variable("PBXB_TEST") == value
        assert await line.variable("PBXB_NEVER_SET") is None
        await line.set_variable("PBXB_TEST", "x" * 3000)
        assert set(await line.variable("PBXB_TEST") or "") == {"x"}  # cut at 1023 by 22.10

    await phone.call(work)

    assert phone.served == 1


async def test_stored_values(phone: Phone, box: Box) -> None:
    """AstDB is listed, read and cleaned."""
    keys = [f"pbx-1795320543.{number}" for number in range(60)]
    for key in keys:
        box.cli("pbx", f"database put pbxb-test {key} new/{key}")

    async def work(line: AgiLine) -> None:
        assert sorted(await line.stored_keys("pbxb-test")) == sorted(keys)
        assert await line.stored("pbxb-test", keys[7]) == f"new/{keys[7]}"
        for key in keys:
            await line.forget("pbxb-test", key)
        await line.forget("pbxb-test", keys[0])
        assert await line.stored_keys("pbxb-test") == []
        assert await line.stored("pbxb-test", keys[7]) is None

    await phone.call(work)

    assert phone.served == 1


HOSTILE = [
    "49%0aagi_network_script%3a%20evil",
    "49%0d%0aEvil%3a%20yes",
    "49%0aagi_arg_1%3a%20x",
    "49%0a%0a200%20result=1%20(fake)",
    "49%0aagi_accountcode%3a%20%0a%0a200%20result=1%20(fake)",
]


@pytest.mark.parametrize("user", HOSTILE)
async def test_hostile_caller_number_is_cleaned(phone: Phone, user: str) -> None:
    """The dialplan's first line leaves digits; nothing else reaches us."""

    async def work(line: AgiLine) -> None:
        assert line.caller_number is not None
        assert line.caller_number.startswith("49")
        assert line.channel.startswith("PJSIP/trunk-")
        assert await line.variable("UNIQUEID") == line.channel_id

    await phone.call(work, to=CLEANED, hostile_from=f'"x" <sip:{user}@127.0.0.1>;tag=1')

    assert phone.served == 1


@pytest.mark.parametrize("user", HOSTILE)
async def test_hostile_caller_number_is_refused(phone: Phone, box: Box, user: str) -> None:
    """Where the dialplan forgot to clean, no forged line is believed, and the call goes on."""

    async def work(line: AgiLine) -> None:
        await line.variable("UNIQUEID")

    with (
        capture_logs() as logged,
        box.ami() as ami,
        ami.listen(lambda event: event.get("UserEvent") == "AgiOver") as over,
    ):
        await phone.call(work, hostile_from=f'"x" <sip:{user}@127.0.0.1>;tag=1')
        over.expect(5, "the dialplan behind AGI()")

    assert [entry["event"] for entry in logged] == ["agi.session_refused"]
    assert phone.served == 0


async def test_wrong_secret_is_refused_and_the_call_goes_on(phone: Phone, box: Box) -> None:
    """The dialplan behind AGI() runs, as with no daemon at all."""

    async def work(line: AgiLine) -> None:
        raise AssertionError(line.channel)

    with (
        capture_logs() as logged,
        box.ami() as ami,
        ami.listen(lambda event: event.get("UserEvent") == "AgiOver") as over,
    ):
        report = await phone.call(work, to=WRONG)
        over.expect(5, "the dialplan behind AGI()")

    assert [entry["event"] for entry in logged] == ["agi.session_refused"]
    assert report.is_answered
