"""`AmiPhones` on a real Asterisk, with the login and the filter that we ship."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import asterisk.manager
import pytest
from boxes import Box, CallSpec
from phone_worlds import Told
from stage import own_folder

from pbx_bridge.adapters.ami.link import AmiConfig, AmiLink
from pbx_bridge.adapters.ami.orders import ring_order
from pbx_bridge.adapters.ami.phones import AmiPhones, RingConfig
from pbx_bridge.errors import AmiRejected
from pbx_bridge.ports import RingOrder

pytestmark = pytest.mark.asterisk

ROOT = Path(__file__).parents[2]
OFFSET = 5
USER, SECRET = "pbx-bridge", "a-long-secret"
UNCLEANED, CLEANED = "4930555801", "4930555802"
"""Numbers of the PBX: one whose dialplan believes the caller, one that cleans him first."""

PREFIX = "4930231250"
WAIT_S = 40
RING = timedelta(seconds=5)

DIALPLAN = f"""
[from-trunk](+)
exten => {UNCLEANED},1,Answer()
 same => n,Wait(1)
 same => n,Hangup()
exten => {CLEANED},1,Set(PBXB_CALL=${{UNIQUEID}})
 same => n,Set(CALLERID(num)=${{FILTER(0-9+,${{CALLERID(num)}})}})
 same => n,Answer()
 same => n,UserEvent(PBXBFallback,Call: ${{PBXB_CALL}})
 same => n,Wait(3)
 same => n,Hangup()
exten => T,1,UserEvent(PBXBFallback,Call: lease-lost)
 same => n,Hangup()

[pbxb-technician]
exten => s,1,Answer()
 same => n,UserEvent(PBXBKey,Channel: ${{UNIQUEID}})
 same => n,Wait(${{IF($["${{PBXB_LANG}}"="en"]?60:1)}})
 same => n,Hangup()
exten => T,1,UserEvent(PBXBFallback,Call: ${{PBXB_CALL}})
 same => n,Hangup()

[pbxb-idle]
exten => s,1,Wait(60)

[pbxb-remember]
exten => store,1,Set(DB(${{PBXB_FAMILY}}/${{PBXB_KEY}})=${{PBXB_VALUE}})
 same => n,Answer()
 same => n,Hangup()

[pbxb-report]
exten => s,1,Answer()
 same => n,UserEvent(PBXBFallback,Call: report)
 same => n,Hangup()

