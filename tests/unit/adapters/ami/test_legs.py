"""Rings under way: one answer and one end each, in whatever order Asterisk tells."""

import pytest

from pbx_bridge.adapters.ami.legs import Legs
from pbx_bridge.core.case import RingOutcome
from pbx_bridge.wire.ami import HungUp, OriginateResult

LEG = "17-1"

ANSWER = OriginateResult(action_id="ours", channel_id=LEG, is_answered=True, reason=4)
FAILURE = OriginateResult(action_id="ours", channel_id=LEG, is_answered=False, reason=0)
BUSY = HungUp(channel_id=LEG, cause=17, tech_cause=486, was_ringing=False)

NO_ANSWER, UNREACHABLE = RingOutcome.NO_ANSWER, RingOutcome.UNREACHABLE


class Book:
    """Legs with one order, and what was reported of it."""

    def __init__(self) -> None:
        self.told: list[str | RingOutcome] = []
        self.legs = Legs(
            answered=lambda _leg: self.told.append("answered"),
            ended=lambda _leg, outcome: self.told.append(outcome),
        )
        self.legs.order(LEG, "ours", login=1)


@pytest.fixture
def book() -> Book:
    """Return one ring under way."""
    return Book()


def test_failure_waits_for_its_cause(book: Book) -> None:
    """The order's failure comes first: why is known only after the Hangup."""
    waiting = book.legs.originated(FAILURE)
    assert book.told == []

    book.legs.hung_up(BUSY)

    assert waiting is not None
    assert book.told == [RingOutcome.BUSY]


def test_cause_waits_for_the_failure(book: Book) -> None:
    """The other order: only the failure tells a ring that timed out."""
    waiting = book.legs.hung_up(BUSY)
    assert book.told == []

    book.legs.originated(FAILURE)

    assert waiting is not None
    assert book.told == [RingOutcome.BUSY]


def test_answered_leg_ends_without_answer(book: Book) -> None:
    """Answered proves nothing: whoever picked up is gone, and a key is told in other ways."""
    book.legs.originated(ANSWER)
    waiting = book.legs.hung_up(BUSY)

    assert waiting is None
    assert book.told == ["answered", NO_ANSWER]


def test_hangup_before_the_answer_is_joined(book: Book) -> None:
    """He hung up so fast that the events overtook each other."""
    book.legs.hung_up(BUSY)
    book.legs.originated(ANSWER)

    assert book.told == ["answered", NO_ANSWER]


def test_end_is_told_once(book: Book) -> None:
    """Events that come twice change nothing."""
    book.legs.originated(FAILURE)
    leg = book.legs.get(LEG)
    assert leg is not None
    book.legs.hung_up(BUSY)

    book.legs.hung_up(BUSY)
    book.legs.originated(FAILURE)
    book.legs.end(leg)

    assert book.told == [RingOutcome.BUSY]
    assert LEG not in book.legs


def test_failure_of_another_order_is_not_ours(book: Book) -> None:
    """A second order for the living leg fails, and names the leg: it must not end it."""
    waiting = book.legs.originated(
        OriginateResult(action_id="other", channel_id=LEG, is_answered=False, reason=0)
    )
    book.legs.hung_up(HungUp(channel_id="18-1", cause=16, tech_cause=None, was_ringing=True))

    assert waiting is None
    assert book.told == []
    assert LEG in book.legs


def test_leg_that_was_alive_before_us_is_adopted(book: Book) -> None:
    """Our order after a restart failed because the leg lives: follow that one to its end."""
    book.legs.originated(FAILURE)

    book.legs.adopt(LEG, 1, is_up=True)
    book.legs.hung_up(BUSY)

    assert book.told == ["answered", NO_ANSWER]


def test_adopted_ring_ends_with_its_cause_alone(book: Book) -> None:
    """Nobody will tell us the result of an order that we gave before the restart."""
    book.legs.adopt("18-2", 1, is_up=False)

    waiting = book.legs.hung_up(
        HungUp(channel_id="18-2", cause=17, tech_cause=486, was_ringing=False)
    )

    assert waiting is None
    assert book.told == [RingOutcome.BUSY]


def test_answer_of_an_adopted_leg_is_heard(book: Book) -> None:
    """Its order's ActionID is forgotten, its channel is not."""
    book.legs.adopt("18-2", 1, is_up=False)

    book.legs.originated(
        OriginateResult(action_id="old", channel_id="18-2", is_answered=True, reason=4)
    )

    assert book.told == ["answered"]


def test_cancelled_ring_was_not_unreachable(book: Book) -> None:
    """We ended it ourselves, perhaps before it rang."""
    leg = book.legs.get(LEG)
    assert leg is not None
    leg.is_cancelled = True

    book.legs.originated(FAILURE)
    book.legs.hung_up(HungUp(channel_id=LEG, cause=16, tech_cause=None, was_ringing=False))

    assert book.told == [NO_ANSWER]


@pytest.mark.parametrize(
    ("is_placed", "login", "alive", "told"),
    [
        (True, 2, [], [UNREACHABLE]),
        (True, 2, [LEG], []),
        (True, 1, [], []),  # its end will be heard, or was just now
        (False, 2, [], []),  # whoever ordered it was told that it is in doubt
    ],
)
def test_end_in_a_time_without_login_is_told(
    book: Book, *, is_placed: bool, login: int, alive: list[str], told: list[RingOutcome]
) -> None:
    """The Hangup fell into the gap: the leg is not there any more."""
    if is_placed:
        book.legs.placed(LEG)

    book.legs.gone_unheard(login, alive)

    assert book.told == told


def test_refused_order_is_forgotten(book: Book) -> None:
    """Asterisk did not take it: nothing will come."""
    book.legs.forget(LEG)
    book.legs.forget(LEG)

    assert LEG not in book.legs
    assert book.told == []
