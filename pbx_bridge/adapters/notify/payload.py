"""What a webhook says: stable JSON, and the signature that proves who says it."""

import hashlib
import hmac
import json
from datetime import UTC, datetime

from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.core.news import CaseFacts, GapFacts, ShiftFacts
from pbx_bridge.core.phone_check import PhoneCheck
from pbx_bridge.ports import Notice

SCHEMA = 1
"""Grows when a field changes its meaning or goes; new fields do not count."""

SIGNATURE = "Pbxb-Signature"
"""Header: ``t=UNIX-SECONDS,v1=HEX``; see `signature`."""


def payload(notice: Notice) -> bytes:
    """
    Return the body of the request, UTF-8.

    docs/notifications.md lists the fields; all of them are always there, `null` when they
    do not apply. Times are UTC, ISO 8601 with ``Z``.
    """
    news = notice.news
    fields = {
        "schema": SCHEMA,
        "key": notice.key,
        "topic": str(news.topic if news else Topic.TEST),
        "is_test": news is None or news.topic is Topic.TEST,
        "at": _time(news.at) if news else None,
        "text": notice.subject,
        "case": _case(news.case) if news and news.case else None,
        "shift": _shift(news.shift) if news and news.shift else None,
        "gap": _gap(news.gap) if news and news.gap else None,
        "check": _check(news.check) if news and news.check else None,
    }
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """
    Return the value of the header `SIGNATURE`.

    The signed text is the timestamp, a full stop and the body: whoever replays an old request
    cannot give it a new time.
    """
    signed = f"{timestamp}.".encode() + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


def _case(case: CaseFacts) -> dict[str, object]:
    return {
        "case_id": case.case_id,
        "arrived_at": _time(case.arrived_at),
        "urgency": case.urgency,
        "category": case.category,
        "message_s": None if case.message_s is None else round(case.message_s, 1),
        "technician": case.technician,
        "reason": case.reason.value if case.reason else None,
        "caller_number": case.caller_number,
        "transcript": case.transcript,
    }


def _shift(shift: ShiftFacts) -> dict[str, object]:
    return {
        "layer": shift.layer,
        "technician": shift.technician,
        "start": _time(shift.start),
        "end": _time(shift.end) if shift.end else None,
        "has_begun": shift.has_begun,
    }


def _gap(gap: GapFacts) -> dict[str, object]:
    end = _time(gap.end) if gap.end else None
    return {"layer": gap.layer, "start": _time(gap.start), "end": end}


def _check(check: PhoneCheck) -> dict[str, object]:
    return {
        "technician": check.technician,
        "outcome": check.outcome.value,
        "reason": check.reason or None,
    }


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
