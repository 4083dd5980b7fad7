"""``pbx-bridge oncall override`` and ``swap``: changes go to the service, which writes them."""

import getpass
import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, assert_never

import click
from pydantic_core import to_jsonable_python

from pbx_bridge.adapters.control.client import ask
from pbx_bridge.cli.concerns import told_concerns
from pbx_bridge.cli.firm_plan import AROUND, FirmPlan, firm_plan
from pbx_bridge.cli.screen import plain
from pbx_bridge.cli.times import moment, parse_time
from pbx_bridge.cli.words import WORDS
from pbx_bridge.core.calendar import PRIMARY, Shift, shifts, turns
from pbx_bridge.core.override import Absence, Addition, Override, Replacement, Swap, Takeover
from pbx_bridge.errors import CalendarError
from pbx_bridge.wire.control import RemoveOverride, add_override, as_json

JSON = click.option("--json", "as_json", is_flag=True, help="JSON instead of lines; times are UTC.")
REASON = click.option("--reason", type=WORDS, default="", help="Why; it goes into the journal.")
BY = click.option(
    "--made-by",
    type=WORDS,
    default=lambda: os.environ.get("SUDO_USER") or getpass.getuser(),
    help="Who decided it, for the journal; by default who is logged in.",
)


@click.group()
def override() -> None:
    """Make, list and remove dated exceptions: sick, holiday, takes over, second person."""


@override.command("add")
@click.argument("kind", type=click.Choice(["absent", "replace", "takeover", "second"]))
@click.argument("names", type=WORDS, nargs=-1, required=True)
@click.option("--from", "start", default="now", help="When it begins; default: now.")
@click.option("--until", "end", required=True, help="When it ends; a day without time: its end.")
@click.option("--layer", type=WORDS, help="Layer; replace: without it all, else primary.")
@REASON
@BY
@JSON
@click.pass_obj
def add_command(  # noqa: PLR0913 - one for each option
    config_path: Path,
    *,
    kind: str,
    names: tuple[str, ...],
    start: str,
    end: str,
    layer: str | None,
    reason: str,
    made_by: str,
    as_json: bool,
) -> None:
    """
    Make an exception.

    \b
    absent ANNA        is sick or away: the next in the order steps in, in every layer
    replace ANNA BEN   wherever Anna is on call, Ben is instead
    takeover BEN       Ben has the layer alone, whoever would have had it
    second BEN         Ben is on call too, rung after the others

    The service writes it, so it must run. JSON: the override as stored, and concerns: what
    is unwise because of it.

    Exit status: 1 when the service refuses it or does not run.
    """
    firm = firm_plan(config_path)
    begin = parse_time(start, firm.now, firm.zone)
    until = parse_time(end, firm.now, firm.zone, is_end=True)
    made = _override(kind, names, begin, until, layer)
    _send(firm, made, reason=reason, made_by=made_by, print_json=as_json)


@override.command("list")
@click.option("--all", "with_past", is_flag=True, help="Also those that are over.")
@JSON
@click.pass_obj
def list_command(config_path: Path, with_past: bool, as_json: bool) -> None:
    """
    List the exceptions that stand, oldest first.

    JSON: a list of override_id, kind, override (its fields), made_at, made_by, reason.

    Exit status: 0 even when the list is empty.
    """
    firm = firm_plan(config_path, back=AROUND * 600 if with_past else AROUND * 0)
    if as_json:
        rows = [{**asdict(row), "kind": type(row.override).__name__} for row in firm.rows.overrides]
        click.echo(json.dumps(to_jsonable_python(rows), ensure_ascii=False))
        return
    for row in firm.rows.overrides:
        why = plain(f"by {row.made_by}, {row.reason}" if row.reason else f"by {row.made_by}")
        click.echo(f"{row.override_id:>4}  {sentence(row.override, firm)} ({why})")
    if not firm.rows.overrides:
        click.echo("no overrides")


@override.command("remove")
@click.argument("override_id", metavar="NUMBER", type=int)
@REASON
@BY
@JSON
@click.pass_obj
def remove_command(
    config_path: Path, override_id: int, reason: str, made_by: str, as_json: bool
) -> None:
    """
    Take an exception out, before it is over or before it begins.

    The service writes it, so it must run. JSON: the override, and concerns: what is unwise
    without it.

    Exit status: 1 when there is none of this NUMBER, or the service does not run.
    """
    firm = firm_plan(config_path)
    command = RemoveOverride(override_id=override_id, made_by=made_by, reason=reason)
    told = ask(firm.config.service.socket, "override.remove", _fields(command))
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(f"override {override_id} is removed")
    tell_concerns(told, firm)


