"""Keeps the calls in our hands: Asterisk takes back every channel whose lease is not renewed."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog

from pbx_bridge.errors import AmiRejected, AmiUnavailable, UnsafeValue
from pbx_bridge.ports import Phones

log = structlog.get_logger()

RENEWALS_PER_LEASE = 3
"""One lost renewal must not lose a call; with 10 s the pattern was measured at every 3 s."""


class Leases:
    """Renews ``TIMEOUT(absolute)`` of every channel that we serve or have adopted."""

    def __init__(self, phones: Phones, lease: timedelta) -> None:
        self._phones, self._lease = phones, lease
        self._held: dict[str, int] = {}
        self._adopted: set[str] = set()

    @contextmanager
    def held(self, channel: str) -> Iterator[None]:
        """Renew the lease of *channel* as long as its session lasts."""
        self._adopted.discard(channel)
        self._held[channel] = self._held.get(channel, 0) + 1
        try:
            yield
        finally:
            self._held[channel] -= 1
            if not self._held[channel]:
                del self._held[channel]

    def adopt(self, channel: str) -> None:
        """Renew the lease of a channel from before our restart until its next session."""
        if channel not in self._held:
            self._adopted.add(channel)

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
            try:
                await self._phones.extend(channel, self._lease)
            except (AmiRejected, UnsafeValue):  # gone; its session notices by itself
                self._adopted.discard(channel)
            except AmiUnavailable as exc:
                log.warning("lease.missed", channel=channel, reason=str(exc))
                return
