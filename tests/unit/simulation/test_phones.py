"""The virtual mobiles: each behaviour as the phones would report it."""

import heapq
from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest

from pbx_bridge.core.case import RingOutcome
from pbx_bridge.errors import AmiRejected, AmiUnavailable
from pbx_bridge.ports import RingOrder
from pbx_bridge.simulation.phones import VirtualPhones
from pbx_bridge.simulation.world import Behaviour


class Stage:
    """Time, and who hears of what."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.now, self.agenda, self.told = 0.0, [], []
        tempers = {name: {behaviour: 1.0} for name in ("anna", "ben")}
        self.phones = VirtualPhones(Random(1), tempers, self.after, self.pressed)
        self.phones.events = self

    def after(self, seconds: float, happens: Callable[[], None]) -> None:
        """Note it."""
        heapq.heappush(self.agenda, (self.now + seconds, len(self.agenda), happens))

    def pressed(self, order: RingOrder, outcome: RingOutcome) -> None:
        """Hear a key."""
        self.told.append(outcome.value)

    def ring_answered(self, leg: str) -> None:
        """Hear that somebody picked up."""
        self.told.append("answered")

    def ring_ended(self, leg: str, outcome: RingOutcome) -> None:
        """Hear the end."""
        self.told.append(outcome.value)

    def play(self) -> list[str]:
        """Let everything happen; return what was told."""
        while self.agenda:
            self.now, _, happens = heapq.heappop(self.agenda)
            happens()
        return self.told


def order(attempt: int = 1, who: str = "anna", case_id: str = "1001") -> RingOrder:
    """Return an order to ring."""
    return RingOrder(
        channel_id=f"{case_id}-{attempt}",
        token="t",
        number=f"+49{who}",
        timeout=timedelta(seconds=20),
        case_id=case_id,
        attempt=attempt,
        technician=who,
        call_id="1",
        caller_number="",
        recording="/r",
        language="de",
    )


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        (Behaviour.ACCEPTS, ["answered", "acknowledged", "no-answer"]),
        (Behaviour.DECLINES, ["answered", "declined", "no-answer"]),
        (Behaviour.BUSY, ["busy"]),
        (Behaviour.UNREACHABLE, ["unreachable"]),
        (Behaviour.SILENT, ["no-answer"]),
        (Behaviour.MAILBOX, ["answered", "no-answer"]),
        (Behaviour.HANGS_UP, ["answered", "no-answer"]),
        (Behaviour.LOST, []),
    ],
)
async def test_each_behaviour_is_reported_as_phones_do(behaviour: Behaviour, told: list) -> None:
    """In this order, and in the end nothing rings."""
    stage = Stage(behaviour)

    await stage.phones.ring(order())

    assert stage.play() == told
    assert await stage.phones.live() == []


async def test_same_order_twice_rings_once() -> None:
    """As Asterisk refuses a channel id that is there."""
    stage = Stage(Behaviour.SILENT)

    await stage.phones.ring(order())
    await stage.phones.ring(order())

    assert len(stage.phones.rings) == 1


async def test_mobile_that_rings_already_is_busy_and_that_is_noted() -> None:
    """This is what must never happen; another person's is no double."""
    stage = Stage(Behaviour.SILENT)

    await stage.phones.ring(order())
    await stage.phones.ring(order(who="ben", case_id="2002"))
    before = list(stage.phones.doubles)
    await stage.phones.ring(order(case_id="3003"))

    assert before == []
    assert stage.phones.doubles == ["3003-1 beside 1001-1"]
    assert stage.phones.rings[-1][1] is Behaviour.BUSY


async def test_dead_trunk_reaches_nobody() -> None:
    """However good the mobile is."""
    stage = Stage(Behaviour.ACCEPTS)
    stage.phones.has_trunk = False

    await stage.phones.ring(order())

    assert stage.play() == ["unreachable"]


