"""What people may want to hear of: facts, before anybody decides who hears which of them."""

from dataclasses import dataclass, replace
from datetime import datetime

from pbx_bridge.core.escalation_events import FallbackReason, Topic
from pbx_bridge.core.phone_check import PhoneCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """A case as it stood at a turn."""

    case_id: str
    arrived_at: datetime
    urgency: str
    category: str
    message_s: float | None
    """Seconds; `None`: he still speaks."""
    recording: str
    technician: str | None = None
    """Who accepted it, is done with it, or did not answer the reminder."""
    reason: FallbackReason | None = None
    """Why nobody accepted it; only of `exhausted` and `line-down`."""
    caller_number: str | None = None
    """Personal; `None`: withheld, or not for this addressee."""
    transcript: str | None = None
    """Personal; `None`: nothing understood, or not for this addressee."""

    @property
    def is_speaking(self) -> bool:
        """Whether the caller has not ended his message yet."""
        return self.message_s is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftFacts:
    """A shift that begins."""

    layer: str
    technician: str
    start: datetime
    end: datetime | None
    """`None`: further away than we looked."""
    has_begun: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GapFacts:
    """Time in which a layer has nobody although the office is closed."""

    layer: str
    start: datetime
    end: datetime | None
    """`None`: further away than we looked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One thing that happened, or will; exactly one of the facts, none of a test."""

    key: str
    """Idempotency key: the same news has the same key, also after a restart."""
    topic: Topic
    at: datetime
    """When it was found out, UTC."""
    case: CaseFacts | None = None
    shift: ShiftFacts | None = None
    gap: GapFacts | None = None
    check: PhoneCheck | None = None

    def without(self, *, number: bool, transcript: bool) -> "News":
        """Return the news without what is personal: the number, the words, or both."""
        if self.case is None:
            return self
        kept = replace(
            self.case,
            caller_number=None if number else self.case.caller_number,
            transcript=None if transcript else self.case.transcript,
        )
        return replace(self, case=kept)
