"""After a restart: find out what happened, adopt it, and only then ring."""

import asyncio
from datetime import UTC, datetime

import pytest
from lines import FakeLine
from night import CALL_ID, Night

from pbx_bridge.core.call_events import HeardCertain
from pbx_bridge.core.call_flow import CallPhase
from pbx_bridge.core.case import RingOutcome, Urgency, Verdict
from pbx_bridge.core.escalation import open_escalation
from pbx_bridge.core.lineup import ALONE
from pbx_bridge.errors import AmiUnavailable, StoreError
from pbx_bridge.ports import LiveChannel
from pbx_bridge.runtime.lookout import CALLS, TAKEN
from pbx_bridge.runtime.recovery import RETRY_S

GONE = "1768000000.9"


async def test_leg_that_lives_is_not_rung_again(night: Night) -> None:
    """Killed while Anna's mobile rings: it rings on, and hers is the case when she accepts."""
    await night.open_case()
    await night.restart()

    await night.presses("anna", "1")

    assert night.rang() == ["anna"]
    assert (await night.case()).owner == "anna"


async def test_leg_that_ended_while_we_were_away_is_closed(night: Night) -> None:
    """Anna was busy while nobody looked: Ben is rung at once."""
    await night.open_case()
    await night.die()
    del night.phones.channels["1001-1"]

    await night.begin()

    assert night.rang() == ["anna", "ben"]
    assert (await night.case()).attempts[0].outcome is RingOutcome.NO_ANSWER


async def test_ring_that_was_never_ordered_is_not_taken_for_ended(night: Night) -> None:
    """Killed between the decision and the order: Anna is rung now, not passed over."""
    call = await night.daemon.calls.adopt(CALL_ID, None, f"/spool/{CALL_ID}")
    now, policy = night.clock.at, night.world.policy
    opening = open_escalation(now, call.case_id, Urgency.URGENT, policy, ALONE)
    await night.store.escalations.open(night.clock.at, opening)

    await night.daemon.recovery.look_around()
    await night.settle()

    assert night.rang() == ["anna"]
    assert (await night.case()).live


async def test_key_pressed_while_we_were_away_counts(night: Night) -> None:
    """Anna accepted in the dialplan's screening: nobody is rung, nobody is hung up."""
    await night.open_case()
    await night.die()
    night.stores_key("anna")
    night.clock.move(300)

    await night.begin()
    await night.pass_time(seconds=300)

    assert night.rang() == ["anna"]
    assert (await night.case()).owner == "anna"


async def test_key_accepted_in_the_fallback_while_we_were_away_counts(night: Night) -> None:
    """Ben accepted on the dialplan's own ring: his is the case, Anna's phone stops."""
    await night.open_case()
    await night.die()
    night.phones.astdb[TAKEN, CALL_ID] = "+49170222/0/fallback"

    await night.begin()

    assert night.rang() == ["anna"]
    assert (await night.case()).owner == "ben"
    assert night.phones.cancelled == ["1001-1"]


async def test_key_stored_now_is_looked_for_at_once(night: Night) -> None:
    """The dialplan reports a key: it is verified in AstDB, then it counts."""
    await night.open_case()

    night.daemon.switchboard.key_stored("1001-1")
    await night.settle()
    before = (await night.case()).owner
    night.stores_key("anna")
    night.daemon.switchboard.key_stored("1001-1")
    await night.settle()

    assert before is None
    assert (await night.case()).owner == "anna"
    assert night.rang() == ["anna"]


async def test_caller_who_speaks_on_keeps_his_lease(night: Night) -> None:
    """Killed while he speaks: Asterisk records on, and we renew his lease meanwhile."""
    line = night.caller(stands_still_at="speaking")
    await night.serve(line)

    night.phones.extended.clear()
    await night.restart()

    assert [channel for channel, _ in night.phones.extended] == [line.channel]


async def test_fallback_that_begins_ends_our_lease(night: Night) -> None:
    """A channel in the fallback has no lease to renew, and is not rung for."""
    line = night.caller(stands_still_at="speaking")
    await night.serve(line)
    await night.restart()
    night.phones.astdb[CALLS, CALL_ID] = "fallback/1768000000/+4930123456"

    night.phones.extended.clear()
    night.daemon.switchboard.fallback_moved(CALL_ID)
    await night.settle()
    await night.daemon.leases.renew()

    assert night.phones.extended == []
    assert (await night.call()).phase is CallPhase.ELSEWHERE
    await night.pass_time(seconds=120)
    assert night.rang() == []


async def test_fallback_that_was_accepted_is_adopted(night: Night) -> None:
    """The dialplan tells that Ben accepted: we ring nobody and know the owner."""
    await night.serve(night.caller(stands_still_at="speaking"))
    await night.restart()
    night.phones.astdb[TAKEN, CALL_ID] = "+49170222/0/fallback"

    night.daemon.switchboard.fallback_moved(CALL_ID)
    await night.settle()

    assert (await night.case()).owner == "ben"
    assert night.rang() == []


