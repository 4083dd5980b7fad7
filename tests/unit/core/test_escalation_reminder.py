"""Acknowledged, but not done in time: the owner is reminded, then the others are rung again."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from examples import NOW, POLICY

from pbx_bridge.core.case import RingOutcome, Urgency
from pbx_bridge.core.escalation import advance, open_escalation, open_taken
from pbx_bridge.core.escalation_events import (
    CancelRing,
    CaseDone,
    CaseReopened,
    EscalationTimer,
    FallbackReason,
    MarkTaken,
    Ring,
    RingAnswered,
    RingEnded,
    RingHeld,
    RingNotPlaced,
    RingPlaced,
    TakenByHand,
    TakenElsewhere,
    Tell,
    Topic,
)
from pbx_bridge.core.escalation_rounds import LONGEST_RETRY
from pbx_bridge.core.escalation_state import Escalation, EscalationPhase, EscalationTransition
from pbx_bridge.core.lineup import ALONE, Occupied, Others

HOUR = timedelta(hours=1)
REMINDING = replace(POLICY, remind_after=HOUR)
TO_ANNA = Ring(1, "anna", "+49170111", 22.0)
RESUMED = Tell(Topic.RESUMED, "anna")


def at(seconds: float) -> datetime:
    """Return a time after the hour."""
    return NOW + HOUR + timedelta(seconds=seconds)


def taken(who: str = "anna") -> Escalation:
    """Return a case that somebody took at the beginning of the hour."""
    return open_taken(NOW, "1001", Urgency.URGENT, REMINDING, who).state


def reminded() -> EscalationTransition:
    """Let the hour pass."""
    return advance(at(0), taken(), EscalationTimer())


def after(*events: object) -> EscalationTransition:
    """Return the transition of the last of *events* since the reminder, one second apart."""
    moved = reminded()
    for second, event in enumerate(events, start=1):
        moved = advance(at(second), moved.state, event)
    return moved


def test_owner_is_rung_when_his_time_is_over() -> None:
    """He keeps the case; nobody else is rung."""
    moved = reminded()

    assert taken().wake_at == NOW + HOUR
    assert moved.effects == (TO_ANNA,)
    assert (moved.state.phase, moved.state.owner) == (EscalationPhase.ACKNOWLEDGED, "anna")
    assert moved.state.wake_at == at(25)


def by_hand(who: str, number: str | None = None) -> EscalationTransition:
    """Let somebody take a ringing case by hand, and the hour pass."""
    ringing = open_escalation(NOW, "1001", Urgency.URGENT, REMINDING, ALONE).state
    case = advance(NOW, ringing, TakenByHand(who, number=number)).state
    quiet = advance(NOW, case, RingEnded(1, RingOutcome.NO_ANSWER)).state
    return advance(at(0), quiet, EscalationTimer())


def test_who_took_it_by_hand_is_rung_also_from_outside_the_policy() -> None:
    """Under the number that he had when he took it; when he is silent, the others are rung."""
    moved = by_hand("zoe", "+49170999")
    silent = advance(at(60), moved.state, EscalationTimer())

    assert moved.effects == (Ring(2, "zoe", "+49170999", 22.0),)
    assert Tell(Topic.RESUMED, "zoe") in silent.effects
    assert Ring(3, "anna", "+49170111", 22.0) in silent.effects


def test_owner_after_the_one_who_took_it_by_hand_is_reminded_himself() -> None:
    """Zoe did not answer; Ben takes it by a key, and it is his."""
    silent = advance(at(60), by_hand("zoe", "+49170999").state, EscalationTimer())
    his = advance(at(70), silent.state, TakenElsewhere("ben")).state

    (ring,) = (e for e in advance(his.wake_at, his, EscalationTimer()).effects)

    assert (ring.technician, ring.number) == ("ben", "+49170222")


@pytest.mark.parametrize("is_known_before", [True, False])
def test_who_pressed_1_in_the_dialplan_is_rung_also_from_outside_the_policy(
    is_known_before: bool,
) -> None:
    """The key may be read when the case is his already; another's key changes no number."""
    case = (
        taken("zoe")
        if is_known_before
        else open_escalation(NOW, "1001", Urgency.URGENT, REMINDING, ALONE).state
    )
    his = advance(NOW, case, TakenElsewhere("zoe", mark="zoe/0", number="+49170999")).state
    late = advance(NOW, his, TakenElsewhere("yan", mark="yan/0", number="+49170888")).state

    (ring,) = [
        e for e in advance(late.wake_at, late, EscalationTimer()).effects if isinstance(e, Ring)
    ]

    assert (ring.technician, ring.number) == ("zoe", "+49170999")


