"""What every `Phones` promises: the fake, and the real one over a socket to a scripted Asterisk."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

import pytest
from fake_asterisk import WAIT_S, FakeAsterisk, FakeChannel
from fakes import FakePhones

from pbx_bridge.adapters.ami.link import AmiConfig, AmiLink
from pbx_bridge.adapters.ami.phones import AmiPhones, RingConfig
from pbx_bridge.core.case import RingOutcome
from pbx_bridge.errors import AmiRejected, AmiUnavailable, UnsafeValue
from pbx_bridge.ports import LiveChannel, Phones, RingOrder

pytestmark = pytest.mark.integration

LEG = "17-1"

ORDER = RingOrder(
    channel_id=LEG,
    token="a1b2",
    number="+491711",
    timeout=timedelta(seconds=25),
    case_id="17",
    attempt=1,
    technician="anna",
    call_id="pbx-1.7",
    caller_number="49301",
    recording="/var/spool/pbx-1.7",
    language="de",
)

CALLER = "PJSIP/trunk-caller"

CAUSES = {RingOutcome.BUSY: 17, RingOutcome.NO_ANSWER: 19, RingOutcome.UNREACHABLE: 34}


class Told:
    """Implements `PhoneEvents`: a list, and a way to wait for it."""

    def __init__(self) -> None:
        self.said: list[tuple[str, ...]] = []
        self._changed = asyncio.Event()

    def _say(self, *words: str) -> None:
        self.said.append(words)
        self._changed.set()

    def ring_answered(self, channel_id: str) -> None:
        """Note it."""
        self._say("answered", channel_id)

    def ring_ended(self, channel_id: str, outcome: RingOutcome) -> None:
        """Note it."""
        self._say("ended", channel_id, outcome)

    def key_stored(self, channel_id: str) -> None:
        """Note it."""
        self._say("key", channel_id)

    def fallback_moved(self, call_id: str) -> None:
        """Note it."""
        self._say("fallback", call_id)

    def line_restored(self) -> None:
        """Note it."""
        self._say("restored")

    def line_lost(self) -> None:
        """Note it."""
        self._say("lost")

    async def until(self, *words: str) -> None:
        """Wait until this was said."""
        async with asyncio.timeout(WAIT_S):
            while words not in self.said:
                self._changed.clear()
                await self._changed.wait()


class World(Protocol):
    """Phones and what can happen to them."""

    phones: Phones
    told: Told

    def rung(self) -> list[str]:
        """Return which orders made a mobile ring."""
        ...

    def answers(self, channel_id: str) -> None:
        """Let somebody, or a mailbox, pick up."""
        ...

    def ends(self, channel_id: str, outcome: RingOutcome) -> None:
        """Let a leg go."""
        ...

    def caller(self, call_id: str) -> None:
        """Let a caller be on the line."""
        ...

    async def goes_down(self) -> None:
        """Let the login be lost and stay away."""
        ...

    async def comes_back(self) -> None:
        """Let the login be possible again."""
        ...


class FakeWorld:
    """`FakePhones`."""

    def __init__(self) -> None:
        self.told = Told()
        self.phones = FakePhones(self.told)
        self.phones.numbers = frozenset({ORDER.number})
        self.answers, self.ends = self.phones.answers, self.phones.ends

    def rung(self) -> list[str]:
        """Return which orders made a mobile ring."""
        return [order.channel_id for order in self.phones.rings]

    def caller(self, call_id: str) -> None:
        """Let a caller be on the line."""
        self.phones.channels[call_id] = LiveChannel(
            channel=CALLER, channel_id=call_id, call_id=call_id, is_up=True
        )

    async def goes_down(self) -> None:
        """Let the login be lost."""
        self.phones.goes_down()

    async def comes_back(self) -> None:
        """Let the login be restored."""
        self.phones.comes_back()


class AmiWorld:
    """`AmiPhones` with a scripted Asterisk."""

    def __init__(self, server: FakeAsterisk, link: AmiLink) -> None:
        self.server, self.link, self.told = server, link, Told()
        roster = frozenset({ORDER.number, "+491719"})
        config = RingConfig(dial="PJSIP/{number}@trunk", roster=roster)
        self.phones = AmiPhones(link, self.told, config)
        self.answers = server.answers

    def rung(self) -> list[str]:
        """Return which orders made a mobile ring."""
        orders = self.server.named("Originate")
        return [order["channelid"][0] for order in orders if "channelid" in order]

    def ends(self, channel_id: str, outcome: RingOutcome) -> None:
        """Let a leg go."""
        reason = 3 if outcome is RingOutcome.NO_ANSWER else 0
        self.server.ends(channel_id, reason=reason, cause=CAUSES[outcome])

    def caller(self, call_id: str) -> None:
        """Let a caller be on the line, and a stranger whose call is none of ours."""
        ours = FakeChannel(name=CALLER, state=6, variables={"PBXB_CALL": call_id})
        self.server.channels |= {call_id: ours, "1.99": FakeChannel(name="PJSIP/x", state=6)}

    async def goes_down(self) -> None:
        """Stop the server."""
        await self.server.stop()
        await self.told.until("lost")

    async def comes_back(self) -> None:
        """Start it again."""
        self.told.said = [words for words in self.told.said if words != ("restored",)]
        await self.server.start()
        await self.told.until("restored")


@pytest.fixture
async def ami_world() -> AsyncIterator[AmiWorld]:
    """Return the real one, logged in."""
    server = FakeAsterisk()
    await server.start()
    pause = timedelta(milliseconds=10)
    config = AmiConfig(
        user="u", secret="right", port=server.port, first_pause=pause, longest_pause=pause
    )
    link = AmiLink(config)
    world = AmiWorld(server, link)
    await link.start()
    await world.told.until("restored")
    world.told.said.clear()
    yield world
    await link.stop()
    await server.stop()


@pytest.fixture(params=["fake", "ami"])
def world(request: pytest.FixtureRequest) -> World:
    """Return one of the two."""
    return FakeWorld() if request.param == "fake" else request.getfixturevalue("ami_world")


# ---------------------------------------------------------------- both


async def test_ordered_mobile_rings(world: World) -> None:
    """One order, one ring."""
    await world.phones.ring(ORDER)

    assert world.rung() == [LEG]


async def test_same_order_twice_rings_once(world: World) -> None:
    """An order that is repeated must neither ring twice nor end the living leg."""
    await world.phones.ring(ORDER)
    await world.phones.ring(ORDER)
    world.answers(LEG)

    await world.told.until("answered", LEG)

    assert world.rung() == [LEG]
    assert world.told.said == [("answered", LEG)]


@pytest.mark.parametrize("outcome", list(CAUSES))
async def test_unanswered_ring_ends_with_its_outcome(world: World, outcome: RingOutcome) -> None:
    """Who is busy is told from who is not there."""
    await world.phones.ring(ORDER)

    world.ends(LEG, outcome)

    await world.told.until("ended", LEG, outcome)


async def test_answered_leg_that_goes_is_no_answer(world: World) -> None:
    """Picking up proves nothing; it may be a mailbox."""
    await world.phones.ring(ORDER)
    world.answers(LEG)

    world.ends(LEG, RingOutcome.UNREACHABLE)

    await world.told.until("ended", LEG, "no-answer")
    assert world.told.said == [("answered", LEG), ("ended", LEG, "no-answer")]


async def test_cancelled_leg_ends(world: World) -> None:
    """The loser of the race is hung up, ringing or talking."""
    await world.phones.ring(ORDER)

    await world.phones.cancel(LEG)

    await world.told.until("ended", LEG, "no-answer")
    assert await world.phones.live() == []


async def test_cancelling_what_is_gone_is_no_error(world: World) -> None:
    """He hung up while we were about to."""
    await world.phones.cancel(LEG)

    assert world.told.said == []


async def test_number_that_nobody_configured_is_not_rung(world: World) -> None:
    """Whatever a case says, strangers and premium numbers are never rung."""
    with pytest.raises(AmiRejected):
        await world.phones.ring(replace(ORDER, number="+499001"))

    assert world.rung() == []


@pytest.mark.parametrize("value", ["/a\r\nApplication: System", "/a\0", "/a,X=1"])
async def test_hostile_value_is_not_sent(world: World, value: str) -> None:
    """What would become a line or a variable of its own stays here."""
    with pytest.raises(UnsafeValue):
        await world.phones.ring(replace(ORDER, recording=value))

    assert world.rung() == []


async def test_without_a_login_everything_is_refused_at_once(world: World) -> None:
    """Nothing waits, and nothing is done later."""
    await world.goes_down()

    for deed in (
        world.phones.ring(ORDER),
        world.phones.cancel(LEG),
        world.phones.extend(CALLER, timedelta(seconds=10)),
        world.phones.live(),
        world.phones.remember("pbxb-taken", "1.7", "anna"),
        world.phones.recall("pbxb-taken", "1.7"),
        world.phones.ask_for_report(),
    ):
        with pytest.raises(AmiUnavailable):
            await deed
    await world.comes_back()
    await world.phones.live()

    assert world.rung() == []


async def test_end_while_the_line_was_down_is_told_by_the_next_look(world: World) -> None:
    """A technician who hung up meanwhile does not hold up the case."""
    await world.phones.ring(ORDER)
    await world.goes_down()
    world.ends(LEG, RingOutcome.UNREACHABLE)
    await world.comes_back()

    await world.phones.live()

    await world.told.until("ended", LEG, "unreachable")


async def test_leg_that_outlived_the_line_is_followed(world: World) -> None:
    """Asterisk goes on ringing without us: found again, and not rung a second time."""
    await world.phones.ring(ORDER)
    await world.goes_down()
    await world.comes_back()

    live = await world.phones.live()
    await world.phones.ring(ORDER)
    world.answers(LEG)

    await world.told.until("answered", LEG)
    assert [channel.channel_id for channel in live] == [LEG]
    assert world.rung() == [LEG]


async def test_look_finds_callers_and_legs(world: World) -> None:
    """Ours only; a leg is no caller, though it knows whose call it is about."""
    world.caller("pbx-1.7")
    await world.phones.ring(ORDER)
    world.answers(LEG)

    live = {channel.channel_id: channel for channel in await world.phones.live()}

    assert live.keys() == {"pbx-1.7", LEG}
    assert (live["pbx-1.7"].call_id, live["pbx-1.7"].channel) == ("pbx-1.7", CALLER)
    assert (live[LEG].call_id, live[LEG].is_up) == ("", True)


async def test_lease_of_a_living_channel_is_renewed(world: World) -> None:
    """A channel that is gone says so, and nobody renews it for ever."""
    world.caller("pbx-1.7")

    await world.phones.extend(CALLER, timedelta(seconds=10))
    with pytest.raises(AmiRejected):
        await world.phones.extend("PJSIP/gone-1", timedelta(seconds=10))


async def test_what_is_remembered_is_recalled(world: World) -> None:
    """AstDB is where the dialplan looks when we are not there."""
    await world.phones.remember("pbxb-taken", "pbx-1.7", "anna/17-1/a1b2")

    assert await world.phones.recall("pbxb-taken", "pbx-1.7") == "anna/17-1/a1b2"
    assert await world.phones.recall("pbxb-taken", "pbx-1.8") is None


async def test_report_can_be_asked_for(world: World) -> None:
    """Returns when Asterisk took the order; the AGI session follows."""
    await world.phones.ask_for_report()

    assert world.told.said == []


# ---------------------------------------------------------------- what only AMI has


@pytest.mark.parametrize("first", ["Hangup", "OriginateResponse"])
async def test_two_events_of_one_end_come_in_either_order(ami_world: AmiWorld, first: str) -> None:
    """Measured: Asterisk sends both orders; the outcome is the same."""
    await ami_world.phones.ring(ORDER)

    ami_world.server.ends(LEG, cause=17, first=first)

    await ami_world.told.until("ended", LEG, "busy")
    assert len(ami_world.told.said) == 1


async def test_ring_without_a_channel_is_unreachable(ami_world: AmiWorld) -> None:
    """An endpoint that does not exist makes no channel, and so no Hangup."""
    ami_world.server.dead_endpoints.add("PJSIP/+491711@trunk")

    await ami_world.phones.ring(ORDER)

    await ami_world.told.until("ended", LEG, "unreachable")


async def test_second_order_after_our_restart_adopts_the_living_leg(ami_world: AmiWorld) -> None:
    """Asterisk refuses the second order in the first leg's name: that must not end the leg."""
    ami_world.server.channels[LEG] = FakeChannel(name="PJSIP/old", state=6)

    await ami_world.phones.ring(ORDER)
    await ami_world.told.until("answered", LEG)
    ami_world.server.ends(LEG)

    await ami_world.told.until("ended", LEG, "no-answer")
    assert ami_world.told.said == [("answered", LEG), ("ended", LEG, "no-answer")]


