"""The talk with a technician who picked up."""

import asyncio
from dataclasses import replace

import pytest
from lines import FakeLine
from night import CALL_ID, Night

from pbx_bridge.core.call_events import HeardCertain
from pbx_bridge.core.case import RingOutcome, Urgency, Verdict
from pbx_bridge.errors import StoreError
from pbx_bridge.runtime import acks
from pbx_bridge.runtime.lookout import TAKEN


async def test_two_press_1_and_one_wins(night: Night) -> None:
    """Ben accepts; Anna, rung before him, presses 1 a moment later and hears by whom."""
    await night.open_case()
    annas = night.phones.rings[0]
    await night.answers("anna", stands_still_at="digit", keys={})
    await night.pass_time(seconds=25)

    await night.presses("ben", "1")
    anna = await _leg(night, annas, keys={"ack-announce": "1"})

    assert (await night.case()).owner == "ben"
    assert anna.played[-3:] == ["ack-taken", "ack-taken-by", "name-ben"]
    assert night.rang() == ["anna", "ben"]


async def test_winner_hears_number_and_message(night: Night) -> None:
    """Accepted, the case number, the caller, the message; silence ends it."""
    await night.open_case()

    line = await night.presses("anna", "1")

    assert line.played[:2] == ["ack-announce", "ack-accepted"]
    assert CALL_ID in line.played
    assert line.variables["PBXB_DONE"] == "1"
    assert night.rang() == ["anna"]


async def test_he_is_told_only_what_is_committed(night: Night) -> None:
    """The disk refuses: nobody hears "accepted", and the dialplan screens instead."""
    await night.open_case()
    night.world.escalations.fault = StoreError("database or disk is full")

    line = await night.presses("anna", "1")

    assert "ack-accepted" not in line.played
    assert "PBXB_DONE" not in line.variables
    assert isinstance(night.faults.pop(), StoreError)
    night.world.escalations.fault = None
    assert night.rang() == ["anna"]


async def test_key_in_the_middle_of_a_sentence_counts(night: Night) -> None:
    """Who has heard enough presses 1 while we still talk."""
    await night.open_case()

    line = await night.answers("anna", keys={"ack-message": "1"})

    assert "ack-keys" not in line.played
    assert (await night.case()).owner == "anna"
    assert night.rang() == ["anna"]


async def test_missing_sound_costs_a_sentence_not_the_call(night: Night) -> None:
    """He hears the rest, and can accept."""
    await night.open_case()

    line = await night.answers("anna", missing=frozenset({"ack-announce"}), keys={"ack-keys": "1"})

    assert line.played[0] == "ack-urgency-emergency"
    assert (await night.case()).owner == "anna"
    assert night.rang() == ["anna"]


async def test_who_hangs_up_passes_it_on(night: Night) -> None:
    """He picks up and hangs up at once: the next is rung, and nothing is done for him."""
    await night.open_case()

    line = await night.answers("anna", hangs_up_at="ack-announce")
    await night.pass_time(seconds=80)

    assert "PBXB_DONE" not in line.variables
    assert night.rang()[:2] == ["anna", "ben"]


async def test_decline_counts_before_the_farewell(night: Night) -> None:
    """Ben is rung while Anna still hears that she declined."""
    await night.open_case()

    await night.answers("anna", keys={"ack-announce": "2"}, stands_still_at="ack-declined")

    assert night.rang() == ["anna", "ben"]
    assert (await night.case()).attempts[0].outcome is RingOutcome.DECLINED


@pytest.mark.parametrize("token", ["", "0" * 32])
async def test_leg_that_we_did_not_order_gets_nothing(night: Night, token: str) -> None:
    """Somebody who rings our context by himself hears no caller's message."""
    await night.open_case()

    line = await _leg(night, replace(night.phones.rings[0], token=token), keys={})

    assert line.played == []
    assert "PBXB_DONE" not in line.variables
    assert night.rang() == ["anna"]


