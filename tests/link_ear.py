"""Somebody who listens to an `AmiLink`, and settings under which nothing takes long."""

import asyncio
from datetime import timedelta

from fake_asterisk import WAIT_S, FakeAsterisk

from pbx_bridge.adapters.ami.link import AmiConfig
from pbx_bridge.wire.ami import Fields

SOON = timedelta(seconds=2)
MOMENT = timedelta(milliseconds=30)

ORIGINATE = {"Action": "Originate", "Channel": "PJSIP/1@trunk", "ChannelId": "1-1", "Async": "true"}


class Ear:
    """Notes what a link tells and lets a test wait for it."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.events: list[Fields] = []
        self.fails = False
        self._changed = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    def heard(self, fields: Fields) -> None:
        """Take an event; fail when told to."""
        self.events.append(fields)
        self._note("heard")
        if self.fails:
            raise RuntimeError("a bug in a listener")

    def restored(self) -> None:
        """Note it."""
        self._note("restored")

    def lost(self) -> None:
        """Note it."""
        self._note("lost")

    async def until(self, *told: str) -> None:
        """Wait until exactly this was told, from the beginning."""
        async with asyncio.timeout(WAIT_S), self._changed:
            await self._changed.wait_for(lambda: self.told == list(told))

    def _note(self, what: str) -> None:
        self.told.append(what)
        task = asyncio.get_running_loop().create_task(self._wake())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _wake(self) -> None:
        async with self._changed:
            self._changed.notify_all()


def quick(server: FakeAsterisk, **more: timedelta) -> AmiConfig:
    """Return settings that are quick about everything but answers."""
    quick = {"first_pause": MOMENT, "longest_pause": MOMENT} | more
    return AmiConfig(user="pbx-bridge", secret="right", port=server.port, **quick)
