"""Opening hours and duty windows: what kind of day a date is, and what its clock says."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from pbx_bridge.core.period import Period, merged
from pbx_bridge.core.wall_clock import instant

DAY = timedelta(days=1)

SEARCHES = (timedelta(days=8), timedelta(days=400))
"""How far ahead a change is looked for: most firms open within a week, all within a year."""

MOMENT = timedelta(microseconds=1)
"""The shortest time there is: a period of it holds one instant."""


class Day(StrEnum):
    """What a window can be given for: the days of the week, and holidays instead of them."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"
    HOLIDAY = "holiday"
    """Wins over the day of the week."""


WEEKDAYS = tuple(day for day in Day if day is not Day.HOLIDAY)
"""In the order of `date.weekday`."""


@dataclass(frozen=True, slots=True)
class Window:
    """Part of a day on the wall clock, several of them may make up a day."""

    start: time
    end: time
    """On the next day when it is not after `start`; 00:00 is the midnight that ends the day."""

    def on(self, day: date, zone: tzinfo) -> Period:
        """Return the window that begins on *day*; empty when the clock skips all of it."""
        last = day + DAY if self.end <= self.start else day
        return Period(
            instant(datetime.combine(day, self.start), zone),
            instant(datetime.combine(last, self.end), zone),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDay:
    """A date that is not like others."""

    windows: tuple[Window, ...] = ()
    """When the firm is open; empty: closed."""
    name: str | None = None
    is_holiday: bool | None = None
    """Whether duty windows of holidays hold; `None`: what the public holidays say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """What kind of day a date is for the firm."""

    zone: tzinfo
    holiday_on: Callable[[date], str | None] = field(default=lambda _: None)
    """Name of a date's public holiday, `None` for an ordinary day; the same answer for ever."""
    special: Mapping[date, SpecialDay] = field(default_factory=dict)

    def kind(self, day: date) -> Day:
        """Return the day of the week, or that it is a holiday."""
        special = self.special.get(day)
        if special is not None and special.is_holiday is not None:
            is_holiday = special.is_holiday
        else:
            is_holiday = self.holiday_on(day) is not None
        return Day.HOLIDAY if is_holiday else WEEKDAYS[day.weekday()]

    def name(self, day: date) -> str | None:
        """Return what the day is called; `None` when it has no name."""
        special = self.special.get(day)
        return (special.name if special else None) or self.holiday_on(day)

    def periods(
        self, windows_on: Callable[[date], tuple[Window, ...]], start: datetime, end: datetime
    ) -> list[Period]:
        """Return what the windows of all days leave of *start* to *end*, merged."""
        found = (
            window.on(day, self.zone).clipped(start, end)
            for day in self._around(start, end)
            for window in windows_on(day)
        )
        return merged(found)

    def _around(self, start: datetime, end: datetime) -> Iterator[date]:
        """Yield every date whose windows may touch *start* to *end*."""
        day = start.astimezone(self.zone).date() - DAY  # its last window may end today
        # Where clocks go back over midnight, tomorrow may have begun before today is over.
        last = end.astimezone(self.zone).date() + DAY
        while day <= last:
            yield day
            day += DAY


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """When the firm is open; without any window it never is."""

    days: Days
    week: Mapping[Day, tuple[Window, ...]] = field(default_factory=dict)
    """A day that is not in it is closed."""

    def windows(self, day: date) -> tuple[Window, ...]:
        """Return the windows that begin on *day*: a special day's own, else its kind's."""
        special = self.days.special.get(day)
        return special.windows if special else self.week.get(self.days.kind(day), ())

    def open_periods(self, start: datetime, end: datetime) -> list[Period]:
        """Return when the firm is open between *start* and *end*, merged, UTC."""
        return self.days.periods(self.windows, start, end)

    def is_open(self, at: datetime) -> bool:
        """Whether the firm is open at *at*."""
        return bool(self.open_periods(at, at + MOMENT))

    def next_change(self, at: datetime) -> datetime | None:
        """Return when the firm next opens or closes; `None`: not within 400 days."""
        for ahead in SEARCHES:
            periods = self.open_periods(at, at + ahead)
            if periods and periods[0].start > at:
                return periods[0].start
            if periods and periods[0].end < at + ahead:
                return periods[0].end
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyWindow:
    """A named part of the week that policies and fees refer to, for example ``sunday``."""

    name: str
    days: frozenset[Day]
    windows: tuple[Window, ...]

    def periods(self, days: Days, start: datetime, end: datetime) -> list[Period]:
        """Return when it holds between *start* and *end*, merged, UTC."""
        return days.periods(
            lambda day: self.windows if days.kind(day) in self.days else (), start, end
        )


def duty_window(days: Days, duty_windows: tuple[DutyWindow, ...], at: datetime) -> str | None:
    """Return the name of the window that *at* lies in, the first of several; `None`: none."""
    holding = (duty for duty in duty_windows if duty.periods(days, at, at + MOMENT))
    return next((duty.name for duty in holding), None)


def duty_periods(
    days: Days, duty_windows: tuple[DutyWindow, ...], start: datetime, end: datetime
) -> list[Period]:
    """Return when each of the windows holds, window by window."""
    return [period for duty in duty_windows for period in duty.periods(days, start, end)]
