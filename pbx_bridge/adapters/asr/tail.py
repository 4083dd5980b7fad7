"""Follow an audio file while somebody else writes it; runs in a thread of the worker."""

import os
import sys
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from threading import Event

from pbx_bridge.adapters.asr.audio import Samples, locate
from pbx_bridge.errors import AudioError
from pbx_bridge.wire.wav import HEADER_LIMIT_BYTES

POLL_S = 0.02
"""Every look that comes late delays a ring, and costs some microseconds."""

CHUNK_S = 0.2
"""Audio handed on at once; the recogniser's own partial results come in steps of about 0.2 s."""


class Tail:
    """
    The samples of one file, from its start to its end, as they are written.

    The file need not exist yet. `finish` says that nothing more will be written: then the rest is
    read and `chunks` ends. A file that is removed before that is an `AudioError`; one that shrinks
    is not: Asterisk cuts the silence off a recording that it ended.
    """

    def __init__(self, path: Path, *, poll_s: float = POLL_S) -> None:
        self._path, self._poll_s = path, poll_s
        self._finished, self._dropped = Event(), Event()
        self._is_whole = False

    @classmethod
    def whole(cls, path: Path) -> "Tail":
        """Return the tail of a file that nobody writes any more: it is read as it is now."""
        tail = cls(path)
        tail._is_whole = True
        tail.finish()
        return tail

    def finish(self) -> None:
        """Read what is there to its end, then stop; any thread may call it."""
        self._finished.set()

    def drop(self) -> None:
        """Stop now; any thread may call it."""
        self._dropped.set()
        self._finished.set()

    @property
    def finished(self) -> bool:
        """Whether only the rest is wanted."""
        return self._finished.is_set()

    @property
    def dropped(self) -> bool:
        """Whether nobody wants the rest."""
        return self._dropped.is_set()

    def open(self) -> tuple[FileIO, Samples] | None:
        """
        Wait for the file and its header.

        Returns:
            The file at its first sample and where the samples lie; `None` when dropped.

        Raises:
            AudioError: finished before there was a header, or not audio that we can read.
        """
        file = self._wait_for_file()
        if file is None:
            return None
        try:
            samples = self._wait_for_header(file)
        except BaseException:
            file.close()
            raise
        if samples is None:
            file.close()
            return None
        file.seek(samples.offset)
        return file, samples

    def chunks(self, file: FileIO, samples: Samples) -> Iterator[bytes]:
        """
        Yield the samples, at most `CHUNK_S` at once; ``b""`` when nothing came for one poll.

        Chunks have an even length: a sample that is only half written waits for its other half.

        Raises:
            AudioError: the file was removed or cannot be read any more.
        """
        step_bytes = int(samples.audio.rate_hz * CHUNK_S) * 2
        position, kept = samples.offset, b""
        end = self._end(samples)
        while not self.dropped:
            was_finished = self._finished.is_set()  # before the read: nothing is written after it
            data = self._read(file, min(step_bytes - len(kept), end - position))
            position += len(data)
            whole = len(kept + data) // 2 * 2
            chunk, kept = (kept + data)[:whole], (kept + data)[whole:]
            if chunk:
                yield chunk
            elif was_finished and not data:
                return
            elif not data:
                yield b""
                self._finished.wait(self._poll_s)

    def _end(self, samples: Samples) -> int:
        """Return where to stop: a header is believed only when its writer has closed the file."""
        believed = self._is_whole and samples.size_bytes is not None
        return samples.offset + (samples.size_bytes or 0) if believed else sys.maxsize

    def _wait_for_file(self) -> FileIO | None:
        while not self.dropped:
            was_finished = self._finished.is_set()
            try:
                return FileIO(self._path)
            except FileNotFoundError as exc:
                if was_finished:
                    raise AudioError(f"{self._path}: no such file") from exc
            except OSError as exc:
                raise AudioError(f"{self._path}: {exc.strerror}") from exc
            self._finished.wait(self._poll_s)
        return None

    def _wait_for_header(self, file: FileIO) -> Samples | None:
        while not self.dropped:
            was_finished = self._finished.is_set()
            file.seek(0)
            head = file.read(HEADER_LIMIT_BYTES)
            samples = locate(self._path, head)
            if samples is not None:
                return samples
            if was_finished:
                raise AudioError(f"{self._path}: {len(head)} bytes are no whole WAV header")
            self._finished.wait(self._poll_s)
        return None

    def _read(self, file: FileIO, size_bytes: int) -> bytes:
        try:
            data = file.read(size_bytes)
            state = os.fstat(file.fileno())
        except OSError as exc:
            raise AudioError(f"{self._path}: {exc.strerror}") from exc
        if not data and state.st_nlink == 0 and not self._finished.is_set():
            raise AudioError(f"{self._path}: was removed while we read it")
        return data
