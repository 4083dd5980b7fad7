"""
What the daemon and the recogniser worker say to each other: one JSON object per line.

The daemon writes to the worker's stdin and reads its stdout. The worker speaks first (`Hello`);
a closed stdin ends it. Both ends come from the same release, except when a release is installed
under a running daemon: then the versions differ and the daemon says so.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from pbx_bridge.core.case import Word
from pbx_bridge.errors import WireError

VERSION = 2
"""Raised with every change to a message."""

LINE_LIMIT_BYTES = 16 * 1024 * 1024
"""Longest line; an hour of speech with word times is about 1 MB."""


@dataclass(frozen=True, slots=True)
class Load:
    """Daemon: load the model in the folder *path* for *language*."""

    language: str
    path: str


@dataclass(frozen=True, slots=True)
class Listen:
    """Daemon: follow the growing file *path*, report what is heard."""

    job: int
    path: str
    language: str


@dataclass(frozen=True, slots=True)
class Finish:
    """Daemon: read the file of this `Listen` to its end and answer `Transcribed`."""

    job: int


@dataclass(frozen=True, slots=True)
class Drop:
    """Daemon: nobody waits for this job any more."""

    job: int


@dataclass(frozen=True, slots=True)
class Transcribe:
    """Daemon: read the whole file *path* as it is now and answer `Transcribed`."""

    job: int
    path: str
    language: str


@dataclass(frozen=True, slots=True)
class Ping:
    """Daemon: say that you live."""

    number: int


@dataclass(frozen=True, slots=True)
class Hello:
    """Worker: the first line, before any model is loaded."""

    version: int
    pid: int


@dataclass(frozen=True, slots=True)
class Loaded:
    """Worker: answer to `Load`."""

    language: str
    load_s: float


@dataclass(frozen=True, slots=True)
class LoadFailed:
    """Worker: the other answer to `Load`."""

    language: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Worker: a followed recording has new words."""

    job: int
    words: tuple[Word, ...]
    """Settled since the last `Heard` of this job: with times and confidence."""
    partial: str
    """Text of the words after those: they may still change, and have no times yet."""
    position_s: float
    """How far the recording has been decoded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcribed:
    """Worker: the whole transcript; the job is over."""

    job: int
    words: tuple[Word, ...]
    audio_s: float
    """Length of what was decoded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Worker: the job is over without a transcript."""

    job: int
    is_audio: bool
    """Whether the file is at fault (another try is of no use)."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pong:
    """Worker: answer to `Ping`."""

    number: int
    memory_bytes: int
    """Resident memory of the worker."""
    jobs: int
    """Jobs that run now."""


Order = Load | Listen | Finish | Drop | Transcribe | Ping
"""What the daemon says."""

Report = Hello | Loaded | LoadFailed | Heard | Transcribed | Failed | Pong
"""What the worker says."""

_Message = TypeVar("_Message")

_ORDERS: Mapping[str, Callable[..., Order]] = {
    cls.__name__: cls for cls in (Load, Listen, Finish, Drop, Transcribe, Ping)
}
_REPORTS: Mapping[str, Callable[..., Report]] = {
    cls.__name__: cls for cls in (Hello, Loaded, LoadFailed, Heard, Transcribed, Failed, Pong)
}


def encode(message: Order | Report) -> bytes:
    """Return *message* as one line with its line feed."""
    fields = {"type": type(message).__name__, **asdict(message)}
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def decode_order(line: bytes) -> Order:
    """Return what the daemon said; raise `WireError` when it makes no sense."""
    return _decode(line, _ORDERS)


def decode_report(line: bytes) -> Report:
    """Return what the worker said; raise `WireError` when it makes no sense."""
    return _decode(line, _REPORTS)


def _decode(line: bytes, known: Mapping[str, Callable[..., _Message]]) -> _Message:
    try:
        fields: dict[str, Any] = json.loads(line)
        make = known[fields.pop("type")]
        if "words" in fields:
            fields["words"] = tuple(Word(**word) for word in fields["words"])
        return make(**fields)
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise WireError(f"recogniser worker: not a message of ours: {line[:80]!r}") from exc
