"""A case that a human takes or reopens by hand."""

from datetime import timedelta

import pytest
from examples import CLARA, NOW, OWNER, POLICY, opened_escalation

from pbx_bridge.core.case import Urgency
from pbx_bridge.core.escalation import advance, open_escalation, open_taken
from pbx_bridge.core.escalation_events import (
    CancelRing,
    CaseDone,
    CaseReopened,
    Fallback,
    FallbackReason,
    MarkTaken,
    Ring,
    TakenByHand,
    Tell,
    Topic,
)
from pbx_bridge.core.escalation_rounds import exhaust
from pbx_bridge.core.escalation_state import Escalation, EscalationPhase
from pbx_bridge.core.lineup import ALONE
from pbx_bridge.core.policy import Policy, Step

RINGING = opened_escalation().state
TAKEN = open_taken(NOW, "1001", Urgency.URGENT, POLICY, "anna").state
DONE = advance(NOW, TAKEN, CaseDone("anna")).state
EXHAUSTED = exhaust(NOW, RINGING, FallbackReason.NOBODY_ACCEPTED).state
NOBODY = Policy(steps=())


@pytest.mark.parametrize("state", [RINGING, EXHAUSTED])
def test_case_is_given_by_hand(state: Escalation) -> None:
    """As if he had pressed 1: the phones stop, the dialplan hears of it; the office may, too."""
    moved = advance(NOW, state, TakenByHand("office"))

    assert (moved.state.phase, moved.state.owner) == (EscalationPhase.ACKNOWLEDGED, "office")
    assert {MarkTaken("office"), Tell(Topic.ACCEPTED, "office")} <= set(moved.effects)
    assert (CancelRing(1) in moved.effects) == bool(state.live)


@pytest.mark.parametrize("state", [TAKEN, DONE])
def test_nobody_takes_a_case_from_another(state: Escalation) -> None:
    """Compare and set: who comes second changes nothing."""
    moved = advance(NOW, state, TakenByHand("ben"))

    assert (moved.state, moved.effects) == (state, ())


@pytest.mark.parametrize("state", [DONE, EXHAUSTED])
def test_reopened_case_rings_from_the_first_on(state: Escalation) -> None:
    """Attempts count on, nobody owns it, also in AstDB, and it has its whole ceiling again."""
    moved = advance(NOW, state, CaseReopened("office"))

    (ring,) = [effect for effect in moved.effects if isinstance(effect, Ring)]
    assert (ring.attempt, ring.technician) == (len(state.attempts) + 1, "anna")
    assert (moved.state.phase, moved.state.round) == (EscalationPhase.RINGING, 1)
    assert (moved.state.owner, moved.state.acknowledged_at) == (None, None)
    assert moved.state.give_up_at == NOW + POLICY.ceiling
    assert moved.effects[:2] == (Tell(Topic.REOPENED, "office"), MarkTaken(None))


@pytest.mark.parametrize("state", [DONE, EXHAUSTED])
def test_reopened_case_rings_who_is_on_call_now(state: Escalation) -> None:
    """A week later others have the duty; the case keeps their policy from now on."""
    today = Policy(steps=(Step(technicians=(CLARA,)),), ceiling=timedelta(hours=1))

    moved = advance(NOW, state, CaseReopened("office", today))

    assert [one.technician for one in moved.effects if isinstance(one, Ring)] == ["clara"]
    assert (moved.state.policy, moved.state.give_up_at) == (today, NOW + timedelta(hours=1))


def test_case_that_had_nobody_to_ring_rings_who_is_there_now() -> None:
    """And one that had somebody is left as it is when nobody is there any more."""
    had_nobody = open_escalation(NOW, "1001", Urgency.URGENT, NOBODY, ALONE).state

    rings = advance(NOW, had_nobody, CaseReopened("office", POLICY))
    stays = advance(NOW, EXHAUSTED, CaseReopened("office", NOBODY))

    assert rings.state.phase is EscalationPhase.RINGING
    assert (stays.state, stays.effects) == (EXHAUSTED, ())


@pytest.mark.parametrize("state", [RINGING, TAKEN])
def test_only_what_is_over_is_reopened(state: Escalation) -> None:
    """Whoever is at it is left in peace."""
    moved = advance(NOW, state, CaseReopened("office"))

    assert (moved.state, moved.effects) == (state, ())


def test_reopened_case_without_anybody_to_ring_says_so_once() -> None:
    """The office knows; asking twice sends no second mail."""
    opened = open_escalation(NOW, "1001", Urgency.URGENT, NOBODY, ALONE)
    done = advance(NOW, opened.state, CaseDone("office")).state

    moved = advance(NOW, done, CaseReopened("office"))
    again = advance(NOW, moved.state, CaseReopened("office"))

    assert moved.state.phase is EscalationPhase.EXHAUSTED
    assert Fallback(FallbackReason.NOBODY_TO_RING) in moved.effects
    assert (again.state, again.effects) == (moved.state, ())


def test_owner_of_the_firm_alone_is_somebody_to_ring() -> None:
    """A policy of nothing but the last resort can be reopened too."""
    alone = Policy(steps=(), last_resort=OWNER)
    opened = open_escalation(NOW, "1001", Urgency.URGENT, alone, ALONE).state
    over = exhaust(NOW, opened, FallbackReason.NOBODY_ACCEPTED).state

    moved = advance(NOW, over, CaseReopened("office"))

    assert [one.technician for one in moved.effects if isinstance(one, Ring)] == [OWNER.name]
