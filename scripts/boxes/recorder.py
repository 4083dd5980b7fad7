"""The process that writes down what happens at the carrier: ``-m boxes.recorder PORT FILE``."""

import sys
from pathlib import Path

from boxes.ami import Ami
from boxes.events import Translator, to_line
from boxes.faults import BoxError

_EVENTS = {"Newchannel", "DialBegin", "Newstate", "UserEvent", "HangupRequest", "Hangup"}
_WAIT_S = 3600.0


def record(port: int, path: Path) -> None:
    """Append one line to *path* for each fact, until the carrier ends."""
    translator = Translator()
    with (
        Ami(port) as ami,
        ami.listen(lambda event: event.get("Event") in _EVENTS) as events,
        path.open("a", buffering=1) as file,
    ):
        print("recording", flush=True)
        while True:
            event = events.get(_WAIT_S)
            fact = translator.translate(event) if event else None
            if fact:
                file.write(to_line(fact) + "\n")


if __name__ == "__main__":
    try:
        record(int(sys.argv[1]), Path(sys.argv[2]))
    except BoxError:
        sys.exit(0)  # the carrier ended