[through]
exten => _X.,1,Dial(PJSIP/${{EXTEN}}@trunk)
"""


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    """A box whose PBX has our login, rendered from the file that we ship."""
    box = Box(own_folder("phones-test"), OFFSET)
    box.up(fresh=True)
    with (box.pbx_etc / "extensions.conf").open("a") as extensions:
        extensions.write(DIALPLAN)
    login = (ROOT / "dialplan/manager.conf").read_text()
    folder = box.pbx_etc / "manager.d"
    folder.mkdir(exist_ok=True)
    rendered = login.replace("@USER@", USER).replace("@SECRET@", SECRET)
    (folder / "pbx-bridge.conf").write_text(rendered)
    box.reload_dialplan()
    yield box
    box.down()


class Line:
    """Phones of one box, and what they told."""

    def __init__(self, box: Box, dial: str = "PJSIP/{number}@trunk") -> None:
        self.told, self.box = Told(WAIT_S), box
        config = AmiConfig(user=USER, secret=SECRET, port=box.ports.pbx_ami)
        self.link = AmiLink(config)
        self.config = RingConfig(
            dial=dial,
            roster=frozenset(f"{PREFIX}{number}" for number in range(100, 130)),
            caller_id="493055550",
        )
        self.phones = AmiPhones(self.link, self.told, self.config)


@pytest.fixture
async def line(box: Box) -> AsyncIterator[Line]:
    """Return phones that are logged in."""
    line = Line(box)
    await line.link.start()
    await line.told.until("restored")
    line.told.said.clear()
    yield line
    await line.link.stop()


def order(case: int, mobile: str, **more: object) -> RingOrder:
    """Return the order to ring a mobile of the box."""
    plain = RingOrder(
        channel_id=f"{case}-1",
        token="a1b2",
        number=PREFIX + mobile,
        timeout=RING,
        case_id=str(case),
        attempt=1,
        technician="anna",
        call_id=f"pbx-{case}.7",
        caller_number="49301",
        recording="/var/spool/x",
        language="de",
    )
    return replace(plain, **more)


async def test_each_mobile_ends_as_it_behaves(line: Line) -> None:
    """All at once: who is not there, busy, unreachable, or answers without a key."""
    expected = {
        "101": ["no-answer"],
        "102": ["busy"],
        "104": ["answered", "no-answer"],  # a mailbox
        "105": ["answered", "no-answer"],
        "106": ["answered", "no-answer"],
        "107": ["unreachable"],
        "108": ["unreachable"],
        "109": ["busy"],  # rejected by hand
        "110": ["unreachable"],  # switched off
        "111": ["answered", "no-answer"],
    }

    for mobile in expected:
        await line.phones.ring(order(int(mobile), mobile))
    found: dict[str, list[str]] = {}
    async with asyncio.TaskGroup() as group:
        for mobile, ends in expected.items():
            group.create_task(line.told.until("ended", f"{mobile}-1", ends[-1]))
    for words in line.told.said:
        if words[0] in {"answered", "ended"}:
            what = "answered" if words[0] == "answered" else words[2]
            found.setdefault(words[1].removesuffix("-1"), []).append(str(what))

    assert found == expected


async def test_answered_leg_runs_into_our_dialplan(line: Line) -> None:
    """Its UserEvent passes the filter, and is about the leg that we ordered."""
    await line.phones.ring(order(201, "111"))

    await line.told.until("key", "201-1")


async def test_endpoint_that_does_not_exist_is_unreachable(box: Box) -> None:
    """No channel, no Hangup: known half a second later all the same."""
    line = Line(box, "PJSIP/{number}@nowhere")
    await line.link.start()
    await line.told.until("restored")

    await line.phones.ring(order(202, "101"))
    await line.told.until("ended", "202-1", "unreachable")

    await line.link.stop()


@pytest.mark.parametrize("dial", ["PJSIP/{number}@trunk", "Local/{number}@through/n"])
async def test_leg_is_seen_followed_and_cancelled(box: Box, dial: str) -> None:
    """Also with a dial template through a Local channel, and by a service that is new."""
    first, second = Line(box, dial), Line(box, dial)
    for line in (first, second):
        await line.link.start()
        await line.told.until("restored")
    case = 203 if dial.startswith("PJSIP") else 204
    await first.phones.ring(order(case, "111", language="en"))
    await first.told.until("answered", f"{case}-1")
    await first.link.stop()

    live = await second.phones.live()
    await second.phones.ring(order(case, "111", language="en"))  # refused in the leg's own name
    await second.phones.cancel(f"{case}-1")
    await second.told.until("ended", f"{case}-1", "no-answer")
    await second.phones.cancel(f"{case}-1")
    gone = await second.phones.live()
    await second.link.stop()

    assert [(leg.channel_id, leg.call_id, leg.is_up) for leg in live] == [(f"{case}-1", "", True)]
    assert gone == []


async def test_second_order_of_a_new_service_spares_the_living_leg(box: Box, line: Line) -> None:
    """Asterisk reports a failure in the living leg's name; the leg is adopted instead."""
    await line.phones.ring(order(205, "111", language="en"))
    await line.told.until("answered", "205-1")
    new = Line(box)
    await new.link.start()
    await new.told.until("restored")

    await new.phones.ring(order(205, "111", language="en"))
    await new.told.until("answered", "205-1")
    await line.phones.cancel("205-1")
    await new.told.until("ended", "205-1", "no-answer")
    await new.link.stop()

    assert [words for words in new.told.said if words[0] == "ended"] == [
        ("ended", "205-1", "no-answer")
    ]


async def test_ring_is_cancelled_before_it_rings(line: Line) -> None:
    """The race between the order and the change of mind has one end: silence."""
    await line.phones.ring(order(206, "101"))
    await line.phones.cancel("206-1")

    await line.told.until("ended", "206-1", "no-answer")
    assert await line.phones.live() == []


async def test_lease_runs_out_unless_renewed(line: Line) -> None:
    """`TIMEOUT(absolute)` is set on a living channel; one that is gone is refused."""
    await line.phones.ring(order(207, "111", language="en"))
    await line.told.until("answered", "207-1")
    [leg] = await line.phones.live()

    await line.phones.extend(leg.channel, timedelta(seconds=1))
    await line.told.until("fallback", "pbx-207.7")
    await line.told.until("ended", "207-1", "no-answer")
    with pytest.raises(AmiRejected):
        await line.phones.extend(leg.channel, timedelta(seconds=1))


async def test_caller_is_seen_with_his_call(box: Box, line: Line) -> None:
    """A channel with our variable is a caller of ours; others are not looked at."""
    call = await asyncio.to_thread(
        box.start_call, CallSpec(to=CLEANED, timeout_s=20, hangup_after_s=2)
    )
    await asyncio.to_thread(call.wait_for, "answered", 10)
    live = await line.phones.live()
    await asyncio.to_thread(call.wait)

    assert [channel.call_id for channel in live] == [live[0].channel_id]


