"""The frame of the command line: help everywhere, our errors in one line, bugs untouched."""

import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from pbx_bridge import __version__
from pbx_bridge.cli import COMMANDS, BridgeGroup, main
from pbx_bridge.errors import AmiUnavailable, ConfigError

HEAVY = ("vosk", "pydantic", "phonenumbers", "aiosqlite", "panoramisk", "structlog", "asyncio")


def walk(group: click.Group, *path: str) -> Iterator[tuple[str, click.Command]]:
    """Yield every command below *group* with its whole name."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield " ".join((*path, name)), command
        if isinstance(command, click.Group):
            yield from walk(command, *path, name)


def test_every_command_and_option_has_help() -> None:
    """Nobody has to guess what a command or an option does."""
    for name, command in walk(main):
        assert command.help, name
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.help, f"{name} {option.opts[0]}"


def test_overview_says_what_the_commands_say() -> None:
    """The overview is written without importing a command, so the two could drift apart."""
    context = click.Context(main)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        assert COMMANDS[name].help == command.get_short_help_str(200)


def test_overview_lists_only_commands_that_are_there() -> None:
    """An installation without a module does not promise its command."""
    result = CliRunner().invoke(main, ["--help"])

    assert result.exit_code == 0
    assert "  config" in result.output
    assert main.get_command(click.Context(main), "no-such-command") is None


def test_help_imports_nothing_heavy() -> None:
    """The overview answers at once, also on a small machine."""
    code = (
        "import sys\nfrom pbx_bridge.cli import main\n"
        "main(['--help'], standalone_mode=False)\n"
        f"print('LOADED', [name for name in {HEAVY} if name in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=20
    )

    assert done.stdout.splitlines()[-1] == "LOADED []"


def test_version_is_the_packages() -> None:
    """A bug report names it."""
    result = CliRunner().invoke(main, ["--version"])

    assert __version__ in result.output


@pytest.fixture
def failing() -> BridgeGroup:
    """Return a group whose command raises what it is given."""
    group = BridgeGroup("group")
    errors = {
        "mistakes": ConfigError(["f:1: a: b; c", "f:2: d: e; f"]),
        "link": AmiUnavailable("no login; start Asterisk"),
        "bug": ZeroDivisionError("a bug"),
    }

    @click.command("fail")
    @click.argument("kind")
    def fail(kind: str) -> None:
        raise errors[kind]

    group.get_command = lambda _ctx, _name: fail  # type: ignore[method-assign]
    return group


@pytest.mark.parametrize(
    ("kind", "stderr"),
    [
        ("mistakes", "error [config]: f:1: a: b; c\nerror [config]: f:2: d: e; f\n"),
        ("link", "error [ami-unavailable]: no login; start Asterisk\n"),
    ],
)
def test_our_errors_are_one_line_each_with_their_code(
    failing: BridgeGroup, kind: str, stderr: str
) -> None:
    """They go to standard error, the exit status is 1, and there is no traceback."""
    result = CliRunner().invoke(failing, ["fail", kind])

    assert (result.exit_code, result.stdout, result.stderr) == (1, "", stderr)


def test_bugs_keep_their_traceback(failing: BridgeGroup) -> None:
    """What we did not foresee is not dressed up as an error of the user's."""
    result = CliRunner().invoke(failing, ["fail", "bug"])

    assert isinstance(result.exception, ZeroDivisionError)
