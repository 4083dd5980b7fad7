"""One inbound call: what is asked of the caller, and when somebody is rung for him."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from examples import NOW, opened_call

from pbx_bridge.core.call_events import (
    AdoptOwner,
    CallAlive,
    CallerLeft,
    CallTimer,
    DialplanEnded,
    DialplanHas,
    Escalate,
    Greeted,
    HeardCertain,
    Judged,
    LookAfterCall,
    MessageEnded,
    SessionLost,
    SessionOpened,
    Told,
    Transcribe,
)
from pbx_bridge.core.call_flow import UNHEARD, Call, CallPhase, CallTransition, advance
from pbx_bridge.core.call_line import Record, Say, next_request
from pbx_bridge.core.case import MessageEnd, Transcript, Urgency, Verdict

WORDS = Transcript(language="de")
BURST = Judged(Verdict(urgency=Urgency.EMERGENCY, category="water"), WORDS)
INVOICE = Judged(Verdict(urgency=Urgency.ROUTINE, category="office"), WORDS)
SPOKEN = MessageEnded(MessageEnd.SILENCE, 4.0)


def at(seconds: float) -> datetime:
    """Return a time of this night."""
    return NOW + timedelta(seconds=seconds)


def after(*events: object, state: Call | None = None) -> CallTransition:
    """Return the transition of the last of *events*, one second apart."""
    moved = CallTransition(state or opened_call().state)
    for second, event in enumerate(events, start=1):
        moved = advance(at(second), moved.state, event)
    return moved


def timed_out(state: Call) -> CallTransition:
    """Let the timer of *state* come."""
    return advance(state.wake_at, state, CallTimer())


def asked(*events: object) -> object:
    """Return what is asked for on the line after *events*."""
    return next_request(after(*events).state if events else opened_call().state)


# ---------------------------------------------------------------- from message to verdict


def test_whole_message_is_transcribed() -> None:
    """The rules have five seconds to speak."""
    moved = after(SPOKEN)

    assert moved.effects == (Transcribe(),)
    assert moved.state.wake_at == at(1 + 5)


def test_burst_pipe_rings() -> None:
    """An emergency wakes a technician, with its category."""
    moved = after(SPOKEN, BURST)

    assert moved.effects == (Escalate(Urgency.EMERGENCY, "water"),)
    assert moved.state.phase is CallPhase.DECIDED


def test_invoice_wakes_nobody() -> None:
    """A routine message is filed for the office."""
    moved = after(SPOKEN, INVOICE)

    assert moved.effects == ()
    assert moved.state.phase is CallPhase.DECIDED


def test_verdict_that_comes_while_he_speaks_waits_for_the_end() -> None:
    """What is certain early is used as soon as the message is whole."""
    early = after(BURST)

    moved = after(SPOKEN, state=early.state)

    assert early.effects == ()
    assert moved.effects == (Escalate(Urgency.EMERGENCY, "water"),)


def test_late_transcript_counts_as_urgent() -> None:
    """Nobody waits for a slow recogniser: after the deadline somebody is rung."""
    moved = timed_out(after(SPOKEN).state)

    assert moved.effects == (Escalate(Urgency.UNKNOWN, "other"),)
    assert moved.state.verdict == UNHEARD


def test_late_emergency_is_still_written_down() -> None:
    """Too late to decide, not too late to be read."""
    decided = timed_out(after(SPOKEN).state).state

    moved = after(BURST, state=decided)

    assert moved.effects == ()
    assert moved.state.verdict == BURST.verdict


def test_late_routine_does_not_call_the_technician_back() -> None:
    """He was rung for it: the case stays urgent, the words are kept."""
    decided = timed_out(after(SPOKEN).state).state

    moved = after(INVOICE, state=decided)

    assert moved.state.verdict == UNHEARD
    assert moved.state.transcript == WORDS


def test_second_verdict_changes_nothing() -> None:
    """The first transcript is the transcript."""
    decided = after(SPOKEN, BURST).state

    second = Judged(UNHEARD, Transcript(language="en"))
    assert after(second, state=decided) == CallTransition(decided)


# ---------------------------------------------------------------- callers who leave


@pytest.mark.parametrize("before", [(), (Greeted(),), (SPOKEN,)])
def test_caller_who_hangs_up_leaves_a_case_that_is_rung(before: tuple[object, ...]) -> None:
    """At whatever point he leaves, with no word said: somebody is rung."""
    moved = timed_out(after(*before, CallerLeft(0.0)).state)

    assert moved.effects == (Escalate(Urgency.UNKNOWN, "other"),)
    assert moved.state.is_gone


def test_caller_who_leaves_after_the_decision_changes_nothing() -> None:
    """What was decided stays decided."""
    decided = after(SPOKEN, BURST).state

    assert after(CallerLeft(4.0), state=decided) == CallTransition(decided)


# ---------------------------------------------------------------- a session that broke


def test_lost_session_is_looked_after_within_seconds() -> None:
    """Nobody knows where the caller is: somebody looks, again and again."""
    lost = after(SessionLost())

    looked = timed_out(lost.state)

    assert lost.state.wake_at == at(1 + 10)
    assert looked.effects == (LookAfterCall(),)
    assert looked.state.wake_at == at(11 + 10)


def test_living_caller_is_left_to_speak() -> None:
    """As long as he is on the line nobody ends his message."""
    moved = after(SessionLost(), CallAlive())

    assert moved.effects == ()
    assert moved.state.wake_at == at(2 + 10)


def test_lost_session_does_not_delay_a_verdict() -> None:
    """The message is whole: it is decided, with or without the caller."""
    hearing = after(SPOKEN)

    moved = advance(at(3), hearing.state, SessionLost())

    assert moved.state.wake_at == hearing.state.wake_at


def test_resumed_call_starts_at_the_first_missing_fact() -> None:
    """He was greeted before we died: he is not greeted again."""
    assert asked(Greeted(), SessionLost(), SessionOpened(0.4)) == Record(opened_call().state.limits)


def test_interrupted_message_is_kept_and_not_asked_for_again() -> None:
    """Four seconds were recorded before we died: that is the message."""
    moved = after(SessionOpened(4.0))

    assert moved.state.message is MessageEnd.INTERRUPTED
    assert moved.state.message_s == 4.0
    assert moved.state.is_greeted
    assert moved.effects == (Transcribe(),)


def test_session_that_opens_again_while_we_listen_waits_for_the_verdict() -> None:
    """A second session for a whole message starts nothing twice."""
    hearing = after(SPOKEN).state

    assert after(SessionOpened(4.0), state=hearing) == CallTransition(hearing)


def test_timer_before_its_time_does_nothing() -> None:
    """Only `wake_at` ends a wait."""
    assert after(CallTimer()) == CallTransition(opened_call().state)


# ---------------------------------------------------------------- the dialplan's own fallback


def test_call_in_the_fallback_is_not_rung_for() -> None:
    """The dialplan rings the same people: we look, and wait."""
    moved = after(SPOKEN, DialplanHas())

    assert moved.effects == ()
    assert timed_out(moved.state).effects == (LookAfterCall(),)


def test_technician_who_accepted_in_the_fallback_is_the_owner() -> None:
    """Nobody is rung for what is accepted; what was said is transcribed all the same."""
    moved = after(DialplanHas(), DialplanEnded("ben", 4.0))

    assert moved.effects == (AdoptOwner("ben"), Transcribe())
    assert moved.state.phase is CallPhase.DECIDED
    assert moved.state.message_s == 4.0


def test_fallback_that_nobody_accepted_is_taken_over() -> None:
    """The dialplan gave up: we go on with what it recorded."""
    moved = after(DialplanHas(), DialplanEnded(None, 4.0))

    assert moved.effects == (Transcribe(),)
    assert timed_out(moved.state).effects == (Escalate(Urgency.UNKNOWN, "other"),)


def test_message_that_the_fallback_gives_back_is_judged_at_once() -> None:
    """The fallback asks us again with the message we had: he does not wait four minutes."""
    moved = after(MessageEnded(MessageEnd.DIGIT, 0.4), DialplanHas(), SessionOpened(0.4))

    assert moved.state.phase is CallPhase.HEARING
    assert moved.state.message is MessageEnd.DIGIT
    assert moved.effects == (Transcribe(),)
    assert moved.state.wake_at == at(3 + 5)


def test_call_that_is_never_found_again_is_rung_for() -> None:
    """Whatever the looks say for twenty minutes: it is decided."""
    state = replace(after(SessionLost()).state, wake_at=NOW + timedelta(minutes=23))

    moved = timed_out(state)

    assert moved.state.phase is CallPhase.DECIDED
    assert moved.effects == (Escalate(Urgency.UNKNOWN, "other"), Transcribe())


def test_interrupted_message_is_never_routine() -> None:
    """Cut off after "die Rechnung": the worst may not have been said, so somebody is rung."""
    call = replace(opened_call().state, is_greeted=True)
    call = advance(NOW, call, SessionOpened(3.0)).state

    decided = advance(NOW, call, INVOICE)

    assert decided.effects == (Escalate(Urgency.UNKNOWN, "office"),)
    assert decided.state.verdict is not None
    assert [reason.rule for reason in decided.state.verdict.reasons] == ["interrupted"]


@pytest.mark.parametrize(
    ("end", "urgency"),
    [(MessageEnd.HANGUP, Urgency.ROUTINE), (MessageEnd.INTERRUPTED, Urgency.UNKNOWN)],
)
def test_caller_who_vanished_may_not_have_finished(end: MessageEnd, urgency: Urgency) -> None:
    """Who hung up has said what he wanted; who was cut off has not."""
    call = replace(opened_call().state, is_greeted=True)
    call = advance(NOW, call, CallerLeft(3.0, end)).state

    decided = advance(NOW, call, INVOICE).state

    assert decided.verdict is not None
    assert decided.verdict.urgency is urgency


# ---------------------------------------------------------------- the early ring

CERTAIN = HeardCertain(Verdict(urgency=Urgency.EMERGENCY, category="water"))


def test_certain_emergency_rings_while_he_speaks() -> None:
    """He is not disturbed: the message is still what is missing."""
    moved = after(Greeted(), CERTAIN)

    assert moved.effects == (Escalate(Urgency.EMERGENCY, "water"),)
    assert moved.state.phase is CallPhase.RECEIVING
    assert isinstance(next_request(moved.state), Record)


def test_who_rings_early_is_rung_once() -> None:
    """The end of the message brings the transcript, and no second ring."""
    ended = after(Greeted(), CERTAIN, SPOKEN)

    assert ended.effects == (Transcribe(),)
    assert ended.state.phase is CallPhase.DECIDED
    assert advance(at(9), ended.state, BURST).effects == ()


def test_caller_rung_for_early_hears_it_without_waiting() -> None:
    """What is decided needs no recogniser."""
    assert asked(Greeted(), CERTAIN, SPOKEN) == Say(("confirm-ring", "goodbye"), Told())


@pytest.mark.parametrize("urgency", [Urgency.NONE, Urgency.ROUTINE, Urgency.URGENT])
def test_whole_message_takes_nothing_back(urgency: Urgency) -> None:
    """Somebody is up already; the transcript is kept for him to read."""
    milder = Judged(Verdict(urgency=urgency), WORDS)

    moved = after(Greeted(), CERTAIN, SPOKEN, milder)

    assert moved.state.verdict == CERTAIN.verdict
    assert moved.state.transcript == WORDS


def test_whole_message_explains_the_early_ring_better() -> None:
    """The verdict on all words replaces that on the first ones."""
    assert after(Greeted(), CERTAIN, SPOKEN, BURST).state.verdict == BURST.verdict


def test_certainty_that_comes_after_the_message_need_not_wait_for_the_verdict() -> None:
    """The last words were certain: he is rung now, whatever becomes of the recogniser."""
    moved = after(Greeted(), SPOKEN, CERTAIN)

    assert moved.effects == (Escalate(Urgency.EMERGENCY, "water"),)
    assert moved.state.phase is CallPhase.DECIDED


@pytest.mark.parametrize("urgency", [one for one in Urgency if one is not Urgency.EMERGENCY])
def test_only_an_emergency_rings_early(urgency: Urgency) -> None:
    """Everything else waits for the end of the message."""
    assert after(Greeted(), HeardCertain(Verdict(urgency=urgency))).effects == ()


def test_fallback_rings_by_itself() -> None:
    """Words that come late must not ring beside it."""
    assert after(Greeted(), DialplanHas(), CERTAIN).effects == ()


def test_early_ring_may_be_taken_in_the_dialplan() -> None:
    """We died, the fallback rang as well, and somebody pressed 1 there: it is his."""
    moved = after(Greeted(), CERTAIN, DialplanEnded("ben", 4.0))

    assert moved.effects == (AdoptOwner("ben"), Transcribe())
    assert moved.state.verdict == CERTAIN.verdict
