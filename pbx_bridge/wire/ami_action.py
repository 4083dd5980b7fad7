"""What may be sent to Asterisk's manager interface: actions in which no value can do harm."""

import re
from collections.abc import Mapping, Sequence

from pbx_bridge.errors import UnsafeValue

Action = Mapping[str, str | Sequence[str]]
"""Header names and values; several values mean the header several times."""

MAX_LINE_BYTES = 1000
"""Asterisk throws a whole action away when one line of it is longer than 1023 bytes."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
_VARIABLE_VALUE = re.compile(r"(?! )[\w +./:@=&-]*(?<! )")
"""
Letters, digits and marks that mean nothing to Asterisk.

Measured on 22.10: a comma starts the next variable (``BOB,CALLERID(num)=0900`` set two), a
quotation mark vanishes, a backslash takes away the mark behind it.
"""


def checked(action: Action) -> dict[str, str | list[str]]:
    """
    Return a copy of *action* that is safe to send.

    Raises:
        UnsafeValue: a name is no header name; a value holds a line break or NUL, cannot be
            encoded, or makes a line that Asterisk would throw away.
    """
    return {
        name: _line(name, value) if isinstance(value, str) else [_line(name, v) for v in value]
        for name, value in action.items()
    }


def variables(values: Mapping[str, str]) -> list[str]:
    """
    Return the values of ``Variable`` headers that set each name to exactly its value.

    Raises:
        UnsafeValue: a name or value holds something that Asterisk would read as more than text.
    """
    return [f"{name}={_variable(name, value)}" for name, value in values.items()]


def in_group(category: str, group: str) -> str:
    """
    Return the value of a ``Variable`` header that counts a channel for ``GROUP_COUNT``.

    Raises:
        UnsafeValue: as for `variables`.
    """
    if not category.isalnum():
        raise UnsafeValue(f"{category!r} is no category of groups")
    return f"GROUP({category})={_variable('GROUP', group)}"


def _line(name: str, value: str) -> str:
    if not _NAME.fullmatch(name):
        raise UnsafeValue(f"{name!r} is no name of a header")
    if any(mark in value for mark in "\r\n\0"):
        raise UnsafeValue(f"header {name} holds a line break or NUL; clean the value first")
    try:
        size = len(f"{name}: {value}".encode())
    except UnicodeEncodeError as exc:
        raise UnsafeValue(f"header {name} holds half a character; clean the value first") from exc
    if size > MAX_LINE_BYTES:
        raise UnsafeValue(f"header {name} has {size} bytes, Asterisk takes {MAX_LINE_BYTES}")
    return value


def _variable(name: str, value: str) -> str:
    if not _VARIABLE.fullmatch(name):
        raise UnsafeValue(f"{name!r} is no name of a channel variable")
    if not _VARIABLE_VALUE.fullmatch(value):
        raise UnsafeValue(
            f"variable {name} may hold letters, digits, inner blanks and + . / : @ = & _ - only"
        )
    return value
