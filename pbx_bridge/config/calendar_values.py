"""What times of day look like in the file; the text of each error says what to write instead."""

import re
from datetime import time
from typing import Annotated

from pydantic import AfterValidator

from pbx_bridge.core.hours import Window

_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d"
_WINDOW = re.compile(rf"({_CLOCK})-({_CLOCK}|24:00)")


def window_of(text: str) -> Window:
    """Return the window for ``08:00-12:00``; an end that is not later is on the next day."""
    start, end = text.split("-")
    return Window(time.fromisoformat(start), time() if end == "24:00" else time.fromisoformat(end))


def _window(text: str) -> str:
    found = _WINDOW.fullmatch(text)
    if not found:
        raise ValueError('is no part of a day; write it like "08:00-12:00" or "18:00-24:00"')
    if found[1] == found[2]:
        raise ValueError('has no length; write "00:00-24:00" for a whole day')
    return text


def _clock(text: str) -> str:
    if not re.fullmatch(rf"{_CLOCK}(:00)?", text):
        raise ValueError('is no time of day; write it like "08:00"')
    return text


WindowText = Annotated[str, AfterValidator(_window)]
ClockText = Annotated[str, AfterValidator(_clock)]