async def test_order_in_doubt_is_not_told_as_an_end(ami_world: AmiWorld) -> None:
    """Who ordered was told `AmiUnavailable`, looks himself, and rings again."""
    ami_world.server.swallows.add("Originate")
    ring = asyncio.create_task(ami_world.phones.ring(ORDER))
    await ami_world.server.got("Originate")

    ami_world.server.kill()
    with pytest.raises(AmiUnavailable):
        await ring
    await ami_world.told.until("restored")
    ami_world.server.swallows.clear()
    live = await ami_world.phones.live()
    await ami_world.phones.ring(ORDER)

    assert live == []
    assert ami_world.rung() == [LEG, LEG]
    assert ami_world.told.said == [("lost",), ("restored",)]


async def test_cancel_waits_for_a_channel_in_the_making(ami_world: AmiWorld) -> None:
    """Asterisk took the order a moment ago; the channel comes and must not ring on."""
    await ami_world.phones.ring(ORDER)
    channel = ami_world.server.channels.pop(LEG)

    cancelling = asyncio.create_task(ami_world.phones.cancel(LEG))
    await ami_world.server.got("Hangup")
    ami_world.server.channels[LEG] = channel
    await cancelling

    await ami_world.told.until("ended", LEG, "no-answer")


async def test_dialplan_is_heard(ami_world: AmiWorld) -> None:
    """By name, and about the channel that Asterisk itself names."""
    ami_world.server.user_event("PBXBKey", LEG, "Channel: 99-9")
    ami_world.server.user_event("PBXBFallback", "1.7", "Call: pbx-1.7")
    ami_world.server.user_event("SomethingElse", "1.7")
    await ami_world.phones.live()

    assert ami_world.told.said == [("key", LEG), ("fallback", "pbx-1.7")]


