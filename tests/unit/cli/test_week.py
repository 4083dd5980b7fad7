"""A week as it is drawn."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import click

from pbx_bridge.cli.week import week_lines
from pbx_bridge.core.calendar import Plan
from pbx_bridge.core.hours import Days, OpeningHours
from pbx_bridge.core.override import Absence, Addition
from pbx_bridge.core.rotation import Rotation

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 3, 23)


def local(text: str) -> datetime:
    """Return the instant at which the clock in Berlin shows *text*."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def weekly(layer: str, *order: str) -> Rotation:
    """Return turns with a handoff on Monday at 08:00."""
    start = datetime.fromisoformat("2026-03-16 08:00")
    return Rotation(layer=layer, order=order, starts_at=start, shift=timedelta(weeks=1))


PLAN = Plan(
    hours=OpeningHours(
        Days(zone=BERLIN, holiday_on={date(2026, 3, 24): "Feiertag"}.get),
    ),
    technicians=("anna", "ben"),
    rotations=(weekly("primary", "anna", "ben"), weekly("backup", "ben", "anna")),
)


def drawn(plan: Plan, width: int = 100, days: int = 7) -> list[str]:
    """Return the drawing without colours."""
    return [click.unstyle(line) for line in week_lines(plan, MONDAY, days, width)]


def test_week_is_a_row_for_each_day_and_a_bar_for_each_layer() -> None:
    """A column is an hour; names stand where shifts begin; exact times below."""
    assert drawn(PLAN) == [
        "            primary                   backup",
        "            0     6     12    18      0     6     12    18",
        "Mon 23 Mar  |anna...|ben............  |ben....|anna...........",
        "Tue 24 Mar  |ben....................  |anna...................  Feiertag",
        "Wed 25 Mar  |ben....................  |anna...................",
        "Thu 26 Mar  |ben....................  |anna...................",
        "Fri 27 Mar  |ben....................  |anna...................",
        "Sat 28 Mar  |ben....................  |anna...................",
        "Sun 29 Mar  |ben....................  |anna...................  23 h",
        "",
        "Mon 2026-03-23 08:00 (07:00 UTC)  primary  anna -> ben",
        "Mon 2026-03-23 08:00 (07:00 UTC)  backup   ben -> anna",
    ]


def test_gap_is_seen() -> None:
    """Nobody is on call: exclamation marks, not an empty space."""
    start, end = local("2026-03-24 06:00"), local("2026-03-24 18:00")
    away = tuple(Absence(technician=n, start=start, end=end) for n in PLAN.technicians)

    lines = drawn(replace(PLAN, overrides=away, rotations=PLAN.rotations[:1]))

    assert lines[3] == "Tue 24 Mar  |ben..|nobody!!!!!|ben..  Feiertag"
    assert lines[-2].endswith("primary  ben -> nobody")


def test_second_person_stands_beside_the_first() -> None:
    """As far as there is room."""
    start, end = local("2026-03-24 06:00"), local("2026-03-24 09:00")
    second = Addition(substitute="anna", layer="primary", start=start, end=end)

    lines = drawn(replace(PLAN, overrides=(second,), rotations=PLAN.rotations[:1]))

    assert lines[3] == "Tue 24 Mar  |ben..|be|ben...........  Feiertag"
    assert lines[-2].endswith("ben -> ben+anna")


def test_narrow_terminal_has_two_or_three_hours_for_each_column() -> None:
    """Two layers need 64 columns at an hour each, 40 at two."""
    assert drawn(PLAN, 64)[2] == "Mon 23 Mar  |anna...|ben............  |ben....|anna..........."
    assert drawn(PLAN, 63)[:3] == [
        "            primary       backup",
        "            0  6  12 18   0  6  12 18",
        "Mon 23 Mar  |ann|ben....  |ben|anna...",
    ]
    assert drawn(PLAN, 39)[2] == "Mon 23 Mar  |an|ben.  |be|anna"
    assert drawn(PLAN, 10)[2] == drawn(PLAN, 39)[2]


def test_night_on_which_clocks_go_back_has_25_hours() -> None:
    """The row says so."""
    (row,) = [
        line
        for line in week_lines(PLAN, date(2026, 10, 25), 1, 100)
        if line.startswith("Sun 25 Oct")
    ]

    assert row.endswith("  25 h")


def test_plan_without_layers_draws_days() -> None:
    """Nothing to show is no error."""
    assert drawn(replace(PLAN, rotations=()), days=1)[2] == "Mon 23 Mar"