async def test_fallback_for_a_call_that_nobody_knows_is_left_to_the_report(night: Night) -> None:
    """A call that came while we were away is adopted when the report tells of it."""
    night.daemon.switchboard.fallback_moved(GONE)
    await night.settle()

    assert night.store.tables.calls == {}


async def test_caller_who_left_while_we_were_away_is_rung_for(night: Night) -> None:
    """Killed while he spoke, and he hung up: what he said so far is the message."""
    line = night.caller(stands_still_at="speaking")
    await night.serve(line)
    await night.die()
    line.hang_up()

    await night.begin()

    assert (await night.call()).message_s == 4.0
    assert night.rang() == ["anna"]


async def test_report_adopts_what_nobody_accepted(night: Night) -> None:
    """A call of which only AstDB knows: a case, its number, and somebody is rung."""
    night.phones.astdb[CALLS, GONE] = "nobody/1768000000/+4930777"
    night.world.recordings.lengths_s[f"/spool/{GONE}"] = 3.0

    await _report(night)

    assert (await night.call()).caller.number == "+4930777"
    assert (await night.call()).arrived_at == datetime.fromtimestamp(1768000000, UTC)
    assert (CALLS, GONE) not in night.phones.astdb
    assert night.rang() == ["anna"]


async def test_report_adopts_what_was_accepted(night: Night) -> None:
    """The dialplan did it all alone: the case is on the list, with its owner and its begin."""
    night.phones.astdb[CALLS, GONE] = "taken/1768000077/+4930777"
    night.phones.astdb[TAKEN, GONE] = "+49170222/0/fallback"

    await _report(night)

    assert (await night.case()).owner == "ben"
    assert (await night.call()).phase is CallPhase.DECIDED
    assert (await night.call()).arrived_at == datetime.fromtimestamp(1768000000, UTC)
    assert night.rang() == []


@pytest.mark.parametrize(
    ("call_id", "begun"), [("pbx-2-1768000000.9", 0), ("x.9", 77), ("1" * 30, 77)]
)
async def test_uniqueid_tells_when_a_call_began(night: Night, call_id: str, begun: int) -> None:
    """The time of an accepted row is that of the key 1; it is better than none."""
    night.phones.astdb[CALLS, call_id] = "taken/1768000077/+4930777"
    night.phones.astdb[TAKEN, call_id] = "+49170222/0/fallback"

    await _report(night)

    assert (await night.call()).arrived_at == datetime.fromtimestamp(1768000000 + begun, UTC)


async def test_report_cleans_what_is_on_our_disk(night: Night) -> None:
    """Who took a case is forgotten in AstDB once we know it, and not before."""
    night.phones.astdb[CALLS, GONE] = "taken/1768000000/+4930777"
    night.phones.astdb[TAKEN, GONE] = "+49170222/0/fallback"
    night.phones.astdb[TAKEN, "1768000000.8"] = "+49170222/0/fallback"

    await _report(night)
    await _report(night)

    assert (await night.case()).owner == "ben"
    assert (TAKEN, GONE) not in night.phones.astdb
    assert (TAKEN, "1768000000.8") in night.phones.astdb


async def test_cases_wait_for_the_first_look(night: Night) -> None:
    """Nothing is decided before Asterisk was asked what lives; when it is away, not for ever."""
    recovery = night.daemon.recovery
    recovery.has_looked.clear()
    waiting = asyncio.create_task(recovery.wait_for_first_look())
    looking = asyncio.create_task(recovery.run())
    await asyncio.sleep(0)
    before = waiting.done()

    recovery.line_restored()
    await waiting
    looking.cancel()

    assert not before
    assert recovery.has_looked.is_set()


async def test_report_leaves_a_fallback_in_progress_alone(night: Night) -> None:
    """It rings still: the row stays, we wait, and ring when it is over."""
    night.phones.astdb[CALLS, GONE] = "fallback/1768000000/+4930777"
    night.phones.channels[GONE] = LiveChannel(
        channel="PJSIP/trunk-9", channel_id=GONE, call_id=GONE, is_up=True
    )
    await _report(night)
    beside = night.rang()

    del night.phones.channels[GONE]
    await night.pass_time(seconds=20)

    assert beside == []
    assert (CALLS, GONE) in night.phones.astdb
    assert night.rang() == ["anna"]


async def test_report_leaves_a_caller_in_our_hands_alone(night: Night) -> None:
    """He is being served just now: his row goes when he is done."""
    line = night.caller(stands_still_at="speaking")
    await night.serve(line)

    await _report(night)

    assert (CALLS, CALL_ID) in night.phones.astdb
    assert (await night.call()).phase is CallPhase.RECEIVING


