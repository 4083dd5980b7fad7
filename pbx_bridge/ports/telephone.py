"""Asterisk: phones that ring, and a channel in our hands."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from pbx_bridge.core.case import MessageEnd, RingOutcome


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
    is_check: bool = False
    """No case: whoever picks up hears that his mobile is checked."""


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

    async def dismiss(self, channel_id: str, taken_by: str) -> None:
        """
        Let an answered leg hear who has the case, then hang up; whatever is played stops.

        One that is gone already is no error. Raises `AmiUnavailable`.
        """
        ...

    async def extend(self, channel: str, lease: timedelta) -> None:
        """Renew the lease of a channel in our hands (``TIMEOUT(absolute)``)."""
        ...

    async def live(self) -> list[LiveChannel]:
        """Return our channels that are alive: callers and technicians."""
        ...

    async def remember(
        self, family: str, key: str, value: str, *, expected: str | None = None
    ) -> None:
        """
        Store a value in AstDB; with *expected* only while that stands there ("": nothing).

        Raises:
            AmiUnavailable: it is not known to be stored.
            AmiRejected: it was not stored, or something else stands there by now.
        """
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

    async def remember(self, family: str, key: str, value: str) -> None:
        """Store a value in AstDB."""
        ...

    async def forget(self, family: str, key: str) -> None:
        """Delete a value from AstDB."""
        ...
