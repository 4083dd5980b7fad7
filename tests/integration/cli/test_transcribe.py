"""The command `transcribe` with a real worker and test model."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from configs import SMALLEST
from speech import Speaker, model

from pbx_bridge.cli import main

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def speaker(tmp_path_factory: pytest.TempPathFactory) -> Speaker:
    """Return a speaker."""
    return Speaker(tmp_path_factory.mktemp("speech"))


def run(*arguments: str | Path, config: Path = Path("/nonexistent")) -> tuple[int, str]:
    """Return exit status and everything that was printed."""
    result = CliRunner().invoke(main, ["--config", str(config), "transcribe", *map(str, arguments)])
    return result.exit_code, result.output


def test_prints_the_words_and_nothing_else(speaker: Speaker) -> None:
    """No log line gets between them."""
    spoken = speaker.example("de", 2)

    printed = run(spoken.path, "--lang", "de", "--model", model("de"))

    assert printed == (0, spoken.text + "\n")


def test_json_has_times_and_engine(speaker: Speaker) -> None:
    """One object with all words."""
    spoken = speaker.example("pl", 2, ".sln48")

    status, output = run(spoken.path, "--lang", "pl", "--model", model("pl"), "--json")

    report = json.loads(output)
    assert status == 0
    assert (report["text"], report["engine"]) == (spoken.text, "vosk/testvoice-pl")
    assert report["words"][0].keys() == {"text", "start_s", "end_s", "confidence"}


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("none.wav", "--lang", "de", "--model", model("de")), "error [audio]: none.wav"),
        ((__file__, "--lang", "de", "--model", model("de")), "error [audio]"),
        ((__file__, "--lang", "eo"), "pbx-bridge model fetch eo"),
    ],
)
def test_error_is_one_line_and_status_1(arguments: tuple[str | Path, ...], text: str) -> None:
    """It names the file or the remedy."""
    status, output = run(*arguments)

    assert status == 1
    assert text in output
    assert len(output.splitlines()) == 1


def test_broken_model_is_one_line(speaker: Speaker, tmp_path: Path) -> None:
    """Vosk's own complaint stays in the worker."""
    (tmp_path / "final.mdl").write_text("no model")

    status, output = run(speaker.example("de").path, "--lang", "de", "--model", tmp_path)

    assert (status, len(output.splitlines())) == (1, 1)
    assert "vosk says" in output


def test_model_test_loads_it_and_hears(speaker: Speaker, tmp_path: Path) -> None:
    """As the service does it, in a process of its own."""
    spoken = speaker.example("de", 2)
    config = tmp_path / "config.toml"
    head = SMALLEST.partition("[speech]")[0]
    config.write_text(f'{head}[speech]\nmodels = {{ de = "{model("de")}" }}\n')
    arguments = ["--config", str(config), "model", "test", "de"]

    silent = CliRunner().invoke(main, arguments)
    heard = CliRunner().invoke(main, [*arguments, "--file", str(spoken.path)])

    assert (silent.exit_code, len(silent.output.splitlines())) == (0, 1)
    assert "loads and answers" in silent.output
    assert heard.output.splitlines()[1] == f"heard: {spoken.text}"
