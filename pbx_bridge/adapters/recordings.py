"""The audio files that Asterisk wrote: where they are, how long they are, which are unknown."""

import os
import re
import stat
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from pbx_bridge.errors import AudioError, UnsafeValue
from pbx_bridge.ports import Excerpt
from pbx_bridge.wire.wav import (
    HEADER_LIMIT_BYTES,
    AudioFormat,
    WavHeader,
    parse_header,
    wav_header,
)

ENDING = ".wav"
"""Of a recording; the dialplan and ``RECORD FILE`` name it without."""

LIVE_ENDING = ".sln48"
"""Of a live copy: the wider the format, the less of it waits in Asterisk's 32 KiB buffer."""

LIVE_ROOM_BYTES = 64 * 2**20
"""Free memory asked for before a live copy is begun: three calls of three minutes."""

NOTE = re.compile(r".*\.note-[0-9]+")
"""A note spoken about a case lies beside its recording, and is no call by itself."""

EXCERPT = re.compile(r"\.part-[0-9A-Za-z_-][0-9A-Za-z._-]*-[0-9a-f]{8}\.wav")
"""What `FileRecordings.excerpt` writes."""

_ID = re.compile(r"[0-9A-Za-z_-][0-9A-Za-z._-]{0,199}")
_AS_ASTERISK_WRITES = WavHeader(audio=AudioFormat(rate_hz=8_000), data_offset=44, data_bytes=None)


