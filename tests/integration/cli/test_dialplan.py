"""``pbx-bridge dialplan``: says what it changed and what is left to do."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from configs import changed

from pbx_bridge.cli import main

pytestmark = pytest.mark.integration

USERS = "[general]\n"


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    """Asterisk's folder, and beside it a configuration with its secret."""
    secret = tmp_path / "ami.secret"
    secret.write_text("0123456789abcdef\n")
    secret.chmod(0o600)
    dial = 'dial = "PJSIP/{number}@trunk"'
    text = changed(dial, f'{dial}\nami_secret_file = "{secret}"')
    (tmp_path / "c.toml").write_text(text)
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "extensions.conf").write_text(USERS)
    return tmp_path / "etc"


def run(etc: Path, verb: str) -> Result:
    """Run one command on *etc*."""
    config = str(etc.parent / "c.toml")
    return CliRunner().invoke(main, ["--config", config, "dialplan", verb, "--etc", str(etc)])


def test_installation_names_each_file_and_what_is_next(etc: Path) -> None:
    """Whoever installs sees what was written and what only he can do."""
    result = run(etc, "install")

    assert result.exit_code == 0, result.output
    assert f"wrote    {etc}/pbx-bridge/extensions.conf" in result.output
    assert "next: send your after-hours calls to our context" in result.output


def test_second_installation_says_that_nothing_changed(etc: Path) -> None:
    """It may be run after every update."""
    run(etc, "install")

    assert "nothing to change" in run(etc, "install").output


def test_removal_names_what_it_took_out(etc: Path) -> None:
    """And the user's file is as it was."""
    run(etc, "install")

    result = run(etc, "remove")

    assert result.exit_code == 0, result.output
    assert f"removed  {etc}/pbx-bridge/extensions.conf" in result.output
    assert (etc / "extensions.conf").read_text() == USERS


def test_folder_that_is_not_asterisks_is_one_line(etc: Path) -> None:
    """No traceback, and the remedy."""
    (etc / "extensions.conf").unlink()

    result = run(etc, "install")

    assert result.exit_code == 1
    assert "give Asterisk's folder with --etc" in result.output
    assert "Traceback" not in result.output