async def test_genuine_leg_of_a_lost_case_is_left_to_the_dialplan(night: Night) -> None:
    """The database was replaced: the dialplan screens, we do not crash."""
    token = night.daemon.tokens.token("7777-1")
    line = FakeLine(variables={"PBXB_CASE": "7777", "PBXB_ATTEMPT": "1", "PBXB_TOKEN": token})

    await night._session(night.daemon.acks.technician, line)

    assert line.played == []
    assert "PBXB_DONE" not in line.variables


async def _leg(night: Night, order, **script: object) -> FakeLine:
    """Let a leg that exists no longer in Asterisk's list come to us all the same."""
    line = FakeLine(
        phones=night.phones,
        variables={
            "PBXB_CASE": order.case_id,
            "PBXB_ATTEMPT": str(order.attempt),
            "PBXB_TECHNICIAN": order.technician,
            "PBXB_TOKEN": order.token,
        },
        **script,
    )
    await night._session(night.daemon.acks.technician, line)
    return line


async def test_who_won_in_the_dialplan_is_not_overruled(night: Night) -> None:
    """AMI is away and Ben pressed 1 in the fallback: Anna, on her line, hears that it is his."""
    await night.open_case()
    night.phones.astdb[TAKEN, CALL_ID] = "+49170222/0/fallback"

    line = await night.presses("anna", "1")

    assert (await night.case()).owner == "ben"
    assert "ack-accepted" not in line.played
    assert line.played[-3:] == ["ack-taken", "ack-taken-by", "name-ben"]
    assert night.rang() == ["anna"]


async def test_winner_is_noted_where_the_dialplan_looks(night: Night) -> None:
    """At once and on his own line: the fallback rings nobody else, even with AMI away."""
    await night.open_case()

    line = await night.presses("anna", "1")

    [(place, value)] = line.remembered
    assert place == (TAKEN, CALL_ID)
    assert value.split("/")[:2] == ["anna", "1001-1"]
    assert night.rang() == ["anna"]


async def test_who_accepts_while_the_caller_speaks_hears_the_rest(night: Night) -> None:
    """One owner; the caller finishes undisturbed; then the technician hears what came since."""
    caller = night.caller(stands_still_at="speaking")
    await night.serve(caller)
    certain = HeardCertain(Verdict(urgency=Urgency.EMERGENCY))
    night.daemon.cases.post("1001", certain)
    await night.settle()
    keys = {"ack-announce": "1"}
    line = await night.answers("anna", keys=keys, stands_still_at="waits for the rest")
    heard_so_far = list(line.played)
    night.world.recordings.lengths_s[f"/spool/{CALL_ID}"] = 9.0
    caller.hang_up()
    await night.claim(caller)
    await night.settle()

    assert heard_so_far[-2:] == ["part-from-0", "ack-still-speaking"]
    assert (await night.case()).owner == "anna"
    assert line.played[-5:] == [
        "ack-still-speaking",
        "part-from-4",
        "ack-call-back",
        "ack-repeat",
        "ack-goodbye",
    ]
    assert night.rang() == ["anna"]


async def test_who_hangs_up_while_the_caller_speaks_keeps_the_case(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """He has accepted and does not wait for the rest: his leg is over, the case is his."""
    monkeypatch.setattr(acks, "LOOK_S", 0.001)
    await night.serve(night.caller(stands_still_at="speaking"))
    night.daemon.cases.post("1001", HeardCertain(Verdict(urgency=Urgency.EMERGENCY)))
    await night.settle()

    leaving = {"hangs_up_at": "digit", "stands_still_at": "nowhere"}
    line = await night.answers("anna", keys={"ack-announce": "1"}, **leaving)
    await asyncio.wait_for(line.gone.wait(), 5)
    await night.settle()

    assert (await night.case()).owner == "anna"
    assert "PBXB_DONE" not in line.variables
    assert night.rang() == ["anna"]


async def test_disk_that_cannot_be_read_costs_no_sentence(night: Night) -> None:
    """What was known when he picked up is still told."""
    await night.open_case()
    await night.answers("anna", keys={}, stands_still_at="digit")
    night.world.calls.fault = StoreError("database is locked")
    call = await night.call()

    known = await night.daemon.acks._now(call)
    night.world.calls.fault = None

    assert known == call
    assert night.rang() == ["anna"]