def test_office_is_not_reminded() -> None:
    """It has no number."""
    assert by_hand("office").effects == ()


def test_without_a_limit_nobody_is_reminded() -> None:
    """A case may be acknowledged as long as it likes."""
    assert open_taken(NOW, "1001", Urgency.URGENT, POLICY, "anna").state.wake_at is None


def test_timer_before_its_time_reminds_nobody() -> None:
    """Only `wake_at` ends a wait."""
    early = advance(at(-1), taken(), EscalationTimer())

    assert early == EscalationTransition(taken())


def test_still_at_it_gives_him_his_time_again() -> None:
    """He presses 1: nothing is told, nobody is rung, and he is reminded an hour later."""
    moved = after(RingAnswered(1), RingEnded(1, RingOutcome.ACKNOWLEDGED))

    again = advance(at(2) + HOUR, moved.state, EscalationTimer())

    assert moved.effects == ()
    assert moved.state.owner == "anna"
    assert moved.state.wake_at == at(2) + HOUR
    assert [type(effect) for effect in again.effects] == [Ring]


def test_reminder_runs_from_when_asterisk_took_it_and_while_he_listens() -> None:
    """The same times as for every ring."""
    assert after(RingPlaced(1)).state.wake_at == at(1 + 25)
    assert after(RingPlaced(1), RingAnswered(1)).state.wake_at == at(2 + 75)


def test_silent_owner_is_rung_last_in_a_new_escalation() -> None:
    """The others first: Ben, then Anna, then as usual."""
    silent = advance(at(25), reminded().state, EscalationTimer())
    second = advance(at(26), silent.state, RingEnded(2, RingOutcome.BUSY))
    paused = advance(at(27), second.state, RingEnded(3, RingOutcome.BUSY)).state
    third = advance(paused.wake_at, paused, EscalationTimer())

    free, ring_ben = MarkTaken(None), Ring(2, "ben", "+49170222", 22.0)
    assert silent.effects == (CancelRing(1), RESUMED, free, ring_ben)
    assert silent.state.phase is EscalationPhase.RINGING
    assert silent.state.owner is None
    assert silent.state.give_up_at == at(25) + POLICY.ceiling
    assert [ring.technician for ring in second.effects] == ["anna"]
    assert [ring.technician for ring in third.effects] == ["anna"]


@pytest.mark.parametrize("outcome", [o for o in RingOutcome if o is not RingOutcome.ACKNOWLEDGED])
def test_owner_who_does_not_confirm_loses_the_case_at_once(outcome: RingOutcome) -> None:
    """No, busy, no network, or silence: somebody must look after it."""
    assert after(RingEnded(1, outcome)).effects[0] == RESUMED


def test_owner_who_confirms_too_late_has_it_again() -> None:
    """Ben is being rung already, and Anna presses 1 on the reminder: hers, Ben's phone stops."""
    silent = advance(at(25), reminded().state, EscalationTimer()).state

    moved = advance(at(26), silent, RingEnded(1, RingOutcome.ACKNOWLEDGED))

    assert moved.state.owner == "anna"
    assert moved.effects == (CancelRing(2), MarkTaken("anna"), Tell(Topic.ACCEPTED, "anna"))


def test_resumed_case_can_be_taken_by_another() -> None:
    """And then it is his, with a reminder of his own."""
    silent = advance(at(25), reminded().state, EscalationTimer()).state

    moved = advance(at(26), silent, RingEnded(2, RingOutcome.ACKNOWLEDGED))

    assert moved.state.owner == "ben"
    assert moved.state.wake_at == at(26) + HOUR


def test_resumed_case_tells_of_a_lost_line_again() -> None:
    """What was told in the evening is no news of the morning."""
    silent = advance(at(25), replace(reminded().state, is_line_reported=True), EscalationTimer())

    moved = advance(at(26), silent.state, RingNotPlaced(2))

    assert [effect.reason for effect in moved.effects] == [FallbackReason.LINE_DOWN]


