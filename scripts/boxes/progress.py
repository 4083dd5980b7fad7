"""What is known about a call that is going on."""

import threading
import time
from pathlib import Path

from boxes import tones
from boxes.ami import Event
from boxes.faults import BoxError
from boxes.report import CallReport
from boxes.spec import CallSpec

STAGES = ("invited", "answered", "beep", "speaking", "spoken", "ended")


class Progress:
    """The stages a call went through; written by one thread, read and awaited by others."""

    def __init__(self, call_id: str) -> None:
        self.call_id = call_id
        self.channel = ""
        self.beep_ended_s: float | None = None
        self.digits = ""
        self.timed_out = False
        self._times: dict[str, float] = {}
        self._is_over = False
        self._hung_up_by = "caller"
        self._cause = 0
        self._cause_text = ""
        self._changed = threading.Condition()

    def reached(self, stage: str) -> float | None:
        """Return when the call reached *stage* (seconds since 1970), `None` when it did not."""
        return self._times.get(stage)

    def reach(self, stage: str, at: float) -> None:
        """Note that *stage* was reached; the first time counts."""
        with self._changed:
            self._times.setdefault(stage, at)
            self._changed.notify_all()

    def close(self) -> None:
        """Tell all who wait that nothing more will come."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()

    def wait_for(self, stage: str, timeout_s: float) -> float:
        """Return when *stage* was reached; raise `BoxError` if it is not, or not in time."""
        if stage not in STAGES:
            raise BoxError(f"{stage!r} is not one of {', '.join(STAGES)}")
        with self._changed:
            self._changed.wait_for(lambda: stage in self._times or self._is_over, timeout_s)
            if stage in self._times:
                return self._times[stage]
        came = ", ".join(self._times) or "nothing"
        raise BoxError(f"{self.call_id} did not reach {stage!r} within {timeout_s} s, only {came}")

    def take(self, event: Event) -> None:
        """Learn from an AMI event of this call's channel."""
        at = float(event["Timestamp"])
        match event.get("Event"):
            case "Newchannel":
                self.channel = event["Channel"]
            case "DialBegin":
                self.reach("invited", at)
            case "Newstate" if event.get("ChannelStateDesc") == "Up":
                self.reach("answered", at)
            case "UserEvent" if event.get("What") in STAGES:
                self.reach(event["What"], at)
            case "HangupRequest":
                self._hung_up_by = "far"
            case "Hangup":
                self._cause = int(event.get("Cause", 0))
                self._cause_text = event.get("Cause-txt", "")
                self.reach("ended", at)

    def report(self, spec: CallSpec, heard: Path) -> CallReport:
        """Return the facts of the finished call; *heard* is what the caller heard, if answered."""
        ended_at = self._times.get("ended", time.time())
        invited_at = self._times.get("invited", ended_at)
        answered_at = self.reached("answered")
        recorded = tones.wait_finished(heard) if answered_at is not None else None
        samples = tones.samples_of(recorded) if recorded is not None else None
        return CallReport(
            call_id=self.call_id,
            to=spec.to,
            caller=spec.hostile_from or spec.number,
            invited_at=invited_at,
            answered_at=answered_at,
            answered_after_s=_between(invited_at, answered_at),
            heard=str(recorded) if recorded is not None else None,
            heard_duration_s=len(samples) / tones.RATE_HZ if samples is not None else None,
            first_sound_s=tones.first_sound_s(samples) if samples is not None else None,
            beep_ended_s=self.beep_ended_s,
            speech_started_at=self.reached("speaking"),
            speech_started_s=_between(answered_at, self.reached("speaking")),
            speech_ended_at=self.reached("spoken"),
            speech_ended_s=_between(answered_at, self.reached("spoken")),
            digits=self.digits,
            ended_at=ended_at,
            duration_s=round(ended_at - (answered_at or invited_at), 3),
            hung_up_by=self._hung_up_by,
            timed_out=self.timed_out,
            cause=self._cause,
            cause_text=self._cause_text,
        )


def _between(start: float | None, end: float | None) -> float | None:
    return round(end - start, 3) if start is not None and end is not None else None
