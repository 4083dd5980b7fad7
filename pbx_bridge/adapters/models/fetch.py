"""Get a model: download or take a file, check its hash, only then unpack it."""

import hashlib
import http.client
import os
import shutil
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from pbx_bridge.adapters.models.folder import verify, write_record
from pbx_bridge.adapters.models.manifest import Archive, Manifest, load_manifest
from pbx_bridge.adapters.models.unpack import unpack
from pbx_bridge.errors import ModelError

BLOCK_BYTES = 1 << 16

SILENCE_S = 30
"""How long a server may say nothing."""

SLOWEST_BYTES_PER_S = 20_000
"""A download slower than this (40 minutes for a small model) is given up."""

LOOPBACK = ("127.0.0.1", "::1", "localhost")
"""The only hosts that are asked without TLS: a mirror on the same machine."""

Progress = Callable[[int, int], None]
"""Told how many bytes are here, and of how many."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A model that is whole and in its place."""

    folder: Path
    was_there: bool
    """Whether nothing had to be done: it had been fetched before, and is as it was then."""


def fetch(
    name_or_language: str,
    into: Path,
    *,
    source: Path | None = None,
    manifest: Manifest | None = None,
    progress: Progress = lambda _done, _total: None,
) -> Fetched:
    """
    Put a model into the folder *into* and return where it is.

    The archive comes from the manifest's address, or is the file *source* that somebody carried
    here: size and SHA-256 are checked before anything in it is looked at. The model appears under
    its name in one step, or not at all.

    Raises:
        ModelError: unknown, without a trustworthy hash, not to be had, not what the manifest says,
            or the folder of that name is damaged.
    """
    manifest = manifest or load_manifest()
    archive = manifest.archive(name_or_language)
    folder = into / archive.name
    if folder.exists():
        verify(folder)
        return Fetched(folder, was_there=True)
    if archive.sha256 is None:
        raise ModelError(
            f"{archive.name}: no trustworthy SHA-256 is known, so it is not fetched;"
            f" fetch {manifest.defaults.get(archive.language, 'another model')} instead"
        )
    try:
        into.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=into) as work:
            pack = Path(work) / f"{archive.name}.zip"
            _bring(archive, manifest.base_url, source, pack, progress)
            _place(archive, pack, Path(work) / archive.name, folder)
    except (OSError, http.client.HTTPException) as exc:
        origin = str(source or manifest.base_url)
        raise ModelError(f"{archive.name}: not fetched from {origin} to {into}: {exc}") from exc
    return Fetched(folder, was_there=False)


def _bring(
    archive: Archive, base_url: str, source: Path | None, pack: Path, progress: Progress
) -> None:
    """Copy the archive to *pack* and check its size and hash."""
    url = f"{base_url}{archive.name}.zip" if source is None else source.absolute().as_uri()
    digest, size_bytes = hashlib.sha256(), 0
    give_up_at = time.monotonic() + SILENCE_S + archive.bytes / SLOWEST_BYTES_PER_S
    with _opened(url) as incoming, pack.open("xb") as file:
        while block := incoming.read(BLOCK_BYTES):
            size_bytes += len(block)
            if size_bytes > archive.bytes:
                raise ModelError(f"{url}: more than the {archive.bytes} bytes of the manifest")
            if time.monotonic() > give_up_at:
                raise ModelError(f"{url}: too slow, given up after {size_bytes} bytes; try again")
            digest.update(block)
            file.write(block)
            progress(size_bytes, archive.bytes)
    if size_bytes < archive.bytes:
        raise ModelError(f"{url}: ended after {size_bytes} of {archive.bytes} bytes; try again")
    if digest.hexdigest() != archive.sha256:
        raise ModelError(
            f"{url}: SHA-256 is {digest.hexdigest()}, the manifest says {archive.sha256}:"
            " not the publisher's file, or damaged; nothing of it was used"
        )


@contextmanager
def _opened(url: str) -> Iterator[BinaryIO]:
    _check_scheme(url)
    request = urllib.request.Request(url, headers={"User-Agent": "pbx-bridge"})  # noqa: S310 (checked)
    with urllib.request.urlopen(request, timeout=SILENCE_S) as response:  # noqa: S310 (checked)
        _check_scheme(response.url)  # a redirect may lead elsewhere
        yield response


def _check_scheme(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme in ("https", "file"):
        return
    if parts.scheme != "http" or parts.hostname not in LOOPBACK:
        raise ModelError(f"{url}: only https, or a file given with --from")


def _place(archive: Archive, pack: Path, work: Path, folder: Path) -> None:
    """Unpack beside the final place, then rename: a half model never has its name."""
    work.mkdir()
    write_record(work, archive, unpack(pack, work, top=archive.name))
    for below in (work, *(path for path in work.rglob("*") if path.is_dir())):
        _sync(below)
    try:
        work.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
        shutil.rmtree(work)  # somebody else fetched it meanwhile: theirs must be whole
        verify(folder)
    _sync(folder.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
