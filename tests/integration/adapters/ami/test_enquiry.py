"""What the doctor asks Asterisk, over real sockets."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from fake_asterisk import FakeAsterisk

from pbx_bridge.adapters.ami.enquiry import enquire
from pbx_bridge.adapters.ami.link import AmiConfig
from pbx_bridge.core.dialplan_needs import APPLICATIONS, FUNCTIONS
from pbx_bridge.core.self_call import Enquiry, Login, Report, SelfCall

pytestmark = pytest.mark.integration

CHECK = "12ab"
CHANNEL = "1768000000.7"
DONE = ("Stage: done", "AGI: SUCCESS", "Pong: 1", "Lock: 1", f"Written: {CHECK}", "Prompt: RIFF")

MODULES = (
    "Stage: modules",
    f"Applications: {''.join(f'&{name}-FAILED' for name in APPLICATIONS)}",
    *(f"{name}: 0" for name in FUNCTIONS),
)


@pytest.fixture
async def asterisk() -> AsyncIterator[FakeAsterisk]:
    """Yield a running Asterisk."""
    asterisk = FakeAsterisk()
    await asterisk.start()
    yield asterisk
    await asterisk.stop()


def config(asterisk: FakeAsterisk, **changes: object) -> AmiConfig:
    """Return our login there."""
    usual = AmiConfig(user="pbx-bridge", secret="right", port=asterisk.port)
    return replace(usual, **changes)  # type: ignore[arg-type]  # named by the tests below


class Ringing:
    """An enquiry under way: Asterisk has the order to ring itself."""

    def __init__(self, asterisk: FakeAsterisk) -> None:
        self.asterisk = asterisk
        self.result = asyncio.create_task(enquire(config(asterisk), CHECK, with_call=True))
        self.action_id = ""

    async def begin(self) -> None:
        """Wait for the order."""
        order = await self.asterisk.got("Originate")
        self.action_id = order["actionid"][0]
        assert order["channel"] == ["Local/s@pbxb-doctor/n"]
        assert order["variable"] == [f"PBXB_CHECK={CHECK}"]

    def answer(self, response: str) -> None:
        """Say what became of the order."""
        names = ("Event", "ActionID", "Response", "Reason", "Uniqueid")
        values = ("OriginateResponse", self.action_id, response, "4", "1768000000.6")
        self.asterisk.says(dict(zip(names, values, strict=True)))

    def tell(self, *lines: str, check: str = CHECK) -> None:
        """Let the test context send its event."""
        self.asterisk.user_event("PBXBDoctor", CHANNEL, f"Check: {check}", *lines)

    async def call(self) -> SelfCall | None:
        """Return what was learnt, soon."""
        async with asyncio.timeout(4):  # less than the doctor waits when nothing is said
            return (await self.result).call


@pytest.fixture
async def ringing(asterisk: FakeAsterisk) -> Ringing:
    """Return an enquiry whose call has begun."""
    ringing = Ringing(asterisk)
    await ringing.begin()
    return ringing


async def test_whole_call_is_reported(ringing: Ringing) -> None:
    """All three events."""
    ringing.tell("Stage: begun", "Version: 22.10.1")
    ringing.tell(*DONE)
    ringing.tell(*MODULES)

    report = Report(
        agi="SUCCESS", is_answered=True, has_lock=True, writes_recordings=True, reads_prompts=True
    )
    assert await ringing.call() == SelfCall(
        is_answered=True, version="22.10.1", report=report, lacking=()
    )


async def test_empty_answers_are_faults(ringing: Ringing) -> None:
    """Also a proof from another time."""
    ringing.tell("Stage: begun", "Version: ")
    ringing.tell("Stage: done", "AGI: FAILURE", "Pong: ", "Lock: ", "Written: 99ff", "Prompt: ")
    ringing.tell(
        "Stage: modules",
        "Applications: &app_dial-NOAPP&app_read-FAILED",
        "func_cut: ",
        "func_db: 0",
    )

    report = Report(
        agi="FAILURE",
        is_answered=False,
        has_lock=False,
        writes_recordings=False,
        reads_prompts=False,
    )
    lacking = ("app_dial", *(name for name in FUNCTIONS if name != "func_db"))
    assert await ringing.call() == SelfCall(
        is_answered=True, version="", report=report, lacking=lacking
    )


async def test_unknown_context_is_told_at_once(ringing: Ringing) -> None:
    """Asterisk says that nobody answered; nothing more is waited for."""
    ringing.answer("Failure")

    assert await ringing.call() == SelfCall()


async def test_channel_that_ends_in_the_middle_is_told_at_once(ringing: Ringing) -> None:
    """AGI() does not exist: the dialplan stops there."""
    ringing.answer("Success")
    ringing.tell("Stage: begun", "Version: 22.10.1")
    hangup = {"Event": "Hangup", "ChannelState": "6", "Channel": "x", "Cause": "16"}
    ringing.asterisk.says(hangup | {"Uniqueid": CHANNEL})

    assert await ringing.call() == SelfCall(is_answered=True, version="22.10.1")


async def test_older_dialplan_ends_without_a_word_about_modules(ringing: Ringing) -> None:
    """It was installed by another release: what it did say counts."""
    ringing.tell("Stage: begun", "Version: 22.10.1")
    ringing.tell(*DONE)
    hangup = {"Event": "Hangup", "ChannelState": "6", "Channel": "x", "Cause": "16"}
    ringing.asterisk.says(hangup | {"Uniqueid": CHANNEL})

    call = await ringing.call()

    assert call is not None
    assert (call.report is not None, call.lacking) == (True, None)


async def test_other_channels_may_end_meanwhile(ringing: Ringing) -> None:
    """Somebody else hangs up: our call goes on."""
    ringing.tell("Stage: begun", "Version: 22.10.1")
    hangup = {"Event": "Hangup", "ChannelState": "6", "Channel": "x", "Uniqueid": "another"}
    ringing.asterisk.says(hangup)
    done, _ = await asyncio.wait({ringing.result}, timeout=0.05)
    ringing.tell(*DONE)
    ringing.tell(*MODULES)

    call = await ringing.call()

    assert not done
    assert call is not None
    assert call.report is not None


async def test_events_of_another_check_are_not_ours(ringing: Ringing) -> None:
    """Two people may run the doctor at once."""
    ringing.tell("Stage: begun", "Version: 16.0.0", check="ffff")
    ringing.tell(*DONE, check="ffff")
    ringing.tell(*MODULES, check="ffff")
    ringing.answer("Failure")

    assert await ringing.call() == SelfCall()


async def test_refused_order_is_told_with_its_reason(asterisk: FakeAsterisk) -> None:
    """For example without the right originate."""
    asterisk.refuses["Originate"] = "Permission denied"

    enquiry = await enquire(config(asterisk), CHECK, with_call=True)

    assert enquiry.call == SelfCall(refusal="Permission denied")


async def test_without_a_call_only_login_and_rights_are_asked(asterisk: FakeAsterisk) -> None:
    """Nobody rings a dialplan that is known to be missing."""
    enquiry = await enquire(config(asterisk), CHECK, with_call=False)

    assert (enquiry.login, enquiry.call) == (Login.ACCEPTED, None)
    assert [action["action"][0] for action in asterisk.actions] == ["Login", "ListCommands"]


async def login_of(asterisk: FakeAsterisk, **changes: object) -> Login:
    """Return how the login ends."""
    enquiry: Enquiry = await enquire(config(asterisk, **changes), CHECK, with_call=True)
    return enquiry.login


async def test_each_way_to_fail_a_login_is_told_apart(asterisk: FakeAsterisk) -> None:
    """Each has another remedy."""
    soon = timedelta(milliseconds=100)

    assert await login_of(asterisk, secret="wrong") is Login.REFUSED
    asterisk.is_deaf = True
    assert await login_of(asterisk, connect_deadline=soon) is Login.SILENT
    asterisk.is_closing = True
    assert await login_of(asterisk, connect_deadline=soon) is Login.SILENT
    await asterisk.stop()
    assert await login_of(asterisk) is Login.UNREACHABLE


async def test_asterisk_that_does_not_say_that_it_is_ready_is_not_rung(
    asterisk: FakeAsterisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It still starts, or our account may not hear it."""
    monkeypatch.setattr("pbx_bridge.adapters.ami.enquiry.BOOT_LIMIT", timedelta(milliseconds=50))
    asterisk.is_booted = False

    assert await login_of(asterisk) is Login.NOT_BOOTED
    assert asterisk.named("Originate") == []
