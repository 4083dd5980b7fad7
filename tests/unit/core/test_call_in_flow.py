"""A technician calls us."""

import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbx_bridge.core.ack_flow import Ask, Close, Heard
from pbx_bridge.core.call_in_flow import (
    CATEGORIES,
    MAX_ROUNDS,
    AskPin,
    CallIn,
    OpenCase,
    PinRight,
    PinWrong,
    Talk,
    TalkEnded,
    advance,
    next_request,
)
from pbx_bridge.core.pin_lock import TRIES_PER_CALL

PROMPTS = Path(__file__).parents[3] / "pbx_bridge" / "prompts" / "de.toml"
FIRST = OpenCase(case_id="12", age=timedelta(minutes=45), category="water")
SECOND = OpenCase(case_id="13", age=timedelta(hours=3, minutes=59), category="pools")
BOTH = PinRight((FIRST, SECOND))


def after(*events: object) -> CallIn:
    """Return the state after *events*; a digit stands for itself."""
    call = CallIn()
    for event in events:
        call = advance(call, Heard(event) if isinstance(event, str) else event)
    return call


def test_first_the_pin() -> None:
    """Nothing is said before it."""
    assert next_request(after()) == AskPin(("call-in-pin",))
    assert next_request(after("1", "4")) == AskPin(("call-in-pin",))
    assert next_request(after(PinWrong())) == AskPin(("call-in-wrong", "call-in-pin"))


def test_third_wrong_pin_ends_the_call() -> None:
    """Also when the next one would be right."""
    refused = [PinWrong()] * TRIES_PER_CALL

    assert next_request(after(*refused)) == Close(("call-in-refused",))
    assert next_request(after(*refused, BOTH)) == Close(("call-in-refused",))


def test_case_is_told_by_number_category_and_age() -> None:
    """No number and no words of a caller."""
    assert next_request(after(BOTH)) == Ask(
        (
            *("case-number", "digit-1", "digit-2", "category-water"),
            *("case-age-minutes", "digit-4", "digit-5", "call-in-keys"),
        )
    )


def test_firms_own_category_and_old_case() -> None:
    """A category without a prompt is "other"; from an hour on the age is in whole hours."""
    request = next_request(after(BOTH, "2"))

    assert isinstance(request, Ask)
    assert request.sounds[3:-1] == ("category-other", "case-age-hours", "digit-3")


def test_nothing_open() -> None:
    """He is told so."""
    assert next_request(after(PinRight(()))) == Close(("call-in-none", "ack-goodbye"))


@pytest.mark.parametrize(
    ("keys", "case_id"), [("1", "12"), ("21", "13"), ("221", "12"), ("2331", "13")]
)
def test_1_chooses_2_goes_on_3_repeats(keys: str, case_id: str) -> None:
    """After the last comes the first again."""
    assert next_request(after(BOTH, *keys)) == Talk(case_id)


def test_after_the_talk_comes_the_next_case() -> None:
    """After the last one it is over."""
    second = after(BOTH, "1", TalkEnded())

    assert second.place == 1
    assert next_request(advance(advance(second, Heard("1")), TalkEnded())) == Close(
        ("ack-goodbye",)
    )


def test_who_never_chooses_is_let_go() -> None:
    """He heard it all some times."""
    silent = [Heard(None)] * (MAX_ROUNDS * 2)

    assert isinstance(next_request(after(BOTH, *silent[1:])), Ask)
    assert next_request(after(BOTH, *silent)) == Close(("ack-goodbye",))


def test_every_category_has_a_prompt() -> None:
    """As every other sound."""
    texts = tomllib.loads(PROMPTS.read_text(encoding="utf-8"))["texts"]

    assert {f"category-{each}" for each in (*CATEGORIES, "other")} <= set(texts)
    assert {"case-age-hours", "case-age-minutes", "call-in-keys", "call-in-none"} <= set(texts)


keys = st.none() | st.sampled_from("0123456789*#")


@given(st.lists(st.one_of(st.builds(Heard, keys), st.just(TalkEnded()), st.just(PinWrong()))))
def test_without_the_right_pin_no_case_is_told(events: list[object]) -> None:
    """Whatever is pressed."""
    assert isinstance(next_request(after(*events)), AskPin | Close)
    assert after(*events).cases == ()
