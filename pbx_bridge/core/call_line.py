"""What is to be done on a caller's line: the first fact that is still missing."""

from dataclasses import dataclass

from pbx_bridge.core.call_events import Greeted, Told
from pbx_bridge.core.call_flow import Call, CallLimits, CallPhase


@dataclass(frozen=True, slots=True)
class Say:
    """Play *prompts* in order, then report `Greeted` or `Told`."""

    prompts: tuple[str, ...]
    then: Greeted | Told


@dataclass(frozen=True, slots=True)
class Record:
    """Beep, record until ``#``, silence, the limit or hang-up; then report `MessageEnded`."""

    limits: CallLimits


@dataclass(frozen=True, slots=True)
class AwaitVerdict:
    """Wait until the call is decided; the caller hears that we are still there."""


@dataclass(frozen=True, slots=True)
class Finish:
    """Nothing is missing: give the call back as done."""


CallRequest = Say | Record | AwaitVerdict | Finish


def next_request(call: Call) -> CallRequest:
    """Return the first fact that is still missing, as something to do on the caller's line."""
    if not call.is_greeted:
        return Say(("greeting", "recording-notice"), Greeted())
    if call.message is None:
        return Record(call.limits)
    if call.phase is CallPhase.HEARING:
        return AwaitVerdict()
    if not call.is_told:
        rings = call.verdict is None or call.verdict.rings
        return Say(("confirm-ring" if rings else "confirm-office", "goodbye"), Told())
    return Finish()
