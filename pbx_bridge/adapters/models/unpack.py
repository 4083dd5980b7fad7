"""Unpack a model archive that may be hostile: names, kinds and sizes are checked, not believed."""

import hashlib
import os
import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pbx_bridge.errors import ModelError

BLOCK_BYTES = 1 << 20

COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What model archives use; the decoders of the rarer kinds need not be tried."""

ENCRYPTED = 0x1
"""Bit of `ZipInfo.flag_bits`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpackLimits:
    """More than any real model needs, far less than fills a disk."""

    members: int = 500
    """Files and folders; real models have about 20."""
    ratio: int = 10
    """Total size by archive size; real models stay below 4."""
    total_bytes: int = 20_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpackedFile:
    """What was written, for the record."""

    path: str
    """Below the model's folder, with slashes."""
    size_bytes: int
    sha256: str


def unpack(
    archive: Path, into: Path, *, top: str, limits: UnpackLimits = UnpackLimits()
) -> list[UnpackedFile]:
    """
    Write the files below the archive's only folder *top* into the empty folder *into*, synced.

    Raises:
        ModelError: damaged, or anything in it that a model archive does not have.
        OSError: the disk, or an archive so damaged that its reader seeks before its start.
    """
    written: list[UnpackedFile] = []
    try:
        with zipfile.ZipFile(archive) as pack:
            left_bytes = min(limits.total_bytes, limits.ratio * archive.stat().st_size)
            for member, path in _checked(pack.infolist(), top, limits):
                if member.is_dir():
                    (into / path).mkdir(parents=True, exist_ok=True)
                    continue
                file = _write(pack, member, into, path, left_bytes)
                left_bytes -= file.size_bytes
                written.append(file)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError) as exc:
        raise ModelError(f"{archive.name}: damaged archive ({exc})") from exc
    if not written:
        raise ModelError(f"{archive.name}: nothing in it")
    return written


def _checked(
    members: list[zipfile.ZipInfo], top: str, limits: UnpackLimits
) -> list[tuple[zipfile.ZipInfo, PurePosixPath]]:
    """Return each member with its path below *top*; look at all before one byte is written."""
    if len(members) > limits.members:
        raise ModelError(
            f"{len(members)} members in the archive; at most {limits.members} expected"
        )
    paths = [(member, _path(member, top)) for member in members]
    files = [path for member, path in paths if not member.is_dir()]
    if len(set(files)) != len(files):
        raise ModelError("the archive holds a file twice")
    return paths


def _path(member: zipfile.ZipInfo, top: str) -> PurePosixPath:
    # orig_filename: zipfile cuts `filename` at a NUL and, elsewhere than here, turns backslashes.
    name = member.orig_filename
    path = PurePosixPath(name)
    shown = repr(name[:80])
    if not name.isprintable() or "\\" in name or path.is_absolute() or ".." in path.parts:
        raise ModelError(f"the archive holds the unsafe name {shown}")
    if path.parts[:1] != (top,):
        raise ModelError(f"the archive holds {shown}, outside of its folder {top}")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise ModelError(f"the archive holds {shown}, neither a file nor a folder")
    if member.flag_bits & ENCRYPTED or member.compress_type not in COMPRESSIONS:
        raise ModelError(f"the archive holds {shown}, packed in an unusual way")
    return path.relative_to(top)


def _write(
    pack: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    into: Path,
    path: PurePosixPath,
    limit_bytes: int,
) -> UnpackedFile:
    """Write one file; its real size counts, not the one the archive claims."""
    target, digest, size_bytes = into / path, hashlib.sha256(), 0
    target.parent.mkdir(parents=True, exist_ok=True)
    with pack.open(member) as packed, target.open("xb") as file:
        while block := packed.read(BLOCK_BYTES):
            size_bytes += len(block)
            if size_bytes > limit_bytes:
                raise ModelError("the archive unpacks to more than any model has: not a model")
            digest.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    return UnpackedFile(path=str(path), size_bytes=size_bytes, sha256=digest.hexdigest())
