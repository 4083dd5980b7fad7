"""What is asked of a caller: the first fact that is still missing."""

import pytest
from examples import NOW, opened_call

from pbx_bridge.core.call_events import Greeted, Judged, MessageEnded, Told
from pbx_bridge.core.call_flow import advance
from pbx_bridge.core.call_line import AwaitVerdict, Finish, Record, Say, next_request
from pbx_bridge.core.case import MessageEnd, Transcript, Urgency, Verdict

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
