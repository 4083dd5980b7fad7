"""A service that hangs, stops in order or starts in the middle: one owner, no ring twice."""

import signal

import pytest
from after_hours import LONG, ROUTINE, SAID, AfterHours, until

from pbx_bridge.adapters.store.reading import CasePhase
from pbx_bridge.core.case import Urgency

pytestmark = pytest.mark.asterisk

FROZEN_MS = 15_000
"""Longer than the lease of 10 s."""

RINGS_WITHIN_S = 30.0
"""From the freeze to the first mobile when the service never thaws; measured: 22 s."""


def send(night: AfterHours, number: signal.Signals) -> float:
    """Freeze or thaw the service; return when, as events have it."""
    assert night.stage.service is not None
    night.stage.service.signal(number)
    return night.now_ms()


def freeze(night: AfterHours) -> None:
    """Stop the service for longer than a lease lasts, then let it go on."""
    began_ms = send(night, signal.SIGSTOP)
    until("the thaw", lambda: night.now_ms() - began_ms > FROZEN_MS)
    send(night, signal.SIGCONT)


def test_frozen_while_the_caller_speaks(night: AfterHours) -> None:
    """Fifteen seconds without a sign of life: one owner, and nobody is rung twice."""
    night.begin("105", "103")
    call = night.call(LONG)
    night.wait_words(call)
    freeze(night)
    case = night.case(call, CasePhase.ACKNOWLEDGED)
    call.wait()

    assert case.owner == "t2"
    assert case.message_s > 5
    assert night.rung() == ["105", "103"]


def test_frozen_while_a_mobile_rings(night: AfterHours) -> None:
    """Who answers is asked by the dialplan; the key 1 that it stored counts after the thaw."""
    night.begin("123", "103", ring_timeout_s=15)
    call = night.call_and_leave()
    night.wait_mobile("invite", "123")
    freeze(night)
    case = night.case(call, CasePhase.ACKNOWLEDGED)

    assert case.owner == "t1"
    assert night.rung() == ["123"]


def test_frozen_while_the_technician_listens(night: AfterHours) -> None:
    """When the lease is over the dialplan asks him again, and that key 1 counts."""
    night.begin("124", "103", ring_timeout_s=15)
    call = night.call_and_leave()
    night.wait_mobile("answered", "124")
    assert night.stage.service is not None
    night.stage.service.wait_for("agi.session_opened", script="technician")
    freeze(night)
    case = night.case(call, CasePhase.ACKNOWLEDGED)

    assert case.owner == "t1"
    assert night.rung() == ["124"]


def test_frozen_for_good(night: AfterHours) -> None:
    """
    Asterisk waits for a while, then rings alone; a thaw hours later rings nobody.

    Nothing in the message rings early: frozen before the end of it, nobody has judged it.
    """
    night.begin("103")
    call = night.call(ROUTINE)
    call.wait_for("spoken", 30)
    frozen_ms = send(night, signal.SIGSTOP)
    until("his key is stored", lambda: night.remembered("pbxb-taken") == 1, 60)
    rang_s = (night.wait_mobile("invite", "103").at_ms - frozen_ms) / 1000
    send(night, signal.SIGCONT)
    case = night.case(call, CasePhase.ACKNOWLEDGED)
    call.hangup()

    assert rang_s < RINGS_WITHIN_S
    assert case.owner == "t1"
    assert night.rung() == ["103"]


def test_stopped_in_order_while_the_caller_speaks(night: AfterHours) -> None:
    """Asterisk keeps what he said and rings; the next start adopts what came of it."""
    night.begin("102", "103")
    call = night.call(LONG)
    night.wait_words(call)
    night.stage.stop_service()
    until("a technician took it", lambda: night.remembered("pbxb-taken") == 1, 60)
    night.stage.start_service()
    case = night.case(call, CasePhase.ACKNOWLEDGED)
    call.hangup()

    assert case.owner == "t2"
    assert case.message_s > 2
    assert night.rung() == ["102", "103"]


def test_started_while_the_fallback_rings(night: AfterHours) -> None:
    """The service lets the dialplan ring, for a caller who stays and for one who is gone."""
    night.begin("101", "103", service=False)
    stays = night.call(SAID["de"])
    stays.wait_for("spoken", 30)
    leaves = night.call(hangup_after_s=6.5)
    until("both fallbacks ring", lambda: night.rung() == ["101", "101"])
    night.stage.start_service()
    owners = [night.case(call, CasePhase.ACKNOWLEDGED, 60).owner for call in (stays, leaves)]
    stays.hangup()

    assert owners == ["t2", "t2"]
    assert sorted(night.rung()) == ["101", "101", "103", "103"]


def test_started_while_the_fallback_records(night: AfterHours) -> None:
    """The caller speaks to Asterisk alone; when he has ended the service has him."""
    night.begin("103", service=False)
    call = night.call(LONG)
    call.wait_for("speaking", 30)
    night.stage.start_service()
    case = night.case(call, CasePhase.ACKNOWLEDGED, 60)

    assert (case.urgency, case.owner) == (Urgency.EMERGENCY, "t1")
    assert case.message_s > 7
    assert night.rung() == ["103"]
