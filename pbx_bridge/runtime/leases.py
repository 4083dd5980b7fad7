"""Keeps the calls in our hands: Asterisk takes back every channel whose lease is not renewed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog

from pbx_bridge.errors import AmiRejected, AmiUnavailable, UnsafeValue
from pbx_bridge.ports import Phones

log = structlog.get_logger()

RENEWALS_PER_LEASE = 3
"""One lost renewal must not lose a call; with 10 s the pattern was measured at every 3 s."""


FIRST_SHARE = 0.75
"""What the dialplan gives a session to begin with; see ``TIMEOUT(absolute)`` there."""


class Leases:
    """
    Renews ``TIMEOUT(absolute)`` of every channel that we serve or have adopted.

    A lease that ran out is never renewed: we were frozen or cut off, the dialplan has taken the
    channel back, and a new limit would end the talk that it may have arranged since.
    """

    def __init__(self, phones: Phones, lease: timedelta) -> None:
        self._phones, self._lease = phones, lease
        self._held: dict[str, int] = {}
        self._adopted: set[str] = set()
        self._ends_at: dict[str, float] = {}
        """Monotonic time (the loop's) at which Asterisk takes each channel back."""

    @asynccontextmanager
    async def held(self, channel: str) -> AsyncIterator[None]:
        """Renew the lease of *channel* at once, and as long as its session lasts."""
        self._adopted.discard(channel)
        self._held[channel] = self._held.get(channel, 0) + 1
        self._begin(channel, FIRST_SHARE)
        try:
            await self._renew(channel)
            yield
        finally:
            self._held[channel] -= 1
            if not self._held[channel]:
                del self._held[channel]
                self._ends_at.pop(channel, None)

    async def adopt(self, channel: str) -> None:
        """Renew the lease of a channel from before our restart, until its next session."""
        if channel not in self._held and channel not in self._adopted:
            self._adopted.add(channel)
            self._begin(channel)
            await self._renew(channel)

    def release(self, channel: str) -> None:
        """Let go of an adopted channel: the dialplan has it."""
        self._adopted.discard(channel)

    async def run(self) -> None:
        """Renew until cancelled."""
        while True:
            await asyncio.sleep(self._lease.total_seconds() / RENEWALS_PER_LEASE)
            await self.renew()

    async def renew(self) -> None:
        """Renew every lease once."""
        for channel in [*self._held, *self._adopted]:
            if not await self._renew(channel):
                return

    async def _renew(self, channel: str) -> bool:
        """Renew one lease; whether Asterisk could be asked."""
        loop = asyncio.get_running_loop()
        if loop.time() > self._ends_at.get(channel, 0.0):
            if self._ends_at.pop(channel, None) is not None:
                log.warning("lease.lost", channel=channel)
            self._adopted.discard(channel)
            return True
        try:
            await self._phones.extend(channel, self._lease)
        except (AmiRejected, UnsafeValue):  # gone; its session notices by itself
            self._adopted.discard(channel)
        except AmiUnavailable as exc:
            log.warning("lease.missed", channel=channel, reason=str(exc))
            return False
        else:
            self._begin(channel)
        return True

    def _begin(self, channel: str, share: float = 1.0) -> None:
        now = asyncio.get_running_loop().time()
        self._ends_at[channel] = now + self._lease.total_seconds() * share
