"""``pbx-bridge prompts``."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from configs import SMALLEST

from pbx_bridge.adapters.prompts import REQUIRED
from pbx_bridge.cli import main

pytestmark = pytest.mark.integration


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a configuration in one language that can be loaded."""
    (tmp_path / "s").write_text("s3cret", encoding="utf-8")
    path = tmp_path / "c.toml"
    own = f'[asterisk]\nami_secret_file = "{tmp_path}/s"\nprompts_dir = "{tmp_path}/prompts"'
    text = SMALLEST.replace("[asterisk]", own).replace('language = "pl"\n', "")
    path.write_text(text, encoding="utf-8")
    return path


def run(file: Path, *arguments: str) -> Result:
    """Run one command of the group."""
    return CliRunner().invoke(main, ["--config", str(file), "prompts", *arguments])


def test_render_then_check(file: Path) -> None:
    """Before there is one clear error, after everything is there."""
    before = run(file, "check")
    rendered = run(file, "render")
    after = run(file, "check")

    assert before.exit_code == 1
    assert "error [prompt]: no sound for de/greeting, " in before.stderr
    assert rendered.output.splitlines()[-1] == (
        f"{file.parent}/prompts: {len(REQUIRED) + 2} made, 0 unchanged"
    )
    assert (after.exit_code, after.output) == (0, "all prompts have their sounds\n")
    assert json.loads(run(file, "check", "--json").output) == {"missing": []}
    assert len(json.loads(run(file, "render", "--json").output)["kept"]) == len(REQUIRED) + 2


def test_check_as_json_has_the_same_exit_status(file: Path) -> None:
    """A script need not read the text."""
    result = run(file, "check", "--json")

    assert result.exit_code == 1
    assert "de/name-ben" in json.loads(result.output)["missing"]


def test_list_shows_what_will_be_said(file: Path) -> None:
    """The owner reads the sentences before his callers hear them."""
    lines = run(file, "list").output.splitlines()
    rows = [json.loads(line) for line in run(file, "list", "--json").output.splitlines()]

    assert len(lines) == len(rows) == len(REQUIRED) + 2
    assert "Muster Haustechnik" in lines[0]
    assert {"language": "de", "name": "beep", "text": "(1000 Hz, 0.25 s)"} in rows
