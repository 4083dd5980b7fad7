"""Words and verdict for each message: live when it can, from the file when it must."""

import asyncio
from pathlib import Path

import pytest
from listeners import spoken
from night import CALL_ID, Night

from pbx_bridge.core.call_events import Transcribe
from pbx_bridge.core.call_flow import CallPhase
from pbx_bridge.core.case import Urgency
from pbx_bridge.errors import AudioError, StoreError, TranscriberError
from pbx_bridge.ports import Pending


async def test_live_words_are_used_when_there_was_a_slot(night: Night) -> None:
    """The message is not transcribed a second time."""
    await night.serve(night.caller())

    assert (await night.call()).transcript.text == "rohrbruch im keller"
    assert night.world.transcriber.transcribed == []
    assert night.rang() == ["anna"]


async def test_without_a_slot_the_file_is_transcribed(night: Night) -> None:
    """The ninth caller at once is heard too, only a little later."""
    night.world.transcriber.has_slot = False

    await night.serve(night.caller())

    assert night.world.transcriber.transcribed == [Path(f"/spool/{CALL_ID}.wav")]
    assert night.rang() == ["anna"]


async def test_who_waits_for_the_recogniser_is_rung_all_the_same(night: Night) -> None:
    """Thirty callers at once: the technician is rung by the deadline, the words come later."""
    transcriber = night.world.transcriber
    transcriber.has_slot, transcriber.turn = False, asyncio.Event()

    await night.serve(night.caller(hangs_up_at="speaking"))
    assert night.rang() == []
    await night.pass_time(5)

    assert night.rang() == ["anna"]
    assert (await night.call()).verdict.urgency is Urgency.UNKNOWN
    transcriber.turn.set()
    await night.settle()
    assert (await night.call()).transcript.text == "rohrbruch im keller"


@pytest.mark.parametrize(("heard_s", "from_file"), [(4.0, 0), (2.6, 0), (2.0, 1)])
async def test_live_copy_that_was_cut_is_not_the_message(
    night: Night, heard_s: float, from_file: int
) -> None:
    """Somebody stopped or emptied it: the rest is in the recording, and may be the worst."""
    night.world.transcriber.audio_s = heard_s

    await night.serve(night.caller(speaks_s=4.0))

    assert len(night.world.transcriber.transcribed) == from_file
    assert night.rang() == ["anna"]


async def test_lost_recogniser_falls_back_to_the_file(night: Night) -> None:
    """Its process died with the live words: the recording has them all."""
    line = night.caller(stands_still_at="speaking")
    await night.serve(line)
    night.world.transcriber.followed.clear()

    line.hang_up()
    await night.claim(line)

    assert night.world.transcriber.transcribed == [Path(f"/spool/{CALL_ID}.wav")]
    assert night.rang() == ["anna"]


@pytest.mark.parametrize("fault", [TranscriberError("no model"), AudioError("not audio")])
async def test_message_that_nobody_can_read_counts_as_urgent(
    night: Night, fault: Exception
) -> None:
    """No words, no verdict: somebody is rung, at once."""
    night.world.transcriber.fault = fault
    night.world.transcriber.has_slot = False

    await night.serve(night.caller())

    assert (await night.call()).verdict.urgency is Urgency.UNKNOWN
    assert night.rang() == ["anna"]


async def test_caller_who_said_nothing_needs_no_recogniser(night: Night) -> None:
    """An empty recording is not sent through the recogniser, and rings."""
    night.world.transcriber.has_slot = False

    await night.serve(night.caller(speaks_s=0.0))

    assert night.world.transcriber.transcribed == []
    assert (await night.call()).verdict.urgency is Urgency.UNKNOWN
    assert night.rang() == ["anna"]


async def test_words_so_far_are_in_the_journal(night: Night) -> None:
    """If everything dies now, this much is known."""
    await night.serve(night.caller(stands_still_at="speaking"))

    night.world.transcriber.listeners[CALL_ID](spoken("rohrbruch"))
    await night.settle()

    [note] = [row for row in night.store.tables.journal if row.machine == "note"]
    assert (note.trigger, note.data) == ("Heard", {"text": "rohrbruch"})


