"""What became of one call, as its caller saw it."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CallReport:
    """
    The facts of one call.

    `..._at` is seconds since 1970, `..._s` is seconds after the answer unless it says otherwise;
    `None` means that it did not happen.
    """

    call_id: str
    to: str
    caller: str
    invited_at: float
    answered_at: float | None
    answered_after_s: float | None
    """Seconds from the INVITE to the answer."""
    heard: str | None
    """Recording (wav, 8 kHz) of what the caller heard, from the answer on; `None`: nothing."""
    heard_duration_s: float | None
    first_sound_s: float | None
    beep_ended_s: float | None
    speech_started_at: float | None
    speech_started_s: float | None
    speech_ended_at: float | None
    """`None` when he was cut off, or never spoke."""
    speech_ended_s: float | None
    digits: str
    """The keys that he pressed."""
    ended_at: float
    duration_s: float
    """From the answer, else from the INVITE, to the end."""
    hung_up_by: str
    """`caller` or `far`."""
    timed_out: bool
    """Whether the caller gave up because his time was over."""
    cause: int
    """Q.850: 16 normal, 17 busy, 1 unknown number, 19 no answer, 21 rejected, ..."""
    cause_text: str

    @property
    def is_answered(self) -> bool:
        """Whether anybody picked up."""
        return self.answered_at is not None

    def to_json(self) -> str:
        """Return all facts as one JSON object."""
        return json.dumps(asdict(self), ensure_ascii=False)
