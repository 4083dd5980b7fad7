"""What AstDB and the live channels tell, and what of it is believed."""

from dataclasses import replace

import pytest
from examples import ANNA, BEN, NOW, POLICY, opened_escalation
from fakes import FakePhones

from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.escalation import advance
from pbx_bridge.core.escalation_events import CaseDone, RingEnded, TakenByHand, TakenElsewhere
from pbx_bridge.errors import AmiUnavailable
from pbx_bridge.ports import LiveChannel
from pbx_bridge.runtime.lookout import CALLS, TAKEN, Fate, Finding, Lookout, Tokens

CALL = "1768000000.1"
TOKENS = Tokens(b"k" * 32)
ESC = opened_escalation().state


@pytest.fixture
def phones() -> FakePhones:
    """An Asterisk where the caller is on the line."""
    phones = FakePhones()
    phones.channels[CALL] = LiveChannel(
        channel="PJSIP/trunk-1", channel_id=CALL, call_id=CALL, is_up=True
    )
    return phones


@pytest.fixture
def lookout(phones: FakePhones) -> Lookout:
    """Anna and Ben are known by their numbers."""
    return Lookout(phones, TOKENS, POLICY.people())


def key_of(leg: str, who: str = "anna") -> str:
    """Return what the dialplan stores for a key press on one of our legs."""
    return f"{who}/{leg}/{TOKENS.token(leg)}"


def elsewhere(mark: str) -> TakenElsewhere:
    """Return a key of Anna's that is none of a ring, with the number under which we know her."""
    return TakenElsewhere("anna", mark=mark, number=ANNA.number)


@pytest.mark.parametrize(
    ("row", "fate"),
    [
        ("new/1/+49", Fate.WITH_US),
        ("fallback/1/+49", Fate.IN_FALLBACK),
        ("nobody/1/+49", Fate.WITH_US),
        (None, Fate.WITH_US),
    ],
)
async def test_living_caller_is_with_us_or_in_the_fallback(
    lookout: Lookout, phones: FakePhones, row: str | None, fate: Fate
) -> None:
    """The row in AstDB says who has him; without one he is ours."""
    if row is not None:
        phones.astdb[CALLS, CALL] = row

    assert await lookout.call(CALL) == Finding(fate)


async def test_call_without_a_channel_is_over(lookout: Lookout, phones: FakePhones) -> None:
    """A row that was left behind does not keep a call alive."""
    phones.channels.clear()
    phones.astdb[CALLS, CALL] = "fallback/1/+49"

    assert await lookout.call(CALL) == Finding(Fate.NOBODY)


async def test_key_press_says_more_than_everything_else(
    lookout: Lookout, phones: FakePhones
) -> None:
    """Accepted is accepted, whoever is still on the line."""
    phones.astdb[TAKEN, CALL] = "+49170222/0/fallback"

    assert await lookout.call(CALL) == Finding(Fate.TAKEN, "ben")


async def test_given_list_of_channels_is_not_asked_for_again(lookout: Lookout) -> None:
    """Who looks at many calls lists the channels once."""
    assert await lookout.call(CALL, live=[]) == Finding(Fate.NOBODY)


async def test_without_asterisk_nobody_can_look(lookout: Lookout, phones: FakePhones) -> None:
    """No answer is not taken for an answer."""
    phones.is_up = False

    with pytest.raises(AmiUnavailable):
        await lookout.call(CALL)


@pytest.mark.parametrize(
    ("stored", "who"),
    [
        (key_of("1001-1"), "anna"),
        ("+49170222/0/fallback", "ben"),
        ("+49999/0/fallback", "+49999"),
        ("/0/fallback", None),
        ("anna/1001-1/" + "0" * 32, None),
        ("anna/1001-2/" + TOKENS.token("1001-1"), None),
        ("anna/no-leg/" + TOKENS.token("no-leg"), None),
        ("anna", None),
        ("", None),
    ],
)
def test_only_a_genuine_token_or_the_fallback_is_believed(
    lookout: Lookout, stored: str, who: str | None
) -> None:
    """A token is worth something on its own leg only; the fallback has none to give."""
    assert lookout.believe(stored) == who


