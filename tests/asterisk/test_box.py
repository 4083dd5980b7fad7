"""The box itself: without pbx-bridge, on its own number and with its own mobiles."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from boxes import ANONYMOUS, Box, BoxError, CallSpec, parse_keys, tones
from boxes.ami import Ami
from boxes.folders import SELF_TEST
from stage import own_folder

pytestmark = pytest.mark.asterisk

ROOT = Path(__file__).parents[2]
OFFSET = 6
PREFIX = "4930231250"


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    """A box of its own, beside the default one; in the checkout, so that root can drop."""
    box = Box(own_folder("self-test"), OFFSET)
    box.up(fresh=True)
    yield box
    box.down()


def call(box: Box, **spec: object) -> CallSpec:
    """Return a call to the number that beeps and records."""
    return CallSpec(**{"to": SELF_TEST, "timeout_s": 30.0, **spec})  # type: ignore[arg-type]


def recordings(box: Box) -> list[Path]:
    """Return what the test number recorded, oldest first."""
    return sorted((box.pbx_spool / "recording").glob("self-test-*.wav"))


def test_a_caller_speaks_after_the_beep(box: Box) -> None:
    """He hears the beep, speaks into the recording, and the PBX hangs up after his silence."""
    report = box.place_call(call(box, say="Guten Abend, bei uns ist ein Rohrbruch."))

    assert report.is_answered
    assert report.first_sound_s is not None
    assert report.first_sound_s < 0.2
    assert report.beep_ended_s == pytest.approx(0.25, abs=0.05)
    assert report.speech_started_s is not None
    assert report.beep_ended_s < report.speech_started_s < report.beep_ended_s + 1
    assert (report.hung_up_by, report.cause) == ("far", 16)
    recorded = tones.samples_of(recordings(box)[-1])
    assert max(recorded) > 3000
    heard = tones.samples_of(Path(report.heard or ""))
    assert len(heard) / tones.RATE_HZ == pytest.approx(report.duration_s, abs=0.3)


def test_a_caller_hangs_up_in_the_middle_of_a_word(box: Box) -> None:
    """The recording has what he said so far."""
    report = box.place_call(call(box, say="eins zwei drei vier fünf sechs", hangup_after_s=1.2))

    assert report.hung_up_by == "caller"
    assert report.duration_s == pytest.approx(1.2, abs=0.1)
    assert report.speech_started_s is not None
    assert report.speech_ended_s is None
    recorded = tones.wait_finished(recordings(box)[-1])
    assert recorded is not None
    seconds = len(tones.samples_of(recorded)) / tones.RATE_HZ
    assert 0.5 < seconds < 1.2


def test_a_caller_who_hears_no_beep_speaks_all_the_same(box: Box) -> None:
    """His patience is limited; the test number beeps only once, before he listens a second time."""
    report = box.place_call(call(box, say="Hallo?", speak_at_s=1.5, hangup_when_spoken=True))

    assert report.speech_started_s == pytest.approx(1.5, abs=0.15)
    assert report.hung_up_by == "caller"
    assert report.speech_ended_s is not None


def test_keys_arrive_at_their_time(box: Box) -> None:
    """The PBX sees the digits in order, and # ends the recording."""
    with box.ami() as ami, ami.listen(lambda e: e.get("Event") == "DTMFBegin") as digits:
        report = box.place_call(call(box, keys=parse_keys("0.5s:4 1s:7 1.5s:#")))

        seen = [digits.expect(1, "a digit") for _ in report.digits]

    assert report.digits == "47#"
    assert [event["Digit"] for event in seen] == ["4", "7", "#"]
    assert report.answered_at is not None
    assert float(seen[0]["Timestamp"]) == pytest.approx(report.answered_at + 0.5, abs=0.1)
    assert report.hung_up_by == "far"


@pytest.mark.parametrize(
    ("number", "name", "seen"),
    [
        ("+4930123", "Jürgen Müller", ("+4930123", "Jürgen Müller")),
        (ANONYMOUS, "", ("anonymous", "<unknown>")),
    ],
)
def test_the_pbx_sees_the_caller(box: Box, number: str, name: str, seen: tuple[str, str]) -> None:
    """Number and name as given; a withheld number as carriers send it."""
    with box.ami() as ami, ami.listen(lambda e: e.get("Event") == "Newchannel") as channels:
        box.place_call(call(box, number=number, name=name, hangup_after_s=0.2))

        event = channels.expect(2, "the channel")

    assert (event["CallerIDNum"], event["CallerIDName"]) == seen


