"""Blocking calls that hold up nobody."""

import asyncio
import threading

import pytest

from pbx_bridge.adapters.notify.lone_thread import in_lone_thread


async def test_answer_and_error_come_back() -> None:
    """As if it had been called here."""

    def fail() -> None:
        raise OSError("no route")

    assert await in_lone_thread("mail", lambda: 7) == 7
    with pytest.raises(OSError, match="no route"):
        await in_lone_thread("mail", fail)


async def test_end_of_the_process_does_not_wait_for_a_call_that_hangs() -> None:
    """Python joins every other thread at its end: a restart would last as long as the hanging."""
    started, goes_on = threading.Event(), threading.Event()
    threads: list[threading.Thread] = []

    def hang() -> None:
        threads.append(threading.current_thread())
        started.set()
        goes_on.wait()

    waiting = asyncio.create_task(in_lone_thread("mail", hang))
    await asyncio.to_thread(started.wait)
    waiting.cancel()
    await asyncio.wait([waiting])

    (thread,) = threads
    is_waited_for, is_alive = not thread.daemon, thread.is_alive()
    goes_on.set()
    await asyncio.to_thread(thread.join)  # what comes too late is thrown away in silence
    assert (is_waited_for, is_alive, waiting.cancelled()) == (False, True, True)
