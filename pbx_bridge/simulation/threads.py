"""Threads that are none: a night must be repeatable, and a test must not wait for one."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


class InlineThreads(ThreadPoolExecutor):
    """Runs what is given to a thread at once."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run *fn*; the future is done on return."""
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as exc:  # noqa: BLE001  as a thread would hand it on
            done.set_exception(exc)
        return done