@click.command("swap")
@click.argument("first")
@click.argument("first_at", metavar="TIME")
@click.argument("second")
@click.argument("second_at", metavar="TIME")
@click.option("--layer", default=PRIMARY, show_default=True, help="Layer of both shifts.")
@REASON
@BY
@JSON
@click.pass_obj
def swap(  # noqa: PLR0913 - one for each option
    config_path: Path,
    *,
    first: str,
    first_at: str,
    second: str,
    second_at: str,
    layer: str,
    reason: str,
    made_by: str,
    as_json: bool,
) -> None:
    """
    Let two people take each other's shifts.

    FIRST TIME SECOND TIME: each TIME lies in the shift that this person gives away, or on
    the day on which it begins. A shift goes from one handoff to the next: of two weeks in a
    row one is swapped. Of a shift that has begun the rest is swapped.

    The service writes it, so it must run. JSON: as of override add.

    Exit status: 1 when one of them has no shift then, or the service refuses.
    """
    firm = firm_plan(config_path)
    given = _shift(firm, layer, first, first_at)
    taken = _shift(firm, layer, second, second_at)
    made = Swap(first=_handed_over(firm, given, second), second=_handed_over(firm, taken, first))
    _send(firm, made, reason=reason, made_by=made_by, print_json=as_json)


def sentence(made: Override, firm: FirmPlan) -> str:
    """Return what an override says, for people."""

    def during(part: Absence | Replacement | Takeover | Addition) -> str:
        return f"from {moment(part.start, firm.zone)} until {moment(part.end, firm.zone)}"

    match made:
        case Absence(technician=name):
            return f"{name} is absent {during(made)}"
        case Replacement(technician=name, substitute=other, layer=layer):
            where = f" in {layer}" if layer else ""
            return f"{other} replaces {name}{where} {during(made)}"
        case Takeover(substitute=name, layer=layer):
            return f"{name} takes {layer} over {during(made)}"
        case Addition(substitute=name, layer=layer):
            return f"{name} is second in {layer} {during(made)}"
        case Swap(first=first, second=second):
            return f"swap: {sentence(first, firm)}; {sentence(second, firm)}"
        case _:
            assert_never(made)


def tell_concerns(told: Mapping[str, Any], firm: FirmPlan) -> None:
    """Print what the service found unwise after a change."""
    for line in told_concerns(told, firm.zone):
        click.echo(f"beware: {line}")


def _override(
    kind: str, names: tuple[str, ...], start: datetime, end: datetime, layer: str | None
) -> Override:
    wanted = 2 if kind == "replace" else 1
    if len(names) != wanted:
        raise click.UsageError(f"{kind} needs {wanted} name(s), not {len(names)}")
    who = names[-1]
    if kind == "absent":
        if layer is not None:
            raise click.UsageError("absent holds in every layer; leave --layer out")
        return Absence(technician=who, start=start, end=end)
    if kind == "replace":
        return Replacement(technician=names[0], substitute=who, start=start, end=end, layer=layer)
    if kind == "takeover":
        return Takeover(substitute=who, layer=layer or PRIMARY, start=start, end=end)
    return Addition(substitute=who, layer=layer or PRIMARY, start=start, end=end)


def _shift(firm: FirmPlan, layer: str, technician: str, when: str) -> Shift:
    at = parse_time(when, firm.now, firm.zone)
    own = [
        turn
        for shift in shifts(firm.plan, at - AROUND, at + AROUND)
        if (shift.layer, shift.technician) == (layer, technician)
        for turn in turns(firm.plan, shift)
    ]
    day = at.astimezone(firm.zone).date()
    for shift in own:
        if shift.start <= at < shift.end and shift.end > firm.now:
            return shift
    for shift in own:
        if shift.start.astimezone(firm.zone).date() == day and shift.start >= at:
            return shift
    raise CalendarError(
        f"{technician!r} has no shift in {layer} at {moment(at, firm.zone)}; "
        "see them with: pbx-bridge oncall next"
    )


def _handed_over(firm: FirmPlan, shift: Shift, substitute: str) -> Replacement:
    return Replacement(
        technician=shift.technician,
        substitute=substitute,
        start=max(shift.start, firm.now),
        end=shift.end,
        layer=shift.layer,
    )


def _send(firm: FirmPlan, made: Override, *, reason: str, made_by: str, print_json: bool) -> None:
    command = add_override(made, made_by=made_by, reason=reason)
    told = ask(firm.config.service.socket, "override.add", _fields(command))
    if print_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(f"override {told['override']['override_id']}: {sentence(made, firm)}")
    tell_concerns(told, firm)


def _fields(command: object) -> Mapping[str, Any]:
    fields: Mapping[str, Any] = as_json(command)
    return fields
