"""The rule packs that commands judge by."""

from pathlib import Path

import click
import pytest

from pbx_bridge.cli.rule_packs import Packs


def test_pack_is_loaded_once() -> None:
    """Loading takes a tenth of a second; a thousand messages share it."""
    packs = Packs(None)

    assert packs["de"] is packs["de"]


def test_mistake_ends_the_command(tmp_path: Path) -> None:
    """With the code of the error and the rule at fault."""
    own = tmp_path / "own.toml"
    own.write_text("[de.pack]\nof = []\n")

    with pytest.raises(click.ClickException, match=r"\[rules\].*of is not known"):
        Packs(own)["de"]
