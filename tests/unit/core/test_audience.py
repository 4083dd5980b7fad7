"""Which technicians a turn concerns."""

from dataclasses import replace

from daemon import policy_of
from fakes import ELEVEN_AT_NIGHT

from pbx_bridge.core.audience import concerned
from pbx_bridge.core.case import Urgency
from pbx_bridge.core.escalation import open_escalation
from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.core.lineup import ALONE

POLICY = policy_of("anna", "ben", "clara")
OPENED = open_escalation(ELEVEN_AT_NIGHT, "1001", Urgency.URGENT, POLICY, ALONE).state
(FIRST,) = OPENED.attempts


def rung(*names: str, owner: str | None = None, **changes: object):
    """Return the escalation after these were rung."""
    attempts = tuple(
        replace(FIRST, attempt=n, technician=name, is_placed=True, **changes)
        for n, name in enumerate(names, start=1)
    )
    return replace(OPENED, attempts=attempts, owner=owner)


def test_acceptance_concerns_who_was_rung_and_did_not_take_it() -> None:
    """Whoever takes it knows; whoever was not rung sleeps."""
    assert concerned(Topic.ACCEPTED, rung("anna", "ben", owner="ben")) == {"anna"}


def test_ring_that_never_reached_asterisk_woke_nobody() -> None:
    """He need not hear of it."""
    unplaced = replace(OPENED, owner="ben")

    assert concerned(Topic.ACCEPTED, unplaced) == frozenset()


def test_reminder_is_no_ring_for_the_case() -> None:
    """Its owner was asked whether he is at it."""
    assert concerned(Topic.ACCEPTED, rung("anna", owner="ben", is_reminder=True)) == frozenset()


def test_what_nobody_took_concerns_the_whole_policy() -> None:
    """Also those who were not reached: now it is up to them."""
    everybody = {"anna", "ben", "clara"}

    assert concerned(Topic.EXHAUSTED, rung("anna")) == everybody
    assert concerned(Topic.LINE_DOWN, rung("anna")) == everybody


def test_case_with_nobody_concerns_everybody() -> None:
    """An empty policy must not mean that nobody hears of it."""
    assert concerned(Topic.EXHAUSTED, replace(OPENED, policy=policy_of(), attempts=())) is None


def test_contested_case_concerns_both() -> None:
    """Each believes that it is his."""
    assert concerned(Topic.CONTESTED, rung("anna", owner="anna"), "ben") == {"anna", "ben"}
    assert concerned(Topic.CONTESTED, rung("anna"), "ben") == {"ben"}


def test_owner_hears_when_somebody_else_closes_his_case() -> None:
    """He must not drive there in vain; who says it himself knows it."""
    assert concerned(Topic.DONE, rung("anna", owner="anna"), "office") == {"anna"}
    assert concerned(Topic.DONE, rung("anna", owner="anna"), "anna") == frozenset()


def test_other_turns_concern_no_technician() -> None:
    """They are the office's."""
    assert concerned(Topic.NEW_CASE, rung("anna")) == frozenset()
