"""
A second opinion on who is on call, from the definition and one instant at a time.

It never turns a wall time into an instant. It asks: which is the latest time that the clock on
the wall has shown so far (its high-water mark)? A handoff at 02:30 has happened when the mark is
02:30 or later. On a night on which the clock goes forward the mark jumps over the gap, on one on
which it goes back the mark stands still, so "first instant after the gap" and "first of the two"
need no rule of their own. All that is left is naive civil time.

Times are on whole minutes, as in the random calendars.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from pbx_bridge.core.calendar import Plan
from pbx_bridge.core.hours import Window
from pbx_bridge.core.override import Absence, Addition, Replacement, Swap, Takeover
from pbx_bridge.core.rotation import Rotation

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
LOOK_BACK = timedelta(hours=3)
"""No clock of today goes back by more."""


@dataclass(frozen=True)
class Answer:
    """What holds at one instant."""

    layers: dict[str, tuple[str, ...]]
    is_open: bool
    window: str | None


def answer(plan: Plan, at: datetime) -> Answer:
    """Return what *plan* says about *at*."""
    zone = plan.hours.days.zone
    mark = high_water(at, zone)
    names = [rotation.layer for rotation in plan.rotations]
    names += ["primary"] if plan.standing else []
    names += [shift.layer for shift in plan.planned]
    return Answer(
        layers=_layers(plan, _unique(names), at, mark),
        is_open=_is_open(plan, mark),
        window=_duty_window(plan, mark),
    )


def high_water(at: datetime, zone: tzinfo) -> datetime:
    """Return the latest wall time that the clock showed at *at* or before, naive."""
    now = at.astimezone(zone).replace(tzinfo=None)
    hours_ago = (at - LOOK_BACK).astimezone(zone).replace(tzinfo=None)
    if now - hours_ago >= LOOK_BACK:  # it did not go back meanwhile
        return now
    marks = [now]
    step = at.replace(second=0, microsecond=0)
    while step > at - LOOK_BACK:
        marks.append(step.astimezone(zone).replace(tzinfo=None))
        step -= MINUTE
    return max(marks)


def _turns_begun(rotation: Rotation, mark: datetime) -> int:
    """Count the handoffs that have happened, one by one."""
    begun, handoff = 0, rotation.starts_at
    while handoff <= mark:
        begun += 1
        handoff += rotation.shift
    return begun


def _layers(
    plan: Plan, names: list[str], at: datetime, mark: datetime
) -> dict[str, tuple[str, ...]]:
    """Fill layer after layer; who is wanted in another one steps in only as the last resort."""
    wanted = [_wanted(plan, layer, at, mark) for layer in names]
    result: dict[str, tuple[str, ...]] = {}
    for number, layer in enumerate(names):
        busy = {name for people in result.values() for name in people}
        busy |= {name for people, _ in wanted[number + 1 :] for name in people}
        people, queue = wanted[number]
        result[layer] = tuple(_fill(plan, people, queue, at, busy))
    return result


def _wanted(plan: Plan, layer: str, at: datetime, mark: datetime) -> tuple[list[str], list[str]]:
    """Return who would be on call if nobody were away, and who waits in which order."""
    queue = _queue(plan, layer, mark)
    scheduled = [s.technician for s in plan.planned if s.layer == layer and s.start <= at < s.end]
    if not scheduled and layer == "primary" and all(r.layer != layer for r in plan.rotations):
        scheduled, queue = list(plan.standing), list(plan.standing)
    elif not scheduled:
        scheduled = queue[:1]
    people = _unique(scheduled)
    for override in plan.overrides:
        if isinstance(override, Takeover | Addition):
            if override.layer != layer or at < override.start or at >= override.end:
                continue
            kept = [] if isinstance(override, Takeover) else people
            people = _unique([*kept, override.substitute])
        elif isinstance(override, Replacement):
            people = _exchange(people, [override], layer, at)
        elif isinstance(override, Swap):
            people = _exchange(people, [override.first, override.second], layer, at)
    return people, queue


def _queue(plan: Plan, layer: str, mark: datetime) -> list[str]:
    """Return the rotation's people, whose turn it is first, of the one begun last."""
    queue: list[str] = []
    newest = datetime.min  # noqa: DTZ901 - naive civil time is what the oracle reckons with
    for rotation in plan.rotations:
        begun = _turns_begun(rotation, mark) if rotation.layer == layer else 0
        if begun and rotation.starts_at > newest:
            newest, queue = rotation.starts_at, list(rotation.order)
            for _ in range(begun - 1):
                queue.append(queue.pop(0))
    return queue


def _exchange(people: list[str], halves: list[Replacement], layer: str, at: datetime) -> list[str]:
    new = list(people)
    for half in halves:
        if at < half.start or at >= half.end or half.layer not in {None, layer}:
            continue
        for place, name in enumerate(people):
            if name == half.technician:
                new[place] = half.substitute
    return _unique(new)


def _fill(
    plan: Plan, people: list[str], queue: list[str], at: datetime, busy: set[str]
) -> list[str]:
    away = {
        o.technician for o in plan.overrides if isinstance(o, Absence) and o.start <= at < o.end
    }
    away |= {name for name in [*people, *queue] if name not in plan.technicians}
    result: list[str | None] = [None if name in away else name for name in people]
    for place, name in enumerate(people):
        if name not in away:
            continue
        line = list(queue)
        while name in line and line[0] != name:
            line.append(line.pop(0))
        fit = [one for one in line if one not in away and one not in result]
        fit.sort(key=lambda one: one in busy)  # stable: the order stays among equals
        result[place] = fit[0] if fit else None
    return [name for name in result if name is not None]


def _unique(names: list[str]) -> list[str]:
    return [name for place, name in enumerate(names) if name not in names[:place]]


def _holds(windows: tuple[Window, ...], begins: datetime, mark: datetime) -> bool:
    """Whether the mark lies in a window of the day that begins at *begins* (midnight)."""
    for window in windows:
        start = begins + _since_midnight(window.start)
        end = begins + _since_midnight(window.end)
        if start <= mark < (end if end > start else end + DAY):
            return True
    return False


def _since_midnight(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute)


def _is_open(plan: Plan, mark: datetime) -> bool:
    for begins in _yesterday_and_today(mark):
        special = plan.hours.days.special.get(begins.date())
        if special is None:
            windows = plan.hours.week.get(_kind(plan, begins), ())
        else:
            windows = special.windows
        if _holds(windows, begins, mark):
            return True
    return False


def _duty_window(plan: Plan, mark: datetime) -> str | None:
    for duty in plan.duty_windows:
        for begins in _yesterday_and_today(mark):
            if _kind(plan, begins) in duty.days and _holds(duty.windows, begins, mark):
                return duty.name
    return None


def _yesterday_and_today(mark: datetime) -> tuple[datetime, datetime]:
    today = datetime.combine(mark.date(), time())
    return today - DAY, today


def _kind(plan: Plan, begins: datetime) -> str:
    special = plan.hours.days.special.get(begins.date())
    is_holiday = plan.hours.days.holiday_on(begins.date()) is not None
    if special is not None and special.is_holiday is not None:
        is_holiday = special.is_holiday
    return "holiday" if is_holiday else begins.strftime("%A").lower()