def test_reminder_that_cannot_be_placed_is_tried_again() -> None:
    """Asterisk is away: that is not the owner's fault."""
    moved = after(RingNotPlaced(1))

    again = advance(moved.state.wake_at, moved.state, EscalationTimer())

    assert moved.effects == ()
    assert moved.state.wake_at == at(1 + 5)
    assert again.effects == (Ring(2, "anna", "+49170111", 22.0),)


def test_reminder_held_back_is_tried_again() -> None:
    """The dialplan's fallback rings for the call just then."""
    held = after(RingHeld(1)).state
    assert (held.attempts, held.wake_at) == ((), at(1) + POLICY.line_retry)

    again = advance(held.wake_at, held, EscalationTimer())

    assert [effect.technician for effect in again.effects] == ["anna"]


def test_reminder_behind_other_rings_is_held_back_for_some_seconds_only() -> None:
    """It never was: neither its number nor its time is used up."""
    ringing = open_escalation(NOW, "1001", Urgency.URGENT, REMINDING, ALONE).state
    his = advance(NOW, ringing, RingEnded(1, RingOutcome.ACKNOWLEDGED)).state
    reminder = advance(at(0), his, EscalationTimer()).state

    held = advance(at(1), reminder, RingHeld(2)).state

    assert (held.attempts, held.wake_at) == (his.attempts, at(1) + POLICY.line_retry)


def test_keys_that_were_counted_are_remembered_all() -> None:
    """Anna's, then Ben's; the case rings again, and neither of them has pressed 1 since."""
    case = open_escalation(NOW, "1001", Urgency.URGENT, REMINDING, ALONE).state
    keys = [TakenElsewhere(who, mark=f"{who}/0") for who in ("anna", "ben")]
    for key in keys:
        case = advance(NOW, case, key).state
    again = advance(NOW, advance(NOW, case, CaseDone("anna")).state, CaseReopened("office")).state

    assert [advance(NOW, again, key).state for key in keys] == [again, again]


def test_owner_whose_mobile_rings_for_another_case_is_reminded_later() -> None:
    """Nobody is rung by two cases at once, not even by his own."""
    ring = Occupied(
        technician="anna", case_id="2002", attempt=1, urgency=Urgency.URGENT, is_answered=False
    )
    moved = advance(at(0), taken(), EscalationTimer(Others(occupied=(ring,))))

    again = advance(at(5), moved.state, EscalationTimer())

    assert moved.effects == ()
    assert moved.state.wake_at == at(5)
    assert again.effects == (TO_ANNA,)


def test_owner_whom_we_cannot_ring_is_not_reminded() -> None:
    """He took it in the dialplan, from a number that is in no policy."""
    moved = advance(at(0), taken("+49170999"), EscalationTimer())

    assert moved == EscalationTransition(replace(taken("+49170999"), wake_at=None))


def test_key_of_another_on_a_ring_of_before_changes_nothing() -> None:
    """Ben lost the race an hour ago; his leg presses 1 once more."""
    raced = replace(taken(), attempts=(replace(reminded().state.attempts[0], technician="ben"),))
    old = replace(raced, attempts=(replace(raced.attempts[0], is_reminder=False),))

    moved = advance(at(1), old, RingEnded(1, RingOutcome.ACKNOWLEDGED))

    assert moved == EscalationTransition(old)


def test_end_of_an_old_reminder_changes_nothing_for_a_new_owner() -> None:
    """Anna's reminder rings, Ben takes the case in the dialplan: no, it has its owner."""
    rings = reminded().state

    moved = advance(at(1), rings, TakenElsewhere("ben"))

    assert moved == EscalationTransition(rings)


def test_attempts_do_not_grow_while_asterisk_is_away() -> None:
    """It is away for a day: the owner is tried as before, and the state stays small."""
    state, now, pauses = taken(), at(0), []
    for _ in range(200):
        moved = advance(now, state, EscalationTimer())
        [ring] = [one for one in moved.effects if isinstance(one, Ring)]
        state = advance(now, moved.state, RingNotPlaced(ring.attempt)).state
        pauses.append(state.wake_at - now)
        now = state.wake_at

    assert len(state.attempts) == LONGEST_RETRY
    assert pauses[0] == POLICY.line_retry
    assert set(pauses[LONGEST_RETRY:]) == {POLICY.line_retry * LONGEST_RETRY}


