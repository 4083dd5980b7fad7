"""Whatever dies in the middle of a call: the case is there and the right people are rung, once."""

from difflib import SequenceMatcher
from pathlib import Path

import pytest
from after_hours import GREETING_HZ, GREETING_S, LONG, SAID, AfterHours, until
from boxes import Call
from ear import Ear, count_tone, longest_silence_s

from pbx_bridge.adapters.store.reading import CasePhase
from pbx_bridge.core.case import Urgency

pytestmark = pytest.mark.asterisk

AUDIO_AT_RISK_S = 2.1
"""Asterisk's buffer of 32 KiB, lost when Asterisk itself is killed."""

RING_PAUSE_S = 4.0
"""Between two ringing tones, in Germany as in America."""


def kill(night: AfterHours) -> None:
    """End the service without a warning."""
    assert night.stage.service is not None
    night.stage.service.kill()


def greetings(call: Call) -> int:
    """Return how often a caller heard the greeting from its beginning to its end."""
    heard = call.wait().heard
    return count_tone(Path(heard), GREETING_HZ, GREETING_S - 0.1) if heard else 0


# ---------------------------------------------------------------- no service at all


def test_without_a_service_asterisk_rings_the_list(night: AfterHours) -> None:
    """
    Answered, recorded, screened: declining and mailboxes pass the call on, the key 1 takes it.

    One caller stays and is connected, one hangs up and is told of. The service, started
    afterwards, adopts both and rings nobody.
    """
    night.begin("105", "104", "103", service=False)
    staying = night.call(SAID["de"])
    leaving = night.call(SAID["de"], hangup_when_spoken=True)
    until("both are taken", lambda: len(night.events("digit", "103")) == 2, limit_s=120)
    until("both are written down", lambda: night.remembered("pbxb-taken") == 2)
    until("the message was played twice", lambda: len(night.events("hungup", "103")) == 1, 90)
    recordings = sorted((night.box.pbx_spool / "recording").glob("*.wav"))
    staying.hangup()
    (told, *_) = [Ear(path) for path in night.box.heard_by("103", night.since_ms)]
    rung = night.rung()
    night.stage.start_service()
    cases = [night.case(call, CasePhase.ACKNOWLEDGED) for call in (staying, leaving)]
    until("the slate is clean", lambda: night.remembered("pbxb-call") == 0)

    assert sorted(rung) == ["103", "103", "104", "104", "105", "105"]
    assert [case.owner for case in cases] == ["t3", "t3"]
    assert min(case.message_s for case in cases) > 2
    assert max(told.share(recording) for recording in recordings) > 0.8
    assert night.rung() == rung
    assert [(call.wait().first_sound_s or 9) < 1 for call in (staying, leaving)] == [True, True]


def test_the_caller_hears_something_until_he_is_connected(night: AfterHours) -> None:
    """While one mobile rings in vain, and while the next technician is asked for the key."""
    night.begin("101", "123", service=False)
    call = night.call(SAID["de"])
    pressed_at = night.pressed_ms("123") / 1000
    call.hangup()
    report = call.wait()
    assert report.heard is not None
    assert report.answered_at is not None
    assert report.speech_ended_s is not None
    rung_s = report.speech_ended_s, pressed_at - report.answered_at

    assert rung_s[1] - rung_s[0] > 5 + 8
    assert longest_silence_s(Path(report.heard), *rung_s) < RING_PAUSE_S + 0.5


def test_a_fallback_that_nobody_accepted_is_rung_again(night: AfterHours) -> None:
    """Asterisk alone reached nobody; the service takes over when it is back."""
    night.begin("102", service=False)
    call = night.call_and_leave()
    until("the list is done", lambda: night.remembered("pbxb-call", "nobody") == 1)
    night.install("103")
    night.stage.start_service()
    case = night.case(call, CasePhase.ACKNOWLEDGED)

    assert case.owner == "t1"
    assert night.rung() == ["102", "103"]


# ---------------------------------------------------------------- the service is killed


def test_killed_while_the_caller_speaks(night: AfterHours) -> None:
    """He is not greeted again and speaks on; all of it is in the case; each is rung once."""
    night.begin("102", "103")
    call = night.call(LONG)
    night.wait_words(call)
    kill(night)
    night.stage.start_service()
    assert call.wait().speech_ended_s is not None
    case = night.case(call, CasePhase.ACKNOWLEDGED)
    left, stored = call.wait(), night.file(call).call
    assert stored is not None
    assert stored.transcript is not None
    spoke_s = (left.speech_ended_s or 0) - (left.speech_started_s or 0)
    likeness = SequenceMatcher(None, LONG.split(), stored.transcript.text.split(), autojunk=False)

    assert greetings(call) == 1
    assert case.message_s > spoke_s - 0.5
    assert likeness.ratio() > 0.8
    assert case.urgency is Urgency.EMERGENCY
    assert (night.rung(), case.owner) == (["102", "103"], "t2")
    assert left.hung_up_by == "far"


def test_killed_during_the_greeting(night: AfterHours) -> None:
    """The caller waits a moment and is greeted by the next service: one call, one case."""
    night.begin("103")
    call = night.call(SAID["de"], hangup_when_spoken=True)
    call.wait_for("answered", 5)
    until("a case", lambda: night.case(call))
    kill(night)
    night.stage.start_service()
    case = night.case(call, CasePhase.ACKNOWLEDGED)

    assert case.message_s > 2
    assert case.urgency is Urgency.EMERGENCY
    assert night.rung() == ["103"]


