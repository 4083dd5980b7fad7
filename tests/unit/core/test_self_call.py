"""What an enquiry means, and what to do about it."""

from dataclasses import replace

import pytest

from pbx_bridge.core.check import Check, CheckName, CheckState
from pbx_bridge.core.self_call import (
    NEEDED,
    Enquiry,
    Login,
    Report,
    SelfCall,
    call_checks,
    login_check,
    rights_check,
    version_check,
)

GOOD = Report(
    agi="SUCCESS", is_answered=True, has_lock=True, writes_recordings=True, reads_prompts=True
)
WHOLE = SelfCall(is_answered=True, version="22.10.1", report=GOOD, lacking=())
ACCEPTED = Enquiry(
    where="127.0.0.1:5038", user="pbx-bridge", login=Login.ACCEPTED, actions=NEEDED, call=WHOLE
)


def judged(call: SelfCall) -> dict[CheckName, Check]:
    """Return the checks of a call by name."""
    return {check.name: check for check in call_checks(call, "127.0.0.1:4573")}


def broken(checks: dict[CheckName, Check]) -> list[CheckName]:
    """Return the names of the checks that failed."""
    return [name for name, check in checks.items() if check.state is CheckState.FAILED]


def test_whole_call_passes_every_check_of_it_in_order() -> None:
    """One line for each thing that it proves."""
    checks = judged(WHOLE)

    assert {check.state for check in checks.values()} == {CheckState.OK}
    names = list(CheckName)
    assert list(checks) == names[names.index(CheckName.SELF_CALL) :]


@pytest.mark.parametrize(
    ("login", "remedy"),
    [
        (Login.UNREACHABLE, "systemctl start asterisk"),
        (Login.SILENT, "asterisk.ami_port"),
        (Login.REFUSED, "dialplan install"),
        (Login.NOT_BOOTED, "read = system,call,user"),
    ],
)
def test_each_failed_login_has_its_own_remedy(login: Login, remedy: str) -> None:
    """Nobody listening and a wrong secret are different days in somebody's life."""
    check = login_check(replace(ACCEPTED, login=login))

    assert check.state is CheckState.FAILED
    assert remedy in check.remedy
    assert "127.0.0.1:5038" in check.text


def test_accepted_login_is_ok() -> None:
    """And says as whom."""
    check = login_check(ACCEPTED)

    assert (check.state, check.text) == (
        CheckState.OK,
        "logged in at 127.0.0.1:5038 as pbx-bridge",
    )


@pytest.mark.parametrize("action", sorted(NEEDED))
def test_missing_right_fails(action: str) -> None:
    """Found out now, not when the first technician should be rung."""
    check = rights_check(replace(ACCEPTED, actions=NEEDED - {action}))

    assert check.state is CheckState.FAILED
    assert action in check.text


@pytest.mark.parametrize("action", ["command", "updateconfig", "moduleload", "agi"])
def test_right_to_take_over_the_machine_is_a_warning(action: str) -> None:
    """It works; a stolen secret would be a shell."""
    check = rights_check(replace(ACCEPTED, actions=NEEDED | {action}))

    assert check.state is CheckState.WARNING
    assert rights_check(ACCEPTED).state is CheckState.OK


@pytest.mark.parametrize(
    ("call", "name", "remedy"),
    [
        (SelfCall(refusal="no"), CheckName.SELF_CALL, "dialplan install"),
        (SelfCall(), CheckName.SELF_CALL, "dialplan reload"),
        (SelfCall(is_answered=True), CheckName.SELF_CALL, "read = system,call,user"),
        (SelfCall(is_answered=True, version="22.10.1"), CheckName.AGI, "res_speech.so"),
    ],
)
def test_call_that_stops_early_fails_once(call: SelfCall, name: CheckName, remedy: str) -> None:
    """What lies behind the fault is skipped, not failed."""
    checks = judged(call)

    assert broken(checks) == [name]
    assert remedy in checks[name].remedy
    assert checks[CheckName.SOUNDS].state is CheckState.SKIPPED
    assert list(checks) == list(judged(WHOLE))


@pytest.mark.parametrize(
    ("report", "name", "remedy"),
    [
        (replace(GOOD, agi="FAILURE", is_answered=False), CheckName.SERVICE, "systemctl start"),
        (replace(GOOD, agi="TIMEOUT", is_answered=False), CheckName.SERVICE, "systemctl restart"),
        (replace(GOOD, is_answered=False), CheckName.SERVICE, "dialplan install"),
        (replace(GOOD, has_lock=False), CheckName.LOCK, "func_lock.so"),
        (replace(GOOD, writes_recordings=False), CheckName.SPOOL, "asterisk.recordings_dir"),
        (replace(GOOD, reads_prompts=False), CheckName.SOUNDS, "asterisk.prompts_dir"),
    ],
)
def test_each_fault_of_the_report_fails_alone(report: Report, name: CheckName, remedy: str) -> None:
    """With the remedy for exactly this."""
    checks = judged(replace(WHOLE, report=report))

    assert broken(checks) == [name]
    assert remedy in checks[name].remedy


@pytest.mark.parametrize(
    ("text", "state", "said"),
    [
        ("22.10.1", CheckState.OK, "Asterisk 22.10.1"),
        ("22.4.0", CheckState.WARNING, "older than 22.10.1"),
        ("18.26.4", CheckState.WARNING, "GETS NO SECURITY UPDATES"),
        ("99.0.0", CheckState.WARNING, "does not know Asterisk '99.0.0'"),
        ("", CheckState.WARNING, "func_version is not loaded"),
    ],
)
def test_version_is_judged_loudly(text: str, state: CheckState, said: str) -> None:
    """An old one works, so it is a warning; a dead branch is shouted."""
    check = version_check(text)

    assert check.state is state
    assert said in check.text
