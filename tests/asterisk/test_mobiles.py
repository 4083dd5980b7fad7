"""The box's mobiles, rung by its PBX without pbx-bridge."""

import time
import uuid
from collections.abc import Iterator

import pytest
from boxes import MOBILES, Box, CallSpec, tones
from boxes.ami import Ami, Event
from boxes.folders import SELF_TEST
from stage import own_folder

pytestmark = pytest.mark.asterisk

OFFSET = 6
PREFIX = "4930231250"


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    """A box of its own, beside the default one."""
    box = Box(own_folder("self-test"), OFFSET)
    box.up(fresh=True)
    yield box
    box.down()


def ring(ami: Ami, digits: str, seconds: int) -> str:
    """Let the PBX ring a mobile; it stays on the line for *seconds*. Return the channel's id."""
    channel_id = f"ring-{digits}-{uuid.uuid4().hex[:6]}"
    ami.action(
        "Originate",
        {
            "Channel": f"PJSIP/{PREFIX}{digits}@trunk",
            "ChannelId": channel_id,
            "Application": "Wait",
            "Data": str(seconds),
            "Timeout": "5000",
            "Async": "true",
        },
    )
    return channel_id


ANSWERS_AND_KEYS = {
    "103": "1",
    "104": "",
    "105": "2",
    "106": "",
    "111": "",
    "112": "1",
    "113": "1",
    "114": "51",
    "115": "31",
    "116": "1",
    "117": "431",
    "118": "1",
    "119": "1",
    "122": "1",
    "123": "1",
    "124": "51",
    "125": "31",
    "126": "1",
}
FAILS_WITH_CAUSE = {
    "101": "19",
    "102": "17",
    "107": "34",
    "108": "1",
    "109": "21",
    "110": "19",
    "120": "19",
    "121": "19",
}


def test_every_mobile_behaves_as_the_table_says(box: Box) -> None:
    """All at once: who answers, which keys reach the PBX, with which cause the others fail."""
    kinds = ("DTMFEnd", "Hangup", "Newstate")
    since_ms = time.time() * 1000
    answered: set[str] = set()
    digits: dict[str, str] = {}
    causes: dict[str, str] = {}

    def note(event: Event) -> None:
        mobile = event["Uniqueid"].split("-")[1]
        if event["Event"] == "Newstate" and event["ChannelStateDesc"] == "Up":
            answered.add(mobile)
        elif event["Event"] == "DTMFEnd":
            digits[mobile] = digits.get(mobile, "") + event["Digit"]
        elif event["Event"] == "Hangup":
            causes[mobile] = event["Cause"]

    with (
        box.ami() as ami,
        ami.listen(
            lambda e: e.get("Event") in kinds and e["Uniqueid"].startswith("ring-")
        ) as events,
    ):
        for mobile in MOBILES:
            ring(ami, mobile.digits, seconds=14)
        while len(causes) < len(MOBILES):
            note(events.expect(20, "the end of all calls"))

    assert answered == set(ANSWERS_AND_KEYS)
    assert {m: digits.get(m, "") for m in answered} == ANSWERS_AND_KEYS
    assert {m: causes[m] for m in FAILS_WITH_CAUSE} == FAILS_WITH_CAUSE
    assert answered | set(FAILS_WITH_CAUSE) == {mobile.digits for mobile in MOBILES}
    _check_carriers_view(box, since_ms)


def _check_carriers_view(box: Box, since_ms: float) -> None:
    """The event log tells the same, and every answered mobile left a recording."""
    for mobile in MOBILES:  # the carrier learns of an end a moment after the PBX
        box.wait_mobile_event("hungup", mobile.digits, since_ms=since_ms, timeout_s=2)
    events = box.mobile_events(since_ms)
    keys: dict[str, str] = {}
    for event in events:
        if event.what == "digit":
            keys[event.number[-3:]] = keys.get(event.number[-3:], "") + event.digit
    enders = {event.number[-3:]: event.by for event in events if event.what == "hungup"}

    assert keys == {mobile: told for mobile, told in ANSWERS_AND_KEYS.items() if told}
    assert {m for m, by in enders.items() if by == "mobile"} == {
        *("102", "106", "107", "108", "109", "110", "112", "116", "122", "126")
    }
    for mobile in set(ANSWERS_AND_KEYS) - {"106"}:  # who hangs up at once hears nothing
        assert len(box.heard_by(mobile, since_ms)) == 1


def test_a_technician_hears_what_the_pbx_plays(box: Box) -> None:
    """His recording begins with the beep that the PBX played to him."""
    since_ms = time.time() * 1000
    with box.ami() as ami:
        ami.action(
            "Originate",
            {
                "Channel": f"PJSIP/{PREFIX}111@trunk",
                "Application": "Playback",
                "Data": "beep",
                "Async": "true",
            },
        )
        box.wait_mobile_event("hungup", "111", since_ms=since_ms, timeout_s=10)

    (heard,) = box.heard_by("111", since_ms)
    assert max(tones.samples_of(heard)) > 3000


def test_events_are_stamped_to_the_millisecond(box: Box) -> None:
    """Time from a caller's hang-up to the next INVITE can be measured."""
    since_ms = time.time() * 1000
    report = box.place_call(CallSpec(to=SELF_TEST, hangup_after_s=0.3, timeout_s=30.0))
    with box.ami() as ami:
        asked_ms = time.time() * 1000
        ring(ami, "108", seconds=1)
    invite = box.wait_mobile_event("invite", "108", since_ms=since_ms, timeout_s=5)
    hangup = next(e for e in box.events(since_ms) if e.who == "caller" and e.what == "hungup")

    assert hangup.at_ms == pytest.approx(report.ended_at * 1000, abs=0.01)
    assert hangup.by == "caller"
    assert 0 <= invite.at_ms - asked_ms < 100
