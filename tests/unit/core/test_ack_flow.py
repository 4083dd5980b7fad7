"""What a technician hears and presses."""

import tomllib
from dataclasses import replace
from functools import reduce
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbx_bridge.core.ack_flow import (
    MAX_OFFERS,
    MAX_REPEATS,
    RECORDING,
    REST,
    AckFacts,
    AckFlow,
    AckPhase,
    Ask,
    AskOutcome,
    AwaitRest,
    Claim,
    Close,
    Granted,
    Heard,
    Refused,
    RestThere,
    advance,
    next_request,
)
from pbx_bridge.core.case import Urgency

PROMPTS = Path(__file__).parents[3] / "pbx_bridge" / "prompts" / "de.toml"
FACTS = AckFacts(case_id="12", urgency=Urgency.URGENT, number="+493", has_message=True)
KEYS = "0123456789*#"


def after(*events: object) -> AckFlow:
    """Return the state after *events*."""
    flow = AckFlow()
    for event in events:
        flow = advance(flow, event)
    return flow


def sounds(*events: object, facts: AckFacts = FACTS) -> tuple[str, ...]:
    """Return what is played after *events*."""
    request = next_request(after(*events), facts)
    assert isinstance(request, Ask | Close)
    return request.sounds


REMINDER = AckFlow(is_reminder=True)
"""What the owner of a case hears that is not done."""


def test_first_words_say_what_it_is_and_how_to_accept() -> None:
    """He hears within a second who calls, then how urgent, from whom, and the message."""
    assert sounds() == (
        "ack-announce",
        "ack-urgency-urgent",
        "ack-caller",
        "digit-4",
        "digit-9",
        "digit-3",
        "ack-message",
        RECORDING,
        "ack-keys",
    )


def test_withheld_number_and_missing_message_are_said() -> None:
    """There is always something to say, even when there is nothing."""
    facts = replace(FACTS, number=None, has_message=False)

    assert sounds(facts=facts)[2:4] == ("ack-anonymous", "ack-no-message")


@pytest.mark.parametrize("urgency", [Urgency.UNKNOWN, Urgency.ROUTINE, Urgency.NONE])
def test_urgency_that_nobody_knows_is_said_to_be_unknown(urgency: Urgency) -> None:
    """A technician is never told that what wakes him is routine."""
    assert sounds(facts=replace(FACTS, urgency=urgency))[1] == "ack-urgency-unknown"


def test_key_1_asks_for_the_case() -> None:
    """Pressing 1 is asking: the case is his only when that is committed."""
    assert next_request(after(Heard("1")), FACTS) == Claim()


def test_winner_hears_the_case_number_and_the_message() -> None:
    """He can write the number down and listen again."""
    flow = after(Heard("1"), Granted())

    assert flow.phase is AckPhase.TAKEN
    assert sounds(Heard("1"), Granted())[:3] == ("ack-accepted", "digit-1", "digit-2")


def test_winner_hears_that_the_caller_has_finished() -> None:
    """He dials himself; it is said after his key, so nobody waits for it before he can press."""
    won = (Heard("1"), Granted())
    nothing = replace(FACTS, number=None, has_message=False)

    assert sounds(*won)[-3:] == (RECORDING, "ack-call-back", "ack-repeat")
    assert "ack-call-back" not in sounds()
    assert "ack-call-back" not in sounds(*won, facts=replace(FACTS, is_whole=False))
    assert "ack-call-back" not in sounds(*won, facts=nothing)


def test_winner_may_listen_as_often_as_a_line_may_be_held() -> None:
    """Any key repeats; after ten times, or silence, it is over."""
    again = [Heard("3")] * MAX_REPEATS

    assert isinstance(next_request(after(Heard("1"), Granted(), *again), FACTS), Ask)
    assert sounds(Heard("1"), Granted(), *again, Heard("3")) == ("ack-goodbye",)
    assert sounds(Heard("1"), Granted(), Heard(None)) == ("ack-goodbye",)


def test_loser_hears_who_was_faster() -> None:
    """Nobody drives out twice."""
    assert sounds(Heard("1"), Refused("ben")) == ("ack-taken", "ack-taken-by", "name-ben")
    assert sounds(Heard("1"), Refused(None)) == ("ack-taken",)


def test_key_2_declines() -> None:
    """He is thanked and left alone."""
    assert sounds(Heard("2")) == ("ack-declined",)


def test_4_is_wrong_before_he_has_the_case() -> None:
    """Nobody ends a case that is not his."""
    assert after(Heard("4")) == after(Heard("7"))


def test_4_after_accepting_asks_how_it_ended() -> None:
    """He solved it on the telephone."""
    assert next_request(after(Heard("1"), Granted(), Heard("4")), FACTS) == AskOutcome()


def test_reminder_says_which_case_and_what_to_press() -> None:
    """Not "new case": he has it already."""
    request = next_request(REMINDER, FACTS)

    assert isinstance(request, Ask)
    assert request.sounds[:4] == ("remind-announce", "case-number", "digit-1", "digit-2")
    assert request.sounds[-1] == "remind-keys"


def test_reminder_1_stays_at_it() -> None:
    """He hears a receipt, and not the whole story again."""
    flow = advance(advance(REMINDER, Heard("1")), Granted())

    assert next_request(flow, FACTS) == Ask(("remind-noted", "digit-1", "digit-2", "ack-repeat"))


