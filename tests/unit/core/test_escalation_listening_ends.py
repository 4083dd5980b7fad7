"""Somebody listens when the round, or the whole escalation, is over."""

from datetime import datetime, timedelta

import pytest
from examples import ANNA, BEN, CLARA, NOW, OWNER
from nights import begun

from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.escalation import advance
from pbx_bridge.core.escalation_events import (
    CancelRing,
    EscalationTimer,
    Fallback,
    FallbackReason,
    Ring,
    RingAnswered,
    RingEnded,
    RingNotPlaced,
    RingPlaced,
)
from pbx_bridge.core.escalation_rounds import go_on
from pbx_bridge.core.escalation_state import Escalation, EscalationPhase, EscalationTransition
from pbx_bridge.core.lineup import ALONE
from pbx_bridge.core.policy import Policy, Step, Technician

PRESSED, DECLINED = RingOutcome.ACKNOWLEDGED, RingOutcome.DECLINED
DEAD, SILENT = RingOutcome.UNREACHABLE, RingOutcome.NO_ANSWER
NOBODY = Fallback(FallbackReason.NOBODY_ACCEPTED)
LINE_DOWN = Fallback(FallbackReason.LINE_DOWN)
TEN_S = timedelta(seconds=10)


def at(seconds: float) -> datetime:
    """Return a time of this night."""
    return NOW + timedelta(seconds=seconds)


def step(*people: Technician, **fields: object) -> Step:
    """Return one step."""
    return Step(technicians=people, **fields)


def policy(*steps: Step, **fields: object) -> Policy:
    """Return a policy of one round in which only the ring timeout counts."""
    return Policy(**{"steps": steps, "rounds": 1, "listen_alone": timedelta(), **fields})


def heard(state: Escalation, *told: tuple[float, object]) -> EscalationTransition:
    """Return the transition of the last of what is told, each at its second."""
    moved = EscalationTransition(state)
    for second, event in told:
        moved = advance(at(second), moved.state, event)
    return moved


def listening(*steps: Step, **fields: object) -> Escalation:
    """Return a case whose first mobile was rung at second 1 and picked up at second 4."""
    state = begun(policy(*steps, **fields)).state
    return heard(state, (1, RingPlaced(1)), (4, RingAnswered(1))).state


def in_time(state: Escalation) -> EscalationTransition:
    """Let the timer of *state* come."""
    return advance(state.wake_at, state, EscalationTimer())


def rung(moved: EscalationTransition) -> list[str]:
    """Return who is rung now."""
    return [effect.technician for effect in moved.effects if isinstance(effect, Ring)]


def on_the_phone(state: Escalation) -> list[str]:
    """Return whose mobile rings or talks."""
    return [one.technician for one in state.live]


# ---------------------------------------------------------------- the end of a round


def test_next_round_begins_after_its_pause_beside_the_last_listener() -> None:
    """Ben's mailbox talks; Anna is not to wait for that. It is not rung again meanwhile."""
    state = begun(policy(step(ANNA, BEN), rounds=2)).state
    told = ((1, RingEnded(1, SILENT)), (1, RingPlaced(2)), (4, RingAnswered(2)))
    last = heard(state, *told).state

    paused = in_time(last)
    second = in_time(paused.state)

    assert last.wake_at == at(23)
    assert (paused.effects, paused.state.round, paused.state.wake_at) == ((), 2, at(23 + 15))
    assert rung(second) == ["anna"]
    assert on_the_phone(second.state) == ["ben", "anna"]


def test_listener_is_rung_in_his_turn_only_when_he_has_hung_up() -> None:
    """Nobody has two rings; he is looked at again after a pause, and that is no spinning."""
    fields = {"rounds": 2, "vary_order": True, "round_pause": timedelta(0)}
    state = begun(policy(step(ANNA, BEN), **fields)).state
    told = ((1, RingEnded(1, SILENT)), (1, RingPlaced(2)), (4, RingAnswered(2)))
    second = in_time(heard(state, *told).state)

    waiting = heard(second.state, (24, RingEnded(3, SILENT)))
    free = heard(waiting.state, (26, RingEnded(2, SILENT)))

    assert rung(second) == ["anna"]
    assert (rung(waiting), waiting.state.is_waiting) == ([], True)
    assert waiting.state.wake_at == at(24 + 5)
    assert rung(free) == ["ben"]


@pytest.mark.parametrize("outcome", [SILENT, DECLINED])
def test_listener_who_hangs_up_does_not_shorten_the_pause(outcome: RingOutcome) -> None:
    """It is there so that a round does not follow in the same moment."""
    state = begun(policy(step(ANNA, BEN), rounds=2)).state
    told = ((1, RingEnded(1, SILENT)), (1, RingPlaced(2)), (4, RingAnswered(2)))
    paused = in_time(heard(state, *told).state).state

    moved = heard(paused, (25, RingEnded(2, outcome)))

    assert moved.effects == ()
    assert moved.state.wake_at == paused.wake_at == at(38)


