"""The firm's plan as commands read it: from the file and the database, without the service."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic_core import to_jsonable_python

from pbx_bridge.adapters.clock import SystemClock
from pbx_bridge.adapters.store.calendar_reading import CalendarRows, read_calendar
from pbx_bridge.config import Config, parse
from pbx_bridge.config.parsing import read_text
from pbx_bridge.config.plan import plan_of
from pbx_bridge.core.calendar import Plan, Shift, duty, shifts

AROUND = timedelta(days=60)
"""How far a shift is followed to its start and its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmPlan:
    """Everything that a command about who is on call needs."""

    config: Config
    rows: CalendarRows
    plan: Plan
    zone: ZoneInfo
    now: datetime
    path: Path = Path()
    """The configuration, for what is said about a place in it."""
    text: str = ""

    @property
    def override_numbers(self) -> tuple[int, ...]:
        """The numbers of the plan's overrides, in their order."""
        return tuple(row.override_id for row in self.rows.overrides)


def firm_plan(config_path: Path, *, back: timedelta = AROUND) -> FirmPlan:
    """
    Read the plan.

    Args:
        config_path: the configuration; its secrets are not read.
        back: overrides that were over longer ago than that are left out.

    Raises:
        ConfigError: the file has mistakes.
        StoreError: the database cannot be read.
    """
    text = read_text(config_path)
    config = parse(text, source=str(config_path))
    now = SystemClock().now()
    rows = read_calendar(config.store.path, now - back)
    planned = [shift for each in rows.imports for shift in each.shifts]
    overrides = [each.override for each in rows.overrides]
    return FirmPlan(
        config=config,
        rows=rows,
        plan=plan_of(config, planned=planned, overrides=overrides),
        zone=ZoneInfo(config.firm.zone),
        now=now,
        path=config_path,
        text=text,
    )


def shift_around(plan: Plan, layer: str, technician: str, at: datetime) -> Shift | None:
    """Return the whole shift that *technician* has at *at*, `None` when he has none."""
    found = (
        shift
        for shift in shifts(plan, at - AROUND, at + AROUND)
        if (shift.layer, shift.technician) == (layer, technician)
    )
    return next((shift for shift in found if shift.start <= at < shift.end), None)


def duty_json(plan: Plan, at: datetime) -> dict[str, Any]:
    """Return everything about an instant as JSON values; `since` and `until` may be unknown."""
    on_duty = duty(plan, at)
    layers = {
        layer: [_person(plan, layer, name, at) for name in people]
        for layer, people in on_duty.layers.items()
    }
    known = {**asdict(on_duty), "layers": layers, "absent": sorted(on_duty.absent)}
    found: dict[str, Any] = to_jsonable_python(known)
    return found


def _person(plan: Plan, layer: str, technician: str, at: datetime) -> dict[str, object]:
    shift = shift_around(plan, layer, technician, at)
    since = shift.start if shift and shift.start > at - AROUND else None
    until = shift.end if shift and shift.end < at + AROUND else None
    return {"technician": technician, "since": since, "until": until}
