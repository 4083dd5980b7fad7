"""The reference page and the sample say what the code says."""

import re
import tomllib
from pathlib import Path

import pytest
from config_reference import PAGE, main, page

from pbx_bridge.config import Config, parse
from pbx_bridge.config.keys import keys_of
from pbx_bridge.config.parsing import advice

SAMPLE = (Path(__file__).parents[3] / "docs" / "pbx-bridge.sample.toml").read_text("utf-8")


def test_page_is_current() -> None:
    """A changed setting changes the page: run scripts/config_reference.py."""
    assert PAGE.read_text("utf-8") == page()


def test_help_writes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whoever asks what it does has not asked for it yet."""
    monkeypatch.setattr("config_reference.PAGE", tmp_path / "page.md")
    monkeypatch.setattr("sys.argv", ["config_reference.py", "--help"])

    with pytest.raises(SystemExit):
        main()

    assert not (tmp_path / "page.md").exists()


def test_page_documents_every_key() -> None:
    """No section and no key is left out, also of the tables inside others."""
    tables = [(key.spelled, key.section) for key in keys_of(Config)]
    while tables:
        name, section = tables.pop()
        assert section is not None
        (own,) = re.findall(
            rf"^## \[{{1,2}}{re.escape(name)}\]{{1,2}}\n(.*?)(?=^## |\Z)",
            page(),
            re.MULTILINE | re.DOTALL,
        )
        for key in keys_of(section):
            if key.section is not None:
                tables.append((f"{name}.{key.spelled}", key.section))
            else:
                assert f"| `{key.spelled}` |" in own


def test_sample_has_no_mistakes_and_nothing_unwise() -> None:
    """What people copy works, once they have written what only the firm has."""
    assert parse(SAMPLE, source="sample").languages() == ("de", "pl")
    missing, number = advice(SAMPLE, source="sample")
    assert "[mail]" in missing  # it needs a server and a password
    assert "is still the number of the sample" in number


def test_sample_shows_every_section() -> None:
    """Nobody needs the reference to learn that a section exists."""
    shown = {*tomllib.loads(SAMPLE), *re.findall(r"^# \[+(\w+)\]", SAMPLE, re.MULTILINE)}

    assert shown == {key.spelled for key in keys_of(Config)}
