"""When the firm is open, and in which duty window an instant lies."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from pbx_bridge.core.hours import (
    WEEKDAYS,
    Day,
    Days,
    DutyWindow,
    OpeningHours,
    SpecialDay,
    Window,
    duty_periods,
    duty_window,
)
from pbx_bridge.core.period import Period

BERLIN = ZoneInfo("Europe/Berlin")

GOOD_FRIDAY, EVE = date(2026, 4, 3), date(2026, 12, 24)


def window(text: str) -> Window:
    """Return the window for ``08:00-12:00``."""
    start, end = text.split("-")
    return Window(time.fromisoformat(start), time.fromisoformat(end))


def local(text: str) -> datetime:
    """Return the instant at which the clock in Berlin shows *text*."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


DAYS = Days(
    zone=BERLIN,
    holiday_on={GOOD_FRIDAY: "Karfreitag", date(2026, 12, 25): "Weihnachten"}.get,
    special={EVE: SpecialDay(windows=(window("08:00-11:00"),), name="Heiligabend")},
)
HOURS = OpeningHours(
    DAYS,
    {day: (window("08:00-12:00"), window("13:00-17:00")) for day in WEEKDAYS[:5]},
)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-01-09 07:59:59", False),
        ("2026-01-09 08:00", True),
        ("2026-01-09 11:59:59", True),
        ("2026-01-09 12:00", False),
        ("2026-01-09 13:00", True),
        ("2026-01-09 17:00", False),
        ("2026-01-10 09:00", False),  # a Saturday
        ("2026-04-03 09:00", False),  # Good Friday
        ("2026-12-24 09:00", True),
        ("2026-12-24 11:00", False),  # its own hours, not Thursday's
    ],
)
def test_is_open_in_the_windows_of_the_day(at: str, expected: bool) -> None:
    """A special day has its own windows, a holiday none unless they are given."""
    assert HOURS.is_open(local(at)) is expected


def test_holiday_may_have_windows_of_its_own() -> None:
    """A shop at the station is open on holidays too."""
    hours = OpeningHours(DAYS, {Day.HOLIDAY: (window("10:00-12:00"),)})

    assert hours.is_open(local("2026-04-03 10:00"))
    assert not hours.is_open(local("2026-04-02 10:00"))


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-01-09 07:00", "2026-01-09 08:00"),
        ("2026-01-09 08:00", "2026-01-09 12:00"),
        ("2026-01-09 12:30", "2026-01-09 13:00"),
        ("2026-01-09 17:00", "2026-01-12 08:00"),  # over the weekend
        ("2026-04-02 17:00", "2026-04-06 08:00"),  # over Good Friday
    ],
)
def test_next_change_is_the_next_opening_or_closing(at: str, expected: str) -> None:
    """What `hours now` tells."""
    assert HOURS.next_change(local(at)) == local(expected)


def test_next_change_looks_a_year_ahead_and_no_further() -> None:
    """A firm that opens once a year has a change, one that never does has none."""
    yearly = OpeningHours(
        Days(zone=BERLIN, special={EVE: SpecialDay(windows=(Window(time(8), time(11)),))})
    )

    assert yearly.next_change(local("2026-01-09 12:00")) == local("2026-12-24 08:00")
    assert yearly.next_change(local("2026-12-24 12:00")) is None
    assert OpeningHours(DAYS).next_change(local("2026-12-24 12:00")) is None


def test_firm_that_never_closes_has_no_change() -> None:
    """Whole days touch each other, on every night of the year."""
    always = OpeningHours(Days(zone=BERLIN), dict.fromkeys(WEEKDAYS, (window("00:00-00:00"),)))

    assert always.is_open(local("2026-03-29 03:00"))
    assert always.next_change(local("2026-01-09 12:00")) is None


def test_open_for_weeks_closes_at_the_end() -> None:
    """The longer search finds what the first one does not."""
    special = {
        date(2026, 1, day): SpecialDay(windows=(window("00:00-00:00"),)) for day in range(1, 21)
    }

    hours = OpeningHours(Days(zone=BERLIN, special=special))

    assert hours.next_change(local("2026-01-02 12:00")) == local("2026-01-21 00:00")


@pytest.mark.parametrize(
    ("text", "day", "start", "end"),
    [
        ("18:00-00:00", "2026-01-09", "2026-01-09 18:00", "2026-01-10 00:00"),
        ("18:00-06:00", "2026-01-09", "2026-01-09 18:00", "2026-01-10 06:00"),
        ("00:00-00:00", "2026-12-31", "2026-12-31 00:00", "2027-01-01 00:00"),
        ("01:30-02:30", "2026-03-29", "2026-03-29 01:30", "2026-03-29 03:00"),
    ],
)
def test_window_ends_when_the_clock_next_shows_its_end(
    text: str, day: str, start: str, end: str
) -> None:
    """An end that is not later than the start is on the next day."""
    found = window(text).on(date.fromisoformat(day), BERLIN)

    assert found == Period(local(start), local(end))


