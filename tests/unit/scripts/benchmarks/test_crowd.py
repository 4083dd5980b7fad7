"""What each of many callers must get."""

import pytest
from benchmarks.crowd import Guest
from boxes import CallReport


def report(*, is_answered: bool = True) -> CallReport:
    """Return what a caller saw."""
    at = 1.0 if is_answered else None
    return CallReport(
        call_id="call-1",
        to="1",
        caller="2",
        invited_at=0.0,
        answered_at=at,
        answered_after_s=at,
        heard=None,
        heard_duration_s=None,
        first_sound_s=None,
        beep_ended_s=None,
        speech_started_at=None,
        speech_started_s=None,
        speech_ended_at=None,
        speech_ended_s=None,
        digits="",
        ended_at=9.0,
        duration_s=8.0,
        hung_up_by="caller",
        timed_out=False,
        cause=16,
        cause_text="",
    )


@pytest.mark.parametrize(
    ("is_answered", "missing"), [(False, "not answered"), (True, "recorded 0.0 s of 5.0 s")]
)
def test_what_is_missing_is_said(is_answered: bool, missing: str) -> None:
    """A caller without a case was not recorded, as far as anybody knows."""
    guest = Guest(
        report=report(is_answered=is_answered), file=None, moments={}, known_s=(), waits_s=()
    )

    assert guest.missing(5.0) == missing
    assert not guest.was_live