def test_reminder_4_asks_how_it_ended_if_the_case_is_still_his() -> None:
    """Somebody else may have it by now."""
    claiming = advance(REMINDER, Heard("4"))

    assert next_request(claiming, FACTS) == Claim()
    assert next_request(advance(claiming, Granted()), FACTS) == AskOutcome()
    assert next_request(advance(claiming, Refused("ben")), FACTS) == Close(
        ("ack-taken", "ack-taken-by", "name-ben")
    )


def test_reminder_2_gives_it_up() -> None:
    """As everywhere."""
    assert advance(REMINDER, Heard("2")).phase is AckPhase.DECLINED


def test_wrong_key_says_it_again() -> None:
    """A slip of the finger neither accepts nor hangs up."""
    assert sounds(Heard("7"))[:2] == ("ack-keys", "ack-urgency-urgent")


def test_stuck_key_does_not_keep_the_line() -> None:
    """After ten wrong keys nobody is there."""
    assert after(*[Heard("7")] * (MAX_REPEATS + 1)).phase is AckPhase.SILENT


def test_mailbox_gets_the_offer_twice_and_accepts_nothing() -> None:
    """Silence is no answer."""
    assert after(*[Heard(None)] * (MAX_OFFERS - 1)).phase is AckPhase.OFFERING
    assert after(*[Heard(None)] * MAX_OFFERS).phase is AckPhase.SILENT
    assert sounds(*[Heard(None)] * MAX_OFFERS) == ("ack-goodbye",)


events = st.one_of(
    st.builds(Heard, st.none() | st.sampled_from(KEYS)),
    st.just(Granted()),
    st.builds(Refused, st.none() | st.just("ben")),
)


@given(st.lists(events, max_size=30))
def test_only_key_1_and_a_committed_claim_take_the_case(night: list[object]) -> None:
    """Whatever is pressed and said: without the key 1, then a grant, it is not his."""
    flow = AckFlow()
    for event in night:
        before, flow = flow.phase, advance(flow, event)

        if flow.phase is AckPhase.CLAIMING is not before:
            assert event == Heard("1")
        if flow.phase is AckPhase.TAKEN is not before:
            assert (before, event) == (AckPhase.CLAIMING, Granted())


@given(st.lists(st.none() | st.sampled_from(KEYS), min_size=24, max_size=24))
def test_every_talk_comes_to_an_end(keys: list[str | None]) -> None:
    """Nobody, and no machine, can hold the line for ever."""
    for begun in (AckFlow(), REMINDER):
        flow = begun
        for key in keys:
            request = next_request(flow, FACTS)
            flow = advance(flow, Granted() if isinstance(request, Claim) else Heard(key))

        assert isinstance(next_request(flow, FACTS), Close | AskOutcome)


@given(st.lists(events, max_size=12), st.booleans(), st.sampled_from(Urgency))
def test_every_sound_that_is_asked_for_exists(
    night: list[object], has_message: bool, urgency: Urgency
) -> None:
    """A sound that we do not ship would be a silent gap."""
    texts = tomllib.loads(PROMPTS.read_text(encoding="utf-8"))["texts"]
    facts = replace(FACTS, has_message=has_message, urgency=urgency)

    for begun in (AckFlow(), REMINDER):
        request = next_request(reduce(advance, night, begun), facts)

        for sound in request.sounds if isinstance(request, Ask | Close) else ():
            assert sound in texts or sound == RECORDING or sound.startswith("name-")


# ---------------------------------------------------------------- the caller still speaks

GROWING = replace(FACTS, is_whole=False)
ACCEPTED = (Heard("1"), Granted(is_whole=False))


def test_who_is_rung_early_is_told_that_more_is_coming() -> None:
    """He hears what there is, and why it ends in the middle."""
    assert sounds(facts=GROWING)[-4:] == (
        "ack-message",
        RECORDING,
        "ack-still-speaking",
        "ack-keys",
    )


def test_nothing_said_yet_is_not_no_message() -> None:
    """The first seconds are not on disk; nobody says that there is no message."""
    assert sounds(facts=replace(GROWING, has_message=False))[-2:] == (
        "ack-still-speaking",
        "ack-keys",
    )


def test_who_accepts_early_hears_the_rest_when_it_is_there() -> None:
    """What there is, then nothing is asked of him, then what came since."""
    first = next_request(after(*ACCEPTED), GROWING)

    assert (first.sounds[-1], first.answer_s) == ("ack-still-speaking", 0.0)
    assert next_request(after(*ACCEPTED, Heard(None)), GROWING) == AwaitRest()
    there = (*ACCEPTED, Heard("3"), RestThere())
    assert sounds(*there) == (REST, "ack-call-back", "ack-repeat")
    assert sounds(*there, facts=GROWING) == (REST, "ack-repeat")


def test_after_the_rest_he_may_hear_all_again() -> None:
    """A key repeats the whole message, silence ends it."""
    heard = (*ACCEPTED, Heard(None), RestThere())

    assert sounds(*heard, Heard("5"))[0] == "ack-accepted"
    assert next_request(after(*heard, Heard("4")), FACTS) == AskOutcome()
    assert next_request(after(*heard, Heard(None)), FACTS) == Close(("ack-goodbye",))
