"""The sections that say when the firm is open and who is on call; see `sections`."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import Field

from pbx_bridge.config.calendar_values import ClockText, WindowText
from pbx_bridge.config.values import Line, ShortName
from pbx_bridge.core.calendar import PRIMARY
from pbx_bridge.core.hours import Day


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursConfig:
    """When the office is open, like ``["07:30-12:00", "13:00-17:00"]``; without it never."""

    monday: tuple[WindowText, ...] = ()
    """Parts of the day; an end before the start is on the next day; without any it is closed."""
    tuesday: tuple[WindowText, ...] = ()
    """As monday."""
    wednesday: tuple[WindowText, ...] = ()
    """As monday."""
    thursday: tuple[WindowText, ...] = ()
    """As monday."""
    friday: tuple[WindowText, ...] = ()
    """As monday."""
    saturday: tuple[WindowText, ...] = ()
    """As monday."""
    sunday: tuple[WindowText, ...] = ()
    """As monday."""
    holiday: tuple[WindowText, ...] = ()
    """On public holidays (firm.country, firm.region), whatever day of the week it is."""
    holidays_off: tuple[Line, ...] = ()
    """Names of public holidays that are ordinary days for the firm, in the firm's language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDayConfig:
    """A date that is not like others; one [[special_day]] each."""

    date: date
    """The date, like 2026-12-24."""
    open: tuple[WindowText, ...] = ()
    """When the office is open, instead of the day's hours; without it it is closed."""
    name: Line | None = None
    """What the day is called in plans."""
    holiday: bool | None = None
    """Whether it counts as a holiday for duty windows; without it the public holidays decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyWindowConfig:
    """A named part of the week, for policies and fees; the first that holds counts."""

    name: ShortName
    """Short name, a-z, 0-9 and -, like "weekday-evening"."""
    days: Annotated[tuple[Day, ...], Field(min_length=1)]
    """Days on which it begins: monday to sunday, holiday. A holiday is no day of the week."""
    times: Annotated[tuple[WindowText, ...], Field(min_length=1)]
    """Parts of the day; an end before the start is on the next day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationConfig:
    """
    Technicians who relieve each other; one [[rotation]] for each layer.

    Exactly one of shift_weeks, shift_days and shift_hours says how long a shift is. All of them
    are by the clock on the wall, on DST nights too. A second rotation of the same layer takes
    over on its start date.
    """

    order: Annotated[tuple[str, ...], Field(min_length=1)]
    """Short names of technicians; the first one has the first shift."""
    starts_on: date
    """Date of the first handoff, like 2026-01-05; before it the layer has nobody."""
    handoff_time: ClockText
    """Time of each handoff, like "08:00"."""
    layer: ShortName = PRIMARY
    """What the rotation is for: primary, backup, owner, or any name that policies use."""
    handoff_day: Day | None = None
    """With shift_weeks: the day of the handoff, to be checked against starts_on."""
    shift_weeks: Annotated[int, Field(ge=1, le=52)] | None = None
    """Weeks from handoff to handoff."""
    shift_days: Annotated[int, Field(ge=1, le=366)] | None = None
    """Days from handoff to handoff."""
    shift_hours: Annotated[int, Field(ge=1, le=168)] | None = None
    """Hours from handoff to handoff."""
