"""What is read from calendar files as people export them."""

from datetime import UTC, date, datetime

import pytest

from pbx_bridge.adapters.ical import reading
from pbx_bridge.adapters.ical.reading import MAX_BYTES, Event, read_events
from pbx_bridge.errors import ImportRefused

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)


def event(*lines: str, summary: str = "Anna", uid: str = "1") -> str:
    """Return one event."""
    parts = ["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", f"SUMMARY:{summary}"]
    return "\r\n".join([*parts, *lines, "END:VEVENT", ""])


def ics(*events: str) -> bytes:
    """Return a file."""
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n"
    return f"{head}{''.join(events)}END:VCALENDAR\r\n".encode()


def read(*lines: str) -> list[Event]:
    """Return the events of a file with one event, which must be sound."""
    events, broken = read_events(ics(event(*lines)), START, END)
    assert broken == []
    return events


BERLIN_WEEK = (
    "DTSTART;TZID=Europe/Berlin:20260105T080000",
    "DTEND;TZID=Europe/Berlin:20260112T080000",
)


def test_event_has_its_times_and_its_summary() -> None:
    """With the zone that the file says."""
    (found,) = read(*BERLIN_WEEK)

    assert found.summary == "Anna"
    assert found.start == datetime(2026, 1, 5, 7, tzinfo=UTC)
    assert found.end == datetime(2026, 1, 12, 7, tzinfo=UTC)
    assert (found.is_endless, found.layer) == (False, None)


def test_recurrences_are_expanded_with_their_exceptions() -> None:
    """What other calendars lose: every other week, one of them left out."""
    found = read(
        *BERLIN_WEEK,
        "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4",
        "EXDATE;TZID=Europe/Berlin:20260119T080000",
    )

    assert [each.start.day for each in found] == [5, 2, 16]
    assert not any(each.is_endless for each in found)


def test_moved_recurrence_is_where_it_was_moved_to() -> None:
    """One week of the series begins a day later."""
    series = event(*BERLIN_WEEK, "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=2")
    moved = event(
        "RECURRENCE-ID;TZID=Europe/Berlin:20260119T080000",
        "DTSTART;TZID=Europe/Berlin:20260120T080000",
        "DTEND;TZID=Europe/Berlin:20260126T080000",
        summary="Ben",
    )

    found, _ = read_events(ics(series, moved), START, END)

    assert [(each.summary, each.start.day) for each in found] == [("Anna", 5), ("Ben", 20)]


def test_series_without_end_is_read_as_far_as_asked() -> None:
    """And said to be endless."""
    found = read(*BERLIN_WEEK, "RRULE:FREQ=WEEKLY")

    assert len(found) == 8
    assert all(each.is_endless for each in found)


def test_all_day_events_have_dates() -> None:
    """Without an end it is one day."""
    (one,) = read("DTSTART;VALUE=DATE:20260105")
    (two,) = read("DTSTART;VALUE=DATE:20260105", "DTEND;VALUE=DATE:20260107")

    assert (one.start, one.end) == (date(2026, 1, 5), date(2026, 1, 6))
    assert (two.start, two.end) == (date(2026, 1, 5), date(2026, 1, 7))


def test_duration_gives_the_end() -> None:
    """As some programs write it; without either there is no length."""
    (found,) = read("DTSTART:20260105T080000Z", "DURATION:PT12H")
    (bare,) = read("DTSTART:20260105T080000Z")

    assert found.end == datetime(2026, 1, 5, 20, tzinfo=UTC)
    assert bare.end == bare.start


def test_zone_of_windows_is_known_and_a_strange_one_is_none() -> None:
    """Outlook names zones in its own way."""
    (windows,) = read(
        "DTSTART;TZID=W. Europe Standard Time:20260105T080000",
        "DTEND;TZID=W. Europe Standard Time:20260105T090000",
    )
    (strange,) = read("DTSTART;TZID=Nowhere:20260105T080000", "DTEND;TZID=Nowhere:20260105T090000")

    assert windows.start == datetime(2026, 1, 5, 7, tzinfo=UTC)
    assert isinstance(strange.start, datetime)
    assert strange.start.tzinfo is None


def test_cancelled_event_is_left_out() -> None:
    """Whoever cancelled it does not come."""
    assert read(*BERLIN_WEEK, "STATUS:CANCELLED") == []


def test_layer_of_our_own_export_is_read() -> None:
    """An export of the whole firm can be imported layer by layer."""
    (found,) = read(*BERLIN_WEEK, "X-PBX-BRIDGE-LAYER:backup")

    assert found.layer == "backup"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("DTSTART:hello",), "'Anna': DTSTART cannot be read"),
        (("DTEND:20260105T080000Z",), "'Anna': has no start"),
        (
            ("DTSTART:20260105T080000Z", "DTEND:20260104T080000Z"),
            "'Anna' on 2026-01-05: ends before it begins",
        ),
        (
            (*BERLIN_WEEK, "RRULE:FREQ=SOMETIMES"),
            "'Anna': RRULE cannot be read",
        ),
        ((*BERLIN_WEEK, "RRULE:FREQ=SECONDLY"), "'Anna': repeats more than daily"),
        ((*BERLIN_WEEK, "RRULE:FREQ=hourly"), "'Anna': repeats more than daily"),
    ],
)
def test_broken_event_is_named(lines: tuple[str, ...], expected: str) -> None:
    """Nothing of the file is taken then."""
    events, broken = read_events(ics(event(*lines)), START, END)

    assert events == []
    assert len(broken) == 1
    assert broken[0].startswith(expected)


def test_all_broken_events_are_named_at_once() -> None:
    """Nobody corrects one after the other."""
    events = [event("DTSTART:x", summary="Anna"), event("DTSTART:y", summary="Ben", uid="2")]

    assert len(read_events(ics(*events), START, END)[1]) == 2
    assert read_events(ics(), START, END) == ([], ["there are no events in the file"])


@pytest.mark.parametrize("data", [b"", b"hello", b"\xff\xfe\x00", b"BEGIN:VCALENDAR\r\n"])
def test_file_of_another_kind_is_refused(data: bytes) -> None:
    """With what to do."""
    with pytest.raises(ImportRefused, match="is no iCalendar file"):
        read_events(data, START, END)


def test_several_rules_of_one_event_are_all_looked_at() -> None:
    """One of them is endless, or would never end being expanded."""
    weekly = "RRULE:FREQ=WEEKLY;COUNT=2"

    found = read(*BERLIN_WEEK, weekly, "RRULE:FREQ=MONTHLY")
    broken = read_events(
        ics(event(*BERLIN_WEEK, weekly, "RRULE:FREQ=WEEKLY;INTERVAL=0")), START, END
    )

    assert {each.is_endless for each in found} == {True}
    assert broken == (
        [],
        ["'Anna': repeats with an interval below 1; enter its dates one by one"],
    )


def test_file_that_is_far_too_big_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """By bytes, and by what its rules make of it."""
    with pytest.raises(ImportRefused, match="bytes are more than a plan has"):
        read_events(b"x" * (MAX_BYTES + 1), START, END)
    monkeypatch.setattr(reading, "MAX_EVENTS", 7)
    with pytest.raises(ImportRefused, match="8 events are more than a plan has"):
        read_events(ics(event(*BERLIN_WEEK, "RRULE:FREQ=WEEKLY")), START, END)
