"""The talk of whoever has pressed a key."""

from datetime import timedelta
from random import Random

import pytest

from pbx_bridge.core.case import RingOutcome
from pbx_bridge.errors import AgiFailed, AgiHangup
from pbx_bridge.ports import RingOrder
from pbx_bridge.simulation.line import VirtualLine
from pbx_bridge.simulation.phones import VirtualPhones
from pbx_bridge.simulation.world import Behaviour

SECOND = timedelta(seconds=1)
ORDER = RingOrder(
    channel_id="1001-2",
    token="t",
    number="+49170111",
    timeout=timedelta(seconds=20),
    case_id="1001",
    attempt=2,
    technician="anna",
    call_id="1",
    caller_number="",
    recording="/r",
    language="de",
)


async def talk(outcome: RingOutcome) -> VirtualLine:
    """Return the line of Anna, who has picked up and pressed a key."""
    tempers = {"anna": {Behaviour.ACCEPTS: 1.0}}
    phones = VirtualPhones(Random(1), tempers, lambda *_: None, lambda *_: None)
    await phones.ring(ORDER)
    return VirtualLine(phones, ORDER, outcome)


@pytest.mark.parametrize(
    ("outcome", "digit"), [(RingOutcome.ACKNOWLEDGED, "1"), (RingOutcome.DECLINED, "2")]
)
async def test_key_is_pressed_once_where_one_is_waited_for(
    outcome: RingOutcome, digit: str
) -> None:
    """Not at a sound that takes no key."""
    line = await talk(outcome)

    heard = [await line.play("a"), await line.play("b", "12"), await line.play("c", "12")]

    assert heard == [None, digit, None]
    assert await line.digit(SECOND) is None


async def test_key_arrives_though_he_has_hung_up() -> None:
    """It was pressed in the same moment; he hears nothing any more, also not that it is his."""
    line = await talk(RingOutcome.ACKNOWLEDGED)
    line._phones.restart()

    digit = await line.play("ack-announce", "12")

    with pytest.raises(AgiHangup):
        await line.play("ack-accepted", "12")
    assert digit == "1"
    assert line.is_granted


async def test_leg_knows_what_was_ordered() -> None:
    """And no more."""
    line = await talk(RingOutcome.ACKNOWLEDGED)
    names = ("PBXB_CASE", "PBXB_ATTEMPT", "PBXB_TECHNICIAN", "PBXB_TOKEN", "PBXB_OTHER")
    await line.set_variable("PBXB_DONE", "1")

    assert [await line.variable(name) for name in names] == ["1001", "2", "anna", "t", None]


async def test_astdb_is_there_while_ami_is_away() -> None:
    """It is asked on the line itself."""
    line = await talk(RingOutcome.ACKNOWLEDGED)
    line._phones.is_up = False

    await line.remember("f", "k", "v")
    stored = (await line.stored("f", "k"), await line.stored_keys("f"))
    await line.forget("f", "k")

    assert stored == ("v", ["k"])
    assert await line.stored("f", "k") is None


async def test_nobody_is_recorded() -> None:
    """A technician is no caller."""
    line = await talk(RingOutcome.ACKNOWLEDGED)
    await line.stop_copy()

    with pytest.raises(AgiFailed):
        await line.start_copy("/r")
    with pytest.raises(AgiFailed):
        await line.record("/r", keys="", limit=SECOND, silence=SECOND)


async def test_whoever_has_hung_up_presses_nothing() -> None:
    """Who waits for the end of a message may be gone before it."""
    line = await talk(RingOutcome.ACKNOWLEDGED)
    line._phones.legs.clear()

    with pytest.raises(AgiHangup):
        await line.digit(SECOND)
