"""The list of models that ships with us, and mistakes in such a list."""

from pathlib import Path

import pytest

from pbx_bridge.adapters.models import load_manifest
from pbx_bridge.errors import ModelError

GOOD = """
base_url = "https://example.invalid/"
defaults = { de = "m-de" }
[[archive]]
name = "m-de"
language = "de"
size = "small"
licence = "x"
bytes = 1
"""


def test_shipped_manifest_has_the_languages_we_speak() -> None:
    """Each default can be fetched: its hash is known."""
    manifest = load_manifest()

    assert {"de", "en", "pl", "ru"} <= set(manifest.defaults)
    assert all(manifest.archive(language).sha256 for language in manifest.defaults)
    assert manifest.archive("de").name == "vosk-model-small-de-0.15"
    assert manifest.base_url.startswith("https://")


def test_unknown_model_lists_the_known_ones() -> None:
    """A typing error is seen at once."""
    with pytest.raises(ModelError, match=r"no model 'dee'.*known are: cs de"):
        load_manifest().archive("dee")


@pytest.mark.parametrize(
    ("find", "put", "text"),
    [
        ('name = "m-de"', 'name = "../m"', "cannot be the name of a folder"),
        ("bytes = 1", "", "'m-de'.*bytes"),
        ("bytes = 1", 'bytes = 1\nsha256 = "abc"', "m-de: sha256 is not 64"),
        ("bytes = 1", "bytes = 1\ncolour = 1", "'m-de'.*colour"),
        ('de = "m-de"', 'pl = "m-de"', r"defaults\.pl"),
        ('de = "m-de"', 'de = "m"', r"defaults\.de"),
        ('base_url = "https://example.invalid/"', "", "base_url is missing"),
        ("[[archive]]", "[[archive", "manifest.toml"),
    ],
)
def test_mistake_names_file_and_place(tmp_path: Path, find: str, put: str, text: str) -> None:
    """Somebody edits the list: each mistake is one clear line."""
    path = tmp_path / "manifest.toml"
    path.write_text(GOOD.replace(find, put))

    with pytest.raises(ModelError, match=f"manifest.toml.*{text}|{text}"):
        load_manifest(path)


def test_missing_manifest_is_our_error(tmp_path: Path) -> None:
    """An incomplete installation is no traceback."""
    with pytest.raises(ModelError, match=r"none\.toml"):
        load_manifest(tmp_path / "none.toml")
