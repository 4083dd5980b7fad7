"""One service: started in order, stopped in reverse, whatever one part does."""

import asyncio

import pytest

from pbx_bridge.errors import AgiPortTaken
from pbx_bridge.runtime import service as module
from pbx_bridge.runtime.service import Part, Service


class Story:
    """Notes what happens, in order."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def part(self, name: str, *, start=None, stop=None) -> Part:
        """Return a part that notes its start and stop; *start* and *stop* come after."""

        async def on_start() -> None:
            self.lines.append(f"start {name}")
            if start is not None:
                await start()

        async def on_stop() -> None:
            self.lines.append(f"stop {name}")
            if stop is not None:
                await stop()

        return Part(name, on_start, on_stop)

    def service(self, *parts: Part, loops=()) -> Service:
        """Return the service of *parts*."""
        return Service(
            parts,
            loops,
            on_ready=lambda: self.lines.append("ready"),
            on_stopping=lambda: self.lines.append("stopping"),
        )


def stopped() -> asyncio.Event:
    """Return a wish to stop that is there already."""
    stop = asyncio.Event()
    stop.set()
    return stop


async def raise_port_taken() -> None:
    """Fail as a part does whose port is in use."""
    raise AgiPortTaken("127.0.0.1:4573 is in use")


async def raise_bug() -> None:
    """Fail as nobody expects it."""
    raise ZeroDivisionError


async def test_parts_start_in_order_and_stop_in_reverse() -> None:
    """Ready is said when all are up, stopping before the first goes."""
    story = Story()

    await story.service(story.part("store"), story.part("phones")).run(stopped())

    assert story.lines == [
        "start store",
        "start phones",
        "ready",
        "stopping",
        "stop phones",
        "stop store",
    ]


async def test_part_that_cannot_start_ends_the_start_cleanly() -> None:
    """What was started is stopped; nobody is told that we are ready."""
    story = Story()
    service = story.service(
        story.part("store"), story.part("agi", start=raise_port_taken), story.part("ami")
    )

    with pytest.raises(AgiPortTaken):
        await service.run(stopped())

    assert story.lines == ["start store", "start agi", "stop store"]


async def test_part_that_cannot_stop_does_not_keep_the_others() -> None:
    """The database is closed even when a phone part crashes on the way out."""
    story = Story()

    await story.service(story.part("store"), story.part("ami", stop=raise_bug)).run(stopped())

    assert story.lines[-2:] == ["stop ami", "stop store"]


async def test_part_that_hangs_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next start does not wait for it."""
    monkeypatch.setattr(module, "STOP_LIMIT_S", 0.01)
    story = Story()

    await story.service(story.part("store"), story.part("asr", stop=asyncio.Event().wait)).run(
        stopped()
    )

    assert story.lines[-2:] == ["stop asr", "stop store"]


async def test_loops_run_until_the_stop() -> None:
    """Each loop of the runtime is started, and cancelled at the end."""
    story, running, stop = Story(), asyncio.Event(), asyncio.Event()

    async def loop() -> None:
        running.set()
        try:
            await asyncio.Event().wait()
        finally:
            story.lines.append("loop ended")

    run = asyncio.create_task(story.service(story.part("store"), loops=[loop]).run(stop))
    await running.wait()
    stop.set()
    await run

    assert story.lines[-3:] == ["stopping", "loop ended", "stop store"]


async def test_loop_that_crashes_stops_the_service_in_order() -> None:
    """Half a service must not look alive: systemd starts a whole one."""
    story = Story()
    service = story.service(story.part("store"), loops=[raise_bug])

    with pytest.raises(ExceptionGroup):
        await service.run(asyncio.Event())

    assert story.lines[-1] == "stop store"