async def test_astdb_is_written_and_read_with_least_rights(line: Line) -> None:
    """DB() over AMI is forbidden: the dialplan writes, DBGet reads."""
    await line.phones.remember("pbxb-taken", "pbx-1.7", "anna/17-1/a1b2")
    await line.phones.remember("pbxb-oncall", "list", "+491711&+491712")

    assert await line.phones.recall("pbxb-taken", "pbx-1.7") == "anna/17-1/a1b2"
    assert await line.phones.recall("pbxb-oncall", "list") == "+491711&+491712"
    assert await line.phones.recall("pbxb-taken", "pbx-1.8") is None


async def test_value_in_astdb_can_be_taken_away(line: Line) -> None:
    """An empty one is none: for the dialplan, and for us."""
    await line.phones.remember("pbxb-taken", "pbx-1.9", "anna/17-1/a1b2")

    await line.phones.remember("pbxb-taken", "pbx-1.9", "")

    assert not await line.phones.recall("pbxb-taken", "pbx-1.9")


async def test_report_is_asked_for_once(line: Line) -> None:
    """One half of the Local channel runs our context; the other idles."""
    await line.phones.ask_for_report()
    await line.told.until("fallback", "report")
    await line.phones.live()

    assert line.told.said.count(("fallback", "report")) == 1


FORGED = "49\r\n\r\nEvent: UserEvent\r\nUserEvent: PBXBKey\r\nUniqueid: 66-6\r\n\r\nX: y"
"""A caller's number with a whole event in it, as `test_hostile_from_forges_no_event` proves."""


@pytest.mark.parametrize("number", [UNCLEANED, CLEANED])
async def test_hostile_from_forges_no_event(box: Box, line: Line, number: str) -> None:
    """
    A complete event in the caller's number is believed by nobody, cleaned or not.

    The harness' login without our filter does see it: the attack is real.
    """
    header = f'"x" <sip:{quote(FORGED, safe="")}@127.0.0.1>;tag=1'
    spec = CallSpec(to=number, hostile_from=header, timeout_s=20)

    with box.ami() as ami, ami.listen(lambda e: e.get("UserEvent") == "PBXBKey") as forged:
        call = await asyncio.to_thread(box.start_call, spec)
        await asyncio.to_thread(call.wait_for, "answered", 10)
        await line.phones.live()  # a list is not filtered
        await asyncio.to_thread(call.wait)
        await line.phones.live()  # whatever the end of the call brought, came before this
        seen = await asyncio.to_thread(forged.expect, 5, "the forged event")

    assert seen["Uniqueid"] == "66-6"
    assert ("key", "66-6") not in line.told.said


async def test_killed_asterisk_is_noticed_and_found_again(box: Box, line: Line) -> None:
    """Lost within a second, restored when it has booted; then it rings at once."""
    await line.phones.ring(order(208, "101"))

    await asyncio.to_thread(box.kill_pbx)
    await line.told.until("lost")
    await asyncio.to_thread(box.start_instance, "pbx")
    await line.told.until("restored")
    live = await line.phones.live()
    await line.phones.ring(order(209, "102"))

    assert live == []
    await line.told.until("ended", "208-1", "unreachable")
    await line.told.until("ended", "209-1", "busy")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # pyst2's own
async def test_second_client_sets_the_same_variables(box: Box, line: Line) -> None:
    """pyst2 sends our order its own way; Asterisk shows the same channel for both."""
    ours, theirs = order(210, "101"), order(211, "101")
    sent = ring_order(theirs, line.config)

    def ring_with_pyst2() -> str:
        manager = asterisk.manager.Manager()
        manager.connect("127.0.0.1", box.ports.pbx_ami)
        manager.login(USER, SECRET)
        answer = manager.send_action(dict(sent))
        with suppress(ValueError):  # its reader may close the file before its Logoff is flushed
            manager.close()
        return str(answer.headers["Response"])

    names = "PBXB_TECHNICIAN,PBXB_TOKEN,PBXB_CALLER,PBXB_RECORDING,PBXB_LANG"
    with box.ami() as ami, ami.listen(lambda e: e.get("ChannelStateDesc") == "Ringing") as rings:
        await line.phones.ring(ours)
        response = await asyncio.to_thread(ring_with_pyst2)
        found = set()
        while found != {"210-1", "211-1"}:
            event = await asyncio.to_thread(rings.expect, 5, "two rings")
            found.add(event["Uniqueid"])
    items = await line.link.send_list({"Action": "Status", "Variables": names}, RING)
    for leg in ("210-1", "211-1"):
        await line.phones.cancel(leg)

    assert response == "Success"
    assert len({str(item["variable"]) for item in items}) == 1
