"""Three callers at the same time, and two technicians."""

import math
from datetime import datetime
from itertools import pairwise

import pytest
from after_hours import SAID, AfterHours
from boxes import Call

from pbx_bridge.adapters.store.reading import CasePhase
from pbx_bridge.core.case import Urgency

pytestmark = pytest.mark.asterisk

SHORT = "im keller ist ein rohr geplatzt"
HEATING = "die heizung ist seit gestern abend ausgefallen und wir haben ein kleines kind"

AT_ONCE_S = 1.0
"""So soon an emergency is rung, whatever rings already."""

GOODBYE_S = 0.05
"""The carrier may learn of a cancelled ring and of the next one in either order."""


@pytest.mark.parametrize("emergency", [SHORT, SAID["de"]], ids=["decided-first", "decided-last"])
def test_three_cases_at_once_are_all_accepted(night: AfterHours, emergency: str) -> None:
    """Nobody is rung by two cases at the same moment, and the emergency waits for none."""
    night.begin("121", "121", ring_timeout_s=8)
    calls = {
        Urgency.EMERGENCY: night.call(emergency, hangup_when_spoken=True),
        Urgency.URGENT: night.call(HEATING, hangup_when_spoken=True),
        Urgency.UNKNOWN: night.call(),
    }
    cases = [night.case(call, CasePhase.ACKNOWLEDGED, limit_s=90) for call in calls.values()]
    accepted = {each: _accepted_at(night, call) for each, call in calls.items()}
    began, rang = _first_ring(night, calls[Urgency.EMERGENCY])
    print([(e.what, e.number[-6:], e.at_ms / 1000 % 1000) for e in night.box.mobile_events(night.since_ms)])
    print(accepted, began, rang)

    assert [case.urgency for case in cases] == list(calls)
    assert _overlaps(night) == []
    assert (rang - began).total_seconds() < AT_ONCE_S
    assert max(accepted, key=lambda each: accepted[each]) is not Urgency.EMERGENCY
    if emergency == SHORT:
        assert min(accepted, key=lambda each: accepted[each]) is Urgency.EMERGENCY


def _accepted_at(night: AfterHours, call: Call) -> datetime:
    escalation = night.file(call).escalation
    assert escalation is not None
    assert escalation.acknowledged_at is not None
    return escalation.acknowledged_at


def _first_ring(night: AfterHours, call: Call) -> tuple[datetime, datetime]:
    """Return when a case wanted somebody to be rung, and when a mobile rang for it."""
    at = {row.trigger: row.at for row in reversed(night.file(call).journal)}
    return at["EscalationOpened"], at["RingPlaced"]


def _overlaps(night: AfterHours) -> list[str]:
    """Return the numbers that rang, or talked, for two cases at the same moment."""
    told = night.box.mobile_events(night.since_ms)
    ended = {event.channel_id: event.at_ms for event in told if event.what == "hungup"}
    rings = [event for event in told if event.what == "invite"]
    rings.sort(key=lambda event: (event.number, event.at_ms))
    return [
        one.number
        for one, other in pairwise(rings)
        if one.number == other.number
        and ended.get(one.channel_id, math.inf) > other.at_ms + GOODBYE_S * 1000
    ]
