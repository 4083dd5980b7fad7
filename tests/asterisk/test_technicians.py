"""Each behaviour of a mobile, rung by the whole product on a real Asterisk."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from after_hours import SAID, AfterHours, until
from boxes import Call
from demonstration.play import mail_server

from pbx_bridge.adapters.store.reading import CasePhase

pytestmark = pytest.mark.asterisk

RING_S, NEXT_S = 5.0, 1.0
ALONE_S = 8.0

EARLY_S = 0.2
"""The carrier sees an INVITE and a CANCEL some milliseconds after the PBX sent them."""

LISTEN = ("104", "111")
"""Mobiles that pick up and press nothing; the next ones ring while they listen."""

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
    night.begin(*UNWILLING, "103", ring_timeout_s=int(RING_S))
    call = night.call(SAID["de"], hangup_when_spoken=True)
    night.case(call, CasePhase.ACKNOWLEDGED, limit_s=120)
    until("all rings are over", lambda: "None" not in night.outcomes(call))
    return night, call


@pytest.mark.parametrize("place", range(len(UNWILLING)), ids=UNWILLING)
def test_a_mobile_that_does_not_accept_passes_the_case_on(
    unwilling: tuple[AfterHours, Call], place: int
) -> None:
    """
    The ring ends as it must, and the next mobile rings within a second of that.

    Whoever picked up and presses nothing costs his ring timeout, and is on the phone still.
    """
    night, call = unwilling
    mobile, outcome = list(UNWILLING.items())[place]
    mine = [e for e in night.box.mobile_events(night.since_ms) if e.number.endswith(mobile)]
    at_ms = {event.what: event.at_ms for event in reversed(mine)}

    match mobile:
        case "101" | "120" | "104" | "111":
            due_ms = at_ms["invite"] + RING_S * 1000
        case "105":
            due_ms = at_ms["digit"]
        case _:
            due_ms = at_ms["hungup"]
    following = night.events("invite")[place + 1]

    assert night.outcomes(call)[place] == outcome
    assert -EARLY_S * 1000 < following.at_ms - due_ms < NEXT_S * 1000
    if mobile in LISTEN:
        assert at_ms["answered"] < following.at_ms < at_ms["hungup"] - NEXT_S * 1000
    if mobile in NUMBERS_OF_NOBODY:
        assert following.at_ms - at_ms["invite"] < NEXT_S * 1000


def test_mobiles_ring_in_order_and_the_first_key_1_owns(
    unwilling: tuple[AfterHours, Call],
) -> None:
    """Each is rung once, in the order of the policy; nobody but the last pressed 1."""
    night, call = unwilling

    assert night.rung() == [*UNWILLING, "103"]
    assert night.case(call).owner == f"t{len(UNWILLING) + 1}"


def test_late_key_of_whoever_listens_wins_and_stops_the_next(night: AfterHours) -> None:
    """He hears it all while the next mobile rings; his 1 counts, and the other falls silent."""
    night.begin("123", "101", ring_timeout_s=int(RING_S))
    call = night.call_and_leave()
    case = night.case(call, CasePhase.ACKNOWLEDGED)
    first, second = night.events("invite")
    stopped = night.wait_mobile("hungup", "101")
    until("both rings are over", lambda: "None" not in night.outcomes(call))
    until("he heard his receipt", lambda: night.now_ms() > night.pressed_ms("123") + 3000)
    heard, key_s = night.heard("123"), night.key_s("123")

    assert (case.owner, night.rung()) == ("t1", ["123", "101"])
    assert night.outcomes(call) == ["acknowledged", "no-answer"]
    assert -EARLY_S < (second.at_ms - first.at_ms) / 1000 - RING_S < NEXT_S
    assert second.at_ms < night.pressed_ms("123") < stopped.at_ms
    assert stopped.at_ms - night.pressed_ms("123") < NEXT_S * 1000
    assert heard.share(night.prompt("ack-accepted"), after_s=key_s) > 0.8


def test_listener_has_time_for_himself_and_hears_who_was_faster(night: AfterHours) -> None:
    """The firm wants no second ring for some seconds; then whoever presses 1 has it."""
    alone = f"listen_alone_s = {int(ALONE_S)}"
    night.begin("111", "103", ring_timeout_s=int(RING_S), escalation=alone)
    call = night.call_and_leave()
    case = night.case(call, CasePhase.ACKNOWLEDGED)
    answered, second = night.wait_mobile("answered", "111"), night.wait_mobile("invite", "103")
    pressed_s = (night.pressed_ms("103") - answered.at_ms) / 1000
    night.wait_mobile("hungup", "111", limit_s=20)
    heard = night.heard("111")

    assert (case.owner, night.rung()) == ("t2", ["111", "103"])
    assert -EARLY_S < (second.at_ms - answered.at_ms) / 1000 - ALONE_S < NEXT_S
    for name in ("ack-taken", "ack-taken-by", "name-t2"):
        assert heard.share(night.prompt(name), after_s=pressed_s) > 0.8, name


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
    """
    Each is rung once in each round; then the office gets one mail.

    Who was rung first comes last in the second round, and nobody is rung twice in a row.
    """
    with mail_server() as (office, port):
        night.begin("102", "108", "109", rounds=2, mail_port=port)
        call = night.call_and_leave()
        case = night.case(call, CasePhase.EXHAUSTED)
        assert night.stage.service is not None
        night.stage.service.wait_for("notify.sent")

    assert night.rung() == ["102", "108", "109", "108", "109", "102"]
    assert night.outcomes(call) == ["busy", "unreachable", "busy", "unreachable", "busy", "busy"]
    assert len(office.mails) == 1
    assert f"Fall {case.case_id}" in office.mails[0]
    assert call.spec.number in office.mails[0]
