"""Command group `hours`: whether the office is open."""

import json
from pathlib import Path

import click
from pydantic_core import to_jsonable_python

from pbx_bridge.cli.firm_plan import FirmPlan, firm_plan
from pbx_bridge.cli.times import moment, parse_time
from pbx_bridge.core.hours import duty_window

JSON = click.option("--json", "as_json", is_flag=True, help="JSON instead of lines; times are UTC.")

CLOSED = 3
"""Exit status; 1 and 2 are errors, after which a script does not know."""


@click.group()
def hours() -> None:
    """Show whether the office is open, and when that changes."""


@hours.command("now")
@JSON
@click.pass_obj
def now_command(config_path: Path, as_json: bool) -> None:
    """
    Show whether the office is open now.

    In a script: pbx-bridge hours now > /dev/null || echo "after hours"

    JSON keys: at, is_open, next_change (null: not within 400 days), window (null: none),
    day (its name, null: an ordinary day).

    Exit status: 0 when it is open, 3 when it is closed, another when an error keeps us from
    knowing.
    """
    _tell(firm_plan(config_path), "now", as_json=as_json)


@hours.command("at")
@click.argument("when", metavar="TIME")
@JSON
@click.pass_obj
def at_command(config_path: Path, when: str, as_json: bool) -> None:
    """
    Show whether the office is open at TIME.

    TIME is by the firm's clock: "2026-12-24 09:00", "monday 08:00", "tomorrow". JSON keys:
    as of now.

    Exit status: as of now, for TIME.
    """
    _tell(firm_plan(config_path), when, as_json=as_json)


def _tell(firm: FirmPlan, when: str, *, as_json: bool) -> None:
    at = parse_time(when, firm.now, firm.zone)
    opening = firm.plan.hours
    is_open, change = opening.is_open(at), opening.next_change(at)
    window = duty_window(opening.days, firm.plan.duty_windows, at)
    day = opening.days.name(at.astimezone(firm.zone).date())
    if as_json:
        told = {"at": at, "is_open": is_open, "next_change": change, "window": window, "day": day}
        click.echo(json.dumps(to_jsonable_python(told), ensure_ascii=False))
    else:
        about = ", ".join(part for part in (window, day) if part)
        state = f"{'open' if is_open else 'closed'}{f' ({about})' if about else ''}"
        click.echo(f"{moment(at, firm.zone)} {firm.zone.key}: {state}")
        if change is None:
            click.echo("no change within 400 days; see [hours]")
        else:
            click.echo(f"{'closes' if is_open else 'opens'} {moment(change, firm.zone)}")
    if not is_open:
        raise SystemExit(CLOSED)