class FileRecordings:
    """Recordings in one flat folder, live copies in another; nothing outside is touched."""

    def __init__(self, folder: Path, live_folder: Path | None) -> None:
        self._folder, self._live_folder = folder, live_folder

    def path(self, recording: str) -> Path:
        """
        Return the file of a recording named without extension, with or without its folder.

        Raises:
            UnsafeValue: it would lie outside the folder of the recordings.
        """
        path = self._folder / recording
        if path.parent != self._folder or not _ID.fullmatch(path.name):
            raise UnsafeValue(f"recording {recording!r} is not in {self._folder}; not touched")
        return path.with_name(path.name + ENDING)

    def message_s(self, recording: str) -> float:
        """
        Return its length in seconds, 0 when there is none; a broken header does not matter.

        Raises:
            UnsafeValue: see `path`.
        """
        try:
            with self.path(recording).open("rb") as file:
                head = file.read(HEADER_LIMIT_BYTES)
                size_bytes = os.fstat(file.fileno()).st_size
        except OSError:
            return 0.0
        header = _header(head)
        audio_bytes = max(0, size_bytes - header.data_offset)
        if header.data_bytes is not None:
            audio_bytes = min(audio_bytes, header.data_bytes)
        return audio_bytes / header.audio.bytes_per_s

    def live_path(self, call_id: str) -> Path | None:
        """
        Return where the live copy of a call goes; `None` when there is no room for one.

        Without a live copy the transcript is made from the recording, only later.

        Raises:
            UnsafeValue: *call_id* is not one that our dialplan gives.
        """
        path = self._live(call_id)
        if path is None or not _is_ours(path.parent):
            return None
        try:
            room = os.statvfs(path.parent)
        except OSError:
            return None
        return path if room.f_bavail * room.f_frsize >= LIVE_ROOM_BYTES else None

    def drop_live(self, call_id: str) -> None:
        """Delete the live copy of a call; best effort, it lies in memory and is small."""
        path = self._live(call_id)
        if path is not None:
            with suppress(OSError):
                path.unlink()

    def excerpt(self, recording: str, from_s: float) -> Excerpt | None:
        """
        Write what is there of a recording from *from_s* on; `None` when there is nothing.

        It lies beside the live copies, without them beside the recordings, under a name that is
        never taken for a recording. Asterisk must be able to read what we write there.

        Raises:
            UnsafeValue: see `path`.
            AudioError: it cannot be written.
        """
        path = self.path(recording)
        try:
            with path.open("rb") as file:
                header = _header(file.read(HEADER_LIMIT_BYTES))
                skipped = int(from_s * header.audio.rate_hz) * 2
                file.seek(header.data_offset + skipped)
                audio = (
                    file.read()
                    if header.data_bytes is None
                    else file.read(max(0, header.data_bytes - skipped))
                )
        except OSError:
            return None
        audio = audio[: len(audio) // 2 * 2]
        if not audio:
            return None
        until_s = (skipped + len(audio)) / header.audio.bytes_per_s
        folder = self._live_folder
        if folder is None or not _is_ours(folder):
            folder = self._folder
        sound = folder / f".part-{path.stem}-{uuid4().hex[:8]}"
        try:
            sound.with_name(sound.name + ENDING).write_bytes(
                wav_header(header.audio, len(audio)) + audio
            )
        except OSError as exc:
            raise AudioError(f"{sound}{ENDING} cannot be written ({exc.strerror})") from exc
        return Excerpt(sound=str(sound), until_s=until_s)

    def drop_excerpt(self, excerpt: Excerpt) -> None:
        """Delete an excerpt; best effort."""
        with suppress(OSError):
            Path(excerpt.sound + ENDING).unlink()

    def drop_excerpts(self) -> None:
        """Delete excerpts that a life before this one left; best effort, nobody else makes any."""
        for folder in {self._folder, self._live_folder or self._folder}:
            with suppress(OSError):
                left = [path for path in folder.iterdir() if EXCERPT.fullmatch(path.name)]
                for path in left:
                    path.unlink(missing_ok=True)

    def unknown(self, known: Callable[[str], bool], since: datetime) -> list[str]:
        """
        Return the call ids of recordings since then for which *known* says no, oldest first.

        Raises:
            AudioError: the folder of the recordings cannot be read.
        """
        files = ((at, name) for at, name in self._files() if not NOTE.fullmatch(name))
        recent = (call_id for at, call_id in files if at >= since.timestamp())
        return [call_id for call_id in recent if not known(call_id)]

    def notes(self, since: datetime, until: datetime) -> list[str]:
        """
        Return the names of spoken notes last written to in between, oldest first.

        Raises:
            AudioError: the folder of the recordings cannot be read.
        """
        files = ((at, name) for at, name in self._files() if NOTE.fullmatch(name))
        return [name for at, name in files if since.timestamp() <= at <= until.timestamp()]

    def _files(self) -> list[tuple[float, str]]:
        """Return when each was last written to, and its name without extension; oldest first."""
        found: list[tuple[float, str]] = []
        try:
            with os.scandir(self._folder) as entries:
                for entry in entries:
                    name = entry.name.removesuffix(ENDING)
                    if name != entry.name and _ID.fullmatch(name) and entry.is_file():
                        found.append((entry.stat().st_mtime, name))
        except OSError as exc:
            remedy = "create it, writable for Asterisk and readable for us"
            raise AudioError(f"{self._folder} cannot be read ({exc.strerror}); {remedy}") from exc
        return sorted(found)

    def _live(self, call_id: str) -> Path | None:
        if not _ID.fullmatch(call_id):
            raise UnsafeValue(f"call id {call_id!r} is no file name; not touched")
        return self._live_folder and self._live_folder / f"{call_id}{LIVE_ENDING}"


def _header(head: bytes) -> WavHeader:
    try:
        return parse_header(head) or _AS_ASTERISK_WRITES
    except AudioError:
        return _AS_ASTERISK_WRITES


def _is_ours(folder: Path) -> bool:
    """Whether *folder* is a real one that strangers cannot write to; it is made when missing."""
    try:
        folder.mkdir(mode=0o770, exist_ok=True)
        mode = folder.lstat().st_mode
    except OSError:
        return False
    # A link has mode 0777, so it is refused too: nobody leads us elsewhere.
    return not mode & stat.S_IWOTH and os.access(folder, os.W_OK)
