"""``pbx-bridge oncall vcard`` and ``check-phone``: will his mobile ring, and do its keys arrive?"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from pbx_bridge.adapters.control.client import ask
from pbx_bridge.cli.firm_plan import FirmPlan, firm_plan
from pbx_bridge.config import parse
from pbx_bridge.config.parsing import read_text
from pbx_bridge.core.calendar import duty
from pbx_bridge.core.phone_check import CheckOutcome
from pbx_bridge.errors import CommandRefused, ConfigError
from pbx_bridge.wire.control import CheckPhone, as_json

LIMIT_S = 150.0
"""For one check: the longest ring timeout, what is said, and some more."""

SAID = {
    CheckOutcome.KEY_HEARD: "key heard",
    CheckOutcome.NO_KEY: "answered, no key (mailbox, or keys do not arrive)",
    CheckOutcome.NO_ANSWER: "did not answer",
    CheckOutcome.BUSY: "busy or declined",
    CheckOutcome.UNREACHABLE: "unreachable",
    CheckOutcome.CASE_FIRST: "not checked, a case goes first",
    CheckOutcome.NOT_KNOWN: "not known",
    CheckOutcome.INCOMPLETE: "not checked, dialplan or prompts are old",
}
REFUSED = "refused"
"""Stands for the outcome where the service said no; the others are checked all the same."""


@click.command("vcard")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write, like a.vcf."
)
@click.pass_obj
def vcard_command(config_path: Path, output: Path | None) -> None:
    """
    Write a contact that technicians save as a favourite, as a vCard.

    A favourite rings through do-not-disturb. The number is the one that every ring of ours
    shows. Without --output it goes to standard output.

    Exit status: 1 when asterisk.caller_id is not set, or the file cannot be written.
    """
    config = parse(read_text(config_path), source=str(config_path))
    number = config.asterisk.caller_id
    if number is None:
        mistake = (
            f"{config_path}: asterisk.caller_id is not set, so the trunk decides which number"
            " technicians see; set it to the one that they shall save"
        )
        raise ConfigError([mistake])
    from pbx_bridge.adapters.ical.contact import contact_file  # noqa: PLC0415 - slow to import

    data = contact_file(config.firm.name, number, config.firm.language)
    if output is None:
        click.echo(data, nl=False)
        return
    try:
        output.write_bytes(data)
    except OSError as exc:
        raise click.FileError(str(output), exc.strerror or "cannot be written") from exc
    click.echo(f"wrote {number} to {output}")


@click.command("check-phone")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--all", "with_all", is_flag=True, help="Every technician, one after the other.")
@click.option("--on-call", is_flag=True, help="Those who are on call now.")
@click.option("--json", "print_json", is_flag=True, help="JSON instead of lines.")
@click.pass_obj
def check_command(
    config_path: Path,
    *,
    names: tuple[str, ...],
    with_all: bool,
    on_call: bool,
    print_json: bool,
) -> None:
    """
    Ring technicians now, as a case would, and see whether the key 1 arrives.

    Whoever picks up hears that it is a test. A real case goes first: while one rings nobody
    is checked, and one that comes ends the check. The service rings, so it must run.

    JSON: a list of technician, outcome (key-heard, no-key, no-answer, busy, unreachable,
    case-first, not-known, incomplete; refused: the service said no), reason.

    Exit status: 0 when every key was heard, else 1; 2 when there is no such technician.
    """
    firm = firm_plan(config_path)
    wanted = _wanted(firm, names, with_all=with_all, on_call=on_call)
    found: list[dict[str, Any]] = []
    try:
        for check in _checks(firm, wanted):
            found.append(check)
            if not print_json:
                click.echo(_said(check))
    finally:  # also when the service goes away in the middle
        if print_json and found:
            click.echo(json.dumps(found, ensure_ascii=False))
    if any(check["outcome"] != CheckOutcome.KEY_HEARD for check in found):
        raise SystemExit(1)


def _wanted(
    firm: FirmPlan, names: Sequence[str], *, with_all: bool, on_call: bool
) -> Sequence[str]:
    """Return whom to check, each once."""
    if sum((bool(names), with_all, on_call)) != 1:
        raise click.UsageError("say whom to check: NAME..., --all or --on-call")
    people = firm.plan.technicians
    unknown = [name for name in names if name not in people]
    if unknown:
        known = ", ".join(people)
        raise click.BadParameter(f"{unknown[0]!r} is no technician; known: {known}")
    if on_call:
        layers = duty(firm.plan, firm.now).layers
        planned = [name for layer in layers.values() for name in layer]
        names = planned if layers else firm.config.order()
        if not names:
            raise click.UsageError("nobody is on call now; see: pbx-bridge oncall now")
    return tuple(dict.fromkeys(people if with_all else names))


def _checks(firm: FirmPlan, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield each check when it is over; raise `ControlError` when the service is away."""
    for name in names:
        arguments = as_json(CheckPhone(technician=name))
        try:
            yield ask(firm.config.service.socket, "phone.check", arguments, LIMIT_S)
        except CommandRefused as exc:
            yield {"technician": name, "outcome": REFUSED, "reason": str(exc)}


def _said(check: dict[str, Any]) -> str:
    """Return the line for one check."""
    outcome = check["outcome"]
    said = REFUSED if outcome == REFUSED else SAID[CheckOutcome(outcome)]
    why = f": {check['reason']}" if check["reason"] else ""
    return f"{check['technician']}: {said}{why}"
