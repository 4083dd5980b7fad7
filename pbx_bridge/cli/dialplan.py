"""``pbx-bridge dialplan``: beside the user's own files, and out again without a trace."""

from pathlib import Path

import click

from pbx_bridge.adapters import dialplan as files
from pbx_bridge.config import load, read_secret

ETC = click.option(
    "--etc",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=Path("/etc/asterisk"),
    show_default=True,
    help="Asterisk's folder of configuration files.",
)


@click.group()
def dialplan() -> None:
    """Install or remove our part of the dialplan."""


@dialplan.command()
@ETC
@click.pass_obj
def install(config_path: Path, etc: Path) -> None:
    """
    Write our files into Asterisk's folder and include them with one line.

    Exit status: 0 done, 1 the configuration or the folder cannot be used.
    """
    config = load(config_path)
    secret = read_secret(config.asterisk.ami_secret_file)
    _tell(files.install(config, secret, etc))


@dialplan.command()
@ETC
def remove(etc: Path) -> None:
    """
    Take our files and our line out again; every other byte stays.

    Exit status: 0 done, 1 the folder cannot be used.
    """
    _tell(files.remove(etc))


def _tell(done: files.Installed) -> None:
    for path in done.written:
        click.echo(f"wrote    {path}")
    for path in done.removed:
        click.echo(f"removed  {path}")
    if not (done.written or done.removed):
        click.echo("nothing to change")
    for sentence in done.advice:
        click.echo(f"next: {sentence}")
