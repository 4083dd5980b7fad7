"""Waiting for what happens on the line, and ending it."""

import contextlib
import time

from boxes import BoxError
from stage import Stage, StageError

from pbx_bridge.adapters.store.reading import CaseSummary

LIMIT_S = 30.0
"""Longest wait for anything that must come."""
POLL_S = 0.02


def quiet(stage: Stage) -> float:
    """Wait until nobody is on the line any more; return that moment (milliseconds since 1970)."""
    deadline = time.monotonic() + LIMIT_S
    while not stage.box.cli("pstn", "core show channels count").startswith("0 active channels"):
        if time.monotonic() > deadline:
            raise BoxError(f"the call before this one did not end within {LIMIT_S:g} s")
        time.sleep(POLL_S)
    return time.time() * 1000


def acknowledged(stage: Stage, since: float) -> CaseSummary:
    """Wait until the newest case has its owner; raise `StageError` when it gets none."""
    deadline = time.monotonic() + LIMIT_S
    while True:
        new = [case for case in stage.cases() if case.opened_at.timestamp() >= since]
        if new and new[-1].owner is not None:
            return new[-1]
        if time.monotonic() > deadline:
            raise StageError(f"no owner within {LIMIT_S:g} s after the ring; cases: {new}")
        time.sleep(POLL_S)


def take_leg_down(stage: Stage, since: float) -> None:
    """End the leg of the technician who pressed a key."""
    event = stage.box.wait_mobile_event("digit", since_ms=since * 1000)
    with stage.box.ami("pstn") as ami, contextlib.suppress(BoxError):  # it ended by itself
        ami.action("Hangup", {"Channel": event.channel_id, "Cause": "16"})
    stage.box.wait_mobile_event("hungup", since_ms=since * 1000)
