"""What a caller is to do."""

import re
from dataclasses import dataclass
from pathlib import Path

from boxes.faults import BoxError
from boxes.folders import FIRM

ANONYMOUS = "anonymous"
CALLER = "493099887766"
KEY_GAP_S = 0.35
"""Between the digits of one number, as a person keys them."""

_KEY = re.compile(r"(\d+(?:\.\d+)?)s:([0-9*#A-D]+)")


@dataclass(frozen=True, slots=True)
class KeyPress:
    """One digit and when to press it."""

    at_s: float
    """Seconds after the answer."""
    digit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSpec:
    """One call from the carrier's side."""

    to: str = FIRM
    number: str = CALLER
    """The caller's number, or `ANONYMOUS` when it is withheld."""
    name: str = ""
    wav: Path | None = None
    """What he says; any sound file. Neither this nor *say*: he is silent."""
    say: str = ""
    """What he says, as text; the language is *language*."""
    language: str = "de"
    voice: str = ""
    """An espeak-ng voice; empty: a man speaking *language*."""
    keys: tuple[KeyPress, ...] = ()
    speak_at_s: float | None = None
    """Seconds after the answer; `None`: after the beep he hears, as a person does."""
    beep_wait_s: float = 20.0
    """He speaks after so many seconds when there is no beep."""
    hangup_after_s: float | None = None
    """Seconds after the answer, also in the middle of a word; `None`: the far end hangs up."""
    hangup_when_spoken: bool = False
    timeout_s: float = 180.0
    """He gives up so long after dialling, whatever happens."""
    hostile_from: str | None = None
    """The SIP From header, sent as it is by a raw SIP caller instead of the carrier."""


def parse_keys(text: str) -> tuple[KeyPress, ...]:
    """
    Return the key presses of a text such as ``2s:1 8s:#`` or ``5s:0301234``.

    Raises:
        BoxError: a part is not SECONDSs:DIGITS.
    """
    presses = []
    for part in text.split():
        found = _KEY.fullmatch(part)
        if found is None:
            raise BoxError(f"--keys {part!r}: write SECONDSs:DIGITS, for example 2s:1")
        start = float(found[1])
        presses += [KeyPress(start + n * KEY_GAP_S, digit) for n, digit in enumerate(found[2])]
    return tuple(sorted(presses, key=lambda press: press.at_s))
