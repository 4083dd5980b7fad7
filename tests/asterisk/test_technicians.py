"""Each behaviour of a mobile, rung by the whole product on a real Asterisk."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from after_hours import SAID, AfterHours
from boxes import Call
from demonstration.play import mail_server

from pbx_bridge.adapters.store.reading import CasePhase

pytestmark = pytest.mark.asterisk

RING_S, ANSWER_S, NEXT_S = 5.0, 20.0, 1.0

EARLY_S = 0.2
"""The carrier sees an INVITE and a CANCEL some milliseconds after the PBX sent them."""

GIVE_UP = ("104",)
"""Mobiles that may hang up before their time is over."""

NUMBERS_OF_NOBODY = ("107", "108")
"""They cost next to nothing, from the ring on. 110 announces first that it is switched off."""

UNWILLING = {
    "101": "no-answer",
    "120": "no-answer",
    "102": "busy",
    "104": "no-answer",
    "105": "declined",
    "111": "no-answer",
    "106": "no-answer",
    "107": "unreachable",
    "108": "unreachable",
    "109": "busy",
    "110": "unreachable",
}
"""Mobiles that never accept, in the order they are rung, and how such a ring ends."""


@pytest.fixture(scope="module")
def unwilling(night: AfterHours) -> Iterator[tuple[AfterHours, Call]]:
    """One call that goes through every mobile that never accepts, to one that does."""
    night.begin(*UNWILLING, "103", ring_timeout_s=int(RING_S), answer_limit_s=int(ANSWER_S))
    call = night.call(SAID["de"], hangup_when_spoken=True)
    night.case(call, CasePhase.ACKNOWLEDGED, limit_s=120)
    return night, call


@pytest.mark.parametrize("place", range(len(UNWILLING)), ids=UNWILLING)
def test_a_mobile_that_does_not_accept_passes_the_case_on(
    unwilling: tuple[AfterHours, Call], place: int
) -> None:
    """The ring ends as it must, and the next mobile rings within a second of that."""
    night, call = unwilling
    mobile, outcome = list(UNWILLING.items())[place]
    mine = [e for e in night.box.mobile_events(night.since_ms) if e.number.endswith(mobile)]
    at_ms = {event.what: event.at_ms for event in reversed(mine)}

    match mobile:
        case "101" | "120":
            due_ms = at_ms["invite"] + RING_S * 1000
        case "104" | "111":
            due_ms = at_ms["answered"] + _answer_limit_s(night, call) * 1000
        case "105":
            due_ms = at_ms["digit"]
        case _:
            due_ms = at_ms["hungup"]
    following = night.events("invite")[place + 1]

    assert night.outcomes(call)[place] == outcome
    assert following.at_ms - due_ms < NEXT_S * 1000
    if mobile not in GIVE_UP:
        assert following.at_ms - due_ms > -EARLY_S * 1000
    if mobile in NUMBERS_OF_NOBODY:
        assert following.at_ms - at_ms["invite"] < NEXT_S * 1000


def _answer_limit_s(night: AfterHours, call: Call) -> float:
    """Return how long a mobile of this case may talk; the message takes its time beside."""
    escalation = night.file(call).escalation
    assert escalation is not None
    limit_s = escalation.policy.answer_limit.total_seconds()
    assert ANSWER_S <= limit_s <= ANSWER_S + night.case(call).message_s
    return limit_s


def test_mobiles_ring_in_order_and_the_first_key_1_owns(
    unwilling: tuple[AfterHours, Call],
) -> None:
    """Each is rung once, in the order of the policy; nobody but the last pressed 1."""
    night, call = unwilling

    assert night.rung() == [*UNWILLING, "103"]
    assert night.case(call).owner == f"t{len(UNWILLING) + 1}"


def test_the_one_who_accepts_hears_it_all(night: AfterHours) -> None:
    """Within 1 s who calls; number and message; after his key the receipt, and it again."""
    night.begin("123")
    call = night.call(SAID["de"], hangup_when_spoken=True)
    night.wait_mobile("hungup", "123", limit_s=90)
    heard, key_s = night.heard("123"), night.key_s("123")
    message = Path(night.file(call).call.recording + ".wav")  # type: ignore[union-attr]

    assert heard.first_sound_s is not None
    assert heard.first_sound_s < 1
    assert heard.at_s(night.prompt("ack-announce")) < 1
    assert heard.share(night.prompt("ack-announce")) > 0.8
    assert heard.share(night.prompt("ack-accepted"), after_s=key_s) > 0.8
    assert heard.at_s(night.prompt("ack-accepted"), after_s=key_s) < key_s + 1
    assert heard.share(message, after_s=key_s) > 0.8
    assert [
        digit
        for digit in call.spec.number
        if heard.share(night.prompt(f"digit-{digit}"), after_s=key_s) < 0.8
    ] == []
    assert night.case(call).phase is CasePhase.ACKNOWLEDGED


@pytest.mark.parametrize(
    ("mobile", "keys"), [("114", "51"), ("115", "31")], ids=["wrong-key", "repeat"]
)
def test_another_key_says_it_again(night: AfterHours, mobile: str, keys: str) -> None:
    """A wrong key and the key 3 repeat the offer; the 1 that comes after them accepts."""
    night.begin(mobile)
    call = night.call_and_leave()
    case = night.case(call, CasePhase.ACKNOWLEDGED)
    heard, first_s = night.heard(mobile), night.key_s(mobile)
    pressed = night.events("digit", mobile)

    assert "".join(event.digit for event in pressed) == keys
    assert heard.at_s(night.prompt("ack-keys"), after_s=first_s) < first_s + 1
    assert (case.owner, night.outcomes(call)) == ("t1", ["acknowledged"])


def test_a_key_1_counts_though_he_hangs_up_at_once(night: AfterHours) -> None:
    """He pressed 1 and drives off: the case is his, and nobody else is rung."""
    night.begin("116", "103")
    call = night.call_and_leave()
    night.wait_mobile("hungup", "116")
    case = night.case(call, CasePhase.ACKNOWLEDGED)

    assert case.owner == "t1"
    assert night.rung() == ["116"]


def test_nobody_accepts_in_two_rounds(night: AfterHours) -> None:
    """Each is rung once in each round; then the office gets one mail."""
    with mail_server() as (office, port):
        night.begin("102", "108", rounds=2, mail_port=port)
        call = night.call_and_leave()
        case = night.case(call, CasePhase.EXHAUSTED)
        assert night.stage.service is not None
        night.stage.service.wait_for("notify.sent")

    assert night.rung() == ["102", "108", "102", "108"]
    assert night.outcomes(call) == ["busy", "unreachable"] * 2
    assert len(office.mails) == 1
    assert f"Fall {case.case_id}" in office.mails[0]
    assert call.spec.number in office.mails[0]
