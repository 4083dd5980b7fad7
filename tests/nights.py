"""Random nights: policies, and what may happen to a call or an escalation, in any order."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from examples import ANNA, BEN, CLARA, NOW, OWNER, opened_call
from hypothesis import strategies as st

from pbx_bridge.core import call_flow, case_life, escalation
from pbx_bridge.core import escalation_events as happens
from pbx_bridge.core.call_events import (
    CallAlive,
    CallerLeft,
    CallEvent,
    CallTimer,
    DialplanEnded,
    DialplanHas,
    Greeted,
    HeardCertain,
    Judged,
    MessageEnded,
    SessionLost,
    SessionOpened,
    Told,
)
from pbx_bridge.core.call_flow import Call, CallTransition
from pbx_bridge.core.case import MessageEnd, RingOutcome, Transcript, Urgency, Verdict
from pbx_bridge.core.case_life import CaseOutcome, LifeEvent
from pbx_bridge.core.escalation_events import EscalationEvent
from pbx_bridge.core.escalation_state import Escalation, EscalationTransition
from pbx_bridge.core.lineup import ALONE, Occupied, Others
from pbx_bridge.core.policy import Policy, Step

Event = TypeVar("Event")

NAMES = ("anna", "ben", "clara")
TEAM = (ANNA, BEN, CLARA)


def _seconds(low: int, high: int) -> st.SearchStrategy[timedelta]:
    return st.integers(low, high).map(lambda seconds: timedelta(seconds=seconds))


steps = st.builds(
    Step,
    technicians=st.lists(st.sampled_from(TEAM), unique=True, max_size=3).map(tuple),
    is_parallel=st.booleans(),
    ring_timeout=_seconds(5, 60),
    overlap=st.none() | _seconds(1, 30),
)

policies = st.builds(
    Policy,
    steps=st.lists(steps, max_size=3).map(tuple),
    rounds=st.integers(0, 3),
    grace=_seconds(0, 5),
    answer_limit=_seconds(20, 300),
    listen_alone=st.sampled_from([None, timedelta()]) | _seconds(1, 60),
    round_pause=_seconds(0, 60),
    line_retry=_seconds(1, 10),
    ceiling=st.sampled_from([timedelta(hours=4), timedelta(minutes=2)]),
    last_resort=st.sampled_from([None, OWNER, ANNA]),
    remind_after=st.sampled_from([None, timedelta(minutes=5)]),
    vary_order=st.booleans(),
)

_attempts = st.integers(0, 8)
_lengths_s = st.sampled_from([0.0, 0.5, 4.0])
_people = st.sampled_from(NAMES)
_notes = st.sampled_from(["", "pump changed"])
_recordings = st.sampled_from(["/spool/1.note-1", "/spool/1.note-2"])

urgencies = st.sampled_from(Urgency)
_occupied = st.builds(
    Occupied,
    technician=_people,
    case_id=st.just("2002"),
    attempt=st.integers(1, 3),
    urgency=urgencies,
    is_answered=st.booleans(),
)
others = st.just(ALONE) | st.builds(
    Others,
    occupied=st.lists(_occupied, max_size=2, unique_by=lambda one: one.technician).map(tuple),
    engaged=st.lists(_people, max_size=2, unique=True).map(tuple),
)
"""What other cases do; mostly little."""

escalation_events: st.SearchStrategy[EscalationEvent] = st.one_of(
    st.builds(happens.RingPlaced, _attempts, others),
    st.builds(happens.RingNotPlaced, _attempts, others),
    st.builds(happens.RingHeld, _attempts, others),
    st.builds(happens.MobileBusy, _attempts, others),
    st.builds(happens.RingAnswered, _attempts, others),
    st.builds(happens.RingEnded, _attempts, st.sampled_from(RingOutcome), others),
    st.builds(happens.RingTakenOver, _attempts, others),
    st.builds(happens.PersonFree, others),
    st.builds(happens.TakenElsewhere, _people, others, st.sampled_from(("", "anna/0", "ben/0"))),
    st.builds(happens.EscalationTimer, others),
    st.builds(happens.EscalationTimer, others),
    st.builds(happens.CaseDone, _people, others),
    st.builds(happens.TakenByHand, _people, others),
    st.builds(happens.CaseReopened, _people, st.none() | policies, others),
)
"""Timers twice as often: they move the night on."""

verdicts = st.builds(Verdict, urgency=st.sampled_from(Urgency))

life_events: st.SearchStrategy[LifeEvent] = st.one_of(
    st.builds(case_life.OutcomeGiven, st.sampled_from(CaseOutcome), _people, _notes),
    st.builds(case_life.OutcomeWithdrawn, _people),
    st.builds(case_life.NoteAdded, _people, _notes),
    st.builds(case_life.NoteSpoken, _people, _recordings),
    st.builds(case_life.NoteHeard, _recordings, _notes),
)

call_events: st.SearchStrategy[CallEvent] = st.one_of(
    st.builds(SessionOpened, _lengths_s),
    st.just(Greeted()),
    st.builds(MessageEnded, st.sampled_from(MessageEnd), _lengths_s),
    st.builds(Judged, verdicts, st.just(Transcript(language="de"))),
    st.builds(HeardCertain, verdicts),
    st.just(Told()),
    st.builds(CallerLeft, _lengths_s),
    st.just(SessionLost()),
    st.just(CallAlive()),
    st.just(DialplanHas()),
    st.builds(DialplanEnded, st.none() | _people, _lengths_s),
    st.just(CallTimer()),
    life_events,
)

delays = st.sampled_from([0, 1, 4, 10, 30, 300]).map(lambda seconds: timedelta(seconds=seconds))


def nights(events: st.SearchStrategy[Event]) -> st.SearchStrategy[list[tuple[timedelta, Event]]]:
    """Return a strategy for what happens, each with the time since the last."""
    return st.lists(st.tuples(delays, events), max_size=15)


def begun(policy: Policy) -> EscalationTransition:
    """Return the opening of an urgent case, with no other case about."""
    return escalation.open_escalation(NOW, "1001", Urgency.URGENT, policy, ALONE)


def escalated(
    policy: Policy, night: list[tuple[timedelta, EscalationEvent]]
) -> Iterator[tuple[datetime, EscalationEvent | None, EscalationTransition]]:
    """Yield the opening of an escalation, and each transition with its time and event."""
    now, moved = NOW, begun(policy)
    yield now, None, moved
    for delay, event in night:
        now += delay
        moved = escalation.advance(now, moved.state, event)
        yield now, event, moved


@dataclass(frozen=True)
class Mood:
    """What a mobile does with a ring; seconds count from the order."""

    answers_s: float | None
    """When somebody, or a mailbox, picks up; `None`, or after the ring timeout: never."""
    ends_s: float | None
    """When it is over; `None`: nobody ever tells."""
    outcome: RingOutcome


moods = st.lists(
    st.builds(
        Mood,
        st.none() | st.integers(0, 60),
        st.none() | st.integers(1, 200),
        st.sampled_from([one for one in RingOutcome if one is not RingOutcome.ACKNOWLEDGED]),
    ),
    min_size=1,
    max_size=6,
)
"""For one ring after the other, again and again; nobody accepts."""


def played(
    policy: Policy, behaviours: Sequence[Mood]
) -> Iterator[tuple[datetime, EscalationTransition]]:
    """Yield each transition of a case; all that happens is told, and every timer comes, in time."""
    now, moved, count = NOW, begun(policy), 0
    queue: list[tuple[datetime, int, EscalationEvent]] = []
    while True:
        yield now, moved
        for ring in (effect for effect in moved.effects if isinstance(effect, happens.Ring)):
            mood = behaviours[ring.attempt % len(behaviours)]
            for at_s, event in _told(ring, mood):
                count += 1
                heapq.heappush(queue, (now + timedelta(seconds=at_s), count, event))
        if moved.state.wake_at is None:
            return
        if queue and queue[0][0] <= moved.state.wake_at:
            now, _, event = heapq.heappop(queue)
        else:
            now, event = moved.state.wake_at, happens.EscalationTimer()
        moved = escalation.advance(now, moved.state, event)


def _told(ring: happens.Ring, mood: Mood) -> Iterator[tuple[float, EscalationEvent]]:
    yield 0, happens.RingPlaced(ring.attempt)
    is_up = mood.answers_s is not None and mood.answers_s < ring.timeout_s
    if is_up:
        yield mood.answers_s or 0, happens.RingAnswered(ring.attempt)
    if mood.ends_s is not None:
        ends_s = mood.ends_s if is_up else min(mood.ends_s, ring.timeout_s)
        yield ends_s, happens.RingEnded(ring.attempt, mood.outcome)
        if is_up and mood.outcome is RingOutcome.DECLINED:
            yield ends_s + 3, happens.RingEnded(ring.attempt, RingOutcome.NO_ANSWER)


def called(
    night: list[tuple[timedelta, CallEvent]],
) -> Iterator[tuple[datetime, CallEvent | None, CallTransition]]:
    """Yield the opening of a call, and each transition with its time and event."""
    now, moved = NOW, opened_call()
    yield now, None, moved
    for delay, event in night:
        now += delay
        moved = call_flow.advance(now, moved.state, event)
        yield now, event, moved


def by_time_alone(now: datetime, state: Escalation | Call) -> tuple[datetime, Escalation | Call]:
    """Return when and how it ends with nothing but timers, or where it stands after 3000."""
    for _ in range(3000):
        if state.wake_at is None:
            break
        now = max(now, state.wake_at)
        if isinstance(state, Call):
            state = call_flow.advance(now, state, CallTimer()).state
        else:
            state = escalation.advance(now, state, happens.EscalationTimer()).state
    return now, state
