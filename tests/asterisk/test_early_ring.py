"""A certain emergency rings while the caller still speaks, and he does not notice."""

from difflib import SequenceMatcher

import pytest
from after_hours import LONG, ROUTINE, AfterHours, until
from boxes import CarrierEvent

from pbx_bridge.adapters.store.reading import CaseFile, CasePhase
from pbx_bridge.core.case import MessageEnd, Urgency

pytestmark = pytest.mark.asterisk

LONGER = f"{LONG} guten abend hier ist sabine wagner in der küche ist der wasserhahn abgerissen"
"""Certain after half of it; the rest takes longer than a technician needs to press 1."""


def place(case: CaseFile, trigger: str) -> int:
    """Return the place in the journal of the first event *trigger*."""
    return next(n for n, row in enumerate(case.journal) if row.trigger == trigger)


def likeness(case: CaseFile, said: str) -> float:
    """Return how much of what was said is in the transcript."""
    assert case.call is not None
    assert case.call.transcript is not None
    words = case.call.transcript.text.split()
    return SequenceMatcher(None, said.split(), words, autojunk=False).ratio()


def test_technician_has_the_case_before_the_caller_has_finished(night: AfterHours) -> None:
    """One owner; the caller speaks on undisturbed; the technician hears all of it."""
    night.begin("103")
    call = night.call(LONGER)
    invite = night.wait_mobile("invite", "103")
    until("somebody has it", lambda: night.case(call).owner)
    speaking = night.file(call).call
    assert speaking is not None
    left = call.wait()
    night.case(call, CasePhase.ACKNOWLEDGED)
    until("the transcript", lambda: night.file(call).call.transcript)  # type: ignore[union-attr]
    case = night.file(call)
    assert case.call is not None
    until("he has heard it all", lambda: night.events("hungup", "103"), 60)
    (recording,) = (night.box.pbx_spool / "recording").glob("*.wav")
    share = night.heard("103").share(recording)

    assert speaking.message is None  # he still spoke when somebody pressed 1
    assert place(case, "HeardCertain") < place(case, "RingEnded") < place(case, "MessageEnded")
    assert case.call.message is MessageEnd.SILENCE
    assert case.call.verdict is not None
    assert case.call.verdict.urgency is Urgency.EMERGENCY
    assert likeness(case, LONGER) > 0.8
    assert left.hung_up_by == "far"
    assert share > 0.9
    assert (night.rung(), night.case(call).owner) == (["103"], "t1")
    assert invite.number.endswith("103")


def test_routine_call_rings_nobody_early_or_late(night: AfterHours) -> None:
    """It is filed when it is whole."""
    night.begin("103")
    call = night.call(ROUTINE)
    call.wait()
    night.case(call, CasePhase.FILED)

    assert "HeardCertain" not in [row.trigger for row in night.file(call).journal]
    assert night.rung() == []


@pytest.mark.parametrize("is_back", [True, False], ids=["restarted", "alone"])
def test_killed_between_the_early_ring_and_the_end(night: AfterHours, is_back: bool) -> None:
    """
    Killed while the first mobile rings: nobody has two rings at once, one has the case.

    With the service back at once, or with Asterisk alone to the end.
    """
    night.begin("101", "103", ring_timeout_s=30)  # longer than the fallback needs to begin
    call = night.call(LONG)
    night.wait_mobile("invite", "101")
    assert night.stage.service is not None
    night.stage.service.kill()
    if is_back:
        night.stage.start_service()
    until("somebody has pressed 1", lambda: night.events("digit", "103"), 180)
    if is_back:
        call.wait()
    else:  # the fallback has connected him
        call.hangup()
        night.stage.start_service()
    case = night.case(call, CasePhase.ACKNOWLEDGED)

    assert case.owner == "t2"
    assert at_once(night.events("invite", "101"), night.events("hungup", "101")) <= 1
    assert len(night.events("digit", "103")) == 1
    assert len(night.events("invite", "103")) == 1
    assert case.message_s > 5


def at_once(began: list[CarrierEvent], ended: list[CarrierEvent]) -> int:
    """Return how many rings of one mobile there were at the same moment at most."""
    moves = sorted([(e.at_ms, 1) for e in began] + [(e.at_ms, -1) for e in ended])
    most = now = 0
    for _, change in moves:
        now += change
        most = max(most, now)
    return most
