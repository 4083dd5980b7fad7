"""Checks across the values of the calendar's sections; on the raw table, as those of `checks`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from pbx_bridge.config.calendar_values import window_of
from pbx_bridge.config.lines import KeyPath
from pbx_bridge.config.proposal import proposal
from pbx_bridge.config.public_holidays import holiday_names, regions
from pbx_bridge.core.calendar import PRIMARY
from pbx_bridge.core.hours import WEEKDAYS, Day

Mistake = tuple[KeyPath, str]

SHIFTS = ("shift_weeks", "shift_days", "shift_hours")
MIDNIGHT = datetime.combine(date(2026, 1, 5), time())
"""Of any day: windows are compared on it, by the wall clock."""


def calendar_mistakes(raw: Mapping[str, object]) -> Iterator[Mistake]:
    """Yield what is wrong between values of the calendar that look right one by one."""
    yield from _holidays(raw)
    yield from _hours(raw)
    yield from _special_days(raw)
    yield from _duty_windows(raw)
    yield from _rotations(raw)


def tables(raw: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    """Return an array of tables; what is no table is an empty one, so that places stay."""
    found = raw.get(key)
    if not isinstance(found, list):
        return []
    return [table if isinstance(table, dict) else {} for table in found]


def _holidays(raw: Mapping[str, object]) -> Iterator[Mistake]:
    firm, hours = raw.get("firm"), raw.get("hours")
    if not isinstance(firm, dict):  # said by itself; whose holidays cannot be known
        return
    country, region = str(firm.get("country", "DE")), firm.get("region")
    language = str(firm.get("language", "de"))
    known = regions(country)
    if isinstance(region, str) and region not in (known or ()):
        yield ("firm", "region"), f"{region!r} is no region of {country}; {_choice(known)}"
        return
    names = holiday_names(country, region if isinstance(region, str) else None, language)
    off = hours.get("holidays_off") if isinstance(hours, dict) else None
    for name in off if isinstance(off, list) else []:
        if isinstance(name, str) and name not in names:
            yield (
                ("hours", "holidays_off"),
                f"{name!r} is no public holiday there; {proposal(name, names)}",
            )


def _choice(known: Sequence[str] | None) -> str:
    if known:
        return f"one of: {', '.join(known)}"
    return "take it out, the holidays of this country are not divided by region"


def _hours(raw: Mapping[str, object]) -> Iterator[Mistake]:
    hours = raw.get("hours")
    if isinstance(hours, dict):
        for day in Day:
            yield from _overlaps(("hours", day.value), hours.get(day.value))


def _special_days(raw: Mapping[str, object]) -> Iterator[Mistake]:
    seen = set()
    for place, special in enumerate(tables(raw, "special_day")):
        yield from _overlaps(("special_day", place, "open"), special.get("open"))
        day = str(special.get("date", place))
        if day in seen:
            yield ("special_day", place, "date"), f"{day} is there twice; make one of the two"
        seen.add(day)


def _duty_windows(raw: Mapping[str, object]) -> Iterator[Mistake]:
    seen: set[object] = set()
    for place, duty in enumerate(tables(raw, "duty_window")):
        yield from _overlaps(("duty_window", place, "times"), duty.get("times"))
        name = duty.get("name")
        if isinstance(name, str) and name in seen:
            yield ("duty_window", place, "name"), f"{name!r} is there twice; choose another"
        seen.add(str(name))


def _overlaps(path: KeyPath, texts: object) -> Iterator[Mistake]:
    """Yield windows of one day that overlap; one of them is not what was meant."""
    spans = []
    for text in texts if isinstance(texts, list) else []:
        try:
            window = window_of(text)
        except (ValueError, AttributeError):  # reported as a wrong value
            continue
        start = datetime.combine(MIDNIGHT, window.start)
        end = datetime.combine(MIDNIGHT, window.end)
        spans.append((start, end if end > start else end + timedelta(days=1), text))
    spans.sort()
    for (_, end, text), (start, _, other) in pairwise(spans):
        if start < end:
            yield path, f"{text!r} and {other!r} overlap; make one of the two"


def _rotations(raw: Mapping[str, object]) -> Iterator[Mistake]:
    known = [str(person["name"]) for person in tables(raw, "technician") if "name" in person]
    seen = set()
    for place, rotation in enumerate(tables(raw, "rotation")):
        order = rotation.get("order")
        for name in order if isinstance(order, list) else []:
            if isinstance(name, str) and name not in known:
                remedy = proposal(name, known)
                yield ("rotation", place, "order"), f"{name!r} is no [[technician]]; {remedy}"
        given = [key for key in SHIFTS if key in rotation]
        if len(given) != 1:
            text = f"has {len(given)} lengths of a shift; give one of: {', '.join(SHIFTS)}"
            yield ("rotation", place), text
        yield from _handoff_day(place, rotation)
        start = str(rotation.get("layer", PRIMARY)), str(rotation.get("starts_on", place))
        if start in seen:
            text = f"{start[0]!r} has a rotation that starts on {start[1]} already; take one out"
            yield ("rotation", place, "starts_on"), text
        seen.add(start)


def _handoff_day(place: int, rotation: Mapping[str, object]) -> Iterator[Mistake]:
    day, path = rotation.get("handoff_day"), ("rotation", place, "handoff_day")
    if day is None:
        return
    if day == Day.HOLIDAY:
        yield path, "'holiday' is no day of the week; write monday to sunday"
    elif "shift_weeks" not in rotation:
        yield path, "is used with shift_weeks only; take it out"
    elif (starts_on := _date(rotation.get("starts_on"))) is not None:
        first = WEEKDAYS[starts_on.weekday()]
        if day in WEEKDAYS and day != first:
            ahead = (WEEKDAYS.index(Day(str(day))) - starts_on.weekday()) % 7
            fit = starts_on + timedelta(days=ahead)
            yield path, f"{day!r}, but starts_on {starts_on} is a {first}; start on {fit}"


def _date(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:  # reported as a wrong value
        return None
