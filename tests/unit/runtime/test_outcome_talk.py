"""How a technician says by key how a case ended."""

from dataclasses import replace
from datetime import timedelta

from daemon import NUMBERS, World, policy_of
from lines import KeyLine
from night import CALL_ID, Night
from structlog.testing import capture_logs

from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.case_life import CaseOutcome
from pbx_bridge.core.escalation_events import EscalationTimer, RingEnded
from pbx_bridge.core.escalation_state import EscalationPhase
from pbx_bridge.errors import StoreError
from pbx_bridge.runtime.voice import Voice

SPOOL = f"/spool/{CALL_ID}"


async def talk(night: Night, *keys: str, **script: object) -> KeyLine:
    """Have Anna talk about case 1001, which is hers; she presses *keys* in turn."""
    line = KeyLine(
        phones=night.phones, recordings=night.world.recordings, pressed=list(keys), **script
    )
    speaking = Voice(line, lambda name, _: name, "de")

    async def handler(line: KeyLine) -> None:
        await night.daemon.talk.run(speaking, await night.call(), "anna")

    await night._session(handler, line)
    await night.settle()
    return line


async def accepted(night: Night) -> None:
    """Open a case that Anna accepts."""
    await night.open_case()
    await night.presses("anna", "1")
    assert night.rang() == ["anna"]


async def test_outcome_is_committed_when_he_hears_saved(night: Night) -> None:
    """The case is done, and so is its escalation."""
    await accepted(night)

    line = await talk(night, "3", "1")

    life = (await night.call()).life
    assert (life.outcome, life.by, life.done_at) == (CaseOutcome.FIXED, "anna", night.clock.at)
    assert line.played[:3] == ["outcome-menu", "outcome-fixed", "outcome-confirm"]
    assert line.played[3:] == ["outcome-saved", "note-offer"]
    assert (await night.case()).phase is EscalationPhase.DONE


async def test_nothing_is_said_to_be_saved_that_is_not(night: Night) -> None:
    """The disk refuses: he does not hear "saved"."""
    await accepted(night)
    calls, night.world.calls.fault = await night.call(), None
    line = KeyLine(phones=night.phones, pressed=["3", "1"])
    speaking = Voice(line, lambda name, _: name, "de")

    async def handler(_: KeyLine) -> None:
        night.world.calls.fault = StoreError("disk full")
        await night.daemon.talk.run(speaking, calls, "anna")

    await night._session(handler, line)
    night.world.calls.fault = None

    assert "outcome-saved" not in line.played
    assert isinstance(night.faults.pop(), StoreError)
    assert (await night.call()).life.outcome is None


async def test_outcome_that_the_case_does_not_take_is_not_said_to_be_saved(night: Night) -> None:
    """The caller still speaks: nobody can know yet how it ended."""
    await night.serve(night.caller(stands_still_at="speaking"))

    with capture_logs() as logs:
        line = await talk(night, "3", "1")

    assert line.played == ["outcome-menu", "outcome-fixed", "outcome-confirm"]
    assert (await night.call()).life.outcome is None
    assert [one["event"] for one in logs if one.get("by")] == ["outcome.unsaved"]


async def test_hang_up_after_the_confirmation_loses_nothing(night: Night) -> None:
    """He drives on at once."""
    await accepted(night)

    await talk(night, "3", "1", hangs_up_at="outcome-saved")

    assert (await night.call()).life.outcome is CaseOutcome.FIXED


async def test_hang_up_before_it_changes_nothing(night: Night) -> None:
    """One key is not enough."""
    await accepted(night)

    await talk(night, "3", hangs_up_at="outcome-confirm")

    assert (await night.call()).life.outcome is None
    assert (await night.case()).phase is EscalationPhase.ACKNOWLEDGED


async def test_note_lies_beside_the_recording_and_is_transcribed(night: Night) -> None:
    """In the background; the second one has a name of its own."""
    night.world.transcriber.says = "pumpe getauscht"
    await accepted(night)

    line = await talk(night, "3", "1", "1")
    await talk(night, "0")

    notes = (await night.call()).life.notes
    assert line.played[-1] == "note-saved"
    assert [note.recording for note in notes] == [f"{SPOOL}.note-1", f"{SPOOL}.note-2"]
    assert {note.text for note in notes} == {"pumpe getauscht"}