def test_a_hostile_caller_reaches_the_pbx(box: Box) -> None:
    """Line breaks in the From header become line breaks in AMI: what pbx-bridge must survive."""
    hostile = '"x" <sip:49%0d%0aEvil%3a%20yes@127.0.0.1>'
    with box.ami() as ami, ami.listen(lambda e: "Evil" in e) as forged:
        report = box.place_call(call(box, hostile_from=hostile, say="Hallo", timeout_s=20.0))

        assert forged.expect(2, "the forged header")["Evil"] == "yes"

    assert report.is_answered
    assert report.beep_ended_s is not None
    assert report.hung_up_by == "far"
    assert max(tones.samples_of(recordings(box)[-1])) > 3000


PYST2 = """
import queue, sys
from asterisk.manager import Manager

hangups = queue.SimpleQueue()
manager = Manager()
manager.connect("127.0.0.1", int(sys.argv[1]))
manager.login("box", "box")
manager.register_event("Hangup", lambda event, _: hangups.put(event))
print("listening", flush=True)
event = hangups.get(timeout=10)
print(event.get_header("CallerIDNum"), event.get_header("Cause"))
"""


def test_pyst2_sees_the_same_call(box: Box) -> None:
    """A second, independent AMI client agrees with ours about number and cause."""
    # In a process of its own: pyst2 makes deprecated calls, even while it is deleted.
    command = [sys.executable, "-W", "ignore", "-c", PYST2, str(box.ports.pbx_ami)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as second:
        assert second.stdout is not None
        assert second.stdout.readline() == "listening\n"

        report = box.place_call(call(box, number="+49301", hangup_after_s=0.2))

        assert second.stdout.readline() == f"+49301 {report.cause}\n"


def test_twenty_callers_at_once(box: Box) -> None:
    """Each one speaks after his own beep and is told his own end."""
    calls = [
        box.start_call(call(box, say="Hallo", keys=parse_keys("0.6s:5"), hangup_when_spoken=True))
        for _ in range(20)
    ]

    reports = [one.wait() for one in calls]

    assert {report.digits for report in reports} == {"5"}
    assert all(report.beep_ended_s and report.speech_ended_s for report in reports)
    assert len({report.heard for report in reports}) == 20


def test_nobody_there(box: Box) -> None:
    """A number that the firm does not have is refused; that is a report, not an error."""
    report = box.place_call(call(box, to="4930999"))

    assert not report.is_answered
    assert (report.hung_up_by, report.heard) == ("far", None)


def test_a_stage_can_be_awaited_and_the_call_ended(box: Box) -> None:
    """A test kills things while the caller speaks, and then lets him hang up."""
    going = box.start_call(call(box, say="eins zwei drei vier fünf sechs sieben acht"))

    speaking_at = going.wait_for("speaking", timeout_s=10)
    going.hangup()
    report = going.wait()

    assert report.speech_started_at == speaking_at
    assert (report.hung_up_by, report.speech_ended_at) == ("caller", None)


def test_the_pbx_dies_and_comes_back(box: Box) -> None:
    """SIGKILL in mid-call: the caller gives up in time; a restart takes calls."""
    going = box.start_call(call(box, timeout_s=2.0))
    going.wait_for("answered", timeout_s=5)

    box.kill_pbx()

    assert box.status()["up"] is False
    with pytest.raises(BoxError, match="pbx is down"):
        box.cli("pbx", "core show version")
    assert going.wait().timed_out

    box.start_instance("pbx")

    assert box.status()["up"] is True
    assert box.place_call(call(box, hangup_after_s=0.2)).is_answered


def test_an_empty_or_a_filled_manager_d_works(box: Box) -> None:
    """`dialplan install` puts a login there; without any file AMI works as well."""
    login = box.pbx_etc / "manager.d/other.conf"
    assert list(login.parent.iterdir()) == []

    login.write_text("[other]\nsecret = x\nread = call\nwrite = call\n")
    box.reload_dialplan()
    with Ami(box.ports.pbx_ami, "other", "x") as ami:
        assert ami.action("Ping")["Ping"] == "Pong"
    login.unlink()
    box.reload_dialplan()

    with pytest.raises(BoxError, match="Authentication failed"):
        Ami(box.ports.pbx_ami, "other", "x")


def test_the_harness_itself_sends_no_line_break(box: Box) -> None:
    """A forged action would be blamed on pbx-bridge."""
    with box.ami() as ami, pytest.raises(BoxError, match="a line break"):
        ami.action("Ping", {"X": "1\r\nAction: Logoff"})


def test_a_changed_dialplan_survives_down_and_up(box: Box) -> None:
    """extensions.conf belongs to the user, also across restarts."""
    path = box.pbx_etc / "extensions.conf"
    before = path.read_text()
    path.write_text(before + "[mine]\nexten => 1,1,Answer()\n")

    box.stop_instance("pbx")
    box.start_instance("pbx")

    assert "'1' =>" in box.cli("pbx", "dialplan show mine")
    path.write_text(before)


def test_the_bridges_dialplan_finds_its_tools(box: Box) -> None:
    """All that pbx-bridge needs of Asterisk is loaded, and nothing more dangerous is allowed."""
    applications = ("AGI", "BridgeWait", "MixMonitor", "Originate", "Read", "Record", "UserEvent")
    functions = ("DB", "ENV", "FILTER", "LOCK", "STAT", "TIMEOUT", "VERSION")

    for name in applications:
        assert "not registered" not in box.cli("pbx", f"core show application {name}")
    for name in functions:
        assert "No function" not in box.cli("pbx", f"core show function {name}")
    assert "sln48" in box.cli("pbx", "core show file formats")
    assert " 16384" in box.cli("pbx", "core show settings").partition("file handles")[2][:40]


def test_two_boxes_at_once(box: Box) -> None:
    """Another folder and another offset: both take calls."""
    other = Box(own_folder("self-test-2"), OFFSET + 1)
    other.up(fresh=True)
    try:
        calls = [one.start_call(call(one, hangup_after_s=0.3)) for one in (box, other)]

        assert all(one.wait().is_answered for one in calls)
    finally:
        other.down()


def test_a_taken_port_is_named(box: Box) -> None:
    """A second box on the same ports is refused with the remedy, and the first goes on."""
    other = Box(own_folder("self-test-2"), OFFSET)

    with pytest.raises(BoxError, match=rf"port {box.ports.pstn_sip} .*--offset"):
        other.up()

    assert box.status()["up"] is True


def test_a_box_that_is_down_uses_no_other_boxes_ports(box: Box) -> None:
    """Where the same ports are somebody else's, nothing is sent there."""
    other = Box(own_folder("self-test-2"), OFFSET)

    for action in (lambda: other.place_call(call(other)), other.ami):
        with pytest.raises(BoxError, match="pbx is down"):
            action()


def test_up_twice_changes_nothing(box: Box) -> None:
    """What runs is left alone, and the offset is remembered."""
    before = box.status()

    again = Box(box.folder)
    again.up()

    after = again.status()
    assert [after[name]["pid"] for name in ("pbx", "pstn")] == [  # type: ignore[index]
        before[name]["pid"]
        for name in ("pbx", "pstn")  # type: ignore[index]
    ]


def test_the_command_line_reports_as_json(box: Box) -> None:
    """One call, one object on stdout, nothing else."""
    command = [sys.executable, str(ROOT / "scripts/box"), "call", "--dir", str(box.folder)]
    wanted = ["--to", SELF_TEST, "--hangup-after", "0.3", "--from", "030123", "--keys", "0.1s:1"]

    run = subprocess.run([*command, *wanted], capture_output=True, text=True, check=True)

    facts = json.loads(run.stdout)
    assert (facts["caller"], facts["digits"], facts["hung_up_by"]) == ("030123", "1", "caller")


def test_a_folder_that_is_no_box_is_not_deleted(tmp_path: Path) -> None:
    """`--fresh` on the wrong folder does no harm."""
    (tmp_path / "letter.txt").write_text("dear")

    with pytest.raises(BoxError, match="not the folder of a box"):
        Box(tmp_path, OFFSET).up(fresh=True)

    assert (tmp_path / "letter.txt").exists()
