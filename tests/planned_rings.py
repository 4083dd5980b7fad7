"""What ``who-is-rung`` says and what the box really rang, at whatever time it is there."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from after_hours import AfterHours, people
from stage.shifted import set_clock

from pbx_bridge.adapters.store.reading import CasePhase

ZONE = ZoneInfo("Europe/Berlin")

MOBILES = ("101",) * 6
"""They ring and are not answered: so the plan says."""

FIRM = """
[hours]
monday = ["08:30-17:00"]
tuesday = ["08:00-17:00"]
wednesday = ["08:00-17:00"]
thursday = ["08:00-17:00"]
friday = ["08:00-13:00"]

[[duty_window]]
name = "monday-morning"
days = ["monday"]
times = ["07:30-08:30"]

[[duty_window]]
name = "evening"
days = ["monday", "tuesday", "wednesday", "thursday", "friday"]
times = ["17:00-08:00"]

[[duty_window]]
name = "saturday"
days = ["saturday"]
times = ["00:00-24:00"]

[[duty_window]]
name = "sunday-and-holiday"
days = ["sunday", "holiday"]
times = ["00:00-24:00"]

[[rotation]]
layer = "primary"
order = ["t1", "t2", "t3"]
starts_on = 2035-01-01
handoff_day = "monday"
handoff_time = "08:00"
shift_weeks = 1

[[rotation]]
layer = "backup"
order = ["t4", "t5"]
starts_on = 2035-01-01
handoff_time = "02:30"
shift_days = 1

[[policy]]
name = "flood"
urgency = ["emergency"]
category = ["water"]
last_resort = "t6"

[[policy.step]]
who = ["@primary", "@backup"]
together = true

[[policy]]
name = "handoff"
window = ["monday-morning"]
rounds = 2
round_pause_s = 0

[[policy.step]]
who = ["@primary"]
ring_timeout_s = 6

[[policy]]
name = "evening"
urgency = ["urgent"]
window = ["evening"]
rounds = 2

[[policy.step]]
who = ["@primary"]
overlap_s = 2

[[policy.step]]
who = ["@backup"]
ring_timeout_s = 6

[[policy]]
name = "saturday"
window = ["saturday"]

[[policy.step]]
who = ["@primary", "@backup"]
together = true
ring_timeout_s = 6

[[policy]]
name = "sunday"
window = ["sunday-and-holiday"]

[[policy.step]]
who = ["@backup"]
ring_timeout_s = 6
overlap_s = 2

[[policy.step]]
who = ["@primary"]
"""
"""Two layers that hand off at different times, and a policy for nearly every time of the week.

The years are far ahead: commands refuse overrides of the past.
"""

LATE_S = 0.5
"""
The next ring begins when Asterisk has told the end of the one before, and the case is committed:
some tens of milliseconds, on a machine under load some hundreds. It adds up, ring by ring.
"""

EARLY_S = 0.1
"""The carrier sees the first INVITE a moment after the case began, and the others from then on."""

STARTS_WITHIN = timedelta(seconds=30)
"""A case begins so soon after its call at most."""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A time, what was decided for it, and who must be rung then."""

    at: str
    """As somebody asks for it, and what the clock of the service says when the call comes."""
    policy: str
    rung: tuple[str, ...]
    """Who rings, in order; those who ring together are joined by ``+``. Worked out by hand."""
    say: str = ""
    """What the caller says; silence is not understood, and counts as urgent."""
    decided: tuple[tuple[str, ...], ...] = ()
    """Commands of ``oncall`` before."""


@dataclass(frozen=True, kw_only=True)
class Rang:
    """One ring as the carrier saw it, or as it was planned."""

    number: str
    after_s: float
    """Since the first ring."""
    timeout_s: float


def begin(night: AfterHours) -> None:
    """Start the service of the firm, at the first of the times."""
    night.begin(*MOBILES, service=False, firm='country = "DE"\nregion = "BY"', extra=FIRM)
    _set(night, datetime(2035, 2, 1, tzinfo=ZONE))
    night.stage.start_service(shift=night.stage.folder / "shift")


def agree(night: AfterHours, moment: Moment) -> None:
    """Let a call come at a moment; what rings is what `who-is-rung` says, and what was meant."""
    at = _asked(night, moment.at)
    _set(night, at)
    for command in moment.decided:
        night.stage.bridge("oncall", *command)
    night.forget_rings()
    _set(night, at)
    call = night.call(moment.say, hangup_when_spoken=True) if moment.say else night.call_and_leave()
    night.case(call, CasePhase.EXHAUSTED, limit_s=60)
    (began,) = (r.at for r in night.file(call).journal if r.trigger == "EscalationOpened")
    heard = night.file(call).call
    assert heard is not None
    assert heard.verdict is not None
    plan = _plan(night, moment.at, heard.verdict.urgency.value, heard.verdict.category)
    planned = _planned(plan)
    sizes = [len(list(group)) for _, group in groupby(planned, key=lambda ring: ring.after_s)]
    rang = _rang(night)

    assert timedelta() <= began - at < STARTS_WITHIN
    assert (plan["policy"], _names(planned, sizes)) == (moment.policy, moment.rung)
    assert _names(rang, sizes) == moment.rung
    for place, (ring, wanted) in enumerate(zip(rang, planned, strict=True), start=1):
        assert -EARLY_S < ring.after_s - wanted.after_s < LATE_S * place
        assert -EARLY_S < ring.timeout_s - wanted.timeout_s < LATE_S


def _names(rings: list[Rang], sizes: list[int]) -> tuple[str, ...]:
    """Return who rings, in groups of these sizes."""
    name_of = {number: name for name, number in people(*MOBILES)}
    left, found = [name_of[ring.number] for ring in rings], []
    for size in (*sizes, len(rings)):
        if left:
            found.append("+".join(sorted(left[:size])))
        left = left[size:]
    return tuple(found)


def _set(night: AfterHours, at: datetime) -> None:
    set_clock(night.stage.folder / "shift", at)


def _plan(night: AfterHours, at: str, urgency: str, category: str) -> dict[str, Any]:
    words = ("--at", at, "--urgency", urgency, "--category", category, "--json")
    return json.loads(night.stage.bridge("who-is-rung", *words))


def _asked(night: AfterHours, at: str) -> datetime:
    """Return the instant that `who-is-rung` understands."""
    return datetime.fromisoformat(_plan(night, at, "urgent", "other")["at"])


def _planned(plan: dict[str, Any]) -> list[Rang]:
    times = [datetime.fromisoformat(ring["at"]) for ring in plan["rings"]]
    return [
        Rang(
            number=ring["number"],
            after_s=(at - times[0]).total_seconds(),
            timeout_s=ring["timeout_s"],
        )
        for at, ring in zip(times, plan["rings"], strict=True)
    ]


def _rang(night: AfterHours) -> list[Rang]:
    """Return what the carrier saw, in order; those who rang together differ by milliseconds."""
    told = night.box.mobile_events(night.since_ms)
    began = {event.channel_id: event for event in told if event.what == "invite"}
    ended = {event.channel_id: event.at_ms for event in told if event.what == "hungup"}
    first_ms = min(event.at_ms for event in began.values())
    return [
        Rang(
            number=event.number,
            after_s=(event.at_ms - first_ms) / 1000,
            timeout_s=(ended[event.channel_id] - event.at_ms) / 1000,
        )
        for event in sorted(began.values(), key=lambda event: event.at_ms)
    ]
