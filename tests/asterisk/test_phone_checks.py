"""Checks of mobiles on a real Asterisk: what each mobile shows, and that a real case goes first."""

import json
import subprocess
import sys
from collections.abc import Sequence

import pytest
from after_hours import SAID, AfterHours, until

from pbx_bridge.adapters.store.reading import CasePhase
from pbx_bridge.runtime.phone_checks import RELEASE_S

pytestmark = pytest.mark.asterisk

RING_S = 5.0

MOBILES = {
    "118": "key-heard",
    "111": "no-key",
    "104": "no-key",
    "102": "busy",
    "109": "busy",
    "101": "no-answer",
    "107": "unreachable",
    "108": "unreachable",
    "110": "unreachable",
}
"""Mobiles, and what a check of each shows; 104 is a mailbox, the keys of 111 do not arrive."""


def typed(night: AfterHours, *words: str) -> subprocess.Popen[str]:
    """Begin a command of the office's."""
    command = [sys.executable, "-m", "pbx_bridge", "--config", str(night.stage.config)]
    return subprocess.Popen(
        [*command, "oncall", "check-phone", *words, "--json"], stdout=subprocess.PIPE, text=True
    )


def outcomes(command: subprocess.Popen[str]) -> list[str]:
    """Return what a command found, once it is over."""
    output, _ = command.communicate(timeout=240)
    return [found["outcome"] for found in json.loads(output)]


@pytest.fixture(scope="module")
def checked(night: AfterHours) -> tuple[AfterHours, Sequence[str], int]:
    """Check one mobile after the other; return outcomes and exit status."""
    night.begin(*MOBILES, ring_timeout_s=int(RING_S))
    command = typed(night, "--all")
    return night, outcomes(command), command.returncode


def test_each_mobile_shows_what_it_can(checked: tuple[AfterHours, Sequence[str], int]) -> None:
    """One after the other, each once; only heard keys are a success."""
    night, found, status = checked

    assert dict(zip(MOBILES, found, strict=True)) == MOBILES
    assert night.rung() == list(MOBILES)
    assert status == 1


def test_a_check_rings_as_long_as_a_case(checked: tuple[AfterHours, Sequence[str], int]) -> None:
    """Same ring timeout, so a mailbox is met or not as it will be at night."""
    night, _, _ = checked
    rung = night.wait_mobile("invite", "101").at_ms, night.wait_mobile("hungup", "101").at_ms

    assert (rung[1] - rung[0]) / 1000 == pytest.approx(RING_S, abs=0.5)


def test_who_picks_up_hears_that_it_is_a_test(
    checked: tuple[AfterHours, Sequence[str], int],
) -> None:
    """Within a second; after key 1 that his phone works, and what to save."""
    night, _, _ = checked
    heard, key_s = night.heard("118"), night.key_s("118")

    assert heard.at_s(night.prompt("check-announce")) < 1
    assert heard.share(night.prompt("check-heard"), after_s=key_s) > 0.8
    assert night.stage.cases() == []


def test_a_key_alone_is_a_success(night: AfterHours) -> None:
    """Exit status 0, for whoever checks every evening by himself."""
    night.begin("118")
    command = typed(night, "t1")

    assert outcomes(command) == ["key-heard"]
    assert command.returncode == 0


@pytest.mark.parametrize(("mobile", "at"), [("101", "invite"), ("111", "answered")])
def test_a_case_that_comes_rings_who_is_being_checked(
    night: AfterHours, mobile: str, at: str
) -> None:
    """His phone is free as soon as somebody calls, whether it rang or he listened."""
    night.begin(mobile, ring_timeout_s=20)
    check = typed(night, "t1")
    night.wait_mobile(at, mobile)
    call = night.call(SAID["de"], hangup_when_spoken=True)

    assert outcomes(check) == ["case-first"]
    second = until("he is rung twice", lambda: night.events("invite")[1:])[0]
    free_s = (second.at_ms - night.wait_mobile("hungup", mobile).at_ms) / 1000
    assert free_s > RELEASE_S - 0.1
    call.wait()
    assert night.case(call).phase is CasePhase.RINGING


def test_while_a_caller_speaks_nobody_is_checked(night: AfterHours) -> None:
    """His call may become a case at any moment."""
    night.begin("101", ring_timeout_s=20)
    call = night.call(SAID["de"], hangup_when_spoken=True)
    until("the call is taken", night.stage.cases)

    assert outcomes(typed(night, "t1")) == ["case-first"]
    call.wait()
    until("the case rings", night.rung)
    assert night.rung() == ["101"]


def test_while_a_case_rings_nobody_is_checked(night: AfterHours) -> None:
    """He is told so, and the case rings on."""
    night.begin("101", "118", ring_timeout_s=20)
    call = night.call(SAID["de"], hangup_when_spoken=True)
    night.wait_mobile("invite", "101")

    assert outcomes(typed(night, "t2")) == ["case-first"]
    assert night.rung() == ["101"]
    call.wait()
    assert night.case(call).phase is CasePhase.RINGING
