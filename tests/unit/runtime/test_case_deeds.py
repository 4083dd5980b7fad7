"""What follows from an outcome or a note."""

import pytest
from night import Night

from pbx_bridge.assemble.duties import NOTE_TRIES
from pbx_bridge.core.case_life import (
    CaseOutcome,
    CloseEscalation,
    NoteSpoken,
    OutcomeGiven,
    OutcomeWithdrawn,
    ReopenEscalation,
    TranscribeNote,
)
from pbx_bridge.core.escalation_state import EscalationPhase
from pbx_bridge.errors import StoreError, TranscriberError
from pbx_bridge.ports import Pending

NOTE = TranscribeNote
FIXED = OutcomeGiven(CaseOutcome.FIXED, "anna")


async def test_death_between_outcome_and_silence_loses_nothing(night: Night) -> None:
    """The outcome is committed, the phone still rings; the next process stops it."""
    await night.open_case()
    night.daemon.deeds.assign(dict.fromkeys(night.daemon.deeds._duties, _Never()))
    night.daemon.cases.post("1001", FIXED)
    await night.daemon.cases.settle()

    await night.restart()

    assert night.phones.cancelled == ["1001-1"]
    assert (await night.case()).phase is EscalationPhase.DONE
    assert night.rang() == ["anna"]


async def test_close_waits_for_a_ringing_that_is_only_to_begin(night: Night) -> None:
    """Otherwise a case that is done would ring."""
    await night.open_case()
    del night.store.tables.escalations["1001"]
    night.daemon.cases.post("1001", FIXED)
    await night.settle()
    pending = Pending(seq=99, case_id="1001", effect=CloseEscalation("anna"))

    with pytest.raises(StoreError, match="not escalated yet"):
        await night.daemon.case_deeds.close(pending)

    assert night.rang() == ["anna"]


@pytest.mark.parametrize("events", [(FIXED, OutcomeWithdrawn("office"))])
async def test_effect_that_is_out_of_date_does_nothing(night: Night, events) -> None:
    """Done and reopened at once: the case rings on."""
    await night.open_case()
    for event in events:
        night.daemon.cases.post("1001", event)
    await night.settle()

    await night.daemon.case_deeds.close(
        Pending(seq=99, case_id="1001", effect=CloseEscalation("anna"))
    )

    assert (await night.case()).phase is EscalationPhase.RINGING
    night.rang()


async def test_reopen_that_is_out_of_date_does_nothing(night: Night) -> None:
    """Somebody closed it again."""
    await night.open_case()
    night.daemon.cases.post("1001", FIXED)
    await night.settle()

    await night.daemon.case_deeds.reopen(
        Pending(seq=99, case_id="1001", effect=ReopenEscalation("office"))
    )

    assert (await night.case()).phase is EscalationPhase.DONE
    assert night.rang() == ["anna"]


async def test_note_that_cannot_be_transcribed_is_tried_again_also_by_the_next_life(
    night: Night,
) -> None:
    """The model is mended at noon; until then somebody can listen to the recording."""
    await night.open_case()
    night.world.transcriber.fault = TranscriberError("no model")
    night.daemon.cases.post("1001", NoteSpoken("anna", "/spool/1.note-1"))
    await night.settle()
    before = (await night.call()).life.notes

    night.world.transcriber.fault = None
    await night.restart()
    await night.pass_time(2 * 60)

    after = (await night.call()).life.notes
    assert [(note.text, note.recording) for note in before] == [("", "/spool/1.note-1")]
    assert [note.text for note in after] == [night.world.transcriber.says]
    assert night.rang()
    night.told()


async def test_note_that_nobody_can_transcribe_is_given_up_in_the_end(night: Night) -> None:
    """It is parked and logged; the doctor of another day looks at it."""
    await night.open_case()
    night.world.transcriber.fault = TranscriberError("no model")
    night.daemon.cases.post("1001", NoteSpoken("anna", "/spool/1.note-1"))
    await night.settle()
    [row] = [one for one in night.store.tables.outbox if isinstance(one.pending.effect, NOTE)]

    for _ in range(NOTE_TRIES - 1):
        row.retry_at = night.clock.at
        await night.pass_time(1)

    assert row.status == "parked"
    row.status = "done"  # looked at
    assert night.rang()


class _Never:
    """A duty that is not carried out before the process dies."""

    is_slow = True

    @property
    def act(self):
        """Raise: nothing is done."""
        raise StoreError("the process dies here")

    tries = None
