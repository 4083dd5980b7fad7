"""What may happen to an inbound call, and what its machine wants done."""

from dataclasses import dataclass

from pbx_bridge.core.case import MessageEnd, Transcript, Urgency, Verdict
from pbx_bridge.core.case_life import LifeEffect, LifeEvent


@dataclass(frozen=True, slots=True)
class SessionOpened:
    """Asterisk gave the caller's line into our hands, for the first time or again."""

    message_s: float = 0.0
    """Audio that is there already, from before our daemon died; 0 for a new call."""


@dataclass(frozen=True, slots=True)
class Greeted:
    """The caller heard the greeting and the recording notice to their end."""


@dataclass(frozen=True, slots=True)
class MessageEnded:
    """The recording is whole."""

    end: MessageEnd
    message_s: float


@dataclass(frozen=True, slots=True)
class HeardCertain:
    """The words so far are a certain emergency; the caller may still speak."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Judged:
    """The transcript is whole and the rules have spoken."""

    verdict: Verdict
    transcript: Transcript


@dataclass(frozen=True, slots=True)
class Told:
    """The caller heard what happens next."""


@dataclass(frozen=True, slots=True)
class CallerLeft:
    """The caller is not on the line any more."""

    message_s: float = 0.0
    end: MessageEnd = MessageEnd.HANGUP
    """`interrupted` when nobody knows whether he had finished."""


@dataclass(frozen=True, slots=True)
class SessionLost:
    """Asterisk took the call out of our hands; nobody knows yet where it went."""


@dataclass(frozen=True, slots=True)
class CallAlive:
    """Somebody looked: the caller is still on the line."""


@dataclass(frozen=True, slots=True)
class DialplanHas:
    """The dialplan's own fallback serves the caller or rings for him."""


@dataclass(frozen=True, slots=True)
class DialplanEnded:
    """The fallback is over; *technician* took the case, `None` when nobody did."""

    technician: str | None
    message_s: float = 0.0


@dataclass(frozen=True, slots=True)
class CallTimer:
    """`wake_at` has come."""


CallEvent = (
    SessionOpened
    | Greeted
    | MessageEnded
    | HeardCertain
    | Judged
    | Told
    | CallerLeft
    | SessionLost
    | CallAlive
    | DialplanHas
    | DialplanEnded
    | CallTimer
    | LifeEvent
)


@dataclass(frozen=True, slots=True)
class Transcribe:
    """The audio is whole: get its transcript and the verdict."""


@dataclass(frozen=True, slots=True)
class Escalate:
    """Ring the technicians."""

    urgency: Urgency
    category: str


@dataclass(frozen=True, slots=True)
class AdoptOwner:
    """A technician took the case in the dialplan's own screening: nobody is rung."""

    technician: str


@dataclass(frozen=True, slots=True)
class LookAfterCall:
    """Ask Asterisk where the caller is, and who has him."""


CallEffect = Transcribe | Escalate | AdoptOwner | LookAfterCall | LifeEffect
