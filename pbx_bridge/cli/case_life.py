"""``pbx-bridge cases done|note|take|reopen``: the service writes it, so it must run."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from pbx_bridge.adapters.control.client import ask
from pbx_bridge.cli.words import WORDS, Words
from pbx_bridge.config import parse
from pbx_bridge.config.parsing import read_text
from pbx_bridge.core.case_life import MAX_NOTE, OFFICE, CaseOutcome
from pbx_bridge.wire.control import AddNote, CloseCase, ReopenCase, TakeCase, as_json

JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a line.")
BY = click.option(
    "--by",
    type=WORDS,
    default=OFFICE,
    show_default=True,
    help="Who says so: a technician's short name, or office.",
)
CASE = click.argument("case_id", metavar="CASE_ID", type=WORDS)
NOTE = Words(at_most=MAX_NOTE)


@click.command("done")
@CASE
@click.option(
    "--outcome",
    required=True,
    type=click.Choice([outcome.value for outcome in CaseOutcome]),
    help="How it ended.",
)
@BY
@click.option("--note", type=NOTE, default="", help="What else is to be kept.")
@JSON
@click.pass_obj
def done(  # noqa: PLR0913 - one for each option
    config_path: Path, *, case_id: str, outcome: str, by: str, note: str, as_json: bool
) -> None:
    """
    Say how the case CASE_ID ended; all of its phones stop.

    May be said again: the last outcome counts, the journal keeps them all.

    JSON keys: case_id, outcome, by.

    Exit status: 1 when the service refuses it or does not run.
    """
    command = CloseCase(case_id=case_id, outcome=CaseOutcome(outcome), by=by, note=note)
    line = f"case {case_id} is done: {outcome} (by {by})"
    _send(config_path, "case.done", command, lambda _: line, print_json=as_json)


@click.command("note")
@CASE
@click.argument("text", type=NOTE)
@BY
@JSON
@click.pass_obj
def note(config_path: Path, case_id: str, text: str, by: str, as_json: bool) -> None:
    """
    Add the note TEXT to the case CASE_ID, whatever its phase.

    JSON keys: case_id, by.

    Exit status: 1 when the service refuses it or does not run.
    """
    command = AddNote(case_id=case_id, text=text, by=by)
    line = f"noted for case {case_id} (by {by})"
    _send(config_path, "case.note", command, lambda _: line, print_json=as_json)


@click.command("take")
@CASE
@click.option(
    "--by", type=WORDS, required=True, help="Who has it: a technician's short name, or office."
)
@JSON
@click.pass_obj
def take(config_path: Path, case_id: str, by: str, as_json: bool) -> None:
    """
    Give the case CASE_ID to somebody by hand; its phones stop.

    Nobody takes a case from another: when somebody has it, this says who. A case of the
    office is not reminded of.

    JSON keys: case_id, owner.

    Exit status: 1 when somebody else has it, the service refuses or does not run.
    """
    command = TakeCase(case_id=case_id, by=by)
    line = f"case {case_id} belongs to {by}"
    _send(config_path, "case.take", command, lambda _: line, print_json=as_json)


@click.command("reopen")
@CASE
@BY
@JSON
@click.pass_obj
def reopen(config_path: Path, case_id: str, by: str, as_json: bool) -> None:
    """
    Open the case CASE_ID again, done or exhausted; it rings if it ever rang.

    JSON keys: case_id, rings.

    Exit status: 1 when it is not over, the service refuses or does not run.
    """

    def line(told: Mapping[str, Any]) -> str:
        rings = "the technicians are rung again" if told["rings"] else "nobody is rung for it"
        return f"case {case_id} is open again; {rings}"

    command = ReopenCase(case_id=case_id, by=by)
    _send(config_path, "case.reopen", command, line, print_json=as_json)


def _send(
    config_path: Path,
    verb: str,
    command: object,
    line: Callable[[Mapping[str, Any]], str],
    *,
    print_json: bool,
) -> None:
    config = parse(read_text(config_path), source=str(config_path))
    told = ask(config.service.socket, verb, as_json(command))
    click.echo(json.dumps(told, ensure_ascii=False) if print_json else line(told))
