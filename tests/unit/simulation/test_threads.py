"""Threads that are none."""

import asyncio

import pytest

from pbx_bridge.simulation.threads import InlineThreads


def fail() -> None:
    raise OSError("the disk is gone")


async def test_what_is_given_to_a_thread_happens_at_once() -> None:
    """In the thread that asks; what goes wrong is handed on."""
    asyncio.get_running_loop().set_default_executor(InlineThreads(max_workers=1))
    seen: list[int] = []

    await asyncio.to_thread(seen.append, 1)

    assert seen == [1]
    with pytest.raises(OSError, match="the disk is gone"):
        await asyncio.to_thread(fail)
