"""The list of model archives that we know, with their hashes."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pbx_bridge.adapters.shipped import shipped
from pbx_bridge.errors import ModelError

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""A name becomes a folder and part of an address: nothing else may be in it."""

SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """One model as its publisher packs it."""

    name: str
    """Also the one folder inside the archive, and the folder it becomes here."""
    language: str
    """Two letters."""
    size: str
    """``small`` (about 50 MB), ``medium`` or ``large`` (2 GB and more)."""
    licence: str
    bytes: int
    """Exact size of the archive."""
    sha256: str | None = None
    """`None` when no trustworthy one is known: then it cannot be fetched."""
    md5: str | None = None
    """What the publisher's list says; `None` when it says nothing."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """All archives, the address they lie at, and which one stands for a language."""

    base_url: str
    defaults: Mapping[str, str]
    archives: Mapping[str, Archive]
    """By name, in the order of the file."""

    def archive(self, name_or_language: str) -> Archive:
        """Return the archive of that name, or the default one of that language; `ModelError`."""
        name = self.defaults.get(name_or_language, name_or_language)
        found = self.archives.get(name)
        if found is None:
            known = " ".join([*sorted(self.defaults), *self.archives])
            raise ModelError(f"no model {name_or_language!r} in the manifest; known are: {known}")
        return found


def load_manifest(path: Path | None = None) -> Manifest:
    """
    Read *path*, by default the manifest that ships with this release.

    Raises:
        ModelError: not readable, or a mistake in it; the text names file and archive.
    """
    path = path or shipped("models") / "manifest.toml"
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise ModelError(f"{path}: {exc}") from exc
    try:
        archives = [_archive(path, entry) for entry in raw["archive"]]
        manifest = Manifest(
            base_url=raw["base_url"],
            defaults=raw["defaults"],
            archives={archive.name: archive for archive in archives},
        )
    except KeyError as exc:
        raise ModelError(f"{path}: {exc.args[0]} is missing") from exc
    for language, name in manifest.defaults.items():
        if name not in manifest.archives or manifest.archives[name].language != language:
            raise ModelError(
                f"{path}: defaults.{language}: {name!r} is no archive of that language"
            )
    return manifest


def _archive(path: Path, entry: dict[str, Any]) -> Archive:
    try:
        archive = Archive(**entry)
    except TypeError as exc:
        reason = str(exc).partition(" ")[2]
        raise ModelError(f"{path}: archive {entry.get('name')!r}: {reason}") from exc
    if not NAME.fullmatch(archive.name):
        raise ModelError(f"{path}: {archive.name!r} cannot be the name of a folder")
    if archive.sha256 is not None and not SHA256.fullmatch(archive.sha256):
        raise ModelError(f"{path}: archive {archive.name}: sha256 is not 64 hexadecimal digits")
    return archive
