"""From accepted to done on a real Asterisk: by command, on the reminder call, by calling in."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from after_hours import SAID, AfterHours, until
from boxes import Call, tones
from boxes.report import CallReport
from boxes.spec import parse_keys
from ear import Ear, count_tone
from stage import mobile

from pbx_bridge.adapters.store.reading import CaseFile, CasePhase
from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.case_life import CaseOutcome

pytestmark = pytest.mark.asterisk

CALL_IN = "4930555804"
"""The firm's number for its technicians."""

WORKER, SLEEPER, WRITER = "117", "101", "111"
"""Mobiles of t1 (presses 4, 3, 1 whatever he hears), t2 and t3 (neither presses anything)."""

PIN = "274951"
NOTE = "valve closed, tenant told"

REFUSED_HZ, AWAY_HZ, TONE_S = 1600, 1900, 1.0
"""The firm's own recordings in place of two prompts: a tone is found in what a caller heard."""

DIALPLAN = f"""
[from-trunk](+)
exten => {CALL_IN},1,Goto(pbxb-call-in,s,1)
"""


@dataclass(kw_only=True)
class Evening:
    """What was played."""

    night: AfterHours
    reminded: Call
    """t1 accepts it, and says on the reminder call that it is fixed."""
    abandoned: Call
    """The office gives it to t2, who sleeps when he is reminded."""
    spoken: Call
    """The office gives it to t3, who calls in."""
    typed: Call
    """The office closes it while it rings."""
    taken_twice: str
    """What the second one who takes a case is told."""
    guessed: CallReport
    """A stranger with t1's number and three wrong PINs."""
    locked: CallReport
    """t1's number and the right PIN a moment later."""
    away: CallReport
    """A call-in while the service does not run."""
    log: str

    def file(self, call: Call) -> CaseFile:
        """Return everything about a case."""
        return self.night.file(call)


@pytest.fixture(scope="module")
def evening(night: AfterHours) -> Evening:
    """Play it all in one night: a reminder comes after a minute at the earliest."""
    pins = _prepare(night)
    extra = f"[call_in]\npins_file = {json.dumps(str(pins))}\n"
    slow = {"ring_timeout_s": 15, "escalation": "remind_after_min = 1"}
    night.begin(WORKER, SLEEPER, WRITER, extra=extra, **slow)
    bridge, told = night.stage.bridge, {}

    reminded = night.call_and_leave()
    night.case(reminded, CasePhase.ACKNOWLEDGED)
    abandoned = night.call_and_leave()
    bridge("cases", "take", night.case(abandoned, CasePhase.RINGING).case_id, "--by", "t2")
    with pytest.raises(Exception, match="t2 has it") as refused:
        bridge("cases", "take", night.case(abandoned).case_id, "--by", "t3")
    spoken = night.call_and_leave()
    bridge("cases", "take", night.case(spoken, CasePhase.RINGING).case_id, "--by", "t3")
    typed = night.call_and_leave()
    case_id = night.case(typed, CasePhase.RINGING).case_id
    bridge("cases", "done", case_id, "--outcome", "wrong-number", "--note", NOTE)
    told["guessed"] = _calls_in(night, WORKER, 1, "2s:111222#", "7s:222111#", "12s:333111#")
    told["locked"] = _calls_in(night, WORKER, 1, f"2s:{PIN}#")
    _calls_in(night, WRITER, 3, f"2s:{PIN}#", "7s:1", "9s:5", "11s:1", "14s:1", say=SAID["de"])

    until("the reminder is answered", lambda: night.case(reminded, CasePhase.DONE), 90)
    until("others are rung", lambda: night.case(abandoned).owner == "t1", 60)
    assert night.stage.service is not None
    log = "\n".join(map(str, night.stage.service.log()))
    night.stage.stop_service()
    told["away"] = _calls_in(night, WRITER, 3)
    return Evening(
        night=night,
        reminded=reminded,
        abandoned=abandoned,
        spoken=spoken,
        typed=typed,
        taken_twice=str(refused.value),
        log=log,
        **told,
    )


def _prepare(night: AfterHours) -> Path:
    """Write two prompts, the firm's extension and the PINs; return the file of these."""
    pins = night.stage.folder / "call-in.pins"
    night.stage.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    pins.touch(mode=0o600)
    pins.write_text(f"t1 {PIN}\nt3 {PIN}\n")
    custom = night.stage.folder / "prompts/de/custom"
    custom.mkdir(parents=True, exist_ok=True)
    for name, hz in (("call-in-refused", REFUSED_HZ), ("call-in-away", AWAY_HZ)):
        tones.write_tone(custom / f"{name}.wav", hz, TONE_S, 8000)
    with (night.box.pbx_etc / "extensions.conf").open("a") as extensions:
        extensions.write(DIALPLAN)
    return pins


