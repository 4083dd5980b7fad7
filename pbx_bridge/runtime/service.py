"""One service that starts, says that it is ready, runs its loops and stops in order."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Part:
    """Something that is started and stopped with the service."""

    name: str
    start: Callable[[], Awaitable[object]]
    stop: Callable[[], Awaitable[object]]


STOP_LIMIT_S = 5.0
"""For each part; a part that hangs must not keep the next start waiting."""


class Service:
    """Starts its parts in the order given, runs its loops, stops the parts in reverse."""

    def __init__(
        self,
        parts: Sequence[Part],
        loops: Sequence[Callable[[], Awaitable[None]]],
        *,
        on_ready: Callable[[], None],
        on_stopping: Callable[[], None],
    ) -> None:
        self._parts, self._loops = parts, loops
        self._on_ready, self._on_stopping = on_ready, on_stopping

    async def run(self, stop: asyncio.Event) -> None:
        """
        Run until *stop* is set.

        Raises:
            BridgeError: a part could not start; those before it are stopped again.
        """
        started: list[Part] = []
        try:
            for part in self._parts:
                await part.start()
                started.append(part)
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(_forever(loop)) for loop in self._loops]
                log.info("service.started")
                self._on_ready()
                await stop.wait()
                log.info("service.stopping")
                self._on_stopping()
                for task in tasks:
                    task.cancel()
        finally:
            for part in reversed(started):
                await self._stop(part)
            log.info("service.stopped")

    async def _stop(self, part: Part) -> None:
        """Stop one part; best effort, so that the others are stopped too."""
        try:
            async with asyncio.timeout(STOP_LIMIT_S):
                await part.stop()
        except TimeoutError:
            log.error("service.part_hangs", part=part.name)
        except Exception:  # crash boundary: the parts below it must still be stopped
            log.exception("service.part_crashed", part=part.name)


async def _forever(loop: Callable[[], Awaitable[None]]) -> None:
    await loop()
