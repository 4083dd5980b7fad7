"""``pbx-bridge config check``."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from configs import SMALLEST

from pbx_bridge.cli import main

pytestmark = pytest.mark.integration


def model(folder: Path) -> Path:
    """Make what looks like a speech model."""
    for name in ("am/final.mdl", "conf/mfcc.conf", "graph/HCLG.fst"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).touch()
    return folder


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a configuration that can be loaded."""
    (tmp_path / "s").write_text("s3cret", encoding="utf-8")
    (tmp_path / "s").chmod(0o600)
    path = tmp_path / "c.toml"
    text = SMALLEST.replace("[asterisk]", f'[asterisk]\nami_secret_file = "{tmp_path}/s"')
    text = text.replace("/models/de", str(model(tmp_path / "de")))
    path.write_text(text, encoding="utf-8")
    return path


def test_check_says_that_there_are_no_mistakes(file: Path) -> None:
    """Advice is given, and the exit status is 0."""
    result = CliRunner().invoke(main, ["--config", str(file), "config", "check"])

    assert result.exit_code == 0
    assert result.output.splitlines() == [
        f"advice: {file}:1: mail: is missing: when nobody takes a case, nobody is told; add [mail]",
        f"{file}: no mistakes",
    ]


def test_check_tells_which_speech_model_is_missing(file: Path) -> None:
    """The service starts without it, and what its callers say is not understood."""
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("{ de =", '{ pl = "/models/pl", de ='), encoding="utf-8")

    result = CliRunner().invoke(main, ["--config", str(file), "config", "check"])

    assert result.exit_code == 0
    assert (
        f"advice: {file}:19: speech.models.pl: /models/pl is not there, so every message counts"
        " as urgent; pbx-bridge model fetch pl"
    ) in result.output.splitlines()
    assert "speech.models.de" not in result.output


def test_check_prints_every_mistake_on_its_own_line(file: Path) -> None:
    """Exit status 1, and nothing on standard output that a script could take for success."""
    file.write_text("[firm]\nzone = 1\n[x]\n", encoding="utf-8")

    result = CliRunner().invoke(main, ["config", "check"], env={"PBX_BRIDGE_CONFIG": str(file)})

    assert (result.exit_code, result.stdout) == (1, "")
    lines = result.stderr.splitlines()
    assert len(lines) == 6
    assert all(line.startswith(f"error [config]: {file}:") for line in lines)


def test_check_gives_a_machine_the_same_as_json(file: Path) -> None:
    """One object, in both cases."""
    good = CliRunner().invoke(main, ["--config", str(file), "config", "check", "--json"])
    file.write_text("x", encoding="utf-8")
    bad = CliRunner().invoke(main, ["--config", str(file), "config", "check", "--json"])

    assert (good.exit_code, bad.exit_code) == (0, 1)
    assert json.loads(good.output)["mistakes"] == []
    assert len(json.loads(bad.output)["mistakes"]) == 1


def test_check_tells_gaps_of_the_next_days_with_their_place(file: Path) -> None:
    """A rotation that begins in years; with a database that is broken nothing more is said."""
    rotation = (
        '\n[[rotation]]\norder = ["anna", "ben"]\nstarts_on = 2099-01-05\n'
        'handoff_time = "08:00"\nshift_weeks = 1\n'
    )
    database = file.parent / "db"
    with file.open("a", encoding="utf-8") as opened:
        opened.write(f'{rotation}\n[store]\npath = "{database}"\n')

    def checked() -> list[str]:
        result = CliRunner().invoke(main, ["--config", str(file), "config", "check"])
        assert result.exit_code == 0
        return result.output.splitlines()

    gap = checked()[1]
    database.write_text("no database" * 100, encoding="utf-8")

    assert gap.startswith(f"advice: {file}:21: rotation[1]: primary: nobody is on call from ")
    assert len(checked()) == 2


def test_check_tells_mistaken_pins_and_the_service_starts_all_the_same(file: Path) -> None:
    """Without PINs nobody can call in; calls are answered."""
    pins = file.with_name("pins")
    pins.touch(mode=0o600)
    pins.write_text("anna 1234\n", encoding="utf-8")
    text = file.read_text(encoding="utf-8")
    file.write_text(f'{text}\n[call_in]\npins_file = "{pins}"\n', encoding="utf-8")

    result = CliRunner().invoke(main, ["--config", str(file), "config", "check"])

    assert result.exit_code == 0
    told = f"advice: {pins}:1: the PIN of anna must have 6 to 12 digits and nothing else"
    assert told in result.output.splitlines()