def test_reminder_takes_no_number_of_anothers_ring() -> None:
    """Asterisk may have taken the order to ring Ben after all: that leg is never Anna's."""
    one = replace(reminded().state.attempts[0], outcome=RingOutcome.UNREACHABLE)
    his = replace(one, technician="ben", is_reminder=False)
    unplaced = (*(replace(one, attempt=n) for n in range(1, 8)), replace(his, attempt=8))

    moved = advance(at(0), replace(taken(), attempts=unplaced), EscalationTimer())

    assert moved.effects == (replace(TO_ANNA, attempt=9),)
    assert moved.state.attempts[:8] == unplaced


def test_ring_whose_end_nobody_told_is_over_when_the_case_rings_again() -> None:
    """It was stopped when somebody took the case: the new round is not woken by it at once."""
    alone = replace(POLICY, remind_after=HOUR, steps=(), last_resort=POLICY.people()[0])
    ringing = open_escalation(NOW, "1001", Urgency.URGENT, alone, ALONE).state
    case = advance(NOW, ringing, TakenElsewhere("anna")).state
    reminder = advance(at(0), case, EscalationTimer()).state
    resumed = advance(reminder.wake_at, reminder, EscalationTimer()).state

    assert case.attempts[0].outcome is None
    assert resumed.phase is EscalationPhase.RINGING
    assert resumed.attempts[0].outcome is RingOutcome.NO_ANSWER
    assert resumed.wake_at > reminder.wake_at


# ---------------------------------------------------------------- under which number


def ring_after(hours: int, state: Escalation) -> list[tuple[str, str]]:
    """Return who is rung that many hours later, and where."""
    moved = advance(NOW + hours * HOUR, state, EscalationTimer())
    return [(one.technician, one.number) for one in moved.effects if isinstance(one, Ring)]


def test_owner_whose_case_is_adopted_is_reminded_from_outside_the_policy() -> None:
    """He pressed 1 in the dialplan before anything was rung; the roster knows his number."""
    adopted = open_taken(NOW, "1001", Urgency.URGENT, REMINDING, "dora", number="+49170555").state

    assert ring_after(1, adopted) == [("dora", "+49170555")]
    assert ring_after(1, taken("dora")) == []


def test_number_of_then_is_forgotten_when_the_case_is_reopened() -> None:
    """The policy of today knows his new one."""
    state = open_taken(NOW, "1001", Urgency.URGENT, REMINDING, "anna", number="+49170999").state
    for event in (CaseDone("anna"), CaseReopened("office"), RingAnswered(1)):
        state = advance(NOW, state, event).state
    state = advance(NOW, state, TakenElsewhere("anna", mark="anna/0")).state

    assert ring_after(1, state) == [("anna", "+49170111")]


def test_number_of_then_is_forgotten_when_he_accepts_a_ring() -> None:
    """His reminder was rung in vain under the number of then; now he was rung under another."""
    state = open_taken(NOW, "1001", Urgency.URGENT, REMINDING, "anna", number="+49170999").state
    told = (EscalationTimer(), RingEnded(1, RingOutcome.NO_ANSWER))
    for event in (*told, RingEnded(2, RingOutcome.BUSY)):
        state = advance(at(0), state, event).state
    rung = next(one for one in state.live if one.technician == "anna")
    state = advance(at(0), state, RingEnded(rung.attempt, RingOutcome.ACKNOWLEDGED)).state

    assert ring_after(2, state) == [("anna", "+49170111")]


def test_number_of_then_counts_when_he_accepts_his_reminder_late() -> None:
    """The others are rung already; his key still wins, and he is in no policy."""
    state = open_taken(NOW, "1001", Urgency.URGENT, REMINDING, "dora", number="+49170555").state
    told = (EscalationTimer(), RingEnded(1, RingOutcome.NO_ANSWER))
    for event in (*told, RingEnded(1, RingOutcome.ACKNOWLEDGED)):
        state = advance(at(0), state, event).state

    assert state.owner == "dora"
    assert ring_after(2, state) == [("dora", "+49170555")]
