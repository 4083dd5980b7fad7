"""When things happened in one call: put together from carrier, journal and log, one clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from boxes import CarrierEvent
from boxes.ami import Event

from pbx_bridge.adapters.store.journal import JournalRow

ACCEPT = "1"
PBX_EVENTS = {"HangupRequest", "DTMFEnd"}
"""What is listened to at our PBX."""

Moments = Mapping[str, float]
"""Seconds since 1970 by name; what did not happen is missing."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time between two moments."""

    start: str
    end: str
    text: str


_RULES = "the recogniser hands over the rest, rules"
_COMMIT = "commit of the verdict, did anybody take it? (AMI)"
_RING = "commit, live channels? (AMI), Originate, INVITE"

FROM_HANGUP = (
    Span("hung_up", "bye_arrived", "BYE reaches our PBX"),
    Span("bye_arrived", "session_over", "our AGI session learns of it"),
    Span("bye_arrived", "claimed", "the hang-up handler's claim reaches our AGI"),
    Span("claimed", "left", "the claim is understood"),
    Span("left", "judged", _RULES),
    Span("judged", "escalated", _COMMIT),
    Span("escalated", "invited", _RING),
)
"""What happens after the caller hung up; the second stretch lies within the third."""

FROM_SILENCE = (
    Span("ended_speaking", "ended", "silence, until Asterisk ends the recording"),
    Span("ended", "judged", _RULES),
    Span("judged", "escalated", _COMMIT),
    Span("escalated", "invited", _RING),
)
"""What happens after the caller stopped speaking."""

FROM_KEY = (
    Span("ended_speaking", "key_arrived", "the key's own tone"),
    Span("key_arrived", "ended", "Asterisk ends the recording"),
    *FROM_SILENCE[1:],
)
"""What happens after the caller pressed ``#``."""

_JOURNAL = {
    ("call", "CallerLeft"): "left",
    ("call", "MessageEnded"): "ended",
    ("call", "Judged"): "judged",
    ("escalation", "EscalationOpened"): "escalated",
}
_LOG = {"case.acknowledged": "committed", "call.ended": "session_over"}
_CARRIER = {
    ("caller", "hungup"): "hung_up",
    ("mobile", "invite"): "invited",
    ("mobile", "answered"): "picked_up",
    ("mobile", "digit"): "pressed",
}


def between_ms(moments: Moments, start: str, end: str) -> float | None:
    """Return the milliseconds from *start* to *end*; `None` when one did not happen."""
    if start not in moments or end not in moments:
        return None
    return round((moments[end] - moments[start]) * 1000, 3)


def from_pbx(events: Iterable[Event], call_id: str, digit: str) -> dict[str, float]:
    """Return when the caller's BYE, and when a pressed *digit*, had reached our PBX."""
    found: dict[str, float] = {}
    for event in events:
        at = float(event["Timestamp"])
        match event.get("Event"):
            case "HangupRequest" if event.get("Uniqueid") == call_id:
                found.setdefault("bye_arrived", at)
            case "DTMFEnd" if event.get("Digit") == digit:
                found.setdefault("key_arrived", at)
            case "DTMFEnd" if event.get("Digit") == ACCEPT:
                found.setdefault("accept_arrived", at)
    return found


def from_carrier(events: Iterable[CarrierEvent]) -> dict[str, float]:
    """Return what the carrier saw of one call and of the first ring for it."""
    found: dict[str, float] = {}
    for event in events:
        name = _CARRIER.get((event.who, event.what))
        if name is not None:
            found.setdefault(name, event.at_ms / 1000)
    return found


def from_journal(rows: Iterable[JournalRow]) -> dict[str, float]:
    """Return what the journal says of one case; the time is that of the decision."""
    found: dict[str, float] = {}
    for row in rows:
        name = _JOURNAL.get((row.machine, row.trigger))
        if name is not None:
            found.setdefault(name, row.at.timestamp())
    return found


def from_log(lines: Iterable[Mapping[str, object]], case_id: str, since: float) -> dict[str, float]:
    """Return what the service's log tells of one case; calls come one after another."""
    found: dict[str, float] = {}
    for line in lines:
        at = logged_at(line)
        if at is None or at < since:
            continue
        if line.get("event") == "agi.session_opened" and line.get("script") == "claim":
            found.setdefault("claimed", at)
        name = _LOG.get(str(line.get("event")))
        if name is not None and line.get("case_id") == case_id:
            found.setdefault(name, at)
    return found


def last_logged(lines: Iterable[Mapping[str, object]], event: str, case_id: str) -> float | None:
    """Return when *event* was last logged of one case; `None` when it never was."""
    times = [
        logged_at(line)
        for line in lines
        if line.get("event") == event and line.get("case_id") == case_id
    ]
    return times[-1] if times else None


def logged_at(line: Mapping[str, object]) -> float | None:
    """Return when a line was logged, in seconds since 1970; `None` when it has no time."""
    try:
        return datetime.fromisoformat(str(line.get("timestamp"))).timestamp()
    except ValueError:
        return None


def known_after_s(
    words: Sequence[str], ends: Sequence[float], sightings: Sequence[tuple[float, str]]
) -> list[float | None]:
    """
    Return for each word how long after its end it was first known, `None` when it never was.

    Args:
        words: what was said.
        ends: when each word ended, on the clock of *sightings*.
        sightings: when a text was seen, and the text, in order; a word counts as known from
            the first text that begins with all words up to it.
    """
    lags: list[float | None] = []
    for place, end in enumerate(ends, start=1):
        said = list(words[:place])
        seen = (at for at, text in sightings if text.split()[:place] == said)
        first = next(seen, None)
        lags.append(None if first is None else first - end)
    return lags


def backlog_s(
    heard_at: float, position_s: float, written: Sequence[tuple[float, float]]
) -> float | None:
    """
    Return how long audio had waited when it was heard; `None` when it was not written yet.

    Args:
        heard_at: when words were told that were found in the audio up to *position_s*.
        position_s: how far the recording had been decoded by then.
        written: when each piece was written, and the length of the recording with it.
    """
    arrived = (at for at, length_s in written if length_s >= position_s)
    first = next(arrived, None)
    return None if first is None else heard_at - first


def waits_s(
    ends: Sequence[float], lags: Sequence[float | None], grown: Sequence[float]
) -> list[float | None]:
    """
    Return for each word how long it was there before it was known, `None` when it never was.

    Args:
        ends: when each word ended.
        lags: how long after its end it was known.
        grown: when the live copy grew; a word is there from the first growth after its end.
    """
    waits: list[float | None] = []
    for end, lag in zip(ends, lags, strict=True):
        there = next((at for at in grown if at >= end), None)
        waits.append(None if lag is None or there is None else end + lag - there)
    return waits
