"""Reads iCalendar files: events with their recurrences, and what is broken in the file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import icalendar
import recurring_ical_events

from pbx_bridge.errors import ImportRefused

MAX_BYTES = 4 << 20
"""A year of a firm's plan is some hundred kilobytes."""

MAX_EVENTS = 5000
"""Shifts of a year, a few each day."""

LAYER = "X-PBX-BRIDGE-LAYER"
"""Property of our own exports: which layer an event is for."""

TOO_FAST = frozenset({"SECONDLY", "MINUTELY", "HOURLY"})
"""Nobody is on call for an hour every hour; expanding it could take for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One time that somebody is on call, as the file has it."""

    summary: str
    start: date | datetime
    """A date: all day; without a zone: by somebody's clock."""
    end: date | datetime
    """Not part of it; a date for an event that is all day."""
    is_endless: bool = False
    """One of a series without an end."""
    layer: str | None = None
    """`None`: the file does not say."""


def read_events(data: bytes, start: datetime, end: datetime) -> tuple[list[Event], list[str]]:
    """
    Return the events that touch *start* to *end*, and what is broken.

    Cancelled events are left out, recurrences are expanded with their exceptions.

    Raises:
        ImportRefused: it is no calendar file, or far too big.
    """
    if len(data) > MAX_BYTES:
        raise ImportRefused(f"{len(data)} bytes are more than a plan has; at most {MAX_BYTES}")
    try:
        calendar: Any = icalendar.Calendar.from_ical(data)
    except ValueError as exc:
        reason = str(exc).splitlines()[0][:120]
        raise ImportRefused(f"is no iCalendar file ({reason}); export it as .ics") from exc
    found = list(_broken(calendar))
    if found:
        return [], found
    try:
        components = recurring_ical_events.of(calendar, skip_bad_series=False).between(start, end)
    except (ValueError, LookupError, TypeError, OverflowError) as exc:
        return [], [f"a recurrence cannot be understood ({exc}); enter its dates one by one"]
    if len(components) > MAX_EVENTS:
        raise ImportRefused(f"{len(components)} events are more than a plan has; is a rule wrong?")
    endless = {str(event.get("UID")) for event in calendar.walk("VEVENT") if _is_endless(event)}
    events = [_event(each, endless) for each in components if each.get("STATUS") != "CANCELLED"]
    return sorted(events, key=lambda event: str(event.start)), []


def _broken(calendar: icalendar.Calendar) -> Iterator[str]:
    """Yield what is wrong with each event of the file."""
    events: list[Any] = calendar.walk("VEVENT")
    if not events:
        yield "there are no events in the file"
    for event in events:
        about = repr(str(event.get("SUMMARY", "an event without a name")))
        for name, problem in event.errors:
            yield f"{about}: {name} cannot be read ({problem})"
        if event.errors:
            continue
        if "DTSTART" not in event:
            yield f"{about}: has no start"
        elif "DTEND" in event and _naive(event["DTEND"].dt) < _naive(event["DTSTART"].dt):
            yield f"{about} on {event['DTSTART'].dt:%Y-%m-%d}: ends before it begins"
        if _frequencies(event) & TOO_FAST:
            yield f"{about}: repeats more than daily; enter whole shifts"
        if any(step < 1 for rule in _rules(event) for step in rule.get("INTERVAL", [])):
            # The library would look for the next date for ever.
            yield f"{about}: repeats with an interval below 1; enter its dates one by one"


def _naive(value: date | datetime) -> str:
    """Return a date or time in a form in which all of them compare."""
    return value.isoformat()[:19]


def _rules(event: Any) -> list[Any]:
    rules = event.get("RRULE", [])
    return rules if isinstance(rules, list) else [rules]


def _frequencies(event: Any) -> set[str]:
    return {str(each).upper() for rule in _rules(event) for each in rule.get("FREQ", [])}


def _is_endless(event: Any) -> bool:
    return any("COUNT" not in rule and "UNTIL" not in rule for rule in _rules(event))


def _event(component: Any, endless: set[str]) -> Event:
    start, end = component["DTSTART"].dt, component.get("DTEND")
    if end is not None:
        end = end.dt
    else:
        length = component["DURATION"].dt if "DURATION" in component else None
        end = start + (length or timedelta(days=not isinstance(start, datetime)))
    return Event(
        summary=str(component.get("SUMMARY", "")),
        start=start,
        end=end,
        is_endless=str(component.get("UID")) in endless,
        layer=str(component[LAYER]) if LAYER in component else None,
    )
