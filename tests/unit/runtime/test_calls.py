"""A caller's way through the call, and what is left when he hangs up on it."""

from pathlib import Path

import pytest
from night import CALL_ID, Night

from pbx_bridge.core.call_flow import CallPhase
from pbx_bridge.core.case import MessageEnd
from pbx_bridge.errors import StoreError
from pbx_bridge.runtime.lookout import CALLS


async def test_caller_is_greeted_heard_and_told(night: Night) -> None:
    """Greeting, recording notice, message, and what happens next; then he is done."""
    line = await night.serve(night.caller())

    assert line.played == ["greeting", "recording-notice", "confirm-ring", "goodbye"]
    assert line.recorded == [f"/spool/{CALL_ID}"]
    assert line.variables["PBXB_DONE"] == "1"
    assert night.rang() == ["anna"]


async def test_done_call_leaves_no_row_for_the_report(night: Night) -> None:
    """AstDB holds only calls that somebody must still look after."""
    await night.serve(night.caller())

    assert (CALLS, CALL_ID) not in night.phones.astdb
    assert night.rang() == ["anna"]


async def test_routine_message_wakes_nobody(night: Night) -> None:
    """He hears that the office will call back, and nobody is rung all night."""
    night.world.transcriber.says = "es geht um meine rechnung"

    line = await night.serve(night.caller())
    await night.pass_time(seconds=3600)

    assert line.played[-2:] == ["confirm-office", "goodbye"]
    assert night.rang() == []


@pytest.mark.parametrize(
    "place", ["greeting", "recording-notice", "beep", "speaking", "confirm-ring", "goodbye"]
)
async def test_caller_who_hangs_up_is_not_lost(night: Night, place: str) -> None:
    """At whatever point he hangs up: there is a case with his number, and somebody is rung."""
    await night.serve(night.caller(hangs_up_at=place))
    await night.pass_time(seconds=10)

    assert (await night.call()).caller.number == "+4930123456"
    assert night.rang() == ["anna"]


async def test_caller_who_hangs_up_without_a_claim_is_found(night: Night) -> None:
    """Even Asterisk's hang-up handler may fail: a look finds him gone."""
    await night._session(night.daemon.calls.incoming, night.caller(hangs_up_at="speaking"))

    await night.pass_time(seconds=20)

    assert night.rang() == ["anna"]


async def test_lost_lease_looks_like_a_hang_up_and_is_not_taken_for_one(night: Night) -> None:
    """Asterisk took him from us while he spoke: the fallback has him, and we do not ring too."""
    line = night.caller(hangs_up_at="speaking")
    channel = night.phones.channels[CALL_ID]
    await night._session(night.daemon.calls.incoming, line)
    night.phones.channels[CALL_ID] = channel
    night.phones.astdb[CALLS, CALL_ID] = "fallback/1768000000/+4930123456"

    await night.pass_time(seconds=60)

    assert (await night.call()).phase is CallPhase.ELSEWHERE
    assert night.rang() == []


async def test_claim_is_answered_after_the_commit(night: Night) -> None:
    """The dialplan lets go only when the case is on disk."""
    line = night.caller()
    line.hang_up()

    asks = await night.claim(line)

    assert asks.variables["PBXB_OWNED"] == "1"
    assert (await night.call()).is_gone
    await night.pass_time(seconds=10)
    assert night.rang() == ["anna"]


async def test_claim_is_not_answered_when_nothing_can_be_committed(night: Night) -> None:
    """A full disk: the dialplan keeps the call and rings the list by itself."""
    line = night.caller()
    line.hang_up()
    night.world.break_disk(StoreError("database or disk is full"))

    asks = await night.claim(line)

    assert "PBXB_OWNED" not in asks.variables
    assert isinstance(night.faults.pop(), StoreError)
    night.world.break_disk(None)


async def test_session_without_a_store_is_not_done(night: Night) -> None:
    """The caller goes back to the dialplan; when the disk is mended he is served."""
    line = night.caller()
    night.world.break_disk(StoreError("database or disk is full"))
    await night.serve(line)
    refused = dict(line.variables)
    night.world.break_disk(None)

    await night.serve(line)

    assert "PBXB_DONE" not in refused
    assert isinstance(night.faults.pop(), StoreError)
    assert line.variables["PBXB_DONE"] == "1"
    assert night.rang() == ["anna"]


async def test_killed_before_the_message_asks_for_it_again(night: Night) -> None:
    """He was greeted; the next process begins with the beep."""
    line = night.caller(stands_still_at="speaking", speaks_s=0.3)
    await night.serve(line)
    line.stands_still_at, line.speaks_s = None, 4.0
    await night.restart()

    await night.serve(line)

    assert line.played.count("greeting") == 1
    assert (await night.call()).message_s == 4.0
    assert night.rang() == ["anna"]


async def test_interrupted_message_is_kept(night: Night) -> None:
    """Killed while he spoke: his four seconds are the message, not asked for again."""
    line = night.caller(stands_still_at="speaking")
    await night.serve(line)
    line.stands_still_at = None
    await night.restart()

    await night.serve(line)

    assert len(line.recorded) == 1
    assert (await night.call()).message is MessageEnd.INTERRUPTED
    assert line.played[-2:] == ["confirm-ring", "goodbye"]
    assert night.rang() == ["anna"]


async def test_missing_prompt_costs_a_sentence(night: Night) -> None:
    """Without the greeting he is recorded all the same."""
    line = await night.serve(night.caller(missing=frozenset({"greeting"})))

    assert line.variables["PBXB_DONE"] == "1"
    assert night.rang() == ["anna"]


async def test_unwritable_spool_costs_the_message(night: Night) -> None:
    """There is a caller with a number and no audio: unknown, so somebody is rung at once."""
    line = await night.serve(night.caller(cannot_record=True))

    assert line.variables["PBXB_DONE"] == "1"
    assert (await night.call()).message_s == 0
    assert night.rang() == ["anna"]


async def test_live_copy_is_followed_while_he_speaks(night: Night) -> None:
    """With room in memory the recogniser hears him 0.2 s behind."""
    night.world.recordings.has_room = True
    seen: list[Path] = []
    night.world.transcriber.on_listen = seen.append

    line = await night.serve(night.caller())

    assert line.copies == [f"/live/{CALL_ID}.sln48", "stopped"]
    assert seen == [Path(f"/live/{CALL_ID}.sln48")]
    assert night.rang() == ["anna"]


async def test_live_copy_that_nobody_reads_is_ended(night: Night) -> None:
    """With more callers than slots it would only fill the memory of those who are followed."""
    night.world.recordings.has_room = True
    night.world.transcriber.has_slot = False

    line = await night.serve(night.caller(hangs_up_at="speaking"))

    assert line.copies == [f"/live/{CALL_ID}.sln48", "stopped"]  # before he spoke
    assert night.rang() == ["anna"]


async def test_refused_live_copy_follows_the_recording(night: Night) -> None:
    """No MixMonitor: the recording itself is followed, a second behind."""
    night.world.recordings.has_room = True
    seen: list[Path] = []
    night.world.transcriber.on_listen = seen.append

    await night.serve(night.caller(refuses_copy=True))

    assert seen == [Path(f"/spool/{CALL_ID}.wav")]
    assert night.rang() == ["anna"]
