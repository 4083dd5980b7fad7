"""The stages of a call, and what is reported in the end."""

from pathlib import Path

import pytest
from boxes.faults import BoxError
from boxes.progress import Progress
from boxes.report import CallReport
from boxes.spec import CallSpec

NOWHERE = Path("/nonexistent.wav")


def report(*events: dict[str, str]) -> CallReport:
    """Return the report of a call to which *events* happened, one each second from 100 on."""
    progress = Progress("call-1")
    for n, event in enumerate(events):
        progress.take({"Timestamp": f"{100 + n}.0", **event})
    return progress.report(CallSpec(to="1", number="2"), NOWHERE)


def test_a_busy_number() -> None:
    """Nobody answered, nothing was heard; the far end says why."""
    facts = report(
        {"Event": "DialBegin"},
        {"Event": "HangupRequest"},
        {"Event": "Hangup", "Cause": "17", "Cause-txt": "User busy"},
    )

    assert (facts.is_answered, facts.heard, facts.duration_s) == (False, None, 2.0)
    assert (facts.hung_up_by, facts.cause, facts.cause_text) == ("far", 17, "User busy")


def test_who_did_not_ask_hung_up_himself() -> None:
    """Without a request from the far end the caller ended the call."""
    facts = report({"Event": "DialBegin"}, {"Event": "Hangup", "Cause": "16"})

    assert facts.hung_up_by == "caller"


def test_the_first_time_counts() -> None:
    """A caller may speak twice; his first word is the start."""
    progress = Progress("call-1")
    for at in ("100.0", "200.0"):
        progress.take({"Event": "UserEvent", "What": "speaking", "Timestamp": at})

    assert progress.reached("speaking") == 100.0


def test_waiting_ends_with_the_call() -> None:
    """Who waits for an answer that cannot come any more is told at once."""
    progress = Progress("call-1")
    progress.reach("invited", 100.0)
    progress.close()

    with pytest.raises(BoxError, match=r"'answered' .*only invited"):
        progress.wait_for("answered", timeout_s=60)


def test_waiting_for_what_does_not_exist() -> None:
    """A misspelt stage is a mistake of the test, not a timeout."""
    with pytest.raises(BoxError, match="'anwsered' is not one of"):
        Progress("call-1").wait_for("anwsered", timeout_s=60)
