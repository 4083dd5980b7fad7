"""What can happen to an escalation, and what an escalation can want."""

from dataclasses import dataclass
from enum import StrEnum

from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.lineup import ALONE, Others
from pbx_bridge.core.policy import Policy


class FallbackReason(StrEnum):
    """Why a human must be told by another way than a ring."""

    NOBODY_ACCEPTED = "nobody-accepted"
    NOBODY_TO_RING = "nobody-to-ring"
    LINE_DOWN = "line-down"
    """Asterisk cannot be asked to ring, or nobody could be reached through the trunk; we keep
    trying, and say so once."""


class Topic(StrEnum):
    """Turns that people may want to hear of; docs/notifications.md explains each."""

    NEW_CASE = "new-case"
    ACCEPTED = "accepted"
    RESUMED = "resumed"
    """It was accepted and not done in time, and its owner did not answer."""
    DONE = "done"
    REOPENED = "reopened"
    """A human wants it to ring again."""
    CONTESTED = "contested"
    """A second one was told that the case is his, or one whose case is over already."""
    EXHAUSTED = "exhausted"
    """Nobody accepted a case, or nobody was there to ring."""
    LINE_DOWN = "line-down"
    GAP_AHEAD = "gap-ahead"
    """A layer will have nobody, or has nobody, although the office is closed."""
    SHIFT_BEGINS = "shift-begins"
    """A day before, and when it begins."""
    SHIFT_WITHDRAWN = "shift-withdrawn"
    """It was told a day before, and somebody else has it now."""
    PHONE_CHECK = "phone-check"
    """A shift began, and the mobile of whose it is did not pass its check."""
    TEST = "test"
    """Asked for on the command line; nobody can choose it."""


@dataclass(frozen=True, slots=True)
class RingPlaced:
    """Asterisk took the order to ring; the ring timeout runs from now."""

    attempt: int
    others: Others = ALONE


@dataclass(frozen=True, slots=True)
class RingNotPlaced:
    """Asterisk could not be asked: its link is down."""

    attempt: int
    others: Others = ALONE


@dataclass(frozen=True, slots=True)
class RingHeld:
    """Not ordered on purpose: the dialplan's own fallback rings for this call just now."""

    attempt: int
    others: Others = ALONE


@dataclass(frozen=True, slots=True)
class MobileBusy:
    """Not ordered on purpose: a look shows that his mobile is on another leg of ours."""

    attempt: int
    others: Others = ALONE


@dataclass(frozen=True, slots=True)
class RingAnswered:
    """Somebody, or a mailbox, picked up."""

    attempt: int
    others: Others = ALONE


@dataclass(frozen=True, slots=True)
class RingEnded:
    """An attempt is over; `acknowledged` and `declined` are key presses."""

    attempt: int
    outcome: RingOutcome
    others: Others = ALONE


@dataclass(frozen=True, slots=True)
class RingTakenOver:
    """A more urgent case needs this technician, and he has not answered yet."""

    attempt: int
    others: Others = ALONE


@dataclass(frozen=True, slots=True)
class PersonFree:
    """Somebody's mobile does not ring for another case any more."""

    others: Others = ALONE


@dataclass(frozen=True, slots=True)
class TakenElsewhere:
    """A technician pressed 1 in the dialplan's own screening; nobody told him of an owner."""

    technician: str
    others: Others = ALONE
    mark: str = ""
    """What AstDB holds of it, without the token: each counts once."""
    number: str | None = None
    """Where he is rung; `None`: nobody we know, and in events of earlier releases."""


@dataclass(frozen=True, slots=True)
class TakenByHand:
    """A human typed who has the case: a technician, or the office."""

    by: str
    others: Others = ALONE
    number: str | None = None
    """Where he is rung; `None`: of the office, and in events of earlier releases."""


@dataclass(frozen=True, slots=True)
class CaseReopened:
    """A human says that a case that is over rings again."""

    by: str
    policy: Policy | None = None
    """Who is rung now; `None`: whoever was to be rung then, as older journals have it."""
    others: Others = ALONE


@dataclass(frozen=True, slots=True)
class CaseDone:
    """A human says that nothing is left to do."""

    by: str
    others: Others = ALONE


@dataclass(frozen=True, slots=True)
class EscalationTimer:
    """`wake_at` has come."""

    others: Others = ALONE


EscalationEvent = (
    RingPlaced
    | RingNotPlaced
    | RingHeld
    | MobileBusy
    | RingAnswered
    | RingEnded
    | RingTakenOver
    | PersonFree
    | TakenElsewhere
    | TakenByHand
    | CaseReopened
    | CaseDone
    | EscalationTimer
)
"""Each carries what the other cases do at that moment, so that the journal can be folded."""


@dataclass(frozen=True, slots=True)
class Ring:
    """Let a mobile ring; success is a key press, never an answer."""

    attempt: int
    technician: str
    number: str
    timeout_s: float


@dataclass(frozen=True, slots=True)
class CancelRing:
    """Stop a phone, ringing or talking."""

    attempt: int
    taken_by: str | None = None
    """Who has the case: whoever picked up hears that instead of being cut off."""


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Ask a less urgent case for a technician who has not answered it yet."""

    case_id: str
    attempt: int


@dataclass(frozen=True, slots=True)
class MarkTaken:
    """Tell the dialplan whose the case is: it has nobody to ring any more."""

    technician: str | None
    """`None`: it is everybody's again, so that the next key 1 counts."""


@dataclass(frozen=True, slots=True)
class Fallback:
    """Tell a human by another way: mail, webhook."""

    reason: FallbackReason


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell whoever wants to hear of such a turn; nobody waits for it."""

    topic: Topic
    technician: str | None = None


EscalationEffect = Ring | CancelRing | TakeOver | MarkTaken | Fallback | Tell
