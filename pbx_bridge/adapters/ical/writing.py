"""Writes shifts as an iCalendar file, for a person's own calendar or for the office."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import icalendar

from pbx_bridge import __version__
from pbx_bridge.adapters.ical.reading import LAYER
from pbx_bridge.core.calendar import Shift


def calendar_file(shifts: Sequence[Shift], *, name: str, now: datetime) -> bytes:
    """
    Return the file for *shifts*; the same shift has the same UID in every export.

    Args:
        shifts: each becomes one event; times are UTC, which every calendar shows as local.
        name: what the calendar is called.
        now: when it was made.
    """
    calendar = icalendar.Calendar()
    calendar.add("PRODID", f"-//pbx-bridge {__version__}//on call//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("X-WR-CALNAME", name)
    for shift in shifts:
        event = icalendar.Event()
        event.add("UID", _uid(shift))
        event.add("DTSTAMP", now)
        event.add("DTSTART", shift.start)
        event.add("DTEND", shift.end)
        event.add("SUMMARY", f"{shift.technician} ({shift.layer})")
        event.add("TRANSP", "TRANSPARENT")  # being on call is no appointment
        event.add(LAYER, shift.layer)
        calendar.add_component(event)
    data: bytes = calendar.to_ical()
    return data


def _uid(shift: Shift) -> str:
    whole = f"{shift.layer} {shift.technician} {shift.start.isoformat()}"
    return f"{hashlib.sha256(whole.encode()).hexdigest()[:32]}@pbx-bridge"
