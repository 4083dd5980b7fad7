"""``pbx-bridge oncall import`` and ``export``: calendar files in and out."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from pydantic_core import to_jsonable_python

from pbx_bridge.adapters.control.client import ask
from pbx_bridge.cli.firm_plan import AROUND, FirmPlan, firm_plan
from pbx_bridge.cli.oncall_overrides import BY, sentence, tell_concerns
from pbx_bridge.cli.times import moment
from pbx_bridge.core.calendar import PRIMARY, Shift, shifts
from pbx_bridge.core.calendar_lint import overruling
from pbx_bridge.core.override import periods
from pbx_bridge.errors import ImportRefused
from pbx_bridge.wire.control import ImportShifts
from pbx_bridge.wire.control import as_json as as_json_values

if TYPE_CHECKING:
    from pbx_bridge.adapters.ical.preview import Preview

JSON = click.option("--json", "as_json", is_flag=True, help="JSON instead of lines; times are UTC.")

BEHIND, AHEAD = timedelta(days=1), timedelta(days=400)
"""What of a file is imported: from yesterday, a year and a month ahead."""


@click.command("import")
@click.argument(
    "file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option(
    "--dry-run/--apply",
    "is_dry",
    default=True,
    help="Only show what would happen (default), or let the service take it over.",
)
@click.option("--remove", "is_removed", is_flag=True, help="Take the layer's import out; no FILE.")
@click.option("--layer", default=PRIMARY, show_default=True, help="Layer that the file plans.")
@click.option(
    "--all-day-from",
    metavar="HH:MM",
    help="When days without a time begin; without it at midnight.",
)
@BY
@JSON
@click.pass_obj
def import_command(  # noqa: PLR0913 - one for each option
    config_path: Path,
    *,
    file: Path | None,
    is_dry: bool,
    is_removed: bool,
    layer: str,
    all_day_from: str | None,
    made_by: str,
    as_json: bool,
) -> None:
    """
    Import the shifts of one layer from an iCalendar FILE.

    An event's summary has exactly one technician's name in it. While the layer has an imported
    shift, its rotation rests; overrides stand above both. A file with an error leaves the last
    import as it is, another file takes its place; --remove --apply takes it out, and the
    rotation goes on. The service writes it, so for --apply it must run.

    JSON keys: layer, shifts (start, end, layer, technician), flaws (text, is_error), applied.
    Exit status: 1 when the file has errors, or the service refuses it or does not run.
    """
    _check_source(file, is_removed=is_removed)
    firm = firm_plan(config_path)
    if file is None:
        _remove(firm, layer, made_by, is_dry=is_dry, as_json=as_json)
        return
    found = _preview(firm, file, layer, all_day_from)
    if not as_json:
        _tell(found, firm)
    told: Mapping[str, Any] = {"concerns": []}
    if applies := found.is_sound and not is_dry:
        told = _apply(firm, found.shifts, file.name, layer, made_by)
    if as_json:
        _print_json({"layer": layer, **asdict(found), "applied": applies, **told})
    else:
        tell_concerns(told, firm)
        click.echo(_outcome(found, file, layer, is_dry=is_dry))
    if not found.is_sound:
        raise SystemExit(1)


@click.command("export")
@click.argument("technician", required=False)
@click.option("--days", type=click.IntRange(1, 400), default=120, help="How far ahead.")
@click.option("--into", type=click.Path(path_type=Path, dir_okay=False), help="File to write.")
@JSON
@click.pass_obj
def export_command(
    config_path: Path, technician: str | None, days: int, into: Path | None, as_json: bool
) -> None:
    """
    Write the shifts of all, or of one TECHNICIAN, as an iCalendar file.

    Without --into it goes to standard output. JSON: a list of start, end, layer, technician.

    Exit status: 1 when the file cannot be written, 2 when there is no such technician.
    """
    firm = firm_plan(config_path)
    if technician is not None and technician not in firm.plan.technicians:
        known = ", ".join(firm.plan.technicians)
        raise click.BadParameter(f"{technician!r} is no technician; known: {known}")
    ahead = firm.now + timedelta(days=days)
    planned = [  # whole shifts: one that were cut off now would be another one tomorrow
        shift
        for shift in shifts(firm.plan, firm.now - AROUND, ahead + AROUND)
        if shift.end > firm.now and shift.start < ahead and technician in (None, shift.technician)
    ]
    if as_json:
        _print_json([asdict(shift) for shift in planned])
        return
    from pbx_bridge.adapters.ical.writing import calendar_file  # noqa: PLC0415 - slow to import

    name = f"{firm.config.firm.name}: {technician or 'on call'}"
    data = calendar_file(planned, name=name, now=firm.now)
    if into is None:
        click.echo(data, nl=False)
        return
    try:
        into.write_bytes(data)
    except OSError as exc:
        raise click.FileError(str(into), exc.strerror or "cannot be written") from exc
    click.echo(f"wrote {len(planned)} shifts to {into}")


def _check_source(file: Path | None, *, is_removed: bool) -> None:
    if is_removed == (file is not None):
        raise click.UsageError("give a FILE, or --remove and no FILE")


def _print_json(value: object) -> None:
    click.echo(json.dumps(to_jsonable_python(value), ensure_ascii=False))


def _tell(found: "Preview", firm: FirmPlan) -> None:
    for shift in found.shifts:
        start, end = moment(shift.start, firm.zone), moment(shift.end, firm.zone)
        click.echo(f"{start} until {end}  {shift.technician}")
    for flaw in found.flaws:
        click.echo(f"{'error' if flaw.is_error else 'beware'}: {flaw.text}")


def _remove(firm: FirmPlan, layer: str, made_by: str, *, is_dry: bool, as_json: bool) -> None:
    count = sum(shift.layer == layer for shift in firm.plan.planned)
    if not count:
        imported = ", ".join(dict.fromkeys(shift.layer for shift in firm.plan.planned))
        raise ImportRefused(f"{layer!r} has no import; imports are in: {imported or 'no layer'}")
    told = {"concerns": []} if is_dry else _apply(firm, (), "", layer, made_by)
    if as_json:
        _print_json({"layer": layer, "shifts": [], "flaws": [], "applied": not is_dry, **told})
        return
    tell_concerns(told, firm)
    done = "nothing is changed yet, take them out with --apply" if is_dry else "are taken out"
    click.echo(f"{count} imported shifts of {layer}{';' if is_dry else ''} {done}")


def _preview(firm: FirmPlan, file: Path, layer: str, all_day_from: str | None) -> "Preview":
    from pbx_bridge.adapters.ical.preview import Flaw, Reading, preview  # noqa: PLC0415 - slow to import
    from pbx_bridge.adapters.ical.reading import read_events  # noqa: PLC0415 - as above

    known = firm.plan.layers
    if layer not in known:
        raise ImportRefused(f"{layer!r} is no layer; known: {', '.join(known)}")
    try:
        begin = time.fromisoformat(all_day_from) if all_day_from else None
    except ValueError as exc:
        raise click.BadParameter(f"{all_day_from!r} is no time; write it like 08:00") from exc
    try:
        data = file.read_bytes()
    except OSError as exc:
        raise ImportRefused(f"{file}: cannot be read ({exc.strerror})") from exc
    try:
        events, broken = read_events(data, firm.now - BEHIND, firm.now + AHEAD)
    except ImportRefused as exc:
        raise ImportRefused(f"{file}: {exc}") from exc
    reading = Reading(
        layer=layer,
        technicians=firm.plan.technicians,
        zone=firm.zone,
        all_day_from=begin,
    )
    found = preview(events, broken, reading)
    overruled = [Flaw(text=line, is_error=False) for line in _overruled(firm, found.shifts, layer)]
    return replace(found, flaws=(*found.flaws, *overruled))


def _overruled(firm: FirmPlan, imported: Sequence[Shift], layer: str) -> Iterator[str]:
    """Yield which overrides, not over yet, change what *imported* shifts say."""
    others = (shift for shift in firm.plan.planned if shift.layer != layer)
    ahead = (shift for shift in imported if shift.end > firm.now)
    plan = replace(firm.plan, planned=(*others, *ahead))
    for place in overruling(plan, layer):
        row = firm.rows.overrides[place]
        if any(period.end > firm.now for period in periods(row.override)):
            made = sentence(row.override, firm)
            yield f"override {row.override_id} changes what is planned: {made}"


def _apply(
    firm: FirmPlan, planned: Sequence[Shift], source: str, layer: str, made_by: str
) -> Mapping[str, Any]:
    command = ImportShifts(layer=layer, source=source, shifts=planned, made_by=made_by)
    told = ask(firm.config.service.socket, "shifts.import", as_json_values(command))
    return {"concerns": told["concerns"]}


def _outcome(found: "Preview", file: Path, layer: str, *, is_dry: bool) -> str:
    if not found.is_sound:
        return f"{file} is not imported: correct the errors first; the last import stays"
    if is_dry:
        return f"{len(found.shifts)} shifts; nothing is changed yet, import them with --apply"
    undo = "take them out again with: pbx-bridge oncall import --remove --apply --layer"
    return f"{len(found.shifts)} shifts are imported; {undo} {layer}"