def test_older_listener_holds_the_next_round_no_longer_than_his_time() -> None:
    """Anna picks up late, Ben is over already: round two follows on Anna's ring timeout."""
    overlapping = step(ANNA, BEN, CLARA, overlap=TEN_S)
    state = begun(policy(overlapping, rounds=2, round_pause=timedelta(0))).state
    three = in_time(in_time(state).state).state
    told = ((20.5, RingEnded(2, DECLINED)), (20.6, RingEnded(3, DECLINED)))

    answered = heard(three, *told, (21, RingAnswered(1)))

    assert answered.state.wake_at == at(22)
    assert rung(in_time(answered.state)) == ["ben"]


def test_round_is_not_over_while_a_mobile_of_it_rings() -> None:
    """Whoever asks to go on: Ben's is the last one, and Anna would be the next."""
    state = heard(begun(policy(step(ANNA, BEN), rounds=2)).state, (1, RingEnded(1, DECLINED))).state

    moved = go_on(at(2), state, ALONE)

    assert (moved.effects, moved.state.round) == ((), 1)
    assert moved.state.wake_at == at(1 + 25)


def test_round_of_one_who_listens_is_over_when_he_is() -> None:
    """Nobody else is there to ring: one timer at the answer limit, then the pause as ever."""
    state = listening(step(ANNA), rounds=2)

    alone = in_time(state)
    ended = in_time(alone.state)

    assert (alone.effects, alone.state.round) == ((), 1)
    assert alone.state.wake_at == at(4 + 75)
    assert ended.effects == (CancelRing(1),)
    assert ended.state.wake_at == at(4 + 75 + 15)
    assert rung(in_time(ended.state)) == ["anna"]


def test_round_in_which_all_listen_waits_for_them() -> None:
    """Anna and Ben hear it; the second round has nobody else."""
    both = in_time(listening(step(ANNA, BEN), rounds=2)).state
    told = ((24, RingPlaced(2)), (25, RingAnswered(2)))
    state = in_time(heard(both, *told).state).state

    hung_up = heard(state, (50, RingEnded(1, SILENT)))

    assert (state.round, state.wake_at) == (1, at(79))
    assert hung_up.state.round == 2
    assert hung_up.state.wake_at == at(50 + 15)


def test_round_waits_for_a_goodbye_beside_a_listener() -> None:
    """Ben said no and still hears us, Anna listens: as soon as he hangs up it goes on."""
    both = in_time(listening(step(ANNA, BEN), rounds=2, round_pause=timedelta(0))).state
    told = ((24, RingPlaced(2)), (25, RingAnswered(2)), (26, RingEnded(2, DECLINED)))

    declined = heard(both, *told)
    hung_up = heard(declined.state, (28, RingEnded(2, SILENT)))

    assert declined.state.is_waiting
    assert rung(hung_up) == ["ben"]


def test_round_waits_for_the_longest_goodbye() -> None:
    """Anna and Ben said no and still hear us: one timer, when both are free for sure."""
    both = listening(step(ANNA, BEN, is_parallel=True), rounds=2, round_pause=timedelta(0))
    told = ((5, RingAnswered(2)), (6, RingEnded(1, DECLINED)), (9, RingEnded(2, DECLINED)))

    declined = heard(both, *told).state

    assert (declined.is_waiting, declined.wake_at) == (True, at(9 + 75))
    assert rung(in_time(declined)) == ["anna", "ben"]


def test_mobile_that_rings_holds_the_last_resort_although_the_listener_does_not() -> None:
    """Anna is left over and listens, her time is over; but Ben's rings."""
    short = {"ring_timeout": timedelta(seconds=5), "overlap": timedelta(seconds=5)}
    steps = (step(ANNA, **short), step(BEN, overlap=TEN_S), step(ANNA))
    both = in_time(listening(*steps, last_resort=OWNER)).state

    waiting = in_time(both)
    declined = heard(waiting.state, (17, RingEnded(2, DECLINED)))

    assert (rung(waiting), waiting.state.is_waiting) == ([], True)
    assert on_the_phone(waiting.state) == ["anna", "ben"]
    assert rung(declined) == ["owner"]


# ---------------------------------------------------------------- the end of all


