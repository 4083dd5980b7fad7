"""A blocking call in a thread of its own, for which the end of the process does not wait."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

Answer = TypeVar("Answer")


async def in_lone_thread(name: str, call: Callable[[], Answer]) -> Answer:
    """
    Return what *call* returns, or raise what it raises.

    A daemon thread instead of `asyncio.to_thread`: Python waits for the threads of a pool when
    it ends, and a restart must not wait for a mail server that hangs. Nothing is shared with
    those who read recordings either. Cancelling stops waiting, the thread ends by itself.

    Args:
        name: of the thread, for whoever looks at a stuck process.
        call: what blocks; it must have limits of its own.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Answer] = loop.create_future()

    def settle(answer: Answer | None, error: BaseException | None) -> None:
        if future.done():  # nobody waits any more
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(answer)  # type: ignore[arg-type]  # an answer, when no error is

    def work() -> None:
        answer, error = None, None
        try:
            answer = call()
        except Exception as exc:  # noqa: BLE001  handed on to whoever waits
            error = exc
        with suppress(RuntimeError):  # the loop is closed: the process ends
            loop.call_soon_threadsafe(settle, answer, error)

    threading.Thread(target=work, name=name, daemon=True).start()
    return await future