async def test_report_adopts_a_recording_without_a_row(night: Night) -> None:
    """Even Asterisk's database was lost: the recording is a case, and rings."""
    night.world.recordings.lengths_s[GONE] = 3.0

    await _report(night)

    assert (await night.call()).call_id == GONE
    assert night.rang() == ["anna"]


async def test_report_opens_no_second_case_for_a_recording(night: Night) -> None:
    """Each recording is one case, however often we look."""
    night.world.recordings.lengths_s[GONE] = 3.0

    await _report(night)
    await _report(night)

    assert len(night.store.tables.calls) == 1
    assert night.store.tables.last_case == 1001
    assert night.rang() == ["anna"]


async def test_report_finds_notes_that_were_spoken_while_we_died(night: Night) -> None:
    """They lie beside the recording of their case."""
    call = await night.open_case()
    night.world.recordings.lengths_s[f"{call.recording}.note-1"] = 3.0

    await _report(night)

    assert len((await night.call()).life.notes) == 1
    assert night.rang() == ["anna"]


async def test_dialplan_is_told_who_is_on_call(night: Night) -> None:
    """Its list is the one that we would ring."""
    assert night.phones.astdb["pbxb-list", "oncall"] == "+49170111&+49170222"
    assert night.phones.reports == 1


async def test_look_that_the_disk_refuses_is_made_later(night: Night) -> None:
    """A locked database at the wrong moment must not skip the look round."""
    loop = asyncio.get_running_loop()
    later: list[object] = []
    loop.call_later = lambda _, act, errand: later.append((act, errand))
    night.world.break_disk(StoreError("database is locked"))

    night.daemon.switchboard.line_restored()
    await night.settle()
    night.world.break_disk(None)
    [(act, errand)] = later
    act(errand)
    await night.settle()

    assert night.phones.reports == 2


async def test_look_that_asterisk_refuses_is_made_later(night: Night) -> None:
    """One slow reply at the wrong moment must not hide what the dialplan did alone."""
    loop = asyncio.get_running_loop()
    later: list[tuple[float, object, object]] = []
    loop.call_later = lambda pause_s, act, errand: later.append((pause_s, act, errand))
    night.world.line.fault = AmiUnavailable("no reply within 5 s")

    night.daemon.switchboard.line_restored()
    await night.settle()
    night.world.line.fault = None
    [(pause_s, act, errand)] = later
    act(errand)
    await night.settle()

    assert pause_s == RETRY_S
    assert night.phones.reports == 2


async def test_one_broken_row_does_not_hide_the_others(night: Night) -> None:
    """A row that no code of ours can read stays; the call behind it is adopted all the same."""
    night.phones.astdb[CALLS, "../1"] = "nobody/99999999999999999999/+4930777"
    night.phones.astdb[CALLS, GONE] = "nobody/1768000000/+4930777"

    await _report(night)

    assert (await night.call()).call_id == GONE
    assert night.rang() == ["anna"]


async def test_routine_case_taken_in_the_fallback_has_its_owner(night: Night) -> None:
    """We had filed it; the dialplan rang for it, and Ben said yes: he must be on the list."""
    line = night.caller()
    night.world.transcriber.says = "die rechnung"
    await night.serve(line)
    night.phones.astdb[CALLS, CALL_ID] = "taken/1768000000/+4930123456"
    night.phones.astdb[TAKEN, CALL_ID] = "+49170222/0/fallback"
    before = await night.store.escalations.load("1001")

    await _report(night)

    assert before is None
    assert (await night.case()).owner == "ben"
    assert night.rang() == []


async def test_bug_in_one_look_does_not_stop_the_next(night: Night) -> None:
    """The loop of recovery outlives whatever one errand raises."""
    night.world.line.fault = ZeroDivisionError("a bug")
    night.daemon.switchboard.line_restored()
    await night.settle()
    night.world.line.fault = None

    night.daemon.switchboard.line_restored()
    await night.settle()

    assert night.phones.reports == 2


async def _report(night: Night) -> None:
    """Let Asterisk call ``/report``."""
    line = FakeLine(phones=night.phones, channel="Local/s@pbxb-report")
    await night._session(night.daemon.recovery.report, line)
    await night.settle()


async def test_caller_whose_case_is_taken_speaks_on_over_our_restart(night: Night) -> None:
    """Anna has it already; his message is not taken for over, and nobody is rung again."""
    await night.serve(night.caller(stands_still_at="speaking"))
    night.daemon.cases.post("1001", HeardCertain(Verdict(urgency=Urgency.EMERGENCY)))
    await night.settle()
    await night.answers("anna", keys={"ack-announce": "1"}, stands_still_at="nowhere")

    await night.restart()
    while_he_speaks = await night.call()
    await night.serve(night.caller())

    assert while_he_speaks.message is None
    assert (await night.call()).phase is CallPhase.DECIDED
    assert (await night.case()).owner == "anna"
    assert night.rang() == ["anna"]
