"""Three callers at the same time, and two technicians."""

import math
from datetime import datetime
from itertools import pairwise

import pytest
from after_hours import AfterHours
from boxes import Call

from pbx_bridge.adapters.store.reading import CasePhase
from pbx_bridge.core.case import Urgency

pytestmark = pytest.mark.asterisk

FLOOD = "im keller ist ein rohr geplatzt"
HEATING = "die heizung ist ausgefallen"
LATER = "guten abend hier ist sabine wagner "
"""Whoever begins so is understood more than a second later."""

AT_ONCE_S = 1.0
"""So soon an emergency is rung, whatever rings already."""

GOODBYE_S = 0.05
"""The carrier may learn of a cancelled ring and of the next one in either order."""


def test_emergency_among_three_cases_at_once_is_accepted_first(night: AfterHours) -> None:
    """Two technicians; who waits for a free one is not the emergency."""
    calls = three_callers(night, FLOOD, LATER + HEATING)
    order = accepted(night, calls)

    assert order[0] is Urgency.EMERGENCY
    assert sorted(order) == sorted(calls)
    assert overlaps(night) == []


def test_emergency_takes_over_what_rings_for_another_case(night: AfterHours) -> None:
    """Both mobiles ring already: one of the others gives way at once, and is accepted last."""
    calls = three_callers(night, LATER + FLOOD, HEATING)
    order = accepted(night, calls)
    journals = {urgency: night.file(call).journal for urgency, call in calls.items()}
    at = {row.trigger: row.at for row in reversed(journals[Urgency.EMERGENCY])}
    gave_way = [
        urgency
        for urgency, journal in journals.items()
        if any(row.trigger == "RingTakenOver" for row in journal)
    ]

    assert (at["RingPlaced"] - at["EscalationOpened"]).total_seconds() < AT_ONCE_S
    assert gave_way == order[2:]
    assert sorted(order) == sorted(calls)
    assert overlaps(night) == []


def three_callers(night: AfterHours, emergency: str, urgent: str) -> dict[Urgency, Call]:
    """Let three call at the same time; the third says nothing."""
    night.begin("121", "121", ring_timeout_s=12, silence_s=3)
    return {
        Urgency.EMERGENCY: night.call(emergency, hangup_when_spoken=True),
        Urgency.URGENT: night.call(urgent, hangup_when_spoken=True),
        Urgency.UNKNOWN: night.call(),
    }


def accepted(night: AfterHours, calls: dict[Urgency, Call]) -> list[Urgency]:
    """Return the urgencies of all cases as they were judged, in the order of the key presses."""
    cases = [night.case(call, CasePhase.ACKNOWLEDGED, limit_s=90) for call in calls.values()]
    at = {case.case_id: _accepted_at(night, case.case_id) for case in cases}
    cases.sort(key=lambda case: at[case.case_id])
    return [case.urgency for case in cases if case.urgency is not None]


def _accepted_at(night: AfterHours, case_id: str) -> datetime:
    escalation = night.stage.case_file(case_id).escalation
    assert escalation is not None
    assert escalation.acknowledged_at is not None
    return escalation.acknowledged_at


def overlaps(night: AfterHours) -> list[str]:
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
