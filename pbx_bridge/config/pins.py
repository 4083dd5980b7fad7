"""The technicians' PINs: a file of its own, because a configuration is read by many."""

import re
from collections.abc import Collection, Mapping
from pathlib import Path

from pbx_bridge.errors import ConfigError

SHORTEST, LONGEST = 6, 12
"""Digits; with three tries a call and growing pauses six are enough, four are not."""

EVERYBODY_ELSE = 0o077
"""Mode bits of group and others."""

FORM = "write a line for each technician: name, space, PIN"

_PIN = re.compile(rf"[0-9]{{{SHORTEST},{LONGEST}}}")
_ROWS = ("01234567890123456789", "98765432109876543210")


def read_pins(path: Path, technicians: Collection[str]) -> Mapping[str, str]:
    """
    Return the PINs of a file by short name.

    Raises:
        ConfigError: it cannot be read, or has mistakes: a line each, which never show a PIN.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "not UTF-8"
        remedy = f"create it, mode 0600; {FORM}"
        raise ConfigError([f"{path} cannot be read ({reason}); {remedy}"]) from exc
    mistakes = []
    if mode & EVERYBODY_ELSE:
        mistakes.append(f"{path}: others may read it; chmod 600 {path}")
    pins: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        name, *rest = line.partition("#")[0].split(maxsplit=1) or [""]
        if not name:
            continue
        pin = "".join(rest).strip()
        problem = _mistake(name, pin, technicians, pins)
        if problem:
            mistakes.append(f"{path}:{number}: {problem}")
        pins[name] = pin
    if not pins:
        mistakes.append(f"{path} holds no PIN; {FORM}, or take pins_file out")
    if mistakes:
        raise ConfigError(mistakes)
    return pins


def _mistake(
    name: str, pin: str, technicians: Collection[str], pins: Mapping[str, str]
) -> str | None:
    if name not in technicians:
        # Not quoted: it may hold the PIN, behind a colon or first in its line.
        known = ", ".join(sorted(technicians))
        return f"begins with the name of no [[technician]]; {FORM}; names: {known}"
    if name in pins:
        return f"{name!r} is there twice; leave one line"
    if not _PIN.fullmatch(pin):
        return f"the PIN of {name} must have {SHORTEST} to {LONGEST} digits and nothing else"
    if len(set(pin)) == 1 or any(pin in row for row in _ROWS):
        return f"the PIN of {name} is guessed first; take digits in no order"
    return None
