"""What only the real `Phones` must do: join Asterisk's events, store through the dialplan."""

import asyncio

import pytest
from fake_asterisk import WAIT_S, FakeChannel
from phone_worlds import LEG, ORDER, AmiWorld

from pbx_bridge.errors import AmiRejected, AmiUnavailable, UnsafeValue

pytestmark = pytest.mark.integration


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait half a second for an event that this Asterisk never sends."""
    monkeypatch.setattr("pbx_bridge.adapters.ami.phones._JOIN_S", 0.05)


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


@pytest.mark.parametrize(("name", "told"), [("ben", "ben"), ("+49170,X=1", "")])
async def test_dismissed_leg_hears_a_name_that_there_is(
    ami_world: AmiWorld, name: str, told: str
) -> None:
    """Whoever took the case in the dialplan under a strange number has no sound of his name."""
    await ami_world.phones.ring(ORDER)
    ami_world.answers(LEG)

    await ami_world.phones.dismiss(LEG, name)

    (owner,), (away,) = ami_world.server.named("Setvar"), ami_world.server.named("Redirect")
    assert (owner["variable"], owner["value"]) == (["PBXB_OWNER"], [told])
    assert (away["context"], away["exten"]) == (["pbxb-taken"], ["s"])


async def test_leg_that_goes_while_it_is_dismissed_is_no_error(ami_world: AmiWorld) -> None:
    """He hung up between our two orders."""
    await ami_world.phones.ring(ORDER)
    ami_world.answers(LEG)
    ami_world.server.refuses["Redirect"] = "Channel does not exist: 17-1"

    await ami_world.phones.dismiss(LEG, "ben")

    assert ami_world.server.named("Redirect") != []


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
