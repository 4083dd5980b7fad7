"""What the runtime needs from the world; adapters provide it, fakes stand in for it in tests."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from pbx_bridge.core.call_flow import Call, CallEffect, CallEvent, CallTransition
from pbx_bridge.core.case import MessageEnd, RingOutcome, Transcript
from pbx_bridge.core.escalation import (
    Escalation,
    EscalationEffect,
    EscalationEvent,
    EscalationTransition,
)


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the time, aware, UTC."""
        ...


# ---------------------------------------------------------------- store


@dataclass(frozen=True, slots=True)
class StoredCall:
    """A call as it stands on disk."""

    state: Call
    version: int


@dataclass(frozen=True, slots=True)
class StoredEscalation:
    """An escalation as it stands on disk."""

    state: Escalation
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """An effect that is committed and not yet carried out."""

    seq: int
    """Its place in the outbox; also its idempotency key."""
    case_id: str
    effect: CallEffect | EscalationEffect
    failures: int = 0


class CallStore(Protocol):
    """Calls, each committed together with its journal row and its effects."""

    async def new_case_id(self) -> str:
        """Return a case id that was never given before: digits, short enough to be spoken."""
        ...

    async def open(self, now: datetime, opening: CallTransition) -> StoredCall:
        """
        Commit a call that has just arrived (journal trigger ``CallOpened``).

        Raises:
            StaleCase: a call with this `call_id` or `case_id` is there already.
        """
        ...

    async def load(self, case_id: str) -> StoredCall | None:
        """Return the call of a case."""
        ...

    async def find(self, call_id: str) -> StoredCall | None:
        """Return the call with Asterisk's uniqueid *call_id*."""
        ...

    async def save(
        self, now: datetime, before: StoredCall, trigger: CallEvent, after: CallTransition
    ) -> StoredCall:
        """
        Commit one transition: state, journal row and effects, all or nothing.

        A transition that changes nothing and wants nothing is not written at all.

        Raises:
            StaleCase: the call moved on since *before* was loaded.
        """
        ...

    async def due(self, now: datetime) -> list[str]:
        """Return the cases whose `wake_at` has come, oldest first."""
        ...

    async def undecided(self) -> list[Call]:
        """Return all calls that are not `decided`."""
        ...


class EscalationStore(Protocol):
    """Escalations, with the same promises as `CallStore`."""

    async def open(self, now: datetime, opening: EscalationTransition) -> StoredEscalation:
        """Commit a new one (journal ``EscalationOpened``); `StaleCase` when there is one."""
        ...

    async def load(self, case_id: str) -> StoredEscalation | None:
        """Return the escalation of a case."""
        ...

    async def save(
        self,
        now: datetime,
        before: StoredEscalation,
        trigger: EscalationEvent,
        after: EscalationTransition,
    ) -> StoredEscalation:
        """Commit one transition; see `CallStore.save`."""
        ...

    async def due(self, now: datetime) -> list[str]:
        """Return the cases whose `wake_at` has come, oldest first."""
        ...

    async def ringing(self) -> list[Escalation]:
        """Return all escalations in phase `ringing`."""
        ...


class Outbox(Protocol):
    """Committed effects not yet carried out, and the notes beside the journal."""

    async def pending(self, now: datetime) -> list[Pending]:
        """Return what is to be done now, in committed order; parked effects are left out."""
        ...

    async def mark_done(self, seq: int, now: datetime) -> None:
        """Remember that an effect was carried out."""
        ...

    async def mark_failed(self, seq: int, error: str, retry_at: datetime | None) -> None:
        """Remember a failure; with *retry_at* `None` the effect is parked and reported."""
        ...

    async def note(
        self, case_id: str, now: datetime, kind: str, data: Mapping[str, object]
    ) -> None:
        """Append to the journal something that no machine decides on, for example words heard."""
        ...

    async def next_wake(self) -> datetime | None:
        """Return the earliest `wake_at` of all calls and escalations."""
        ...

    async def instance_key(self) -> bytes:
        """Return 32 random bytes made when the database was made; they sign ring tokens."""
        ...


# ---------------------------------------------------------------- telephone


@dataclass(frozen=True, slots=True, kw_only=True)
class RingOrder:
    """Everything Asterisk must know to ring one technician, even without us."""

    channel_id: str
    """``<case_id>-<attempt>``; also how the ring is found again after a restart."""
    token: str
    """Hex digest that a key press stored by the dialplan must carry to be believed."""
    number: str
    timeout: timedelta
    case_id: str
    attempt: int
    technician: str
    call_id: str
    caller_number: str
    """Digits, empty when withheld: what the dialplan tells when it screens alone."""
    recording: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveChannel:
    """One of our channels that is alive in Asterisk."""

    channel: str
    """Asterisk's name of it."""
    channel_id: str
    """Its uniqueid; for a technician's leg ``<case_id>-<attempt>``."""
    call_id: str
    """The caller's `call_id`, empty when it is not a caller's channel."""
    is_up: bool