async def test_missing_right_to_read_astdb_is_named(ami_world: AmiWorld) -> None:
    """One line that says which right manager.conf lacks."""
    ami_world.server.refuses["DBGet"] = "Permission denied"

    with pytest.raises(AmiRejected, match="write = reporting"):
        await ami_world.phones.recall("pbxb-taken", "1.7")


async def test_storing_that_loses_the_line_is_in_doubt_at_once(ami_world: AmiWorld) -> None:
    """The word that it is stored cannot come any more."""
    ami_world.server.is_slow_to_store = True
    storing = asyncio.create_task(ami_world.phones.remember("pbxb-taken", "1.7", "anna"))
    await ami_world.server.got("Originate")
    await ami_world.phones.live()  # the order was answered before

    ami_world.server.drop()

    async with asyncio.timeout(WAIT_S / 2):
        with pytest.raises(AmiUnavailable, match="connection"):
            await storing


async def test_storing_without_our_dialplan_names_the_remedy(ami_world: AmiWorld) -> None:
    """Somebody installed the service and forgot the dialplan."""
    ami_world.server.has_no_dialplan = True

    with pytest.raises(AmiRejected, match="dialplan install"):
        await ami_world.phones.remember("pbxb-taken", "1.7", "anna")


@pytest.mark.parametrize(
    ("family", "key"), [("cidname", "1"), ("pbxb-x/y", "1"), ("pbxb-x", "a/b")]
)
async def test_only_our_own_families_are_written(
    ami_world: AmiWorld, family: str, key: str
) -> None:
    """AstDB belongs to the user; ours in it begins with pbxb-."""
    with pytest.raises(UnsafeValue):
        await ami_world.phones.remember(family, key, "1")

    assert ami_world.server.astdb == {}


async def test_far_half_of_a_local_channel_is_not_counted(ami_world: AmiWorld) -> None:
    """A dial template through a Local channel shows both halves; we follow ours."""
    values = {"PBXB_CASE": "17", "PBXB_ATTEMPT": "1", "PBXB_CALL": "pbx-1.7"}
    for channel_id in (LEG, f"{LEG};2"):
        ami_world.server.channels[channel_id] = FakeChannel(name="Local/x", variables=values)

    live = await ami_world.phones.live()

    assert [channel.channel_id for channel in live] == [LEG]