async def test_hang_up_ends_a_note_and_keeps_it(night: Night) -> None:
    """Most people end a note so."""
    await accepted(night)

    await talk(night, "0", hangs_up_at="speaking")

    assert [note.by for note in (await night.call()).life.notes] == ["anna"]


async def test_click_is_no_note(night: Night) -> None:
    """Nor is one that Asterisk could not write."""
    await accepted(night)

    short = await talk(night, "0", speaks_s=0.2)
    refused = await talk(night, "0", cannot_record=True)

    assert "note-saved" not in short.played + refused.played
    assert (await night.call()).life.notes == ()


async def test_4_after_accepting(night: Night) -> None:
    """He solved it on the telephone, and is not cut off while he speaks his note."""
    await night.open_case()

    keys = {"ack-announce": "1", "ack-accepted": "4", "outcome-menu": "3", "outcome-confirm": "1"}
    await night.answers("anna", keys=keys | {"note-offer": "1"})

    assert night.phones.cancelled == []
    assert (await night.call()).life.outcome is CaseOutcome.FIXED
    assert [note.by for note in (await night.call()).life.notes] == ["anna"]
    assert night.rang() == ["anna"]


async def test_reminder_is_answered_with_done(night: Night) -> None:
    """4, the outcome, 1: all on the reminder call; his own leg is not cancelled."""
    night.world.policy = _reminding(night, minutes=30)
    await night.restart()
    await accepted(night)
    await night.pass_time(30 * 60)

    line = await night.answers(
        "anna",
        keys={
            "remind-announce": "4",
            "outcome-menu": "5",
            "outcome-confirm": "1",
            "note-offer": "1",
        },
    )

    assert line.played[0] == "remind-announce"
    assert line.played[-1] == "note-saved"
    assert night.phones.cancelled == []
    assert (await night.call()).life.outcome is CaseOutcome.FOLLOW_UP
    assert (await night.case()).phase is EscalationPhase.DONE
    assert night.rang() == ["anna", "anna"]


async def test_who_left_in_the_middle_is_reminded_again(night: Night) -> None:
    """He pressed 4 and hung up: he is there, so nobody else is rung, but it is not done."""
    night.world.policy = _reminding(night, minutes=30)
    await night.restart()
    await accepted(night)
    await night.pass_time(30 * 60)

    await night.answers("anna", keys={"remind-announce": "4"}, hangs_up_at="outcome-menu")
    assert (await night.case()).phase is EscalationPhase.ACKNOWLEDGED
    await night.pass_time(30 * 60)

    assert night.rang() == ["anna"] * 3


async def test_ben_gets_what_anna_did_not_do(night: Night) -> None:
    """The mark of Anna in AstDB does not give the case back to her when Ben presses 1."""
    night.world.policy = _reminding(night, minutes=30)
    await night.restart()
    await accepted(night)
    await night.pass_time(30 * 60 + 40)
    assert night.ringing == ["ben"]

    line = await night.presses("ben", "1")

    assert line.played[1] == "ack-accepted"
    assert (await night.case()).owner == "ben"
    assert night.rang() == ["anna", "anna", "ben"]


def _reminding(night: Night, *, minutes: int) -> object:
    after = timedelta(minutes=minutes)
    return replace(night.world.policy, remind_after=after)


async def test_outcome_of_who_lost_the_case_meanwhile_does_not_close_it() -> None:
    """Ben pressed 1 while Anna confirmed: she hears that it is somebody else's, it stays open."""
    policy = replace(policy_of("anna", "ben"), remind_after=timedelta(minutes=30))
    night = Night(world=World(policy=policy))
    await night.begin()
    await night.open_case()
    await night.presses("anna", "1")
    await night.pass_time(29 * 60)

    def meanwhile() -> None:
        night.clock.move(120)
        night.daemon.cases.post("1001", EscalationTimer())
        night.daemon.cases.post("1001", RingEnded(2, RingOutcome.BUSY))
        night.daemon.cases.post("1001", RingEnded(3, RingOutcome.ACKNOWLEDGED))

    line = await night.calls_in(NUMBERS["anna"], *"274951#131", on_last=meanwhile)

    esc = await night.case()
    assert (esc.phase, esc.owner) == (EscalationPhase.ACKNOWLEDGED, "ben")
    assert (await night.call()).life.outcome is None
    assert "ack-taken" in line.played
    assert "outcome-saved" not in line.played
    night.rang()
    await night.end()
