"""What is asked of a caller: the first fact that is still missing."""

from dataclasses import replace

import pytest
from examples import NOW, opened_call

from pbx_bridge.core.call_events import Greeted, Judged, MessageEnded, NumberTyped, Told
from pbx_bridge.core.call_flow import Call, advance
from pbx_bridge.core.call_line import (
    AskNumber,
    AwaitVerdict,
    Finish,
    Record,
    Say,
    next_request,
    typed_number,
)
from pbx_bridge.core.case import Caller, MessageEnd, Transcript, Urgency, Verdict

BURST = Judged(Verdict(urgency=Urgency.EMERGENCY, category="water"), Transcript(language="de"))
INVOICE = Judged(Verdict(urgency=Urgency.ROUTINE, category="office"), Transcript(language="de"))
SPOKEN = MessageEnded(MessageEnd.SILENCE, 4.0)


def asked(*events: object) -> object:
    """Return what is asked for on the line after *events*."""
    call = opened_call().state
    for event in events:
        call = advance(NOW, call, event).state
    return next_request(call)


def test_caller_is_greeted_and_told_of_the_recording_first() -> None:
    """Nobody is recorded who was not told."""
    assert asked() == Say(("greeting", "recording-notice"), Greeted())


def test_after_the_greeting_he_speaks() -> None:
    """The first missing fact is the message."""
    assert asked(Greeted()) == Record(opened_call().state.limits)


def test_after_the_message_the_verdict_is_waited_for() -> None:
    """The caller is told what happens, not guessed at."""
    assert asked(Greeted(), SPOKEN) == AwaitVerdict()


@pytest.mark.parametrize(
    ("judged", "prompt"), [(BURST, "confirm-ring"), (INVOICE, "confirm-office")]
)
def test_caller_hears_what_happens_next(judged: Judged, prompt: str) -> None:
    """A technician is rung, or the office will call back: he hears which."""
    assert asked(Greeted(), SPOKEN, judged) == Say((prompt, "goodbye"), Told())


def test_caller_who_was_told_everything_is_done() -> None:
    """Nothing is missing any more."""
    assert asked(Greeted(), SPOKEN, BURST, Told()) == Finish()


# ---------------------------------------------------------------- a number that is withheld


def hidden(*events: object) -> Call:
    """Return the call of somebody who hides his number after *events*."""
    call = replace(opened_call().state, caller=Caller(None))
    for event in events:
        call = advance(NOW, call, event).state
    return call


def test_who_hides_his_number_is_asked_for_it_once() -> None:
    """After the notice, before he speaks; whether he types one or not."""
    assert next_request(hidden()) == Say(("greeting", "recording-notice"), Greeted())
    assert next_request(hidden(Greeted())) == AskNumber("ask-number")
    for typed in (None, "0301234"):
        call = hidden(Greeted(), NumberTyped(typed))
        assert next_request(call) == Record(call.limits)
        assert call.caller.number == typed


def test_who_has_spoken_is_not_asked() -> None:
    """The dialplan gave him back with his message."""
    assert next_request(hidden(Greeted(), SPOKEN)) == AwaitVerdict()


def test_number_that_the_line_told_is_never_replaced() -> None:
    """And a second answer does not change the first."""
    known = advance(NOW, opened_call().state, NumberTyped("0309999")).state
    twice = hidden(NumberTyped("0301234"), NumberTyped("0309999"))

    assert known == opened_call().state
    assert twice.caller.number == "0301234"
    assert hidden(NumberTyped(None), NumberTyped("0309999")).caller.number is None


@pytest.mark.parametrize(
    ("keys", "number"),
    [
        ("0301234", "0301234"),
        ("*0301234", "0301234"),
        ("1234", "1234"),
        ("123", None),
        ("", None),
        ("1" * 15, "1" * 15),
        ("1" * 16, None),
    ],
)
def test_what_can_be_called_back_is_a_number(keys: str, number: str | None) -> None:
    """A key by mistake is none, and a stuck key neither."""
    assert typed_number(keys) == number
