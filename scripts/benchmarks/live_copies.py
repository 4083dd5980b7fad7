"""When the live copies of calls grew: Asterisk hands them over in pieces."""

import os
import threading
import time
from collections import defaultdict
from pathlib import Path
from types import TracebackType
from typing import Self

POLL_S = 0.01


class LiveCopies:
    """Looks at the folder of the live copies, in a thread of its own, as long as `with` lasts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sizes: dict[str, int] = {}
        self._grown: defaultdict[str, list[float]] = defaultdict(list)
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="live-copies", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._thread.join()

    def grown_at(self, call_id: str) -> tuple[float, ...]:
        """Return when the copy of a call grew (seconds since 1970, exact to `POLL_S`)."""
        return tuple(self._grown.get(call_id, ()))

    def look(self) -> None:
        """Note which copies are longer than at the last look."""
        now = time.time()
        with os.scandir(self._folder) as entries:
            for entry in entries:
                try:
                    size = entry.stat().st_size
                except FileNotFoundError:  # the call is over
                    continue
                if size > self._sizes.get(entry.name, 0):
                    self._sizes[entry.name] = size
                    self._grown[entry.name.partition(".sln")[0]].append(now)

    def _watch(self) -> None:
        while not self._is_over.wait(POLL_S):
            self.look()
