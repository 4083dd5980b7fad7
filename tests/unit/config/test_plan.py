"""From the file to who is on call."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from configs import SMALLEST, changed

from pbx_bridge.config import parse
from pbx_bridge.config.plan import plan_of
from pbx_bridge.core.calendar import Plan, Shift, duty, on_call
from pbx_bridge.core.override import Absence

BERLIN = ZoneInfo("Europe/Berlin")

CALENDAR = (
    changed("[firm]\n", '[firm]\nregion = "BY"\n')
    + """\
[hours]
thursday = ["07:30-12:00", "13:00-17:00"]
holiday = ["10:00-11:00"]
holidays_off = ["Fronleichnam"]

[[special_day]]
date = 2026-12-24
open = ["07:30-11:00"]
name = "Heiligabend"
holiday = true

[[duty_window]]
name = "evening"
days = ["thursday"]
times = ["17:00-07:30"]

[[duty_window]]
name = "holiday"
days = ["sunday", "holiday"]
times = ["00:00-24:00"]

[[rotation]]
order = ["anna", "ben"]
starts_on = 2026-01-05
handoff_day = "monday"
handoff_time = "08:00"
shift_weeks = 1

[[rotation]]
layer = "backup"
order = ["ben"]
starts_on = 2026-01-05
handoff_time = 20:00:00
shift_days = 3
shift_hours = 0
""".replace("shift_hours = 0\n", "")
)


def local(text: str) -> datetime:
    """Return the instant at which the clock in Berlin shows *text*."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def plan(text: str = CALENDAR) -> Plan:
    """Return the plan of a configuration."""
    return plan_of(parse(text, source="f"))


def test_hours_holidays_and_special_days_come_from_the_file() -> None:
    """A holiday that is off is a Thursday, one that is not has its own hours."""
    hours = plan().hours

    def is_open(text: str) -> bool:
        return hours.is_open(local(text))

    assert is_open("2026-06-04 08:00")  # Corpus Christi, switched off
    assert not is_open("2026-05-14 08:00")  # Ascension Day
    assert is_open("2026-05-14 10:30")
    assert is_open("2026-12-24 10:59")
    assert not is_open("2026-12-24 13:00")
    assert hours.days.name(local("2026-12-24 12:00").date()) == "Heiligabend"


def test_duty_windows_come_from_the_file() -> None:
    """Christmas Eve counts as a holiday because the file says so."""
    calendar = plan()

    found = [
        duty(calendar, local(text)).window
        for text in ("2026-01-08 20:00", "2026-01-09 20:00", "2026-12-24 20:00")
    ]

    assert found == ["evening", None, "holiday"]


def test_rotations_come_from_the_file() -> None:
    """TOML's own times are understood as well as texts."""
    calendar = plan()

    assert calendar.layers == ("primary", "backup")
    assert calendar.standing == ()
    assert on_call(calendar, "primary", local("2026-01-12 07:59")) == ("anna",)
    assert on_call(calendar, "primary", local("2026-01-12 08:00")) == ("ben",)
    backup = calendar.rotations[1]
    assert f"{backup.handoff(1, BERLIN).astimezone(BERLIN):%m-%d %H:%M}" == "01-08 20:00"


def test_shifts_in_hours_are_hours() -> None:
    """The third unit of three."""
    text = CALENDAR.replace("shift_days = 3", "shift_hours = 12")

    assert on_call(plan(text), "backup", local("2026-01-08 20:00")) == ("ben",)
    assert plan(text).rotations[1].shift.total_seconds() == 12 * 3600


def test_without_a_rotation_the_policys_order_is_always_on_call() -> None:
    """As it was before there were rotations."""
    ordered = SMALLEST + '[escalation]\norder = ["ben"]\n'
    at = local("2026-01-12 08:00")

    assert duty(plan(SMALLEST), at).layers == {"primary": ("anna", "ben")}
    assert duty(plan(ordered), at).layers == {"primary": ("ben",)}
    assert plan(ordered).technicians == ("anna", "ben")


def test_planned_shifts_and_overrides_are_taken_in() -> None:
    """What was decided since the file was written."""
    start, end = local("2026-01-05 08:00"), local("2026-01-06 08:00")
    shift = Shift(start=start, end=end, layer="primary", technician="ben")
    away = Absence(technician="ben", start=start, end=end)

    calendar = plan_of(parse(CALENDAR, source="f"), planned=[shift], overrides=[away])

    assert (calendar.planned, calendar.overrides) == ((shift,), (away,))
    assert on_call(calendar, "primary", start) == ("anna",)
