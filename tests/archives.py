"""Model archives for tests: small, and hostile in one way each."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from pbx_bridge.adapters.models import Archive, Manifest

TOP = "vosk-model-test-0.1"

FILES = {f"{TOP}/am/final.mdl": b"weights" * 100, f"{TOP}/README": b"a model"}
"""What is in a harmless archive."""


def member(name: str, mode: int = 0o100644) -> zipfile.ZipInfo:
    """Return a member whose name is written as it is, even with a NUL in it."""
    info = zipfile.ZipInfo("placeholder")
    info.filename = name
    info.external_attr = mode << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def packed(files: Mapping[str | zipfile.ZipInfo, bytes] | None = None) -> bytes:
    """Return an archive with *files*, by default a harmless one."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in (files or FILES).items():
            pack.writestr(name, content)
    return buffer.getvalue()


def manifest(content: bytes, base_url: str = "https://example.invalid/") -> Manifest:
    """Return a manifest that knows *content* as the default model of German."""
    archive = Archive(
        name=TOP,
        language="de",
        size="small",
        licence="none",
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    unhashed = Archive(name="no-hash", language="de", size="small", licence="none", bytes=1)
    return Manifest(
        base_url=base_url, defaults={"de": TOP}, archives={TOP: archive, "no-hash": unhashed}
    )


def write(folder: Path, content: bytes) -> Path:
    """Put an archive into *folder* as somebody who carried it there would."""
    path = folder / f"{TOP}.zip"
    path.write_bytes(content)
    return path
