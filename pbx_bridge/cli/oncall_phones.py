"""``pbx-bridge oncall vcard`` and ``check-phone``: will his mobile ring, and do its keys arrive?"""

from pathlib import Path

import click

from pbx_bridge.config import parse
from pbx_bridge.config.parsing import read_text
from pbx_bridge.errors import ConfigError


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
        raise ConfigError(
            [
                f"{config_path}: asterisk.caller_id is not set, so the trunk decides which number"
                " technicians see; set it to the one that they shall save"
            ]
        )
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
