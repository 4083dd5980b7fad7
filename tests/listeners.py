"""Stand-ins for audio, recogniser and mail: lengths, words and notices, nothing real."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from pbx_bridge.core.case import Transcript, Word
from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.errors import TranscriberError
from pbx_bridge.ports import Addressee, Excerpt, Notice


class MemoryRecordings:
    """The port `Recordings`: only lengths, no audio."""

    def __init__(self) -> None:
        self.lengths_s: dict[str, float] = {}
        """By path without extension."""
        self.has_room = False
        """Whether there is memory for live copies."""
        self.dropped: list[str] = []
        self.excerpts: list[tuple[float, float]] = []

    def path(self, recording: str) -> Path:
        """Return a path in the folder of the recordings."""
        return Path("/spool") / f"{recording}.wav"

    def message_s(self, recording: str) -> float:
        """Return what the test says."""
        return self.lengths_s.get(recording, 0.0)

    def live_path(self, call_id: str) -> Path | None:
        """Return where the live copy goes."""
        return Path("/live") / f"{call_id}.sln48" if self.has_room else None

    def drop_live(self, call_id: str) -> None:
        """Remember it."""
        self.dropped.append(call_id)

    def excerpt(self, recording: str, from_s: float) -> Excerpt | None:
        """Return a part that tells in its name where it begins."""
        until_s = self.message_s(recording)
        if until_s <= from_s:
            return None
        self.excerpts.append((from_s, until_s))
        return Excerpt(sound=f"/live/part-from-{from_s:g}", until_s=until_s)

    def drop_excerpt(self, excerpt: Excerpt) -> None:
        """Remember it."""
        self.dropped.append(excerpt.sound)

    def notes(self, since: datetime, until: datetime) -> Sequence[str]:
        """Return what the test says; all of them are whole."""
        return [Path(one).name for one in self.lengths_s if ".note-" in one]

    def unknown(self, known: Callable[[str], bool], since: datetime) -> Sequence[str]:
        """Return the call ids of recordings for which *known* says no; none of them is old."""
        names = [Path(one).name for one in self.lengths_s if ".note-" not in one]
        return [name for name in names if not known(name)]


def spoken(text: str) -> Transcript:
    """Return a transcript of *text*."""
    words = [Word(text=word, start_s=0, end_s=1, confidence=1) for word in text.split()]
    return Transcript(words=tuple(words), language="de", engine="fake")


class FakeTranscriber:
    """The port `Transcriber`: understands what the test says was spoken."""

    def __init__(self) -> None:
        self.says = "rohrbruch im keller"
        self.audio_s: float | None = None
        """How much of a live copy there was."""
        self.has_slot = True
        self.turn: asyncio.Event | None = None
        """A file is transcribed when it is set; `None`: at once."""
        self.fault: TranscriberError | None = None
        """Set: no file can be transcribed."""
        self.followed: dict[str, Path] = {}
        self.listeners: dict[str, Callable[[Transcript], None]] = {}
        self.transcribed: list[Path] = []
        self.on_listen: Callable[[Path], object] | None = None

    def listen(
        self, call_id: str, path: Path, *, language: str, heard: Callable[[Transcript], None]
    ) -> bool:
        """Follow a growing file while there is a slot."""
        if not self.has_slot:
            return False
        self.followed[call_id], self.listeners[call_id] = path, heard
        if self.on_listen is not None:
            self.on_listen(path)
        return True

    async def finish(self, call_id: str) -> Transcript:
        """Return all of it."""
        if self.followed.pop(call_id, None) is None:
            raise TranscriberError(f"nobody listens to call {call_id}")
        return replace(spoken(self.says), audio_s=self.audio_s)

    async def transcribe(self, path: Path, *, language: str) -> Transcript:
        """Transcribe one whole file."""
        if self.fault is not None:
            raise self.fault
        if self.turn is not None:
            await self.turn.wait()
        self.transcribed.append(path)
        return spoken(self.says)


ALARMS = frozenset({Topic.EXHAUSTED, Topic.LINE_DOWN, Topic.CONTESTED})


def addressee(**changes: object) -> Addressee:
    """Return the office, as a mail reaches it."""
    office = {
        "name": "office",
        "notifier": FakeNotifier(),
        "topics": ALARMS,
        "language": "en",
        "is_brief": False,
        "with_number": True,
    }
    return Addressee(**(office | changes))


class FakeNotifier:
    """The port `Notifier`."""

    def __init__(self) -> None:
        self.sent: list[Notice] = []
        self.faults: list[Exception] = []
        """Raised one after the other, before anything is sent."""

    async def send(self, notice: Notice) -> None:
        """Remember it."""
        if self.faults:
            raise self.faults.pop(0)
        self.sent.append(notice)
