"""Checks of mobiles: rung as a case is, never beside one, and only from the roster."""

import asyncio
from datetime import timedelta

import pytest
from night import Night
from phone_checks import begun, leaves, picks_up

from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.phone_check import REFUSED, CheckOutcome, PhoneCheck
from pbx_bridge.errors import CheckRefused, ControlProtocolError, StoreError
from pbx_bridge.ports import RingOrder


@pytest.fixture(autouse=True)
def quick_carrier(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait until a carrier has released a mobile."""
    monkeypatch.setattr("pbx_bridge.runtime.phone_checks.RELEASE_S", 0.0)


async def test_key_1_is_heard(night: Night) -> None:
    """Rung like for a case; a test is what he hears, and what his key proves."""
    check = await begun(night)
    line = await picks_up(night, keys={"check-announce": "1"})
    await leaves(night)

    assert night.rang() == ["anna"]
    [order] = night.phones.rings
    assert (order.number, order.timeout, order.is_check) == (
        "+49170111",
        timedelta(seconds=22),
        True,
    )
    assert line.played == ["check-announce", "check-heard"]
    assert await check == PhoneCheck(technician="anna", outcome=CheckOutcome.KEY_HEARD)


async def test_without_a_key_it_was_a_mailbox_or_keys_do_not_arrive(night: Night) -> None:
    """It is said twice, then the talk ends."""
    check = await begun(night)
    line = await picks_up(night)
    await leaves(night)

    assert night.rang() == ["anna"]
    assert line.played == ["check-announce", "check-announce", "ack-goodbye"]
    assert (await check).outcome is CheckOutcome.NO_KEY


async def test_who_hangs_up_while_he_is_asked_pressed_nothing(night: Night) -> None:
    """Answered is not enough."""
    check = await begun(night)
    await picks_up(night, hangs_up_at="digit")
    night.daemon.switchboard.ring_ended(night.phones.rings[0].channel_id, RingOutcome.NO_ANSWER)

    assert night.rang() == ["anna"]
    assert (await check).outcome is CheckOutcome.NO_KEY


@pytest.mark.parametrize(
    ("ring", "outcome", "reason"),
    [
        (RingOutcome.BUSY, CheckOutcome.BUSY, ""),
        (RingOutcome.NO_ANSWER, CheckOutcome.NO_ANSWER, ""),
        (RingOutcome.UNREACHABLE, CheckOutcome.UNREACHABLE, REFUSED),
    ],
)
async def test_ring_that_nobody_answers_says_why(
    night: Night, ring: RingOutcome, outcome: CheckOutcome, reason: str
) -> None:
    """As for a case, with a reason where there is something to do."""
    check = await begun(night)
    await leaves(night, ring)

    assert night.rang() == ["anna"]
    assert await check == PhoneCheck(technician="anna", outcome=outcome, reason=reason)


async def test_asterisk_that_is_away_or_refuses_is_told(night: Night) -> None:
    """Nothing rings; who is away says nothing about her mobile. The text is the error's own."""
    night.phones.goes_down()
    away = await (await begun(night))
    night.phones.comes_back()
    night.phones.numbers = frozenset()
    refused = await (await begun(night))

    assert away.outcome is CheckOutcome.NOT_KNOWN
    assert refused.outcome is CheckOutcome.UNREACHABLE
    assert "not logged in to Asterisk" in away.reason
    assert "not one of the configured mobiles" in refused.reason
    assert night.rang() == []


async def test_only_technicians_are_checked(night: Night) -> None:
    """Names of the roster, no numbers."""
    with pytest.raises(CheckRefused, match="'\\+491900' is no technician; known: anna, ben"):
        await night.daemon.checks.check("+491900")
    with pytest.raises(ControlProtocolError):
        await night.daemon.checks.carry_out({"number": "+491900"})

    assert night.rang() == []


async def test_command_is_answered_in_json(night: Night) -> None:
    """What the command line prints."""
    asked = asyncio.create_task(night.daemon.checks.carry_out({"technician": "ben"}))
    await night.settle()
    await leaves(night, RingOutcome.BUSY)

    assert night.rang() == ["ben"]
    assert await asked == {"technician": "ben", "outcome": "busy", "reason": ""}


async def test_one_check_at_a_time(night: Night) -> None:
    """The second is refused; after the first there may be another, under another name."""
    first = await begun(night)
    with pytest.raises(CheckRefused, match="anna is being checked"):
        await night.daemon.checks.check("ben")
    await leaves(night)
    second = await begun(night, "ben")
    await leaves(night)

    assert night.rang() == ["anna", "ben"]
    assert [order.channel_id for order in night.phones.rings] == ["0-996000", "0-996001"]
    assert (await first).outcome is (await second).outcome is CheckOutcome.NO_ANSWER


# ---------------------------------------------------------------- a real case goes first


async def test_case_that_rings_is_not_disturbed(night: Night) -> None:
    """No check while it rings, of nobody."""
    await night.open_case()

    for name in ("anna", "ben"):
        check = await (await begun(night, name))
        assert check.outcome is CheckOutcome.CASE_FIRST
        assert check.reason == "case 1001 rings"

    assert night.rang() == ["anna"]


async def test_who_is_calling_us_is_not_checked(night: Night) -> None:
    """He says just now that his case is done."""
    night.daemon.callers.append("anna")

    check = await (await begun(night))

    assert check.reason == "he is calling us"
    assert night.rang() == []


async def test_case_that_comes_ends_the_ring_of_a_check(night: Night) -> None:
    """Anna's mobile is free before the case rings it."""
    check = await begun(night)
    leg = night.phones.rings[0].channel_id

    await night.open_case()

    assert night.phones.cancelled == [leg]
    assert night.rang() == ["anna", "anna"]
    assert night.ringing == ["anna"]
    assert await check == PhoneCheck(
        technician="anna", outcome=CheckOutcome.CASE_FIRST, reason="somebody calls"
    )


async def test_case_that_comes_ends_the_talk_of_a_check(night: Night) -> None:
    """She listens to the test: the case rings her all the same."""
    check = await begun(night)
    await picks_up(night, stands_still_at="check-announce")

    await night.open_case()

    assert night.rang() == ["anna", "anna"]
    assert [leg for leg in night.phones.channels if leg.startswith("0-")] == []
    assert (await check).outcome is CheckOutcome.CASE_FIRST


async def test_case_that_rings_somebody_else_ends_a_check_too(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line may have two channels; nobody waits until Ben's mobile is released."""
    monkeypatch.setattr("pbx_bridge.runtime.phone_checks.RELEASE_S", 60.0)
    check = await begun(night, "ben")

    await night.open_case()

    assert night.rang() == ["ben", "anna"]
    assert night.ringing == ["anna"]
    assert (await check).outcome is CheckOutcome.CASE_FIRST


async def test_case_rings_although_the_check_cannot_be_ended(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asterisk does not say that the leg is gone: the case waits a moment, no longer."""
    check = await begun(night)
    monkeypatch.setattr("pbx_bridge.runtime.phone_checks.GIVE_WAY_S", 0.0)
    monkeypatch.setattr(night.phones, "ends", lambda *_: None)

    await night.open_case()

    assert night.rang() == ["anna", "anna"]
    check.cancel()


async def test_case_that_comes_before_the_ring_leaves_no_ring(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It rang while the check was still looking whether one rings."""
    checks = night.daemon.checks
    giving: list[asyncio.Task[None]] = []

    async def case_comes(_: object) -> list[object]:
        giving.append(asyncio.create_task(checks.give_way("anna")))
        await asyncio.sleep(0)
        return []

    monkeypatch.setattr(night.store.escalations, "neighbours", case_comes)

    check = await checks.check("anna")

    assert (check.outcome, check.reason) == (CheckOutcome.CASE_FIRST, "a case rings")
    assert night.rang() == []
    await asyncio.gather(*giving)


async def test_case_that_comes_while_the_order_is_on_its_way_ends_the_ring(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asterisk makes the channel only after it was told to end it."""
    monkeypatch.setattr("pbx_bridge.runtime.phone_checks.GIVE_WAY_S", 0.0)
    ring = night.phones.ring

    async def slow(order: RingOrder) -> None:
        await night.daemon.checks.give_way("anna")
        await ring(order)

    monkeypatch.setattr(night.phones, "ring", slow)
    check = await begun(night)

    assert night.rang() == ["anna"]
    assert night.ringing == []
    assert (await check).outcome is CheckOutcome.CASE_FIRST


async def test_disk_that_is_away_checks_nobody(night: Night) -> None:
    """Nobody can say whether a case rings; the next check may go better."""
    night.world.break_disk(StoreError("disk full"))
    with pytest.raises(StoreError):
        await night.daemon.checks.check("anna")
    night.world.break_disk(None)
    check = await begun(night)
    await leaves(night)

    assert night.rang() == ["anna"]
    assert (await check).outcome is CheckOutcome.NO_ANSWER


# ---------------------------------------------------------------- legs that nobody waits for


async def test_leg_of_a_life_before_is_ended(night: Night) -> None:
    """The service was restarted while a check rang: the first look ends it."""
    check = await begun(night)
    leg = night.phones.rings[0]
    ringing = night.phones.channels[leg.channel_id]
    check.cancel()
    await night.settle()
    night.phones.channels[leg.channel_id] = ringing
    night.phones.cancelled.clear()

    await night.restart()

    assert night.rang() == ["anna"]
    assert night.phones.cancelled == [leg.channel_id]


async def test_look_around_leaves_the_check_that_goes_on(night: Night) -> None:
    """It is no stray."""
    check = await begun(night)

    await night.daemon.recovery.look_around()
    await leaves(night)

    assert night.rang() == ["anna"]
    assert night.phones.cancelled == []
    assert (await check).outcome is CheckOutcome.NO_ANSWER


async def test_order_whose_reply_is_lost_is_ended(night: Night) -> None:
    """It rings, and nobody would hear of it."""
    night.phones.loses_reply = True
    check = await (await begun(night))

    assert night.rang() == ["anna"]
    assert night.ringing == []
    assert check.outcome is CheckOutcome.NOT_KNOWN


async def test_check_that_is_given_up_ends_its_leg(night: Night) -> None:
    """The service stops, or the command took too long."""
    check = await begun(night)

    check.cancel()
    await night.settle()

    assert night.rang() == ["anna"]
    assert night.ringing == []


@pytest.mark.parametrize("token", ["", "forged"])
async def test_leg_without_our_token_hears_nothing(night: Night, token: str) -> None:
    """Somebody else's channel cannot pass for a technician's."""
    check = await begun(night)
    line = await picks_up(night, token=token, keys={"check-announce": "1"})
    await leaves(night)

    assert night.rang() == ["anna"]
    assert line.played == []
    assert (await check).outcome is CheckOutcome.NO_KEY


async def test_leg_that_outlasts_its_limit_is_ended(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever Asterisk does not tell, the next check can begin."""
    monkeypatch.setattr(night.daemon.checks, "_ring_timeout", timedelta(seconds=-60))

    check = await (await begun(night))

    assert night.rang() == ["anna"]
    assert night.ringing == []
    assert check.outcome is CheckOutcome.NO_ANSWER


async def test_command_is_given_more_time_than_a_check_takes(night: Night) -> None:
    """Ring timeout, talk, and twice the time in which a leg is ended."""
    assert night.daemon.checks.longest_s == 22 + 60 + 2