@pytest.mark.parametrize(
    ("stored", "event"),
    [
        (None, None),
        ("anna/1001-1/forged", None),
        (key_of("1001-1"), RingEnded(1, RingOutcome.ACKNOWLEDGED)),
        (key_of("1001-0"), None),
        (key_of("1001-7"), elsewhere("anna/1001-7")),
        (key_of("2002-1"), elsewhere("anna/2002-1")),
        (key_of("1001-7", who="zoe"), TakenElsewhere("zoe", mark="zoe/1001-7")),
        ("+49170222/0/fallback", TakenElsewhere("ben", mark="+49170222/0", number=BEN.number)),
        ("+49170999/0/fallback", TakenElsewhere("+49170999", mark="+49170999/0")),
    ],
)
async def test_key_press_counts_for_its_attempt_or_for_the_person(
    lookout: Lookout, phones: FakePhones, stored: str | None, event: object
) -> None:
    """On a leg of this case it ends the attempt; our own mark is none; else: elsewhere."""
    if stored is not None:
        phones.astdb[TAKEN, CALL] = stored

    assert await lookout.key_press(ESC, CALL) == event


async def test_key_press_that_was_counted_is_no_news(lookout: Lookout, phones: FakePhones) -> None:
    """A case that was not done in time rings again: the old key must not take it once more."""
    phones.astdb[TAKEN, CALL] = key_of("1001-1")
    counted = advance(NOW, ESC, RingEnded(1, RingOutcome.ACKNOWLEDGED)).state

    assert await lookout.key_press(counted, CALL) is None


async def test_key_of_the_fallback_counts_once(lookout: Lookout, phones: FakePhones) -> None:
    """It names no attempt, so the case itself remembers that it was counted."""
    phones.astdb[TAKEN, CALL] = "+49170222/0/fallback"
    counted = advance(NOW, ESC, TakenElsewhere("ben", mark="+49170222/0")).state

    assert await lookout.key_press(counted, CALL) is None


@pytest.mark.parametrize("event", [TakenByHand("ben"), CaseDone("office")])
async def test_key_for_a_case_that_is_over_takes_nothing(
    lookout: Lookout, phones: FakePhones, event: TakenByHand | CaseDone
) -> None:
    """He was told that it is his: that is news, though the ring cannot be won any more."""
    phones.astdb[TAKEN, CALL] = key_of("1001-1")
    over = advance(NOW, ESC, event).state

    assert await lookout.key_press(over, CALL) == elsewhere("anna/1001-1")


async def test_key_on_a_reminder_counts_for_the_owner(lookout: Lookout, phones: FakePhones) -> None:
    """He says that he is still at it, in the dialplan's own screening."""
    phones.astdb[TAKEN, CALL] = key_of("1001-1")
    owned = advance(NOW, ESC, TakenByHand("anna")).state
    (ring, *rest) = owned.attempts
    reminded = replace(owned, attempts=(replace(ring, is_reminder=True), *rest))

    assert await lookout.key_press(reminded, CALL) == RingEnded(1, RingOutcome.ACKNOWLEDGED)


async def test_caller_whose_case_was_taken_while_he_speaks_is_with_us(
    lookout: Lookout, phones: FakePhones
) -> None:
    """An early ring was accepted; his message is not over."""
    phones.astdb[CALLS, CALL] = "new/1/+49"
    phones.astdb[TAKEN, CALL] = key_of("1001-1")

    assert await lookout.call(CALL) == Finding(Fate.WITH_US)


@pytest.mark.parametrize(
    ("row", "stored"),
    [("fallback/1/+49", key_of("1001-1")), ("new/1/+49", "+49170222/0/fallback")],
)
async def test_caller_whom_the_dialplan_has_is_taken(
    lookout: Lookout, phones: FakePhones, row: str, stored: str
) -> None:
    """We died while he spoke: the fallback has him, and it is over."""
    phones.astdb[CALLS, CALL] = row
    phones.astdb[TAKEN, CALL] = stored

    assert (await lookout.call(CALL)).fate is Fate.TAKEN