def test_window_that_the_clock_skips_is_empty() -> None:
    """From 02:10 to 02:50 nobody works on that night."""
    assert window("02:10-02:50").on(date(2026, 3, 29), BERLIN).is_empty


def test_open_periods_are_cut_at_both_ends() -> None:
    """Yesterday's night shift still counts this morning."""
    hours = OpeningHours(Days(zone=BERLIN), {Day.FRIDAY: (window("20:00-06:00"),)})

    found = hours.open_periods(local("2026-01-10 03:00"), local("2026-01-16 21:00"))

    assert found == [
        Period(local("2026-01-10 03:00"), local("2026-01-10 06:00")),
        Period(local("2026-01-16 20:00"), local("2026-01-16 21:00")),
    ]


def test_day_that_begins_before_yesterday_is_over_counts() -> None:
    """Where clocks went back over midnight, tomorrow's 00:00 came first (Newfoundland, 2010)."""
    newfoundland = ZoneInfo("America/St_Johns")
    hours = OpeningHours(Days(zone=newfoundland), {Day.SUNDAY: (window("00:00-00:00"),)})

    assert hours.is_open(datetime(2010, 11, 7, 2, 45, tzinfo=UTC))  # Saturday 23:15, once more


EVENING = DutyWindow(
    name="weekday-evening", days=frozenset(WEEKDAYS[:5]), windows=(window("17:00-08:00"),)
)
SATURDAY = DutyWindow(
    name="saturday", days=frozenset({Day.SATURDAY}), windows=(window("00:00-00:00"),)
)
SUNDAY = DutyWindow(
    name="sunday-and-holiday",
    days=frozenset({Day.SUNDAY, Day.HOLIDAY}),
    windows=(window("00:00-00:00"),),
)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-01-08 12:00", None),
        ("2026-01-08 17:00", "weekday-evening"),
        ("2026-01-09 07:59", "weekday-evening"),
        ("2026-01-10 07:59", "weekday-evening"),  # Friday's, the first of two that hold
        ("2026-01-10 08:00", "saturday"),
        ("2026-01-11 00:00", "sunday-and-holiday"),
        ("2026-01-12 00:00", None),
        ("2026-04-03 20:00", "sunday-and-holiday"),  # Good Friday is no weekday
    ],
)
def test_duty_window_is_the_first_that_holds(at: str, expected: str | None) -> None:
    """A holiday is a holiday and not the day of the week."""
    assert duty_window(DAYS, (EVENING, SATURDAY, SUNDAY), local(at)) == expected


def test_duty_periods_are_those_of_every_window() -> None:
    """Also where two of them hold."""
    start = local("2026-01-09 12:00")

    found = duty_periods(DAYS, (EVENING, SATURDAY), start, start + timedelta(days=1))

    assert found == [
        Period(local("2026-01-09 17:00"), local("2026-01-10 08:00")),
        Period(local("2026-01-10 00:00"), local("2026-01-10 12:00")),
    ]


def test_special_day_says_whether_it_is_a_holiday() -> None:
    """If it says nothing, the public holidays decide."""
    days = Days(
        zone=BERLIN,
        holiday_on={GOOD_FRIDAY: "Karfreitag", EVE: "x"}.get,
        special={
            EVE: SpecialDay(is_holiday=False),
            GOOD_FRIDAY: SpecialDay(),
            date(2026, 12, 23): SpecialDay(is_holiday=True),
        },
    )

    assert days.kind(EVE) is Day.THURSDAY
    assert days.kind(GOOD_FRIDAY) is Day.HOLIDAY
    assert days.kind(date(2026, 12, 23)) is Day.HOLIDAY
    assert days.kind(date(2026, 12, 22)) is Day.TUESDAY


def test_day_is_called_by_its_own_name_first() -> None:
    """A special day's name, a holiday's, or none."""
    unnamed = Days(zone=BERLIN, holiday_on={EVE: "x"}.get, special={EVE: SpecialDay()})

    assert DAYS.name(EVE) == "Heiligabend"
    assert DAYS.name(GOOD_FRIDAY) == "Karfreitag"
    assert DAYS.name(date(2026, 1, 9)) is None
    assert unnamed.name(EVE) == "x"


def test_days_without_holidays_have_none() -> None:
    """The default knows days of the week only."""
    assert Days(zone=BERLIN).kind(GOOD_FRIDAY) is Day.FRIDAY
