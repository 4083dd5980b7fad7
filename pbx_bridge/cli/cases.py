"""Command group `cases`: what was reported after hours, and who took it."""

import asyncio
import json
import shutil
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import asdict
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from pydantic_core import to_jsonable_python

from pbx_bridge.adapters.store.journal import JournalRow, Machine
from pbx_bridge.adapters.store.reading import (
    CasePhase,
    CaseSummary,
    follow,
    list_cases,
    newest_seq,
    show_case,
)
from pbx_bridge.cli import case_life
from pbx_bridge.cli.case_file import names_of, page
from pbx_bridge.cli.timeline import Names, Timeline, clock, day, sentence
from pbx_bridge.cli.words import WORDS
from pbx_bridge.config import Config, parse
from pbx_bridge.config.parsing import read_text
from pbx_bridge.errors import StoreError

WIDE = 120
"""Columns of a page that goes into a file or a pipe."""

COLOURS = {
    CasePhase.ACKNOWLEDGED: "green",
    CasePhase.EXHAUSTED: "red",
    CasePhase.DONE: None,
    CasePhase.FILED: None,
}
"""On a terminal; every other phase is yellow: something still happens."""

DISPENSABLE = ("notes", "rings", "message", "category", "outcome")
"""Columns of the list that a narrow terminal does without."""

GAP = "  "
"""Between two columns."""

JSON_LINES = click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")


@click.group()
def cases() -> None:
    """Show cases and who took them; say how they ended."""


for each in (case_life.done, case_life.note, case_life.take, case_life.reopen):
    cases.add_command(each)


@cases.command("list")
@click.option("--phase", type=click.Choice([p.value for p in CasePhase]), help="Only this phase.")
@JSON_LINES
@click.pass_obj
def list_command(config_path: Path, phase: str | None, as_json: bool) -> None:
    """
    List all cases, oldest first.

    JSON keys: case_id, opened_at (UTC), number (null: withheld), message_s (seconds),
    urgency and category (null: no verdict yet), phase, owner (null: nobody), attempts,
    outcome, done_by and done_at (UTC; null: not done), notes (how many).

    Exit status: 0 even when the list is empty, 1 when the database is unusable.
    """
    config = _config(config_path)
    found = list_cases(config.store.path, CasePhase(phase) if phase else None)
    if as_json:
        for case in found:
            _print_json(asdict(case))
        return
    for line in _table(found, ZoneInfo(config.firm.zone), _width()):
        click.echo(line)


@cases.command("show")
@click.argument("case_id", type=WORDS)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def show_command(config_path: Path, case_id: str, as_json: bool) -> None:
    """
    Show everything about the case CASE_ID.

    Times are the firm's, numbers are whole: this is what the office calls back with.
    Outcome and notes stand under call, life in the JSON.

    JSON keys: case_id, call, escalation (null: none), journal (rows as in follow),
    parked (effects that were given up: seq, effect, error, failures), told (notices:
    addressee, topic, status, queued_at, ended_at, error). Times are UTC.

    Exit status: 1 when there is no such case or the database is unusable.
    """
    config = _config(config_path)
    file = show_case(config.store.path, case_id)
    if file is None:
        path = config.store.path
        raise StoreError(f"{path} holds no case {case_id}; see them with: pbx-bridge cases list")
    names = names_of(file.escalation)
    if as_json:
        rows = [_row(row, names) for row in file.journal]
        whole = {"call": file.call, "escalation": file.escalation, "parked": file.parked}
        _print_json({"case_id": case_id, **whole, "told": file.told, "journal": rows})
        return
    for line in page(file, ZoneInfo(config.firm.zone), _width()):
        click.echo(line)


@cases.command("follow")
@click.option(
    "--all/--since-now",
    "from_start",
    help="Begin with the first row of the journal, or (default) with the next one.",
)
@JSON_LINES
@click.pass_obj
def follow_command(config_path: Path, from_start: bool, as_json: bool) -> None:
    """
    Show what happens to all cases, as it happens, until Ctrl-C.

    JSON keys: seq, case_id, at (UTC), machine (call, escalation or note), version
    (null: a note), trigger, data (as it happened), text (the sentence for people).

    Exit status: 0 after Ctrl-C, 1 when the database is unusable.
    """
    config = _config(config_path)
    after_seq = 0 if from_start else newest_seq(config.store.path)
    try:
        asyncio.run(_follow(config, after_seq, as_json=as_json))
    except KeyboardInterrupt:  # how a live view ends; click would say "Aborted!" and exit 1
        return


async def _follow(config: Config, after_seq: int, *, as_json: bool) -> None:
    path, zone, today = config.store.path, ZoneInfo(config.firm.zone), ""
    known: dict[str, Names] = {}
    told = Timeline()
    async with aclosing(follow(path, after_seq)) as rows:
        async for row in rows:
            if row.machine is Machine.ESCALATION and not _is_known(row, known):
                file = await asyncio.to_thread(show_case, path, row.case_id)
                known[row.case_id] = names_of(file.escalation if file else None)
            names = known.get(row.case_id, {})
            if as_json:
                _print_json(_row(row, names))
                continue
            said = told.sentence(row, names)
            if said is None:
                continue
            if day(row.at, zone) != today:
                today = day(row.at, zone)
                click.echo(f"{today} ({zone.key})")
            click.echo(f"{clock(row.at, zone)}  {click.style(row.case_id, bold=True)}  {said}")


def _is_known(row: JournalRow, known: dict[str, Names]) -> bool:
    """Whether it is known whom the row's attempt rang; numbers never change their technician."""
    return "attempt" not in row.data or row.data["attempt"] in known.get(row.case_id, {})


def _table(found: list[CaseSummary], zone: ZoneInfo, width: int) -> Iterator[str]:
    """Yield heading and rows; columns are left out, least wanted first, until they fit."""
    if not found:
        yield "no cases"
        return
    rows = [_columns(case, zone) for case in found]
    sizes = {name: max(len(name), *(len(row[name]) for row in rows)) for name in rows[0]}
    for name in DISPENSABLE:
        if sum(sizes.values()) + len(GAP) * (len(sizes) - 1) > width:
            del sizes[name]
    yield click.style(_line({name: name.upper() for name in sizes}, sizes), bold=True)
    for case, row in zip(found, rows, strict=True):
        yield click.style(_line(row, sizes), fg=COLOURS.get(case.phase, "yellow"))


def _columns(case: CaseSummary, zone: ZoneInfo) -> dict[str, str]:
    return {
        "case": case.case_id,
        "arrived": f"{case.opened_at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
        "caller": case.number or "withheld",
        "message": f"{case.message_s:.1f} s",
        "urgency": case.urgency.value if case.urgency else "-",
        "category": case.category or "-",
        "phase": case.phase.value,
        "owner": case.owner or "-",
        "rings": str(case.attempts),
        "outcome": case.outcome.value if case.outcome else "-",
        "notes": str(case.notes),
    }


def _line(cells: dict[str, str], sizes: dict[str, int]) -> str:
    return GAP.join(f"{cells[name]:<{size}}" for name, size in sizes.items()).rstrip()


def _row(row: JournalRow, technicians: Names) -> dict[str, object]:
    return {**asdict(row), "text": sentence(row, technicians)}


def _print_json(value: object) -> None:
    click.echo(json.dumps(to_jsonable_python(value, inf_nan_mode="strings"), ensure_ascii=False))


def _config(path: Path) -> Config:
    """Read the configuration without its secrets: whoever may read the cases needs none."""
    return parse(read_text(path), source=str(path))


def _width() -> int:
    return shutil.get_terminal_size(fallback=(WIDE, 24)).columns
