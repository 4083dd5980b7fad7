"""Files that ship beside the package."""

from pathlib import Path

import pytest

from pbx_bridge.adapters.shipped import shipped
from pbx_bridge.errors import BridgeError


def test_checkout_has_them() -> None:
    """The manifest lies beside the package."""
    assert (shipped("models") / "manifest.toml").is_file()


def test_first_place_that_has_the_file_wins(tmp_path: Path) -> None:
    """A folder of the same name that holds something else is not ours."""
    (tmp_path / "lib" / "models").mkdir(parents=True)
    (tmp_path / "share" / "models").mkdir(parents=True)
    (tmp_path / "share" / "models" / "manifest.toml").write_text("")

    found = shipped("models", places=(tmp_path / "lib", tmp_path / "share"))

    assert found == tmp_path / "share" / "models"


def test_incomplete_installation_says_so(tmp_path: Path) -> None:
    """The text names the places and the remedy."""
    with pytest.raises(BridgeError, match="install pbx-bridge again"):
        shipped("dialplan", places=(tmp_path,))
