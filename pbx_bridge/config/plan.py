"""From the configuration to the plan that says who is on call."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from pbx_bridge.config.calendar_sections import HoursConfig, RotationConfig
from pbx_bridge.config.calendar_values import window_of
from pbx_bridge.config.public_holidays import holiday_on
from pbx_bridge.config.sections import Config
from pbx_bridge.core.calendar import Plan, Shift
from pbx_bridge.core.hours import Day, Days, DutyWindow, OpeningHours, SpecialDay, Window
from pbx_bridge.core.override import Override
from pbx_bridge.core.rotation import Rotation


def plan_of(
    config: Config, *, planned: Sequence[Shift] = (), overrides: Sequence[Override] = ()
) -> Plan:
    """
    Return the plan that *config* and what was decided since make together.

    Args:
        config: the file.
        planned: shifts of the last import of each layer.
        overrides: in the order in which they were made.
    """
    return Plan(
        hours=_hours(config),
        technicians=tuple(person.name for person in config.technicians),
        rotations=tuple(_rotation(each) for each in config.rotations),
        standing=() if config.rotations else config.order(),
        planned=tuple(planned),
        overrides=tuple(overrides),
        duty_windows=tuple(
            DutyWindow(name=each.name, days=frozenset(each.days), windows=_windows(each.times))
            for each in config.duty_windows
        ),
    )


def _hours(config: Config) -> OpeningHours:
    firm, hours = config.firm, config.hours
    days = Days(
        zone=ZoneInfo(firm.zone),
        holiday_on=holiday_on(firm.country, firm.region, firm.language, hours.holidays_off),
        special={
            each.date: SpecialDay(
                windows=_windows(each.open), name=each.name, is_holiday=each.holiday
            )
            for each in config.special_days
        },
    )
    return OpeningHours(days, {day: _windows(_texts(hours, day)) for day in Day})


def _texts(hours: HoursConfig, day: Day) -> Iterable[str]:
    texts: tuple[str, ...] = getattr(hours, day.value)
    return texts


def _windows(texts: Iterable[str]) -> tuple[Window, ...]:
    return tuple(window_of(text) for text in texts)


def _rotation(section: RotationConfig) -> Rotation:
    return Rotation(
        layer=section.layer,
        order=section.order,
        starts_at=datetime.combine(section.starts_on, time.fromisoformat(section.handoff_time)),
        shift=timedelta(
            weeks=section.shift_weeks or 0,
            days=section.shift_days or 0,
            hours=section.shift_hours or 0,
        ),
    )
