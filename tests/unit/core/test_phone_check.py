"""A check of a mobile: who may be rung for it, what he hears, what came of it."""

import pytest
from examples import NOW, POLICY

from pbx_bridge.core.ack_flow import Ask, Close, Heard
from pbx_bridge.core.case import RingOutcome, Urgency
from pbx_bridge.core.escalation import advance as advance_case
from pbx_bridge.core.escalation import open_escalation, open_taken
from pbx_bridge.core.escalation_events import RingAnswered, RingEnded, RingPlaced
from pbx_bridge.core.lineup import ALONE
from pbx_bridge.core.phone_check import (
    CheckFlow,
    CheckOutcome,
    CheckPhase,
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


@pytest.mark.parametrize(
    ("ring", "seen", "outcome"),
    [
        (RingOutcome.NO_ANSWER, {"has_key"}, CheckOutcome.KEY_HEARD),
        (RingOutcome.NO_ANSWER, {"has_key", "is_answered", "is_withdrawn"}, CheckOutcome.KEY_HEARD),
        (RingOutcome.NO_ANSWER, {"is_answered"}, CheckOutcome.NO_KEY),
        (RingOutcome.NO_ANSWER, {"is_answered", "is_withdrawn"}, CheckOutcome.CASE_FIRST),
        (RingOutcome.NO_ANSWER, set(), CheckOutcome.NO_ANSWER),
        (RingOutcome.BUSY, set(), CheckOutcome.BUSY),
        (RingOutcome.UNREACHABLE, set(), CheckOutcome.UNREACHABLE),
    ],
)
def test_outcome_says_what_was_proved(
    ring: RingOutcome, seen: set[str], outcome: CheckOutcome
) -> None:
    """A key counts whatever came after it; a check that a case ended proves nothing."""
    facts = {name: name in seen for name in ("has_key", "is_answered", "is_withdrawn")}

    assert outcome_of(ring, **facts) is outcome


def test_while_a_case_rings_nobody_is_checked() -> None:
    """Not even who is not rung: he may be the next, and the line may have two channels."""
    ringing = open_escalation(NOW, "7", Urgency.URGENT, POLICY, ALONE).state

    assert hindrance("anna", NOW, [ringing]) == "case 7 rings"
    assert hindrance("ben", NOW, [ringing]) == "case 7 rings"


def test_who_has_a_case_is_not_checked() -> None:
    """He is on his way, or in a cellar; the others may be checked."""
    taken = open_taken(NOW, "7", Urgency.URGENT, POLICY, "anna").state
    later = NOW + POLICY.busy_for

    assert hindrance("anna", NOW, [taken]) == "he has taken a case just now"
    assert hindrance("ben", NOW, [taken]) is None
    assert hindrance("anna", later, [taken]) is None
    assert hindrance("anna", NOW, []) is None


def test_who_talks_with_a_case_is_not_checked() -> None:
    """He pressed 1 and hears the message."""
    opened = open_escalation(NOW, "7", Urgency.URGENT, POLICY, ALONE).state
    taken = opened
    for event in (RingPlaced(1), RingAnswered(1), RingEnded(1, RingOutcome.ACKNOWLEDGED)):
        taken = advance_case(NOW, taken, event).state

    assert hindrance("anna", NOW, [taken]) == "he is on the telephone with case 7"
    assert hindrance("ben", NOW, [taken]) is None
