"""The time, audio and speech."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from pbx_bridge.core.case import Transcript


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the time, aware, UTC."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A part of a recording as a sound of its own."""

    sound: str
    """Path without extension, for Asterisk to play."""
    until_s: float
    """Where in the recording it ends."""


class Recordings(Protocol):
    """The audio files that Asterisk wrote."""

    def path(self, recording: str) -> Path:
        """Return the file of a recording named without extension."""
        ...

    def message_s(self, recording: str) -> float:
        """Return its length in seconds, 0 when there is none; a broken header does not matter."""
        ...

    def live_path(self, call_id: str) -> Path | None:
        """Where the live copy of a call goes; `None` when there is no room for one."""
        ...

    def drop_live(self, call_id: str) -> None:
        """Delete the live copy of a call."""
        ...

    def excerpt(self, recording: str, from_s: float) -> Excerpt | None:
        """
        Write what is there of a recording from *from_s* on; `None` when there is nothing.

        Asterisk plays nothing of a WAV that is still written: its header says length 0.
        """
        ...

    def drop_excerpt(self, excerpt: Excerpt) -> None:
        """Delete an excerpt when it was heard."""
        ...

    def notes(self, since: datetime, until: datetime) -> Sequence[str]:
        """Return the names of spoken notes last written to in between, oldest first."""
        ...

    def unknown(self, known: Callable[[str], bool], since: datetime) -> Sequence[str]:
        """Return the call ids of recordings since then for which *known* says no, oldest first."""
        ...


class Transcriber(Protocol):
    """Turns speech into words, in the house."""

    def listen(
        self,
        call_id: str,
        path: Path,
        *,
        language: str,
        heard: Callable[[Transcript], None],
    ) -> bool:
        """
        Follow a growing audio file and report the words while they are spoken.

        Args:
            call_id: names the job; the same id is given to `finish`.
            path: ``NAME.wav`` (44 byte header, then 8 kHz int16 little-endian mono) or
                ``NAME.slnR`` (raw int16 little-endian mono at R kHz; ``.sln`` is 8 kHz).
                The file need not exist yet.
            language: two letters; a model for it must be configured.
            heard: called on the event loop with the whole transcript so far each time it grew.

        Returns:
            Whether a live slot was free; `False` means: transcribe the file afterwards.
        """
        ...

    async def finish(self, call_id: str) -> Transcript:
        """
        Read what was written since, stop following, return the whole transcript.

        Raises:
            TranscriberError: no such job, or it was lost with its worker; use `transcribe`.
        """
        ...

    async def transcribe(self, path: Path, *, language: str) -> Transcript:
        """
        Transcribe one whole file, also one whose WAV header was never completed.

        Raises:
            TranscriberError: no model for *language*, or the worker failed twice.
            AudioError: not audio that we can read.
        """
        ...
