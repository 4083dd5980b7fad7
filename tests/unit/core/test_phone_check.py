"""A check of a mobile: who may be rung for it, what he hears, what came of it."""

from dataclasses import replace

import pytest
from examples import NOW, POLICY, opened_call

from pbx_bridge.core.ack_flow import Ask, Close, Heard
from pbx_bridge.core.call_flow import CallPhase
from pbx_bridge.core.case import RingOutcome, Urgency
from pbx_bridge.core.escalation import advance as advance_case
from pbx_bridge.core.escalation import open_escalation, open_taken
from pbx_bridge.core.escalation_events import RingAnswered, RingEnded, RingPlaced
from pbx_bridge.core.lineup import ALONE
from pbx_bridge.core.phone_check import (
    CUT_OFF,
    CheckFacts,
    CheckFlow,
    CheckOutcome,
    CheckPhase,
    PhoneCheck,
    advance,
    hindrance,
    next_request,
    outcome_of,
)


def pressed(*digits: str | None) -> CheckFlow:
    """Return the talk after these keys; `None`: silence."""
    flow = CheckFlow()
    for digit in digits:
        flow = advance(flow, Heard(digit))
    return flow


def test_key_1_proves_that_keys_arrive() -> None:
    """He hears that it is a test, then that his phone and its keys work."""
    assert next_request(CheckFlow()) == Ask(("check-announce",))
    assert next_request(pressed("1")) == Close(("check-heard",))
    assert next_request(pressed("5", None, "1")) == Close(("check-heard",))


@pytest.mark.parametrize("digits", [(None, None), (None, "2", None), ("2",) * 10])
def test_without_key_1_the_talk_ends(digits: tuple[str | None, ...]) -> None:
    """A mailbox hears it twice; a stuck key does not keep the line for ever."""
    before, after = pressed(*digits[:-1]), pressed(*digits)

    assert before.phase is CheckPhase.ASKING
    assert next_request(after) == Close(("ack-goodbye",))


def test_what_was_said_last_is_the_end() -> None:
    """A key after the end changes nothing."""
    assert advance(pressed("1"), Heard("5")) == pressed("1")


ANSWERED = CheckFacts(is_answered=True, is_met=True)


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        (CheckFacts(has_key=True), CheckOutcome.KEY_HEARD),
        (
            replace(ANSWERED, has_key=True, withdrawn_for="a case", is_cut_off=True, is_mute=True),
            CheckOutcome.KEY_HEARD,
        ),
        (ANSWERED, CheckOutcome.NO_KEY),
        (replace(ANSWERED, withdrawn_for="a case", is_cut_off=True), CheckOutcome.CASE_FIRST),
        (replace(ANSWERED, is_cut_off=True), CheckOutcome.NOT_KNOWN),
        (CheckFacts(is_cut_off=True), CheckOutcome.NOT_KNOWN),
        (CheckFacts(is_answered=True), CheckOutcome.INCOMPLETE),
        (replace(ANSWERED, is_mute=True), CheckOutcome.INCOMPLETE),
        (CheckFacts(), CheckOutcome.NO_ANSWER),
        (CheckFacts(ring=RingOutcome.BUSY), CheckOutcome.BUSY),
        (CheckFacts(ring=RingOutcome.UNREACHABLE), CheckOutcome.UNREACHABLE),
    ],
)
def test_outcome_says_what_was_proved(facts: CheckFacts, outcome: CheckOutcome) -> None:
    """A key counts whatever came after it; a check that was cut short proves nothing."""
    assert outcome_of(facts)[0] is outcome


def test_installation_of_an_older_release_is_not_taken_for_a_mailbox() -> None:
    """What is to be done stands there; also that the line was lost, or what went first."""
    assert outcome_of(CheckFacts(is_answered=True))[1].endswith("pbx-bridge dialplan install")
    assert outcome_of(replace(ANSWERED, is_mute=True))[1].endswith("pbx-bridge prompts render")
    assert outcome_of(CheckFacts(is_cut_off=True))[1] == CUT_OFF
    assert outcome_of(CheckFacts(withdrawn_for="a case rings"))[1] == "a case rings"


def test_what_says_nothing_is_worth_another_check() -> None:
    """But nobody is rung again and again for a dialplan that is too old."""
    worth = {
        each for each in CheckOutcome if PhoneCheck(technician="ben", outcome=each).is_worth_another
    }

    assert worth == {CheckOutcome.CASE_FIRST, CheckOutcome.NOT_KNOWN}


@pytest.mark.parametrize(
    ("phase", "reason"),
    [
        (CallPhase.RECEIVING, "case 7 is being taken down"),
        (CallPhase.HEARING, "case 7 is being taken down"),
        (CallPhase.ELSEWHERE, "the dialplan's fallback has case 7"),
    ],
)
def test_while_a_call_may_become_a_case_nobody_is_checked(phase: CallPhase, reason: str) -> None:
    """It rings somebody in a moment, or the dialplan does already."""
    call = replace(opened_call("7").state, phase=phase)

    assert hindrance("anna", NOW, [], [call]) == reason


def test_while_a_case_rings_nobody_is_checked() -> None:
    """Not even who is not rung: he may be the next, and the line may have two channels."""
    ringing = open_escalation(NOW, "7", Urgency.URGENT, POLICY, ALONE).state

    assert hindrance("anna", NOW, [ringing], []) == "case 7 rings"
    assert hindrance("ben", NOW, [ringing], []) == "case 7 rings"


def test_who_has_a_case_is_not_checked() -> None:
    """He is on his way, or in a cellar; the others may be checked."""
    taken = open_taken(NOW, "7", Urgency.URGENT, POLICY, "anna").state
    later = NOW + POLICY.busy_for

    assert hindrance("anna", NOW, [taken], []) == "he has taken a case just now"
    assert hindrance("ben", NOW, [taken], []) is None
    assert hindrance("anna", later, [taken], []) is None
    assert hindrance("anna", NOW, [], []) is None


def test_who_talks_with_a_case_is_not_checked() -> None:
    """He pressed 1 and hears the message."""
    opened = open_escalation(NOW, "7", Urgency.URGENT, POLICY, ALONE).state
    taken = opened
    for event in (RingPlaced(1), RingAnswered(1), RingEnded(1, RingOutcome.ACKNOWLEDGED)):
        taken = advance_case(NOW, taken, event).state

    assert hindrance("anna", NOW, [taken], []) == "he is on the telephone with case 7"
    assert hindrance("ben", NOW, [taken], []) is None
