"""What can go wrong beneath us: a disk that refuses, a process that dies at a given moment."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field

ACTS = {
    *("open", "save", "mark_done", "mark_failed", "note", "ring", "cancel", "remember"),
    *("send", "dismiss", "queue", "mark_sent", "give_up"),
}
"""What leaves a trace outside of our process: after each of these it may die."""


class Died(BaseException):
    """The process is gone; no crash boundary may catch this."""


@dataclass
class Fate:
    """When the process dies, and what it did until then."""

    dies_after: int | None = None
    """Number of acts; `None`: it lives."""
    acts: list[tuple[str, object]] = field(default_factory=list)
    """Each act with its first argument."""
    is_dead: bool = False

    def reborn(self) -> None:
        """Let the next process live."""
        self.is_dead, self.dies_after = False, None

    def check(self) -> None:
        """Raise `Died` when the process is dead."""
        if self.is_dead:
            raise Died

    def acted(self, name: str, subject: object) -> None:
        """Note an act, and die when it was the last one."""
        self.acts.append((name, subject))
        if len(self.acts) == self.dies_after:
            self.is_dead = True
        self.check()


class Fragile:
    """Passes everything on to a fake; may refuse before, and the process may die after."""

    def __init__(self, inner: object, fate: Fate) -> None:
        self._inner, self._fate = inner, fate
        self.fault: Exception | None = None
        """Raised instead of everything that is asked."""
        self.asked = 0
        """How often anything was asked."""

    def __getattr__(self, name: str) -> Callable:
        """Return the fake's method, guarded when it is one that waits."""
        method = getattr(self._inner, name)
        if not inspect.iscoroutinefunction(method):
            return method

        async def guarded(*args: object, **kwargs: object) -> object:
            self._fate.check()
            self.asked += 1
            if self.fault is not None:
                raise self.fault
            result = await method(*args, **kwargs)
            if name in ACTS:
                self._fate.acted(name, args[0] if args else None)
            return result

        return guarded
