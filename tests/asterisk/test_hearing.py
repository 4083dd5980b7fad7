"""Whatever becomes of live hearing: the call goes on, its words come from the file, it rings."""

import os
import signal
from collections.abc import Callable
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from after_hours import LONG, SAID, AfterHours, until
from boxes import Call

from pbx_bridge.adapters.store.reading import CaseFile, CasePhase
from pbx_bridge.core.case import Urgency

pytestmark = pytest.mark.asterisk

DEADLINE_S = 5.0
"""``speech.deadline_s``: a verdict that is not there by then is unknown, and rings."""

SLACK_S = 1.5
"""For a machine that is busy with other tests."""

ENDS = ("MessageEnded", "CallerLeft")
"""What says in the journal that a message is whole."""

CALLS = 30
"""At once; there are eight live slots."""

CALM = (
    "guten abend hier ist sabine wagner können sie mir die rechnung vom januar noch einmal"
    " schicken im keller ist ein rohr geplatzt und das wasser läuft über den boden"
)
"""Nothing is certain before something breaks; what comes after it is the emergency."""


def worker(night: AfterHours) -> int:
    """Return the pid of the recogniser, the one child of the service."""
    assert night.stage.service is not None
    pid = night.stage.service.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    commands = {child: Path(f"/proc/{child}/cmdline").read_bytes() for child in children}
    (found,) = (int(child) for child, command in commands.items() if b"asr.worker" in command)
    return found


def live_copy(night: AfterHours) -> Path:
    """Return the live copy of the one caller."""
    (found,) = night.stage.live.glob("*.sln48")
    return found


def kill(night: AfterHours) -> None:
    """The recogniser dies."""
    os.kill(worker(night), signal.SIGKILL)


def hang(night: AfterHours) -> None:
    """The recogniser stands still and says nothing."""
    os.kill(worker(night), signal.SIGSTOP)


def delete(night: AfterHours) -> None:
    """Somebody tidies up the memory file system."""
    live_copy(night).unlink()


def stop(night: AfterHours) -> None:
    """Asterisk writes the copy no further."""
    channels = night.box.cli("pbx", "core show channels concise").splitlines()
    (channel,) = {line.split("!")[0] for line in channels if "pbxb-incoming" in line}
    night.box.cli("pbx", f"mixmonitor stop {channel}")


def empty(night: AfterHours) -> None:
    """The copy is cut to nothing and goes on behind a hole."""
    os.truncate(live_copy(night), 0)


def likeness(case: CaseFile) -> float:
    """Return how much of what was said is in the transcript."""
    assert case.call is not None
    assert case.call.transcript is not None
    words = case.call.transcript.text.split()
    return SequenceMatcher(None, CALM.split(), words, autojunk=False).ratio()


def waited_s(case: CaseFile) -> float:
    """Return how long after the end of the message the technicians' turn came."""
    ended = next(row.at for row in case.journal if row.trigger in ENDS)
    rung = next(row.at for row in case.journal if row.machine == "escalation")
    return (rung - ended).total_seconds()


@pytest.mark.parametrize("fault", [kill, hang, delete, stop, empty], ids=lambda one: one.__name__)
def test_fault_of_hearing_in_mid_call(
    night: AfterHours, fault: Callable[[AfterHours], None]
) -> None:
    """Recorded to the end, transcribed, rung within the deadline, by one technician taken."""
    night.begin("103")
    call = night.call(CALM)
    night.wait_words(call)
    fault(night)
    left = call.wait()
    case = night.case(call, CasePhase.ACKNOWLEDGED)
    until("the transcript", lambda: transcript(night, call))
    file = night.file(call)

    assert left.hung_up_by == "far"  # he heard the confirmation to its end
    assert left.speech_ended_s is not None
    assert case.message_s > left.speech_ended_s - (left.speech_started_s or 0) - 0.5
    assert likeness(file) > 0.8
    assert waited_s(file) < DEADLINE_S + SLACK_S
    assert case.urgency in (Urgency.EMERGENCY, Urgency.UNKNOWN)
    assert (night.rung(), case.owner) == (["103"], "t1")


def transcript(night: AfterHours, call: Call) -> bool:
    """Whether the words of a caller are in the case."""
    found = night.file(call).call
    return found is not None and found.transcript is not None and bool(found.transcript.words)


def test_without_a_recogniser_at_all(night: AfterHours) -> None:
    """No words ever: unknown, which rings at once."""
    night.begin("103")
    os.kill(worker(night), signal.SIGSTOP)
    call = night.call(LONG)
    call.wait()
    case = night.case(call, CasePhase.ACKNOWLEDGED)

    assert waited_s(night.file(call)) < DEADLINE_S + SLACK_S
    assert (night.rung(), case.owner) == (["103"], "t1")


def test_thirty_calls_at_once(night: AfterHours) -> None:
    """All are answered, recorded and rung; none waits for the recogniser, all have their words."""
    night.begin(*["103"] * 6)
    calls = [night.call(SAID["de"], hangup_when_spoken=True) for _ in range(CALLS)]
    left = [call.wait() for call in calls]
    cases = [night.case(call, CasePhase.ACKNOWLEDGED, limit_s=300) for call in calls]
    until("all transcripts", lambda: all(transcript(night, call) for call in calls), 60)
    files = [night.file(call) for call in calls]

    assert [one.speech_ended_s is not None for one in left] == [True] * CALLS
    assert max(one.first_sound_s or 9 for one in left) < 3
    assert min(case.message_s for case in cases) > 3
    assert max(waited_s(file) for file in files) < DEADLINE_S + SLACK_S
    assert {case.urgency for case in cases} <= {Urgency.EMERGENCY, Urgency.UNKNOWN}
    assert all(case.owner for case in cases)
