"""Whoever spoke a note into a dying service has not spoken in vain."""

from night import Night
from structlog.testing import capture_logs

from pbx_bridge.core.case_life import OFFICE, NoteSpoken
from pbx_bridge.core.escalation_events import TakenByHand
from pbx_bridge.runtime.stray_notes import StrayNotes


def stray(night: Night) -> StrayNotes:
    """Return who looks for them in this life."""
    world = night.world
    return StrayNotes(
        night.daemon.cases.post,
        clock=world.clock,
        calls=world.calls,
        escalations=world.escalations,
        recordings=world.recordings,
    )


async def accepted(night: Night) -> str:
    """Open a case that Anna has; return where its first note would lie."""
    call = await night.open_case()
    night.daemon.cases.post(call.case_id, TakenByHand("anna"))
    await night.settle()
    night.rang()
    return f"{call.recording}.note-1"


async def test_note_that_nobody_committed_is_its_owners(night: Night) -> None:
    """With its words, once, however often we look."""
    recording = await accepted(night)
    night.world.recordings.lengths_s[recording] = 5.0

    with capture_logs() as lines:
        for _ in range(2):
            await stray(night).adopt()
            await night.settle()

    notes = (await night.call()).life.notes
    assert [(one.by, one.text, one.recording) for one in notes] == [
        ("anna", night.world.transcriber.says, recording)
    ]
    assert [line["event"] for line in lines].count("note.adopted") == 1


async def test_note_that_is_known_and_the_click_of_a_key_are_left_alone(night: Night) -> None:
    """The case has the one; the other was never a note."""
    recording = await accepted(night)
    night.daemon.cases.post("1001", NoteSpoken("ben", recording))
    await night.settle()
    night.world.recordings.lengths_s |= {recording: 5.0, recording[:-1] + "2": 0.3}

    await stray(night).adopt()
    await night.settle()

    assert [note.by for note in (await night.call()).life.notes] == ["ben"]


async def test_note_of_a_case_without_owner_is_the_offices(night: Night) -> None:
    """And one of a call that nobody knows is nobody's."""
    call = await night.open_case()
    night.world.recordings.lengths_s |= {f"{call.recording}.note-1": 5.0, "/spool/9.note-1": 5.0}

    await stray(night).adopt()
    await night.settle()

    assert [note.by for note in (await night.call()).life.notes] == [OFFICE]
    assert night.rang() == ["anna"]
