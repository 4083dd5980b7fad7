"""Exports that other calendars take, and that we can read again."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from pbx_bridge.adapters.ical.preview import Reading, preview
from pbx_bridge.adapters.ical.reading import read_events
from pbx_bridge.adapters.ical.writing import calendar_file
from pbx_bridge.core.calendar import Shift

START = datetime(2026, 3, 28, 7, tzinfo=UTC)
DAY = timedelta(days=1)

SHIFTS = [
    Shift(start=START, end=START + DAY, layer="primary", technician="anna"),
    Shift(start=START + DAY, end=START + 2 * DAY, layer="primary", technician="ben"),
    Shift(start=START, end=START + 2 * DAY, layer="backup", technician="ben"),
]


def test_export_of_the_firm_can_be_imported_again() -> None:
    """Layer by layer, over the night on which clocks change."""
    data = calendar_file(SHIFTS, name="Firm", now=START)

    events, broken = read_events(data, START - DAY, START + 9 * DAY)
    reading = Reading(layer="primary", technicians=("anna", "ben"), zone=ZoneInfo("Europe/Berlin"))
    found = preview(events, broken, reading)

    assert list(found.shifts) == SHIFTS[:2]
    assert found.flaws == ()


def test_shift_has_the_same_uid_in_every_export() -> None:
    """A calendar that reads the file again changes events instead of doubling them."""
    early = calendar_file(SHIFTS, name="Firm", now=START)
    late = calendar_file(SHIFTS[::-1], name="Firm", now=START + DAY)

    uids = [
        sorted(line for line in data.splitlines() if line.startswith(b"UID"))
        for data in (early, late)
    ]

    assert uids[0] == uids[1]
    assert len(set(uids[0])) == 3


def test_export_says_what_and_when() -> None:
    """Being on call does not make anybody busy."""
    text = calendar_file(SHIFTS[:1], name="Firm: anna", now=START).decode()

    assert "X-WR-CALNAME:Firm: anna\r\n" in text
    assert "DTSTART:20260328T070000Z\r\nDTEND:20260329T070000Z\r\n" in text
    assert "SUMMARY:anna (primary)\r\n" in text
    assert "TRANSP:TRANSPARENT\r\n" in text