def test_nobody_is_cut_off_and_nobody_told_while_the_last_one_listens() -> None:
    """The office hears that nobody accepted when that is true."""
    state = in_time(listening(step(ANNA))).state

    hung_up = heard(state, (60, RingEnded(1, SILENT)))
    stopped = in_time(state)

    assert (state.phase, state.wake_at) == (EscalationPhase.RINGING, at(79))
    assert hung_up.effects == (NOBODY,)
    assert stopped.effects == (CancelRing(1), NOBODY)


def test_first_listener_is_not_cut_off_when_the_last_ring_ends() -> None:
    """Ben says no while Anna still listens: it is not over."""
    both = in_time(listening(step(ANNA, BEN))).state

    moved = heard(both, (30, RingEnded(2, SILENT)))

    assert moved.effects == ()
    assert moved.state.wake_at == at(79)
    assert heard(moved.state, (70, RingEnded(1, PRESSED))).state.owner == "anna"


def test_ceiling_ends_it_for_listeners_too() -> None:
    """Everything has an end."""
    moved = in_time(listening(step(ANNA), ceiling=TEN_S))

    assert moved.effects == (CancelRing(1), NOBODY)


def resort(*people: Technician) -> Escalation:
    """Return a case whose only technician listens, with somebody to ring in the end."""
    (last,) = people or (OWNER,)
    return listening(step(ANNA), last_resort=last)


def test_last_resort_is_rung_beside_a_listener_and_the_office_told_after_him() -> None:
    """Nobody of the rounds accepted: that is known when Anna hung up, and then it is said once."""
    moved = in_time(resort())

    one = heard(moved.state, (30, RingEnded(1, SILENT)))
    both = heard(one.state, (40, RingEnded(2, SILENT)))

    assert moved.effects == (Ring(2, "owner", "+49170444", 22.0),)
    assert one.effects == (NOBODY,)
    assert both.effects == ()
    assert both.state.phase is EscalationPhase.EXHAUSTED


def test_listener_is_not_cut_off_when_the_last_resort_is_over() -> None:
    """The owner of the firm does not answer; Anna may still press 1."""
    silent = heard(in_time(resort()).state, (30, RingEnded(2, SILENT)))

    moved = heard(silent.state, (60, RingEnded(1, SILENT)))

    assert (silent.effects, silent.state.phase) == ((), EscalationPhase.RINGING)
    assert moved.effects == (NOBODY,)


@pytest.mark.parametrize("n", [1, 2])
def test_office_is_not_told_when_one_of_both_accepts(n: int) -> None:
    """The listener, or the last resort."""
    moved = heard(in_time(resort()).state, (30, RingEnded(n, PRESSED)))

    assert moved.state.owner == ("anna", "owner")[n - 1]
    assert NOBODY not in moved.effects


def test_last_resort_is_not_cut_off_and_ends_for_himself() -> None:
    """He listens, too: nobody comes after him."""
    state = in_time(resort()).state
    told = ((23, RingPlaced(2)), (30, RingAnswered(2)), (35, RingEnded(1, SILENT)))
    alone = heard(state, *told)
    last = in_time(alone.state)

    assert alone.effects == (NOBODY,)
    assert last.effects == ()
    assert last.state.wake_at == at(30 + 75)
    assert in_time(last.state).effects == (CancelRing(2),)


def test_last_resort_who_listens_already_is_rung_when_he_hung_up() -> None:
    """Anna is all there is: the office is told first, as ever."""
    state = in_time(resort(ANNA)).state

    moved = heard(state, (60, RingEnded(1, SILENT)))

    assert state.wake_at == at(79)
    assert moved.effects == (NOBODY, Ring(2, "anna", "+49170111", 22.0))


def test_ring_before_the_last_resort_that_never_was_one_does_not_hurry_the_word() -> None:
    """Ben could not be reached, the owner's mobile rings, and Anna may still press 1."""
    state = in_time(listening(step(ANNA, BEN), last_resort=OWNER)).state

    moved = heard(state, (24, RingEnded(2, DEAD)))

    assert moved.effects == (Ring(3, "owner", "+49170444", 22.0),)
    assert moved.state.owes_word


def test_office_is_told_at_once_when_the_line_goes_down_after_the_last_resort() -> None:
    """The owner was rung; Ben's turn after him cannot be, and Anna still listens."""
    both = in_time(listening(step(ANNA, BEN), step(ANNA, BEN), last_resort=OWNER)).state
    told = ((24, RingPlaced(2)), (25, RingAnswered(2)))
    owner = in_time(heard(both, *told).state)
    ben = heard(owner.state, (50, RingEnded(3, SILENT)), (55, RingEnded(2, SILENT)))

    stuck = heard(ben.state, (56, RingNotPlaced(4)))

    assert [rung(owner), rung(ben)] == [["owner"], ["ben"]]
    assert ben.state.owes_word
    assert stuck.effects == (LINE_DOWN, NOBODY)
