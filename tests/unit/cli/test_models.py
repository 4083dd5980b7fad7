"""The command group `model`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pbx_bridge.cli import main


def run(*arguments: str | Path) -> tuple[int, str]:
    """Return exit status and everything that was printed."""
    result = CliRunner().invoke(main, ["model", *map(str, arguments)])
    return result.exit_code, result.output


def test_list_tells_what_is_there_and_what_cannot_be_fetched(tmp_path: Path) -> None:
    """One line each, with the command that gets it."""
    (tmp_path / "vosk-model-small-pl-0.22").mkdir()

    status, output = run("list", "--into", tmp_path)

    lines = {line.split()[1]: line for line in output.splitlines()}
    assert status == 0
    assert "model fetch de" in lines["vosk-model-small-de-0.15"]
    assert "fetched" in lines["vosk-model-small-pl-0.22"]
    assert "no trustworthy hash" in lines["vosk-model-small-en-gb-0.15"]


def test_list_as_json(tmp_path: Path) -> None:
    """One object per line."""
    _, output = run("list", "--into", tmp_path, "--json")

    first = json.loads(output.splitlines()[0])
    assert (first["language"], first["state"]) == ("de", "model fetch de")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("fetch", "klingon"), "error [model]: no model 'klingon'"),
        (("fetch", "vosk-model-small-en-gb-0.15"), "no trustworthy SHA-256"),
        (("fetch", "de", "--from", __file__), "bytes"),
        (("verify",), "no models in"),
        (("verify", "some-model"), "no such folder"),
        (("verify", "/nonexistent/model"), "/nonexistent/model: no such folder"),
    ],
)
def test_error_is_one_line_and_status_1(
    tmp_path: Path, arguments: tuple[str, ...], text: str
) -> None:
    """With its code; no traceback."""
    status, output = run(*arguments, "--into", tmp_path)

    assert status == 1
    assert text in output
    assert len(output.splitlines()) == 1


def test_verify_reports_every_model(tmp_path: Path) -> None:
    """One that is not whole does not hide the next."""
    for name in ("vosk-model-small-de-0.15", "vosk-model-small-pl-0.22"):
        (tmp_path / name).mkdir()

    status, output = run("verify", "--into", tmp_path)

    assert status == 1
    assert output.count("unknown origin") == 2
