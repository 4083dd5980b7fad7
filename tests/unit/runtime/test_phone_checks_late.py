"""Checks of mobiles and calls that are no case yet, lost links, and old installations."""

from datetime import timedelta
from pathlib import Path

import pytest
from lines import FakeLine
from night import CALL_ID, Night
from phone_checks import begun, leaves, picks_up

from pbx_bridge.core.call_flow import CallPhase
from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.phone_check import CUT_OFF, NO_PROMPTS, NO_SCRIPT, CheckOutcome, PhoneCheck
from pbx_bridge.ports import LiveChannel, RingOrder
from pbx_bridge.runtime.lookout import CALLS
from pbx_bridge.runtime.phone_checks import NOT_LOOKED, ON_THE_LINE
from pbx_bridge.runtime.prompting import prompts_in


def comes_first(reason: str) -> PhoneCheck:
    """Return the result of a check that was put off."""
    return PhoneCheck(technician="anna", outcome=CheckOutcome.CASE_FIRST, reason=reason)


async def test_who_speaks_now_may_become_a_case(night: Night) -> None:
    """A caller is greeted and speaks: nobody is rung for a check."""
    await night.serve(night.caller(stands_still_at="speaking"))

    check = await (await begun(night))

    assert check == comes_first("case 1001 is being taken down")
    assert night.rang() == []


async def test_whom_the_fallback_has_may_become_a_case(night: Night) -> None:
    """The dialplan rings technicians itself."""
    line = night.caller(hangs_up_at="speaking")
    alive = night.phones.channels[CALL_ID]
    await night._session(night.daemon.calls.incoming, line)
    night.phones.channels[CALL_ID] = alive
    night.phones.astdb[CALLS, CALL_ID] = "fallback/1768000000/+4930123456"
    await night.pass_time(60)

    check = await (await begun(night))

    assert (await night.call()).phase is CallPhase.ELSEWHERE
    assert check == comes_first("the dialplan's fallback has case 1001")
    assert night.rang() == []


async def test_caller_of_whom_nobody_told_us_is_seen(night: Night) -> None:
    """The fallback took him while we were away."""
    night.phones.channels[CALL_ID] = LiveChannel(
        channel="PJSIP/trunk-1", channel_id=CALL_ID, call_id=CALL_ID, is_up=True
    )

    check = await (await begun(night))

    assert check == comes_first(ON_THE_LINE)
    assert night.rang() == []


async def test_before_the_first_look_nobody_is_checked(night: Night) -> None:
    """Nobody knows yet what lives in Asterisk."""
    night.daemon.has_looked.clear()

    check = await (await begun(night))

    assert (check.outcome, check.reason) == (CheckOutcome.NOT_KNOWN, NOT_LOOKED)
    assert night.rang() == []


async def test_the_first_look_lets_checks_begin(night: Night) -> None:
    """Recovery sets what checks wait for."""
    assert night.daemon.has_looked is night.daemon.recovery.has_looked
    assert night.daemon.has_looked.is_set()


async def test_call_that_comes_ends_a_check_at_once(night: Night) -> None:
    """While the caller is greeted; nobody waits until he has spoken."""
    check = await begun(night)
    leg = night.phones.rings[0].channel_id

    await night.serve(night.caller(stands_still_at="greeting"))

    assert night.rang() == ["anna"]
    assert night.phones.cancelled == [leg]
    assert await check == comes_first("somebody calls")


async def test_fallback_that_begins_ends_a_check(night: Night) -> None:
    """It rings technicians, and we never met the caller."""
    check = await begun(night)
    leg = night.phones.rings[0].channel_id

    night.daemon.switchboard.fallback_moved(CALL_ID)
    await night.settle()

    assert night.rang() == ["anna"]
    assert night.phones.cancelled == [leg]
    assert await check == comes_first("somebody calls")


async def test_call_that_comes_while_the_check_still_looks_leaves_no_ring(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It arrives between the look and the ring."""

    async def call_comes() -> list[object]:
        night.daemon.checks.call_came()
        return []

    monkeypatch.setattr(night.store.calls, "undecided", call_comes)

    assert await (await begun(night)) == comes_first("somebody calls")
    assert night.rang() == []


# ---------------------------------------------------------------- what says nothing


async def test_lost_link_says_nothing_about_the_mobile(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It rings, and nobody tells us how that ended."""
    monkeypatch.setattr(night.daemon.checks, "_ring_timeout", timedelta(seconds=-60))
    ring = night.phones.ring

    async def cut_off(order: RingOrder) -> None:
        await ring(order)
        night.phones.goes_down()

    monkeypatch.setattr(night.phones, "ring", cut_off)

    check = await (await begun(night))

    assert night.rang() == ["anna"]
    assert (check.outcome, check.reason) == (CheckOutcome.NOT_KNOWN, CUT_OFF)


async def test_key_that_is_heard_counts_although_the_link_was_lost(night: Night) -> None:
    """The talk is another connection."""
    check = await begun(night)
    night.phones.goes_down()
    await picks_up(night, keys={"check-announce": "1"})
    night.phones.ends(night.phones.rings[0].channel_id)
    night.phones.comes_back()

    assert night.rang() == ["anna"]
    assert (await check).outcome is CheckOutcome.KEY_HEARD


async def test_dialplan_without_checks_is_not_taken_for_a_mailbox(night: Night) -> None:
    """Somebody picked up, and our script was never reached."""
    check = await begun(night)
    night.phones.answers(night.phones.rings[0].channel_id)
    await leaves(night)

    found = await check
    assert night.rang() == ["anna"]
    assert (found.outcome, found.reason) == (CheckOutcome.INCOMPLETE, NO_SCRIPT)


@pytest.mark.parametrize("script", [{}, {"hangs_up_at": "digit"}])
async def test_prompts_without_checks_are_not_taken_for_a_mailbox(
    night: Night, script: dict[str, str]
) -> None:
    """She heard silence, whether she listened on or hung up."""
    check = await begun(night)
    line: FakeLine = await picks_up(night, missing=frozenset({"check-announce"}), **script)
    if not script:
        await leaves(night)
    else:
        night.daemon.switchboard.ring_ended(night.phones.rings[0].channel_id, RingOutcome.NO_ANSWER)

    found = await check
    assert night.rang() == ["anna"]
    assert "check-announce" not in line.played
    assert (found.outcome, found.reason) == (CheckOutcome.INCOMPLETE, NO_PROMPTS)


def test_prompts_that_were_not_rendered_are_lacking(night: Night, tmp_path: Path) -> None:
    """Of her language; one is not enough."""
    checks = night.daemon.checks
    checks._prompt = prompts_in(tmp_path)
    (tmp_path / "de").mkdir()
    (tmp_path / "de/check-announce.sln16").touch()
    without = checks.lacks("anna")
    (tmp_path / "de/check-heard.wav").touch()

    assert (without, checks.lacks("anna")) == (NO_PROMPTS, "")
    assert night.rang() == []
