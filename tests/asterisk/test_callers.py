"""What a caller does, against the whole product on a real Asterisk."""

from collections.abc import Callable
from difflib import SequenceMatcher

import pytest
from after_hours import GREETING_S, NOTICE_S, ROUTINE, SAID, AfterHours, until
from boxes import CallSpec

from pbx_bridge.adapters.store.reading import CasePhase
from pbx_bridge.core.case import MessageEnd, Urgency

pytestmark = pytest.mark.asterisk


@pytest.fixture(scope="module")
def calls(night: AfterHours) -> Callable[[], AfterHours]:
    """Return what begins a test: the same firm and service for all, and nobody rung so far."""
    night.begin("103")

    def begin() -> AfterHours:
        night.silence()
        night.forget_rings()
        return night

    return begin


def test_a_message_ends_by_key_or_silence(calls: Callable[[], AfterHours]) -> None:
    """`#` ends it at once, silence after the configured time; either way somebody is rung."""
    night = calls()
    keyed, silent = night.call(SAID["de"]), night.call(SAID["de"])
    keyed.wait_for("spoken", 30)
    keyed.press("#")
    ends = []
    for call in (keyed, silent):  # one technician: the second waits until he has heard the first
        night.case(call, CasePhase.ACKNOWLEDGED, limit_s=90)
        message = night.file(call).call
        assert message is not None
        ends.append(message.message)

    assert ends == [MessageEnd.DIGIT, MessageEnd.SILENCE]
    assert night.rung() == ["103", "103"]


@pytest.mark.parametrize(
    ("when", "after_s"),
    [
        ("greeting", GREETING_S / 2),
        ("beep", GREETING_S + NOTICE_S + 0.15),
        ("speaking", GREETING_S + NOTICE_S + 3),
    ],
)
def test_a_hang_up_at_any_point_leaves_a_case(
    calls: Callable[[], AfterHours], when: str, after_s: float
) -> None:
    """His number and the audio so far are in the case, and somebody is rung."""
    night = calls()
    call = night.call(SAID["de"], hangup_after_s=after_s)
    left = call.wait()
    case = night.case(call, CasePhase.ACKNOWLEDGED)
    said_s = left.duration_s - (left.speech_started_s or left.duration_s)

    assert left.hung_up_by == "caller"
    assert (left.speech_started_s is not None) is (when == "speaking")
    assert case.message_s > said_s - 0.5
    assert case.owner == "t1"
    assert night.rung() == ["103"]


def test_a_hang_up_during_the_confirmation_changes_nothing(
    calls: Callable[[], AfterHours],
) -> None:
    """His message is whole by then; the technician is rung once."""
    night = calls()
    call = night.call(SAID["de"])
    night.wait_mobile("invite", "103")
    call.hangup()
    case = night.case(call, CasePhase.ACKNOWLEDGED)

    assert call.wait().hung_up_by == "caller"
    assert case.urgency is Urgency.EMERGENCY
    assert night.rung() == ["103"]


def test_a_caller_without_a_number_is_served(calls: Callable[[], AfterHours]) -> None:
    """The case says that it was withheld, and somebody is rung."""
    night = calls()
    call = night.call(SAID["de"], number="anonymous", hangup_when_spoken=True)
    call.wait()
    until(
        "an acknowledged case",
        lambda: [c for c in night.stage.cases() if c.number is None and c.owner == "t1"],
    )

    assert night.rung() == ["103"]


def test_silence_is_unknown_and_routine_is_filed(calls: Callable[[], AfterHours]) -> None:
    """Who says nothing may be unable to: he rings. Who wants an invoice wakes nobody."""
    night = calls()
    silent, routine = night.call(), night.call(ROUTINE)
    rung, filed = night.case(silent, CasePhase.ACKNOWLEDGED), night.case(routine, CasePhase.FILED)
    told = routine.wait()

    assert rung.urgency is Urgency.UNKNOWN
    assert (filed.urgency, filed.attempts, filed.owner) == (Urgency.ROUTINE, 0, None)
    assert told.hung_up_by == "far"
    assert night.rung() == ["103"]


def test_three_callers_at_once_are_three_cases(calls: Callable[[], AfterHours]) -> None:
    """Each hears the greeting within a second, each is understood and taken on its own."""
    night = calls()
    callers = [night.call(SAID["de"], hangup_when_spoken=True) for _ in range(3)]
    reports = [call.wait() for call in callers]
    cases = [night.case(call, CasePhase.ACKNOWLEDGED) for call in callers]

    assert [report.first_sound_s for report in reports if (report.first_sound_s or 9) >= 1] == []
    assert [case.urgency for case in cases] == [Urgency.EMERGENCY] * 3
    assert len({case.case_id for case in cases}) == 3
    assert night.rung() == ["103"] * 3


def test_line_breaks_in_a_name_are_no_lines(calls: Callable[[], AfterHours]) -> None:
    """CR and LF in the SIP From reach neither AGI nor AMI as a line; the call is served."""
    night = calls()
    forged = "49%0d%0aagi_network_script%3a%20claim%0d%0a%0d%0aEvent%3a%20UserEvent"
    forged += "%0d%0aUserEvent%3a%20PBXBKey%0d%0aChannel%3a%20"
    before = {case.case_id for case in night.stage.cases()}
    spec = CallSpec(
        hostile_from=f'"x%0d%0aAction: Ping" <sip:{forged}@127.0.0.1>',
        say=SAID["de"],
        hangup_when_spoken=True,
    )
    night.box.start_call(spec).wait()
    (case,) = until(
        "the case of the hostile caller",
        lambda: [c for c in night.stage.cases() if c.case_id not in before and c.owner],
    )
    assert night.stage.service is not None
    log = night.stage.service.log()

    assert case.number == "49"
    assert (case.urgency, case.owner) == (Urgency.EMERGENCY, "t1")
    assert night.rung() == ["103"]
    assert [line for line in log if line.get("level") == "error"] == []
    assert [line for line in log if line["event"] == "agi.session_refused"] == []


@pytest.mark.parametrize("language", ["pl", "en"])
def test_other_languages_are_understood(night: AfterHours, language: str) -> None:
    """The transcript is what was said, the verdict names a rule of that language."""
    night.begin("103", language=language)
    call = night.call(SAID[language], language=language)
    night.case(call, CasePhase.ACKNOWLEDGED)
    left = call.wait()
    stored = night.file(call).call
    assert stored is not None
    assert stored.transcript is not None
    assert stored.verdict is not None
    said, understood = SAID[language].split(), stored.transcript.text.split()

    assert SequenceMatcher(None, said, understood, autojunk=False).ratio() > 0.8
    assert stored.transcript.engine == f"vosk/testvoice-{language}"
    assert [r.rule for r in stored.verdict.reasons if r.rule.startswith(f"{language}.")] != []
    assert left.hung_up_by == "far"