class PhoneEvents(Protocol):
    """What the phones report; called on the event loop, must not block or raise."""

    def ring_answered(self, channel_id: str) -> None:
        """Somebody, or a mailbox, picked up."""
        ...

    def ring_ended(self, channel_id: str, outcome: RingOutcome) -> None:
        """The leg is gone; never `acknowledged`, never `declined`."""
        ...

    def key_stored(self, channel_id: str) -> None:
        """The dialplan's screening says that it stored a key press; look and verify."""
        ...

    def fallback_moved(self, call_id: str) -> None:
        """The dialplan's fallback says that something changed for this call; look."""
        ...

    def line_restored(self) -> None:
        """Logged in to Asterisk: look what is alive before ringing again."""
        ...

    def line_lost(self) -> None:
        """The login is gone; nothing can be rung until `line_restored`."""
        ...


class Phones(Protocol):
    """Asterisk through its manager interface; each method has a deadline of its own."""

    async def ring(self, order: RingOrder) -> None:
        """
        Let a mobile ring; returns when Asterisk took the order.

        Raises:
            AmiUnavailable: not logged in, or no reply in time: look before you ring again.
            AmiRejected: Asterisk refused.
            UnsafeValue: a value holds a line break or NUL.
        """
        ...

    async def cancel(self, channel_id: str) -> None:
        """Hang up a leg; one that is gone already is no error. Raises `AmiUnavailable`."""
        ...

    async def extend(self, channel: str, lease: timedelta) -> None:
        """Renew the lease of a channel in our hands (``TIMEOUT(absolute)``)."""
        ...

    async def live(self) -> list[LiveChannel]:
        """Return our channels that are alive: callers and technicians."""
        ...

    async def remember(self, family: str, key: str, value: str) -> None:
        """Store a value in AstDB."""
        ...

    async def recall(self, family: str, key: str) -> str | None:
        """Return a value from AstDB, `None` when there is none."""
        ...

    async def ask_for_report(self) -> None:
        """Let Asterisk call our AGI ``/report``, which may read and clean AstDB."""
        ...


@dataclass(frozen=True, slots=True)
class Recorded:
    """How a recording ended."""

    end: MessageEnd
    message_s: float


class Line(Protocol):
    """
    One channel in our hands, for as long as its AGI session lasts.

    Every method raises `AgiHangup` once the channel is gone and `AgiFailed` when Asterisk
    refuses; each has a deadline, after which the session is given up (`AgiHangup`).
    """

    @property
    def channel(self) -> str:
        """Asterisk's name of the channel."""
        ...

    @property
    def caller_number(self) -> str | None:
        """The number as the dialplan cleaned it; `None` when withheld."""
        ...

    async def play(self, sound: str, keys: str = "") -> str | None:
        """
        Play one sound, named without extension; return the digit that stopped it.

        A missing sound raises `AgiFailed`, it is not taken for a hang-up.
        """
        ...

    async def digit(self, limit: timedelta) -> str | None:
        """Wait for one key."""
        ...

    async def record(
        self, path: str, *, keys: str, limit: timedelta, silence: timedelta
    ) -> Recorded:
        """
        Beep, then record 8 kHz WAV to ``path.wav``.

        When the caller hangs up this returns with `MessageEnd.HANGUP`; the next call raises.
        """
        ...

    async def start_copy(self, path: str) -> None:
        """Let Asterisk write a live copy of what the caller says to *path*, extension included."""
        ...

    async def stop_copy(self) -> None:
        """End the live copy."""
        ...

    async def variable(self, name: str) -> str | None:
        """Return a channel variable; works for a short while after a hang-up too."""
        ...

    async def set_variable(self, name: str, value: str) -> None:
        """Set a channel variable."""
        ...

    async def stored_keys(self, family: str) -> list[str]:
        """Return the keys of an AstDB family (at most some dozens at a time)."""
        ...

    async def stored(self, family: str, key: str) -> str | None:
        """Return a value from AstDB."""
        ...

    async def forget(self, family: str, key: str) -> None:
        """Delete a value from AstDB."""
        ...


# ---------------------------------------------------------------- audio, speech, people


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

    def unknown(self, known: Callable[[str], bool]) -> Sequence[str]:
        """Return the call ids of recordings for which *known* says no, oldest first."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something a person must be told by another way than a ring."""

    key: str
    """Idempotency key: the same notice sent twice carries the same key."""
    case_id: str
    subject: str
    body: str


class Notifier(Protocol):
    """One way to tell people."""

    async def send(self, notice: Notice) -> None:
        """Send it; raise `NotifyFailed` when it may work later."""
        ...
