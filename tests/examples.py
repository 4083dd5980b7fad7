"""Values of the core as tests need them: plain ones by name, random ones by strategy."""

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, get_args

from hypothesis import strategies as st

from pbx_bridge.core import call_flow, escalation
from pbx_bridge.core.call_events import CallEvent
from pbx_bridge.core.call_flow import Call, CallLimits, CallTransition
from pbx_bridge.core.case import Caller, Transcript, Urgency, Verdict, Word
from pbx_bridge.core.escalation_events import EscalationEvent
from pbx_bridge.core.escalation_state import EscalationTransition
from pbx_bridge.core.lineup import ALONE
from pbx_bridge.core.policy import Policy, Step, Technician

NOW = datetime(2026, 1, 9, 22, 0, tzinfo=UTC)

ANNA, BEN, CLARA, OWNER = (
    Technician(name, f"+49170{place}{place}{place}")
    for place, name in enumerate(("anna", "ben", "clara", "owner"), start=1)
)

POLICY = Policy(steps=(Step(technicians=(ANNA, BEN)),))
"""Anna, then Ben, two rounds."""


def opened_call(
    case_id: str = "1001", call_id: str = "1768000000.1", now: datetime = NOW
) -> CallTransition:
    """Return a call that has just arrived."""
    call = Call(
        case_id=case_id,
        call_id=call_id,
        caller=Caller("+4930123456"),
        recording=f"/var/spool/{call_id}",
        language="de",
        arrived_at=now,
        limits=CallLimits(),
    )
    return call_flow.open_call(now, call)


def opened_escalation(case_id: str = "1001", now: datetime = NOW) -> EscalationTransition:
    """Return an escalation that has just begun: Anna is to be rung."""
    return escalation.open_escalation(now, case_id, Urgency.URGENT, POLICY, ALONE)


_floats = st.floats(min_value=0, max_value=1e6)
_words = st.builds(Word, text=st.text(), start_s=_floats, end_s=_floats, confidence=_floats)
_transcripts = st.builds(Transcript, words=st.lists(_words, max_size=3).map(tuple))
_fields = {
    "attempt": st.integers(min_value=0, max_value=6),
    "message_s": _floats,
    "timeout_s": _floats,
    "policy": st.none() | st.just(POLICY),
    "transcript": _transcripts,
    "verdict": st.builds(Verdict, urgency=..., category=st.text()),
}


def made_of(kinds: Sequence[type]) -> st.SearchStrategy[Any]:
    """Return a strategy for values of *kinds*, dataclasses, all fields at random."""
    return st.one_of([st.builds(kind, **_random_fields(kind)) for kind in kinds])


def _random_fields(kind: Any) -> dict[str, Any]:
    return {field.name: _fields.get(field.name, ...) for field in dataclasses.fields(kind)}


call_events: st.SearchStrategy[CallEvent] = made_of(get_args(CallEvent))
escalation_events: st.SearchStrategy[EscalationEvent] = made_of(get_args(EscalationEvent))
delays_s = st.floats(min_value=0, max_value=400)
"""Between two events: short ones and such that a timer is due."""