async def test_cancel_ends_a_leg_and_all_that_was_to_come() -> None:
    """Nobody presses a key on a phone that has stopped."""
    stage = Stage(Behaviour.ACCEPTS)
    await stage.phones.ring(order())

    await stage.phones.cancel("1001-1")

    assert stage.play() == ["no-answer"]


async def test_whoever_is_dismissed_presses_in_vain() -> None:
    """He hears who has the case, and no key counts any more."""
    stage = Stage(Behaviour.ACCEPTS)
    await stage.phones.ring(order())

    await stage.phones.dismiss("1001-1", "ben")

    assert stage.play() == ["no-answer"]


async def test_lost_link_takes_orders_and_reports_but_no_keys() -> None:
    """The mobile rings on, and its key comes another way."""
    stage = Stage(Behaviour.ACCEPTS)
    await stage.phones.ring(order())
    stage.phones.is_up = False

    for refused in (
        stage.phones.ring(order(2)),
        stage.phones.cancel("1001-1"),
        stage.phones.dismiss("1001-1", "ben"),
        stage.phones.live(),
        stage.phones.remember("f", "k", "v"),
        stage.phones.recall("f", "k"),
    ):
        with pytest.raises(AmiUnavailable):
            await refused

    assert stage.play() == ["acknowledged"]


async def test_what_is_remembered_can_be_recalled() -> None:
    """AstDB is a dictionary; leases and reports do not matter here."""
    stage = Stage(Behaviour.SILENT)

    await stage.phones.remember("family", "key", "value")
    with pytest.raises(AmiRejected):
        await stage.phones.remember("family", "key", "", expected="another")
    await stage.phones.extend("channel", timedelta(seconds=10))
    await stage.phones.ask_for_report()

    assert await stage.phones.recall("family", "key") == "value"
    assert await stage.phones.recall("family", "other") is None


async def test_reply_is_lost_after_the_mobile_rings() -> None:
    """We are told that nothing was sent, and it rings."""
    stage = Stage(Behaviour.SILENT)
    stage.phones.lost_replies = 1.0

    with pytest.raises(AmiUnavailable):
        await stage.phones.ring(order())

    assert [leg.channel_id for leg in await stage.phones.live()] == ["1001-1"]


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        (Behaviour.ACCEPTS, ["answered", "acknowledged", "no-answer"]),
        (Behaviour.DECLINES, ["answered", "declined", "no-answer"]),
        (Behaviour.HANGS_UP, ["answered", "acknowledged", "no-answer"]),
        (Behaviour.MAILBOX, ["answered", "no-answer"]),
    ],
)
async def test_key_is_pressed_while_we_hang_up(behaviour: Behaviour, told: list) -> None:
    """By a human who listens, never by a mailbox; and once."""
    stage = Stage(behaviour)
    stage.phones.late_keys = 1.0
    await stage.phones.ring(order())
    stage.phones._answer("1001-1")

    await stage.phones.cancel("1001-1")

    assert stage.play() == told


async def test_asterisk_that_dies_takes_every_leg_with_it() -> None:
    """And tells nobody."""
    stage = Stage(Behaviour.ACCEPTS)
    await stage.phones.ring(order())

    stage.phones.restart()

    assert stage.play() == []
    stage.phones.is_up = True
    assert await stage.phones.live() == []


async def test_process_can_die_before_and_after_an_order() -> None:
    """The mobile rings only in the second life."""
    stage, moments = Stage(Behaviour.SILENT), []
    stage.phones.moment = lambda: moments.append(len(stage.phones.legs))

    await stage.phones.ring(order())

    assert moments == [0, 1]


async def test_answer_that_nobody_heard_is_told_by_the_next_look() -> None:
    """As the real `Phones` adopts a leg that is up."""
    stage = Stage(Behaviour.ACCEPTS)
    await stage.phones.ring(order())
    stage.phones.events = None
    stage.phones._answer("1001-1")
    stage.phones.events = stage

    await stage.phones.live()
    await stage.phones.live()

    assert stage.told == ["answered"]
