"""Stand-ins for the outside world: dull lists and dictionaries behind the ports."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from fake_overrides import MemoryOverrides

from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.pin_lock import PinLock
from pbx_bridge.errors import AmiRejected, AmiUnavailable, UnsafeValue
from pbx_bridge.ports import LiveChannel, PhoneEvents, RingOrder
from pbx_bridge.simulation.memory import (
    MemoryCalls,
    MemoryEscalations,
    MemoryOutbox,
    MemoryTables,
)

# ---------------------------------------------------------------- clock

ELEVEN_AT_NIGHT = datetime(2026, 1, 9, 22, 0, tzinfo=UTC)
"""A Friday in January, 23:00 in Berlin."""


class FakeClock:
    """The port `Clock`; stands still until it is moved."""

    def __init__(self, at: datetime = ELEVEN_AT_NIGHT) -> None:
        self.at = at

    def now(self) -> datetime:
        """Return the time it was set to."""
        return self.at

    def move(self, seconds: float) -> datetime:
        """Let *seconds* pass; return the new time."""
        self.at += timedelta(seconds=seconds)
        return self.at


# ---------------------------------------------------------------- store


class MemoryPinLocks:
    """The port `PinLocks` in memory."""

    def __init__(self) -> None:
        self.lock = PinLock()

    async def load(self) -> PinLock:
        """Return it."""
        return self.lock

    async def keep(self, now: datetime, lock: PinLock) -> None:
        """Keep it."""
        self.lock = lock


class MemoryStore:
    """The whole store in memory, of the same shape as the one on disk."""

    def __init__(self) -> None:
        self.tables = MemoryTables()
        self.calls = MemoryCalls(self.tables)
        self.escalations = MemoryEscalations(self.tables)
        self.outbox = MemoryOutbox(self.tables)
        self.overrides = MemoryOverrides()
        self.notices = self.tables.notices
        self.pin_locks = MemoryPinLocks()


# ---------------------------------------------------------------- telephone


class FakePhones:
    """
    The port `Phones`: mobiles that do what a test says.

    `rings` and `cancelled` keep what was asked for, so that "nothing else rang" is one assert.
    """

    def __init__(self, events: PhoneEvents | None = None) -> None:
        self.events = events
        self.numbers: frozenset[str] | None = None
        """The only numbers that may be rung; `None`: all."""
        self.rings: list[RingOrder] = []
        self.cancelled: list[str] = []
        self.dismissed: list[tuple[str, str]] = []
        """Each leg with who has the case."""
        self.extended: list[tuple[str, timedelta]] = []
        self.reports = 0
        self.astdb: dict[tuple[str, str], str] = {}
        self.channels: dict[str, LiveChannel] = {}
        """By `channel_id`; a test puts a caller's channel here itself."""
        self.is_up = True
        self.loses_reply = False
        """Whether the reply to the next order gets lost: Asterisk rings, and we do not know."""
        self._ended_unheard: dict[str, RingOutcome] = {}

    # what a test lets happen

    def answers(self, channel_id: str) -> None:
        """Let somebody, or a mailbox, pick up."""
        self.channels[channel_id] = replace(self.channels[channel_id], is_up=True)
        if self.is_up and self.events:
            self.events.ring_answered(channel_id)

    def ends(self, channel_id: str, outcome: RingOutcome = RingOutcome.NO_ANSWER) -> None:
        """Let a leg go; while the line is down it is told by the next `live`."""
        leg = self.channels.pop(channel_id)
        outcome = RingOutcome.NO_ANSWER if leg.is_up else outcome
        if not self.is_up:
            self._ended_unheard[channel_id] = outcome
        elif self.events:
            self.events.ring_ended(channel_id, outcome)

    def goes_down(self) -> None:
        """Let the login be lost."""
        self.is_up = False
        if self.events:
            self.events.line_lost()

    def comes_back(self) -> None:
        """Let the login be restored."""
        self.is_up = True
        if self.events:
            self.events.line_restored()

    # the port

    async def ring(self, order: RingOrder) -> None:
        """Note the order; the mobile rings until the test says more."""
        _refuse_unsafe(
            order.channel_id, order.technician, order.call_id, order.recording, order.language
        )
        if self.numbers is not None and order.number not in self.numbers:
            raise AmiRejected("the number is not one of the configured mobiles")
        self._require_line()
        if order.channel_id not in self.channels:
            self.rings.append(order)
            self.channels[order.channel_id] = LiveChannel(
                channel=f"PJSIP/fake-{len(self.rings)}",
                channel_id=order.channel_id,
                call_id="",
                is_up=False,
            )
        if self.loses_reply:
            self.loses_reply = False
            raise AmiUnavailable("no answer in time")

    async def cancel(self, channel_id: str) -> None:
        """Note it and end the leg, if there is one."""
        self._require_line()
        self.cancelled.append(channel_id)
        if channel_id in self.channels:
            self.ends(channel_id)

    async def dismiss(self, channel_id: str, taken_by: str) -> None:
        """Note it and end the leg, if there is one."""
        self._require_line()
        self.dismissed.append((channel_id, taken_by))
        if channel_id in self.channels:
            self.ends(channel_id)

    async def extend(self, channel: str, lease: timedelta) -> None:
        """Note it; raise `AmiRejected` when the channel is gone."""
        self._require_line()
        if channel not in {live.channel for live in self.channels.values()}:
            raise AmiRejected("No such channel")
        self.extended.append((channel, lease))

    async def live(self) -> list[LiveChannel]:
        """Return what is alive; tell what ended while the line was down."""
        self._require_line()
        for channel_id, outcome in self._ended_unheard.items():
            if self.events:
                self.events.ring_ended(channel_id, outcome)
        self._ended_unheard.clear()
        return list(self.channels.values())

    async def remember(
        self, family: str, key: str, value: str, *, expected: str | None = None
    ) -> None:
        """Store it, unless something else stands there than *expected*."""
        _refuse_unsafe(value)
        self._require_line()
        if expected not in (None, self.astdb.get((family, key), "")):
            raise AmiRejected("something else stands there by now")
        self.astdb[family, key] = value

    async def recall(self, family: str, key: str) -> str | None:
        """Return it."""
        self._require_line()
        return self.astdb.get((family, key))

    async def ask_for_report(self) -> None:
        """Count it."""
        self._require_line()
        self.reports += 1

    def _require_line(self) -> None:
        if not self.is_up:
            raise AmiUnavailable("not logged in to Asterisk; nothing was sent")


def _refuse_unsafe(*values: str) -> None:
    if any(mark in value for value in values for mark in "\r\n\0,"):
        raise UnsafeValue("a value holds more than text")
