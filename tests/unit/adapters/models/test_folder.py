"""Fetched models: found by language, compared with their record."""

import json
from pathlib import Path

import pytest
from archives import TOP, manifest, packed, write

from pbx_bridge.adapters.models import fetch, find_model, verify
from pbx_bridge.adapters.models.folder import RECORD
from pbx_bridge.errors import ModelError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a fetched model."""
    content = packed()
    source = write(tmp_path, content)
    return fetch("de", tmp_path / "models", source=source, manifest=manifest(content)).folder


def test_whole_model_is_verified(folder: Path) -> None:
    """All files are as they were unpacked."""
    assert verify(folder) == 2


@pytest.mark.parametrize(
    ("path", "content", "text"),
    [
        ("am/final.mdl", b"other", "final.mdl was changed"),
        ("am/final.mdl", None, "final.mdl: No such file"),
        ("README", b"A model", "README was changed"),
        (RECORD, None, "unknown origin"),
        (RECORD, b"{}", "not readable"),
        (RECORD, b"[1]", "not readable"),
    ],
)
def test_changed_model_is_found_out(
    folder: Path, path: str, content: bytes | None, text: str
) -> None:
    """A damaged disk, a helpful hand: the text says what to do."""
    if content is None:
        (folder / path).unlink()
    else:
        (folder / path).write_bytes(content)

    with pytest.raises(ModelError, match=f"{text}.*fetch the model again"):
        verify(folder)


def test_record_cannot_lead_outside(folder: Path) -> None:
    """A record that names another file is no proof of anything: only what is inside counts."""
    record = json.loads((folder / RECORD).read_text())
    record["files"] = {"../../x": [1, "0"]}
    (folder / RECORD).write_text(json.dumps(record))

    with pytest.raises(ModelError, match="x: No such file"):
        verify(folder)


def test_missing_folder_says_how_to_get_it(tmp_path: Path) -> None:
    """The remedy is in the text."""
    with pytest.raises(ModelError, match="pbx-bridge model fetch"):
        verify(tmp_path / "none")


def test_default_model_of_a_language_is_found_first(tmp_path: Path) -> None:
    """Another one of the language will do when the default is not there."""
    known = manifest(packed())
    (tmp_path / "no-hash").mkdir()

    assert find_model("de", tmp_path, manifest=known) == tmp_path / "no-hash"
    (tmp_path / TOP).mkdir()
    assert find_model("de", tmp_path, manifest=known) == tmp_path / TOP
    assert find_model("pl", tmp_path, manifest=known) is None
