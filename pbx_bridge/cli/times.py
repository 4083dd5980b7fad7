"""Times as people type and read them: the firm's clock, with UTC beside it."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

import click

from pbx_bridge.core.hours import WEEKDAYS, Day
from pbx_bridge.core.wall_clock import instant

DAY = timedelta(days=1)

YEARS = range(2000, 2101)
"""What somebody can mean; at the ends of the calendar a day more or less is an error."""

FORMS = 'write "2026-03-29 08:00", "2026-03-29", "08:00", "monday 08:00", "tomorrow" or "now"'

_CLOCK = r"(\d\d:\d\d(?::\d\d)?)"
_DAY_AND_CLOCK = re.compile(rf"([a-z]+|\d{{4}}-\d\d-\d\d)(?: {_CLOCK})?")
_CLOCK_ALONE = re.compile(_CLOCK)
_BEFORE_CLOCK = re.compile(r"(?<=\d)T(?=\d)")


def parse_time(text: str, now: datetime, zone: tzinfo, *, is_end: bool = False) -> datetime:
    """
    Return the instant (UTC) that *text* means.

    Args:
        text: one of `FORMS`, or ISO 8601 with an offset; days without a time begin at 00:00.
        now: the time, for words like ``tomorrow``.
        zone: whose clock is meant.
        is_end: a day without a time means its end, as in "away until friday".

    Raises:
        click.BadParameter: it means nothing, or lies outside `YEARS`.
    """
    if text.strip().lower() == "now":
        return now
    try:
        aware = datetime.fromisoformat(text.strip())
    except ValueError:
        aware = None
    if aware is not None and aware.tzinfo is not None:
        _check_year(text, aware)
        return aware.astimezone(UTC)
    words = _BEFORE_CLOCK.sub(" ", text.strip()).lower()
    today = now.astimezone(zone).date()
    try:
        day, clock = _understood(words, today)
    except ValueError as exc:
        raise click.BadParameter(f"{text!r} is no time; {FORMS}") from exc
    _check_year(text, day)
    if clock is None:
        return instant(datetime.combine(day + DAY if is_end else day, time()), zone)
    return instant(datetime.combine(day, clock), zone)


def _check_year(text: str, day: date) -> None:
    if day.year not in YEARS:
        span = f"{YEARS[0]} to {YEARS[-1]}"
        raise click.BadParameter(f"{text!r} is too far away; give a year from {span}")


def _understood(words: str, today: date) -> tuple[date, time | None]:
    """Return day and time; raise `ValueError` when *words* are none."""
    if alone := _CLOCK_ALONE.fullmatch(words):
        return today, time.fromisoformat(alone[1])
    match = _DAY_AND_CLOCK.fullmatch(words)
    if match is None:
        raise ValueError(words)
    return _day(match[1], today), time.fromisoformat(match[2]) if match[2] else None


def _day(word: str, today: date) -> date:
    if word == "today":
        return today
    if word == "tomorrow":
        return today + DAY
    if word in WEEKDAYS:
        return today + timedelta(days=(WEEKDAYS.index(Day(word)) - today.weekday()) % 7)
    return date.fromisoformat(word)


def moment(at: datetime, zone: tzinfo) -> str:
    """Return *at* by the firm's clock and in UTC, like ``Fri 2026-01-09 23:00 (22:00 UTC)``."""
    local, utc = at.astimezone(zone), at.astimezone(UTC)
    form = "%H:%M" if local.date() == utc.date() else "%Y-%m-%d %H:%M"
    return f"{local:%a %Y-%m-%d %H:%M} ({utc.strftime(form)} UTC)"


def length(span: timedelta) -> str:
    """Return how long something is, like ``2 d 3 h`` or ``45 min``."""
    minutes = round(span.total_seconds() / 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, "d"), (hours, "h"), (rest, "min")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 min"
