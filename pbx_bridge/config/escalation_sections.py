"""The sections that say who is rung for which case, how long and how often; see `sections`."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from pbx_bridge.config.values import ShortName

Rounds = Annotated[int, Field(ge=1, le=10)]
RingTimeout = Annotated[int, Field(ge=5, le=60)]
RoundPause = Annotated[int, Field(ge=0, le=600)]
AnswerLimit = Annotated[int, Field(ge=20, le=300)]
ListenAlone = Annotated[int, Field(ge=0, le=300)]
LineRetry = Annotated[int, Field(ge=1, le=60)]
Ceiling = Annotated[int, Field(ge=1, le=1440)]
BusyFor = Annotated[int, Field(ge=0, le=720)]
RemindAfter = Annotated[int, Field(ge=1, le=1440)]
Overlap = Annotated[int, Field(ge=1, le=60)]
SomeNames = Annotated[tuple[str, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationConfig:
    """
    How long and how often is rung, for every policy that does not say otherwise.

    Who is rung is said by the [[policy]] that fits; every other case rings layer after layer of
    those on call, and without any [[rotation]] the order below.
    """

    order: tuple[str, ...] = ()
    """Short names of technicians, first one first; without it all, as they stand in the file."""
    rounds: Rounds = 2
    """How often all steps are gone through before the fallback."""
    ring_timeout_s: RingTimeout = 22
    """Seconds a mobile rings; keep it below the carrier's mailbox, often 25 to 30."""
    round_pause_s: RoundPause = 15
    """Seconds between two rounds."""
    vary_order: bool = True
    """Whether each later round begins with the next one: who was rung first comes last then."""
    answer_limit_s: AnswerLimit = 75
    """
    Seconds somebody who picked up and presses nothing is kept on the phone, the message not
    counted; the next one is rung beside him.
    """
    listen_alone_s: ListenAlone = 0
    """
    Seconds somebody who picked up has the case for himself before the next one is rung beside
    him, at most the answer limit. The next one is not rung before the ring timeout is over, unless
    the step has an overlap, and with 0 that is all: a mailbox costs its ring timeout.
    """
    line_retry_s: LineRetry = 5
    """Seconds until a ring that could not be placed, or had nobody free, is tried again."""
    ceiling_min: Ceiling = 240
    """Minutes after which an escalation is over, whatever happens."""
    last_resort: str | None = None
    """Short name of who is rung once after the last round, even when absent; mostly the owner."""
    busy_for_min: BusyFor = 45
    """Minutes for which somebody who took a case is rung last for other cases."""
    remind_after_min: RemindAfter | None = None
    """Minutes a case may be accepted and not done before its owner is rung; without it for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepConfig:
    """One position of a policy; one [[policy.step]] each, in the order in which they are rung."""

    who: SomeNames
    """Short names of technicians, and layers with an @: "@primary" is whoever is on call in it."""
    together: bool = False
    """Whether all of them are rung at the same moment instead of one after the other."""
    ring_timeout_s: RingTimeout | None = None
    """Seconds their mobiles ring, instead of the policy's."""
    overlap_s: Overlap | None = None
    """Seconds after which the next is rung although this one still rings; without it never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyConfig:
    """
    Who is rung for some cases, and how; one [[policy]] each, the first that fits counts.

    Below each stands one [[policy.step]] for each position. What is not said here is as in
    [escalation]. A case that no policy fits rings as if there were none.
    """

    name: ShortName
    """Short name, a-z, 0-9 and -; the log and who-is-rung use it."""
    steps: Annotated[tuple[StepConfig, ...], Field(alias="step", min_length=1)]
    """Its [[policy.step]] tables."""
    urgency: SomeNames = ()
    """Urgencies it is for: emergency, urgent (with what was not understood); without it both."""
    category: SomeNames = ()
    """
    Categories it is for; without it all: water, heating, gas, electricity, lock, drain, roof,
    refrigeration, lift, pv, office, other.
    """
    window: SomeNames = ()
    """Names of duty windows it is for; without it at any time."""
    rounds: Rounds | None = None
    """As in [escalation]."""
    ring_timeout_s: RingTimeout | None = None
    """As in [escalation]."""
    round_pause_s: RoundPause | None = None
    """As in [escalation]."""
    vary_order: bool | None = None
    """As in [escalation]."""
    answer_limit_s: AnswerLimit | None = None
    """As in [escalation]."""
    listen_alone_s: ListenAlone | None = None
    """As in [escalation]."""
    line_retry_s: LineRetry | None = None
    """As in [escalation]."""
    ceiling_min: Ceiling | None = None
    """As in [escalation]."""
    last_resort: str | None = None
    """As in [escalation]."""
    busy_for_min: BusyFor | None = None
    """As in [escalation]."""
    remind_after_min: RemindAfter | None = None
    """As in [escalation]."""