def _calls_in(night: AfterHours, digits: str, place: int, *keys: str, say: str = "") -> CallReport:
    """Call the technicians' number from a technician's mobile; return when it is over."""
    call = night.call(
        say,
        to=CALL_IN,
        number=mobile(digits, place).lstrip("+"),
        keys=parse_keys(" ".join(keys)),
        hangup_when_spoken=bool(say),
        timeout_s=60,
    )
    return call.wait()


def _heard(report: CallReport, hz: int) -> bool:
    """Whether a caller heard a tone of ours in place of a prompt."""
    assert report.heard is not None
    return count_tone(Path(report.heard), hz, 0.5) == 1


def test_outcome_by_command_stops_the_phones(evening: Evening) -> None:
    """The office types it while a mobile rings or listens: it stops, nobody else is rung."""
    file, summary = evening.file(evening.typed), evening.night.case(evening.typed)

    assert (summary.phase, summary.outcome) == (CasePhase.DONE, CaseOutcome.WRONG_NUMBER)
    assert file.escalation is not None
    assert [one.outcome for one in file.escalation.attempts] == [RingOutcome.NO_ANSWER]
    assert file.escalation.owner is None
    assert file.escalation.wake_at is None
    assert NOTE in evening.night.stage.bridge("cases", "show", summary.case_id)


def test_case_is_taken_by_one(evening: Evening) -> None:
    """Who comes second is told who has it."""
    assert "t2 has it" in evening.taken_twice


def test_outcome_by_key_on_the_reminder_call(evening: Evening) -> None:
    """4, 3, 1: done, fixed, yes; the same keys had accepted the case before."""
    call, file = evening.reminded, evening.file(evening.reminded)

    assert file.call is not None
    assert (file.call.life.outcome, file.call.life.by) == (CaseOutcome.FIXED, "t1")
    assert evening.night.outcomes(call) == ["acknowledged", "acknowledged"]
    heard = [Ear(one) for one in evening.night.box.heard_by(WORKER, evening.night.since_ms)]
    shares = [ear.share(evening.night.prompt("remind-announce")) for ear in heard]
    assert max(shares) > 0.8


def test_silent_owner_is_rung_and_then_the_others(evening: Evening) -> None:
    """t2 sleeps: the case rings again, and t1 gets it though t2 had it before."""
    file = evening.file(evening.abandoned)

    assert file.escalation is not None
    assert file.escalation.owner == "t1"
    rung = [(one.technician, one.is_reminder) for one in file.escalation.attempts]
    assert ("t2", True) in rung
    assert rung.index(("t2", True)) < rung.index(("t1", False))


def test_note_is_spoken_by_call_in_and_transcribed(evening: Evening) -> None:
    """PIN, case, outcome, yes, note; he hangs up while he is recorded and it is kept."""
    file = evening.file(evening.spoken)
    assert file.call is not None
    life = file.call.life

    assert (life.outcome, life.by) == (CaseOutcome.FOLLOW_UP, "t3")
    assert [note.by for note in life.notes] == ["t3"]
    assert "rohr" in life.notes[0].text
    assert life.notes[0].recording == f"{file.call.recording}.note-1"
    page = evening.night.stage.bridge("cases", "show", file.call.case_id)
    assert life.notes[0].text in " ".join(page.split())


def test_three_wrong_pins_are_refused(evening: Evening) -> None:
    """Nothing is told, and the right PIN does not help until the lock is over."""
    assert _heard(evening.guessed, REFUSED_HZ)
    assert _heard(evening.locked, REFUSED_HZ)
    assert "call_in.opened', 'technician': 't1'" not in evening.log
    assert evening.log.count("call_in.wrong_pin") == 3


def test_call_in_survives_a_dead_service(evening: Evening) -> None:
    """He hears that the service is away, and Asterisk hangs up."""
    assert _heard(evening.away, AWAY_HZ)
    assert evening.away.hung_up_by == "far"
    assert evening.night.case(evening.abandoned).owner == "t1"


def test_notes_and_pins_never_reach_the_log(evening: Evening) -> None:
    """Personal data stays in the database."""
    file = evening.file(evening.spoken)
    assert file.call is not None

    assert NOTE not in evening.log
    assert PIN not in evening.log
    assert file.call.life.notes[0].text not in evening.log
