"""Model folders: the record of what was unpacked, and whether it is still so."""

import hashlib
import json
import os
from pathlib import Path

from pbx_bridge.adapters.models.manifest import Archive, Manifest
from pbx_bridge.adapters.models.unpack import UnpackedFile
from pbx_bridge.errors import ModelError

DEFAULT_FOLDER = Path("/var/lib/pbx-bridge/models")
"""Where `model fetch` puts models and the service looks for them."""

RECORD = "pbx-bridge.json"
"""In each fetched model: archive, its hash, and size and hash of every file."""

SHOWN_FAULTS = 3


def find_model(language: str, into: Path = DEFAULT_FOLDER, *, manifest: Manifest) -> Path | None:
    """Return the folder of a fetched model for *language*, its default one first; or `None`."""
    default = manifest.defaults.get(language)
    others = [each.name for each in manifest.archives.values() if each.language == language]
    names = [default, *others] if default else others
    return next((into / name for name in names if (into / name).is_dir()), None)


def write_record(folder: Path, archive: Archive, files: list[UnpackedFile]) -> None:
    """Write down what *folder* was unpacked from and what is in it, synced."""
    record = {
        "archive": archive.name,
        "sha256": archive.sha256,
        "files": {file.path: [file.size_bytes, file.sha256] for file in files},
    }
    with (folder / RECORD).open("x", encoding="utf-8") as file:
        json.dump(record, file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def verify(folder: Path) -> int:
    """
    Compare every file of a fetched model with its record; return how many there are.

    Raises:
        ModelError: no such folder, not fetched by us, or not as it was unpacked.
    """
    remedy = "remove the folder and fetch the model again"
    if not folder.is_dir():
        raise ModelError(f"{folder}: no such folder; get a model with: pbx-bridge model fetch")
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        files: dict[str, list[object]] = record["files"]
    except FileNotFoundError as exc:
        raise ModelError(f"{folder}: of unknown origin (no {RECORD} in it); {remedy}") from exc
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise ModelError(f"{folder / RECORD}: not readable ({exc}); {remedy}") from exc
    faults = [fault for path, file in files.items() if (fault := _fault(folder / path, file))]
    if faults:
        more = f" and {len(faults) - SHOWN_FAULTS} more" if len(faults) > SHOWN_FAULTS else ""
        raise ModelError(f"{folder}: {', '.join(faults[:SHOWN_FAULTS])}{more}; {remedy}")
    return len(files)


def _fault(path: Path, recorded: list[object]) -> str:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size_bytes = file.tell()
    except OSError as exc:
        return f"{path.name}: {exc.strerror}"
    return "" if [size_bytes, digest] == recorded else f"{path.name} was changed"
