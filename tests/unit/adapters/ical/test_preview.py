"""What an import would do, and what looks wrong with it."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from pbx_bridge.adapters.ical.preview import Preview, Reading, preview
from pbx_bridge.adapters.ical.reading import Event
from pbx_bridge.core.calendar import Shift

BERLIN = ZoneInfo("Europe/Berlin")
READING = Reading(layer="primary", technicians=("anna", "ben"), zone=BERLIN)
MONDAY = datetime(2026, 1, 5, 7, tzinfo=UTC)
WEEK = timedelta(weeks=1)


def event(summary: str = "anna", start: datetime = MONDAY, end: datetime | None = None) -> Event:
    """Return an event, of a week if nothing else is said."""
    return Event(summary=summary, start=start, end=end or start + WEEK)


def shift(technician: str = "anna", start: datetime = MONDAY, end: datetime | None = None) -> Shift:
    """Return a shift of the primary layer."""
    return Shift(start=start, end=end or start + WEEK, layer="primary", technician=technician)


def texts(found: Preview) -> list[str]:
    """Return the flaws, errors marked."""
    return [("! " if flaw.is_error else "") + flaw.text for flaw in found.flaws]


def test_sound_plan_is_imported_without_a_word() -> None:
    """One after the other, no hole, nobody unknown."""
    found = preview([event("ben", MONDAY + WEEK), event()], [], READING)

    assert found.shifts == (shift(), shift("ben", MONDAY + WEEK))
    assert texts(found) == []
    assert found.is_sound


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        ("anna", "anna"),
        (" ANNA ", "anna"),
        ("Notdienst: Anna (mobil)", "anna"),
        ("anna (primary)", "anna"),
        ("Annabel", None),
        ("Anna und Ben", None),
        ("", None),
        ("Urlaub", None),
    ],
)
def test_summary_names_exactly_one_technician(summary: str, expected: str | None) -> None:
    """An unknown name is an alarm, never a guess."""
    found = preview([event(summary)], [], READING)

    assert [each.technician for each in found.shifts] == ([expected] if expected else [])
    assert found.is_sound is (expected is not None)


def test_error_names_the_event_and_who_is_known() -> None:
    """So that it can be corrected in the calendar."""
    found = preview([event(), event("Piotr")], [], READING)

    assert texts(found) == [
        "! 'Piotr' on 2026-01-05: names no technician, or more than one; known: anna, ben"
    ]
    assert not found.is_sound


def test_what_is_broken_in_the_file_is_an_error() -> None:
    """As the file's reader says it."""
    found = preview([event()], ["'x': has no start"], READING)

    assert texts(found) == ["! 'x': has no start"]


def test_all_day_event_is_midnight_to_midnight_and_that_is_told() -> None:
    """The trap: handoffs are in the morning, and the night before has nobody."""
    days = Event(summary="anna", start=date(2026, 3, 28), end=date(2026, 3, 30))

    found = preview([days], [], READING)

    (made,) = found.shifts
    assert made.start == datetime(2026, 3, 27, 23, tzinfo=UTC)
    assert made.end == datetime(2026, 3, 29, 22, tzinfo=UTC)
    assert texts(found) == [
        "'anna' is all day, taken from 00:00 to 24:00; for other handoffs say --all-day-from 08:00"
    ]


def test_all_day_event_may_begin_at_the_handoff() -> None:
    """From 08:00 to 08:00, over the night on which clocks change too."""
    days = Event(summary="anna", start=date(2026, 3, 28), end=date(2026, 3, 30))
    reading = Reading(layer="primary", technicians=("anna",), zone=BERLIN, all_day_from=time(8))

    found = preview([days], [], reading)

    (made,) = found.shifts
    assert made.start == datetime(2026, 3, 28, 7, tzinfo=UTC)
    assert made.end == datetime(2026, 3, 30, 6, tzinfo=UTC)
    assert texts(found) == []


def test_time_without_a_zone_is_by_the_firms_clock() -> None:
    """And that is told, once for all events of the name."""
    start = datetime(2026, 1, 5, 8)  # noqa: DTZ001 - a floating time
    events = [
        Event(summary="anna", start=start, end=start + WEEK),
        Event(summary="anna", start=start + WEEK, end=start + 2 * WEEK),
    ]

    found = preview(events, [], READING)

    assert found.shifts[0] == shift()
    assert texts(found) == ["'anna' has no zone that we know; taken by the firm's clock"]


def test_series_without_an_end_is_told() -> None:
    """The import ends some day, and nobody would notice."""
    endless = Event(summary="anna", start=MONDAY, end=MONDAY + WEEK, is_endless=True)

    assert texts(preview([endless], [], READING)) == [
        "'anna' repeats for ever; import again within a year"
    ]


def test_overlap_is_told() -> None:
    """Two people may be meant; one person twice hardly."""
    later = MONDAY + timedelta(days=6)

    two = preview([event(), event("ben", later)], [], READING)
    one = preview([event(), event("anna", later)], [], READING)

    assert texts(two) == [
        "anna and ben are both on call from Sun 2026-01-11 08:00 until Mon 2026-01-12 08:00"
    ]
    assert texts(one) == ["anna has two shifts at once from Sun 2026-01-11 08:00"]
    assert two.is_sound


def test_gap_is_told() -> None:
    """Between the first and the last shift of the file."""
    found = preview([event(), event("ben", MONDAY + WEEK + timedelta(hours=2))], [], READING)

    assert texts(found) == [
        "nobody is planned from Mon 2026-01-12 08:00 until Mon 2026-01-12 10:00"
    ]


def test_event_without_length_is_an_error() -> None:
    """A meeting point, not a shift."""
    found = preview([event(end=MONDAY)], [], READING)

    assert "! 'anna' on 2026-01-05: has no length" in texts(found)


def test_events_of_another_layer_are_left_out() -> None:
    """Our own exports say which; without any for this layer nothing can be imported."""
    backup = Event(summary="anna", start=MONDAY, end=MONDAY + WEEK, layer="backup")
    primary = Event(summary="ben", start=MONDAY, end=MONDAY + WEEK, layer="primary")

    assert preview([backup, primary], [], READING).shifts == (shift("ben"),)
    assert texts(preview([backup], [], READING)) == ["! no shift for 'primary' in the file"]


def test_same_event_twice_is_one_shift() -> None:
    """As a calendar that was synchronised twice has it."""
    found = preview([event(), event()], [], READING)

    assert found.shifts == (shift(),)
    assert texts(found) == []


def test_errors_come_first() -> None:
    """They must be corrected, the rest may stay."""
    found = preview([event(), event("anna", MONDAY + 2 * WEEK), event("x")], [], READING)

    assert [flaw.is_error for flaw in found.flaws] == [True, False]
