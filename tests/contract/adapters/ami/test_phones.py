"""What every `Phones` promises: the fake, and the real one over a socket to a scripted Asterisk."""

from dataclasses import replace
from datetime import timedelta

import pytest
from phone_worlds import CALLER, CAUSES, LEG, ORDER, World

from pbx_bridge.core.case import RingOutcome
from pbx_bridge.errors import AmiRejected, AmiUnavailable, UnsafeValue

pytestmark = pytest.mark.integration


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


async def test_dismissed_leg_ends(world: World) -> None:
    """He hears who has the case, and it is over."""
    await world.phones.ring(ORDER)
    world.answers(LEG)

    await world.phones.dismiss(LEG, "ben")

    await world.told.until("ended", LEG, "no-answer")
    assert await world.phones.live() == []


async def test_dismissing_what_is_gone_is_no_error(world: World) -> None:
    """He hung up while we were about to."""
    await world.phones.dismiss(LEG, "ben")

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
        world.phones.dismiss(LEG, "ben"),
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


async def test_what_was_changed_meanwhile_is_not_overwritten(world: World) -> None:
    """A key that is stored while we are about to write is still there to be read."""
    await world.phones.remember("pbxb-taken", "1.7", "anna", expected="")
    with pytest.raises(AmiRejected):
        await world.phones.remember("pbxb-taken", "1.7", "", expected="")
    between = await world.phones.recall("pbxb-taken", "1.7")
    await world.phones.remember("pbxb-taken", "1.7", "ben/17-0/a1b2", expected="anna")

    assert between == "anna"
    assert await world.phones.recall("pbxb-taken", "1.7") == "ben/17-0/a1b2"


async def test_report_can_be_asked_for(world: World) -> None:
    """Returns when Asterisk took the order; the AGI session follows."""
    await world.phones.ask_for_report()

    assert world.told.said == []