async def test_certain_emergency_rings_while_the_caller_speaks(night: Night) -> None:
    """The first mobile rings before he has finished, and nobody rings again when he has."""
    line = night.caller(stands_still_at="speaking")
    await night.serve(line)

    await _hears(night, "ein rohrbruch")
    assert night.rang() == []
    await _hears(night, "ein rohrbruch im", "ein rohrbruch im keller")
    assert night.rang() == ["anna"]
    assert (await night.call()).phase is CallPhase.RECEIVING

    line.hang_up()
    await night.claim(line)
    await night.settle()

    assert (await night.call()).transcript.text == "rohrbruch im keller"
    assert night.rang() == ["anna"]


async def test_routine_message_rings_nobody_early(night: Night) -> None:
    """Its words come twice too, and nothing happens."""
    night.world.transcriber.says = "meine rechnung bitte"
    line = night.caller(stands_still_at="speaking")
    await night.serve(line)

    await _hears(night, "meine rechnung", "meine rechnung bitte")
    line.hang_up()
    await night.claim(line)

    assert night.rang() == []


async def test_early_ring_survives_our_death(night: Night) -> None:
    """Killed between the first INVITE and the end of the message: she is not rung twice."""
    line = night.caller(stands_still_at="speaking")
    await night.serve(line)
    await _hears(night, "rohrbruch", "rohrbruch im")

    await night.restart()
    await night.serve(night.caller())
    await night.presses("anna", "1")

    assert (await night.case()).owner == "anna"
    assert (await night.call()).phase is CallPhase.DECIDED
    assert night.rang() == ["anna"]


async def test_early_ring_that_cannot_be_kept_costs_nothing(night: Night) -> None:
    """The disk refuses: the whole message rings."""
    line = night.caller(stands_still_at="speaking")
    await night.serve(line)
    night.world.calls.fault = StoreError("database or disk is full")
    await _hears(night, "rohrbruch", "rohrbruch im")
    night.world.calls.fault = None
    assert night.rang() == []

    line.hang_up()
    await night.claim(line)
    await night.pass_time(seconds=3)

    assert night.rang() == ["anna"]


async def _hears(night: Night, *texts: str) -> None:
    """Let the recogniser report a growing transcript."""
    for text in texts:
        night.world.transcriber.listeners[CALL_ID](spoken(text))
    await night.settle()


async def test_note_that_cannot_be_written_costs_nothing(night: Night) -> None:
    """Words so far are a comfort, the recording is the truth."""
    await night.serve(night.caller(stands_still_at="speaking"))
    night.world.outbox.fault = StoreError("database or disk is full")

    night.world.transcriber.listeners[CALL_ID](spoken("rohrbruch"))
    await night.settle()
    night.world.outbox.fault = None

    assert (await night.call()).phase is CallPhase.RECEIVING


async def test_live_copy_is_dropped_when_it_was_read(night: Night) -> None:
    """Memory is given back with the verdict."""
    await night.serve(night.caller())

    assert night.world.recordings.dropped == [CALL_ID]
    assert night.rang() == ["anna"]


async def test_wish_is_done_only_when_the_verdict_is_on_disk(night: Night) -> None:
    """A verdict that could not be kept is asked for again."""
    line = night.caller(stands_still_at="speaking")
    await night.serve(line)
    line.hang_up()
    refused = []
    saved = night.world.store.calls.save

    async def save(now, before, trigger, after):
        if type(trigger).__name__ == "Judged" and not refused:
            refused.append(trigger)
            raise StoreError("database is locked")
        return await saved(now, before, trigger, after)

    night.world.store.calls.save = save
    await night.claim(line)
    await night.pass_time(seconds=3)

    assert (await night.call()).transcript.text == "rohrbruch im keller"
    assert night.rang() == ["anna"]


async def test_transcript_of_a_case_without_call_fails_visibly(night: Night) -> None:
    """A case whose call cannot be read is reported."""
    with pytest.raises(StoreError, match="case 77 has no call"):
        await night.daemon.transcripts.transcribe(Pending(seq=1, case_id="77", effect=Transcribe()))
