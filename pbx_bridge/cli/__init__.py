"""What a person types; one file per command group, imported only when it is used."""

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import click

from pbx_bridge import __version__
from pbx_bridge.errors import BridgeError

DEFAULT_CONFIG = Path("/etc/pbx-bridge/pbx-bridge.toml")


@dataclass(frozen=True, slots=True)
class Entry:
    """A command that is not imported before it is used, so that ``--help`` answers at once."""

    module: str
    """Below `pbx_bridge.cli`; the command in it is named like the key of `COMMANDS`, with _."""
    help: str
    """What the overview says; a test compares it with the command's own help."""


COMMANDS = {
    "cases": Entry("cases", "Show cases and who took them; say how they ended."),
    "config": Entry("config", "Check the configuration."),
    "dialplan": Entry("dialplan", "Install or remove our part of the dialplan."),
    "doctor": Entry("doctor", "Check everything that must be there, and explain what is not."),
    "hours": Entry("hours", "Show whether the office is open, and when that changes."),
    "model": Entry("models", "Fetch and check speech models."),
    "notify": Entry("notify", "Try the ways in which people are told."),
    "oncall": Entry("oncall", "Show and change who is on call."),
    "prompts": Entry("prompts", "Render, list and check the spoken prompts."),
    "rules": Entry("rules", "Judge how urgent a message is, and see why."),
    "run": Entry("run", "Run the service."),
    "simulate": Entry(
        "simulate", "Play virtual nights with the real service and mobiles that do as they like."
    ),
    "transcribe": Entry("transcribe", "Transcribe a recording."),
    "who-is-rung": Entry("who_is_rung", "Print whom a case would ring, in which order and when."),
}
"""A new command is one line here and one module; the overview shows what is installed."""


class Failure(click.ClickException):
    """One of our own errors on its way to the person at the keyboard."""

    exit_code = 1

    def __init__(self, error: BridgeError) -> None:
        super().__init__(str(error))
        self.code = error.code

    def show(self, file: IO[Any] | None = None) -> None:
        """Print each line of the text with the code of the error, on standard error."""
        for line in self.message.splitlines() or [""]:
            click.echo(f"error [{self.code}]: {line}", file=file, err=file is None)


class BridgeGroup(click.Group):
    """Finds commands by `COMMANDS` and turns our errors into one line; bugs stay bugs."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the commands whose module is there."""
        return [name for name, entry in COMMANDS.items() if _is_there(entry)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import the module of a command."""
        entry = COMMANDS.get(cmd_name)
        if entry is None or not _is_there(entry):
            return None
        module = importlib.import_module(f"{__name__}.{entry.module}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the overview without importing a single command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name].help) for name in self.list_commands(ctx)])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except BridgeError as exc:
            raise Failure(exc) from exc


def _is_there(entry: Entry) -> bool:
    return (Path(__file__).parent / f"{entry.module}.py").is_file()


@click.group(cls=BridgeGroup)
@click.version_option(__version__, prog_name="pbx-bridge")
@click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=DEFAULT_CONFIG,
    envvar="PBX_BRIDGE_CONFIG",
    show_default=True,
    show_envvar=True,
    help="The configuration file.",
)
@click.pass_context
def main(ctx: click.Context, config_path: Path) -> None:
    """
    Answer emergency calls after hours and ring technicians until one presses 1.

    Exit status: 0 done, 1 an error that is explained in one line, 2 wrong usage.
    """
    ctx.obj = config_path
