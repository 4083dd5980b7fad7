"""A mark in AstDB that was counted is no news: it takes no case again without a key press."""

from dataclasses import replace
from datetime import timedelta

import pytest
from daemon import NUMBERS, World, policy_of
from lines import FakeLine
from night import CALL_ID, CALLER, Night, typed

from pbx_bridge.core.call_events import DialplanEnded
from pbx_bridge.core.escalation_state import EscalationPhase
from pbx_bridge.errors import AmiRejected
from pbx_bridge.runtime.lookout import CALLS, OWN_MARK, TAKEN
from pbx_bridge.runtime.switchboard import channel_id

REMINDED = replace(policy_of("anna", "ben"), remind_after=timedelta(minutes=30))


async def taken_in_the_fallback(night: Night, who: str = "anna") -> None:
    """Let Asterisk alone serve the caller; Anna presses 1 there, and we hear of it."""
    await night.open_case()
    night.phones.astdb[CALLS, CALL_ID] = f"taken/1768000000/{CALLER}"
    night.phones.astdb[TAKEN, CALL_ID] = f"{NUMBERS[who]}/0/fallback"
    night.daemon.recovery.key_stored("1001")
    await night.settle()


async def reopened_while_asterisk_is_away(night: Night) -> None:
    """Let Anna be done with it, and the office reopen it, which AstDB cannot be told."""
    await typed(night, "done", case_id="1001", outcome="fixed", by="anna")
    night.phones.goes_down()
    await typed(night, "reopen", case_id="1001", by="office")
    await night.pass_time(60)
    assert len(night.told()) == 1  # that the line is down


async def test_report_after_a_reopening_gives_the_case_to_nobody(night: Night) -> None:
    """The report finds the row of the call and our own mark: Anna has not pressed 1 since."""
    await taken_in_the_fallback(night)
    await reopened_while_asterisk_is_away(night)
    night.phones.comes_back()

    line = FakeLine(phones=night.phones, recordings=night.world.recordings, channel="Local/report")
    await night.daemon.recovery.report(line)
    await night.settle()

    assert (await night.case()).phase is EscalationPhase.RINGING
    await night.pass_time(5)
    assert (await night.case()).phase is EscalationPhase.RINGING
    assert night.rang() == ["anna", "anna"]


async def test_fallback_told_late_gives_a_reopened_case_to_nobody(night: Night) -> None:
    """The effect that adopts an owner reads the mark once more: it counted already."""
    await taken_in_the_fallback(night)
    await reopened_while_asterisk_is_away(night)
    night.phones.is_up = True

    await night.daemon.ringing.give("1001", "anna")
    await night.settle()

    assert (await night.case()).phase is EscalationPhase.RINGING
    assert night.rang() == ["anna"]


async def test_owner_by_the_fallback_waits_until_astdb_can_be_read(night: Night) -> None:
    """Ben pressed 1 there, and the line goes at that moment: his key counts when it is back."""
    line = night.caller(stands_still_at="speaking")
    await night.serve(line)
    night.phones.astdb[TAKEN, CALL_ID] = f"{NUMBERS['ben']}/0/fallback"
    night.phones.goes_down()
    night.daemon.cases.post("1001", DialplanEnded("ben", 4.0))
    await night.settle()
    night.phones.comes_back()

    await night.pass_time(300)

    esc = await night.case()
    assert (esc.owner, esc.counted) == ("ben", (f"{NUMBERS['ben']}/0",))
    assert night.rang() == []


async def test_silent_owner_does_not_get_the_case_back_when_astdb_is_full(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The raw mark of the fallback stays for ever, and Ben is rung all the same."""
    night = Night(world=World(policy=REMINDED))
    await night.begin()

    async def remember(*_: str, **__: str) -> None:
        raise AmiRejected("Asterisk did not store it")

    monkeypatch.setattr(night.phones, "remember", remember)
    await taken_in_the_fallback(night)
    before = (await night.case()).owner

    await night.pass_time(1900)

    assert before == "anna"
    assert "ben" in night.rang()
    assert night.told() == []
    await night.end()


@pytest.mark.parametrize("is_rung", [True, False])
async def test_owner_from_outside_the_policy_is_reminded(night: Night, *, is_rung: bool) -> None:
    """Clara pressed 1 in the fallback, before or after we began to ring those of the policy."""
    night.world.policy = REMINDED
    if is_rung:
        await taken_in_the_fallback(night, "clara")
    else:
        await night.serve(night.caller(stands_still_at="speaking"))
        night.phones.astdb[TAKEN, CALL_ID] = f"{NUMBERS['clara']}/0/fallback"
        night.daemon.cases.post("1001", DialplanEnded("clara", 4.0))
        await night.settle()
    rung_before = night.rang()

    await night.pass_time(1810)

    assert (await night.case()).owner == "clara"
    assert night.rang() == [*rung_before, "clara"]


async def test_adopted_owner_is_reminded_although_his_key_is_no_news(night: Night) -> None:
    """AstDB has our own mark, and a database from a backup knows nothing of the case."""
    leg = channel_id("1001", OWN_MARK)
    own = f"clara/{leg}/{night.daemon.tokens.token(leg)}"
    night.world.policy = REMINDED
    night.phones.astdb[TAKEN, CALL_ID] = own

    await night.open_case()
    await night.pass_time(1810)

    assert ((await night.case()).owner, night.rang()) == ("clara", ["clara"])


async def test_owner_whose_key_is_gone_is_reminded(night: Night) -> None:
    """The dialplan told us of Clara, and AstDB has lost it since."""
    night.world.policy = REMINDED
    await night.serve(night.caller(stands_still_at="speaking"))
    night.daemon.cases.post("1001", DialplanEnded("clara", 4.0))
    await night.settle()

    await night.pass_time(1810)

    assert ((await night.case()).owner, night.rang()) == ("clara", ["clara"])
