"""Finds the line on which a key of a TOML file stands; `tomllib` does not tell."""

import re

KeyPath = tuple[str | int, ...]
"""Keys and places in arrays, outermost first: ``("technician", 0, "number")``."""

_PART = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_KEY = re.compile(rf"\s*({_PART}(?:\s*\.\s*{_PART})*)\s*=")
_TABLE = re.compile(rf"\s*\[(\[?)\s*({_PART}(?:\s*\.\s*{_PART})*)\s*\]")
_MULTILINE_QUOTES = ('"""', "'''")


def key_lines(text: str) -> dict[KeyPath, int]:
    """
    Return the line of each table and key, counted from 1.

    Keys inside inline tables are not in it; `line_of` answers with the line around them.
    """
    lines: dict[KeyPath, int] = {}
    elements: dict[KeyPath, int] = {}
    table: KeyPath = ()
    quotes = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if quotes:
            quotes = "" if line.count(quotes) % 2 else quotes
            continue
        if header := _TABLE.match(line):
            path = _split(header[2])
            if header[1]:
                elements[path] = elements.get(path, -1) + 1
                lines.setdefault(path, number)
            table = _with_places(path, elements)
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            lines.setdefault(table + _split(key[1]), number)
        quotes = next((mark for mark in _MULTILINE_QUOTES if line.count(mark) % 2), "")
    return lines


def line_of(lines: dict[KeyPath, int], path: KeyPath) -> int:
    """Return the line of *path*, or of the nearest thing around it, or 1."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return 1


def _split(dotted: str) -> KeyPath:
    return tuple(part.strip("\"'") for part in re.findall(_PART, dotted))


def _with_places(path: KeyPath, elements: dict[KeyPath, int]) -> KeyPath:
    """Put the place of the newest element behind each array of tables in *path*."""
    placed: KeyPath = ()
    for end in range(1, len(path) + 1):
        placed += (path[end - 1],)
        if path[:end] in elements:
            placed += (elements[path[:end]],)
    return placed