def test_killed_while_a_mobile_rings(night: AfterHours) -> None:
    """The ring goes on without us and is not placed again; his key 1 counts."""
    night.begin("113", "103", ring_timeout_s=15)
    call = night.call_and_leave()
    night.wait_mobile("invite", "113")
    kill(night)
    night.stage.start_service()
    case = night.case(call, CasePhase.ACKNOWLEDGED)

    assert case.owner == "t1"
    assert night.rung() == ["113"]


def test_killed_while_the_technician_listens(night: AfterHours) -> None:
    """The dialplan asks him in our place; the key 1 that it stored is honoured afterwards."""
    night.begin("123", "103", ring_timeout_s=15)
    call = night.call_and_leave()
    night.wait_mobile("answered", "123")
    kill(night)
    until("the dialplan stored his key", lambda: night.remembered("pbxb-taken") == 1)
    night.stage.start_service()
    case = night.case(call, CasePhase.ACKNOWLEDGED)
    heard, key_s = night.heard("123"), night.key_s("123")

    assert case.owner == "t1"
    assert night.rung() == ["123"]
    assert heard.at_s(night.prompt("screen")) < key_s
    assert heard.at_s(night.prompt("screen-accepted")) < key_s + 1


def test_killed_during_the_confirmation(night: AfterHours) -> None:
    """His message is whole; the next service tells him the rest, the ring under way counts."""
    night.begin("113", "103", ring_timeout_s=15)
    call = night.call(SAID["de"])
    night.wait_mobile("invite", "113")
    kill(night)
    night.stage.start_service()
    case = night.case(call, CasePhase.ACKNOWLEDGED)

    assert call.wait().hung_up_by == "far"
    assert (case.urgency, case.owner) == (Urgency.EMERGENCY, "t1")
    assert night.rung() == ["113"]


def test_killed_and_back_while_the_technician_listens(night: AfterHours) -> None:
    """Whoever asks him then, service or dialplan: one second after his key he has a receipt."""
    night.begin("123", "103", ring_timeout_s=15)
    call = night.call_and_leave()
    night.wait_mobile("answered", "123")
    kill(night)
    night.stage.start_service()
    case = night.case(call, CasePhase.ACKNOWLEDGED)
    until("he had time to hear it", lambda: night.now_ms() > night.pressed_ms("123") + 2000)
    heard, key_s = night.heard("123"), night.key_s("123")
    receipts = [heard.at_s(night.prompt(p), key_s) for p in ("ack-accepted", "screen-accepted")]

    assert (case.owner, night.rung()) == ("t1", ["123"])
    assert min(receipts) < key_s + 1


def test_killed_and_the_caller_hangs_up(night: AfterHours) -> None:
    """Nobody answers for the case: Asterisk rings the list, the next service adopts it."""
    night.begin("105", "103")
    call = night.call(LONG)
    night.wait_words(call)
    kill(night)
    call.hangup()
    until("a technician took it", lambda: night.remembered("pbxb-taken") == 1)
    night.stage.start_service()
    case = night.case(call, CasePhase.ACKNOWLEDGED)

    assert case.owner == "t2"
    assert case.message_s > 0
    assert night.rung() == ["105", "103"]


# ---------------------------------------------------------------- attacked


def test_garbage_on_the_agi_port(night: AfterHours) -> None:
    """Port scans, half a header and 64 KiB of garbage: the call in progress and the next go on."""
    night.begin("103")
    call = night.call(SAID["de"], hangup_when_spoken=True)
    call.wait_for("speaking", 20)
    for _ in range(100):
        night.knock(b"")
    with night.knocking(b"agi_network: yes\nagi_net"):
        night.knock(b"\xff\x00garbage" * 8192)
        night.knock(b"a" * 65536 + b"\n\n")
        first = night.case(call, CasePhase.ACKNOWLEDGED)
        second = night.case(night.call_and_leave(), CasePhase.ACKNOWLEDGED)

    assert (first.urgency, first.owner, second.owner) == (Urgency.EMERGENCY, "t1", "t1")
    assert night.stage.service is not None
    assert night.stage.service.is_alive
    assert night.rung() == ["103", "103"]


# ---------------------------------------------------------------- Asterisk dies


@pytest.mark.parametrize("all_of_it", [False, True], ids=["asterisk", "power"])
def test_asterisk_is_killed_while_the_caller_speaks(night: AfterHours, all_of_it: bool) -> None:
    """His line is gone; number and audio so far are not, and the technicians are rung."""
    night.begin("102", "103")
    call = night.call(LONG)
    spoke_at = call.wait_for("speaking", 20)
    until("some seconds", lambda: night.now_ms() > spoke_at * 1000 + 5000)
    night.box.kill_pbx()
    if all_of_it:
        kill(night)
    night.box.start_instance("pbx")
    if all_of_it:
        night.stage.start_service()
    case = night.case(call, CasePhase.ACKNOWLEDGED)
    night.silence()

    assert case.message_s > 5 - AUDIO_AT_RISK_S
    assert (case.owner, night.rung()) == ("t2", ["102", "103"])


def test_asterisk_is_killed_while_the_technician_listens(night: AfterHours) -> None:
    """His line is gone, so the next one is rung; the first came to no harm, nor did the case."""
    night.begin("123", "103", ring_timeout_s=15)
    call = night.call_and_leave()
    night.wait_mobile("answered", "123")
    night.box.kill_pbx()
    night.box.start_instance("pbx")
    case = night.case(call, CasePhase.ACKNOWLEDGED)

    assert case.owner == "t2"
    assert night.rung() == ["123", "103"]
