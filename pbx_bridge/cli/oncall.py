"""Command group `oncall`: who is on call, and changes of it."""

import json
import shutil
from dataclasses import asdict
from datetime import datetime, time, timedelta
from pathlib import Path

import click
from pydantic_core import to_jsonable_python

from pbx_bridge.cli.firm_plan import AROUND, FirmPlan, duty_json, firm_plan, shift_around
from pbx_bridge.cli.oncall_files import export_command, import_command
from pbx_bridge.cli.oncall_overrides import override, swap
from pbx_bridge.cli.oncall_phones import check_command, vcard_command
from pbx_bridge.cli.times import length, moment, parse_time
from pbx_bridge.cli.week import week_lines
from pbx_bridge.core.calendar import Shift, duty, gaps, shifts
from pbx_bridge.core.calendar_lint import uncovered
from pbx_bridge.core.hours import WEEKDAYS
from pbx_bridge.core.wall_clock import instant

WIDE = 100
"""Columns of a week that goes into a file or a pipe."""

JSON = click.option("--json", "as_json", is_flag=True, help="JSON instead of lines; times are UTC.")


@click.group()
def oncall() -> None:
    """Show and change who is on call."""


oncall.add_command(override)
oncall.add_command(swap)
oncall.add_command(import_command)
oncall.add_command(export_command)
oncall.add_command(vcard_command)
oncall.add_command(check_command)


@oncall.command("now")
@JSON
@click.pass_obj
def now_command(config_path: Path, as_json: bool) -> None:
    """
    Show who is on call now.

    JSON keys: at, is_open, window (null: none), layers (layer to list of technician, since,
    until; null: further away than 60 days), absent.
    """
    firm = firm_plan(config_path)
    _tell(firm, "now", as_json=as_json)


@oncall.command("at")
@click.argument("when", metavar="TIME")
@JSON
@click.pass_obj
def at_command(config_path: Path, when: str, as_json: bool) -> None:
    """
    Show who is on call at TIME.

    TIME is by the firm's clock: "2026-03-29 02:30", "monday 08:00", "tomorrow"; or with an
    offset from UTC. A time that comes twice is the first of the two, one that is skipped is
    the first instant after the gap. JSON keys: as of now.
    """
    _tell(firm_plan(config_path, back=timedelta(days=36500)), when, as_json=as_json)


@oncall.command("next")
@click.argument("technician", required=False)
@click.option("--count", type=click.IntRange(1, 100), default=6, help="How many shifts.")
@JSON
@click.pass_obj
def next_command(config_path: Path, technician: str | None, count: int, as_json: bool) -> None:
    """
    Show the shifts that begin next, of all or of one TECHNICIAN.

    JSON: a list of shifts: start, end, layer, technician.

    Exit status: 1 when there is no such technician.
    """
    firm = firm_plan(config_path)
    if technician is not None and technician not in firm.plan.technicians:
        known = ", ".join(firm.plan.technicians)
        raise click.BadParameter(f"{technician!r} is no technician; known: {known}")
    ahead = firm.now + AROUND * 6
    found = [
        shift
        for shift in shifts(firm.plan, firm.now, ahead)
        if shift.start > firm.now and technician in (None, shift.technician)
    ][:count]
    if as_json:
        _print_json([asdict(shift) for shift in found])
        return
    for shift in found:
        click.echo(_shift_line(firm, shift))
    if not found:
        click.echo("no shift begins within a year")


@oncall.command("gaps")
@click.option("--days", type=click.IntRange(1, 366), default=60, help="How far ahead.")
@click.option("--all", "with_open", is_flag=True, help="Also while the office is open.")
@JSON
@click.pass_obj
def gaps_command(config_path: Path, days: int, with_open: bool, as_json: bool) -> None:
    """
    Show when a layer has nobody.

    JSON: a list of gaps: start, end, layer.

    Exit status: 0 without gaps, 1 with some.
    """
    firm = firm_plan(config_path)
    find = gaps if with_open else uncovered
    found = find(firm.plan, firm.now, firm.now + timedelta(days=days))
    if as_json:
        rows = [{"start": gap.start, "end": gap.end, "layer": gap.layer} for gap in found]
        _print_json(rows)
    for gap in [] if as_json else found:
        start, end = moment(gap.start, firm.zone), moment(gap.end, firm.zone)
        click.echo(f"{gap.layer}: nobody from {start} until {end}, {length(gap.end - gap.start)}")
    if not found and not as_json:
        click.echo(f"no gaps within {days} days")
    if found:
        raise SystemExit(1)


@oncall.command("week")
@click.argument("when", metavar="[DAY]", default="today")
@click.option("--weeks", type=click.IntRange(1, 8), default=1, help="How many weeks.")
@JSON
@click.pass_obj
def week_command(config_path: Path, when: str, weeks: int, as_json: bool) -> None:
    """
    Draw the week of DAY, Monday to Sunday.

    A column is an hour by the firm's clock, or two or three on a narrow terminal; exact
    handoffs stand below. JSON keys: start, end, zone, shifts (start, end, layer, technician).
    """
    firm = firm_plan(config_path, back=timedelta(days=36500))
    day = parse_time(when, firm.now, firm.zone).astimezone(firm.zone).date()
    monday = day - timedelta(days=day.weekday())
    start, end = (
        instant(datetime.combine(each, time()), firm.zone)
        for each in (monday, monday + timedelta(weeks=weeks))
    )
    if as_json:
        found = [asdict(shift) for shift in shifts(firm.plan, start, end)]
        _print_json({"start": start, "end": end, "zone": firm.zone.key, "shifts": found})
        return
    year, number, _ = monday.isocalendar()
    click.echo(f"Week {number} of {year} ({firm.zone.key})\n")
    width = shutil.get_terminal_size(fallback=(WIDE, 24)).columns
    for line in week_lines(firm.plan, monday, weeks * len(WEEKDAYS), width):
        click.echo(line)


def _tell(firm: FirmPlan, when: str, *, as_json: bool) -> None:
    at = parse_time(when, firm.now, firm.zone)
    if as_json:
        _print_json(duty_json(firm.plan, at))
        return
    found = duty(firm.plan, at)
    state = "open" if found.is_open else "closed"
    window = f", {found.window}" if found.window else ""
    click.echo(f"{moment(at, firm.zone)} {firm.zone.key}, {state}{window}")
    size = max((len(layer) for layer in found.layers), default=0)
    for layer, people in found.layers.items():
        for name in people or (None,):
            told = click.style("NOBODY", fg="red") if name is None else name
            since = _since(firm, layer, name, at) if name is not None else ""
            click.echo(f"{layer:<{size}}  {told}{since}")
    for name in sorted(found.absent):
        click.echo(f"absent: {name}")


def _since(firm: FirmPlan, layer: str, name: str, at: datetime) -> str:
    """Return how long a shift has been and will be; nothing when it is longer than 60 days."""
    shift = shift_around(firm.plan, layer, name, at)
    if shift is None:
        return ""
    since = f", since {moment(shift.start, firm.zone)}" if shift.start > at - AROUND else ""
    until = f", until {moment(shift.end, firm.zone)}" if shift.end < at + AROUND else ""
    return since + until


def _shift_line(firm: FirmPlan, shift: Shift) -> str:
    start, end = moment(shift.start, firm.zone), moment(shift.end, firm.zone)
    return f"{start}  {shift.layer}  {shift.technician}  until {end}"


def _print_json(value: object) -> None:
    click.echo(json.dumps(to_jsonable_python(value), ensure_ascii=False))
