"""The body of a webhook: fields that programs rely on."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from pbx_bridge.adapters.notify.payload import payload, signature
from pbx_bridge.core.escalation_events import FallbackReason, Topic
from pbx_bridge.core.news import CaseFacts, GapFacts, News, ShiftFacts
from pbx_bridge.core.phone_check import CheckOutcome, PhoneCheck
from pbx_bridge.ports import Notice

AT = datetime(2026, 1, 9, 22, tzinfo=UTC)
CASE = CaseFacts(
    case_id="1001",
    arrived_at=AT,
    urgency="emergency",
    category="water",
    message_s=4.24,
    recording="/spool/1",
    reason=FallbackReason.NOBODY_ACCEPTED,
    caller_number="+4930123456",
)


def body(topic: Topic, **facts: object) -> dict:
    """Return what a program reads of some news."""
    news = News(key="k", topic=topic, at=AT, **facts)
    return json.loads(payload(Notice(key="k", subject="in words", body="", news=news)))


def test_case_has_all_of_its_fields() -> None:
    """A field that changes here changes for every receiver: then `SCHEMA` grows."""
    assert body(Topic.EXHAUSTED, case=CASE) == {
        "schema": 1,
        "key": "k",
        "topic": "exhausted",
        "is_test": False,
        "at": "2026-01-09T22:00:00Z",
        "text": "in words",
        "case": {
            "case_id": "1001",
            "arrived_at": "2026-01-09T22:00:00Z",
            "urgency": "emergency",
            "category": "water",
            "message_s": 4.2,
            "technician": None,
            "reason": "nobody-accepted",
            "caller_number": "+4930123456",
            "transcript": None,
        },
        "shift": None,
        "gap": None,
        "check": None,
    }


def test_check_of_a_mobile_says_how_it_ended() -> None:
    """The reason is `null` where there is none."""
    busy = PhoneCheck(technician="ben", outcome=CheckOutcome.BUSY)
    away = replace(busy, outcome=CheckOutcome.UNREACHABLE, reason="trunk down")

    assert body(Topic.PHONE_CHECK, check=busy)["check"] == {
        "technician": "ben",
        "outcome": "busy",
        "reason": None,
    }
    assert body(Topic.PHONE_CHECK, check=away)["check"]["reason"] == "trunk down"


def test_message_has_no_length_while_the_caller_speaks() -> None:
    """An early ring: 0 would look like a caller who said nothing."""
    speaking = replace(CASE, message_s=None)

    assert body(Topic.NEW_CASE, case=speaking)["case"]["message_s"] is None


def test_shift_and_gap_have_theirs() -> None:
    """An end that nobody looked for is null."""
    shift = ShiftFacts(layer="primary", technician="ben", start=AT, end=None, has_begun=True)
    gap = GapFacts(layer="backup", start=AT, end=AT)

    assert body(Topic.SHIFT_BEGINS, shift=shift)["shift"] == {
        "layer": "primary",
        "technician": "ben",
        "start": "2026-01-09T22:00:00Z",
        "end": None,
        "has_begun": True,
    }
    assert body(Topic.GAP_AHEAD, gap=gap)["gap"] == {
        "layer": "backup",
        "start": "2026-01-09T22:00:00Z",
        "end": "2026-01-09T22:00:00Z",
    }
    assert body(Topic.GAP_AHEAD, gap=replace(gap, end=None))["gap"]["end"] is None


def test_test_says_that_it_is_one() -> None:
    """Nobody must be woken by it; a notice without news counts as one too."""
    bare = json.loads(payload(Notice(key="k", subject="s", body="")))

    assert body(Topic.TEST)["is_test"] is True
    assert (bare["is_test"], bare["topic"], bare["at"]) == (True, "test", None)


def test_signature_is_the_documented_one() -> None:
    """A value worked out with `openssl dgst -sha256 -hmac`."""
    assert signature("s3cret", 1768000000, b'{"schema":1}') == (
        "t=1768000000,v1=41b654f7bd4b4223bc79aec420a95604575a2ebf7bda7e9bddee28c6723c4afb"
    )
