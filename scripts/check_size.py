#!/usr/bin/env python3
"""Fail when a module or a function is too long to be read in one go."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

FOLDERS = ("pbx_bridge", "scripts", "tests")

GIVEN = Path("tests/corpus")
"""Came with its scorer, and is kept as it came."""

MAX_MODULE_LINES = 400
"""A module this long is about two things."""

MAX_FUNCTION_LINES = 40
"""About one screen, docstring and decorators' arguments included."""


def python_files(folder: Path) -> Iterator[Path]:
    """Yield modules and programs; a program without suffix tells by its first line."""
    for path in sorted(folder.rglob("*")):
        if "__pycache__" in path.parts or not path.is_file():
            continue
        if path.suffix == ".py" or (not path.suffix and _starts_with_python(path)):
            yield path


def too_long(source: str) -> Iterator[str]:
    """
    Yield one line per offender, each starting with the line number.

    Raises:
        SyntaxError: *source* is not Python.
    """
    lines = len(source.splitlines())
    if lines > MAX_MODULE_LINES:
        yield f"1: module has {lines} lines, more than {MAX_MODULE_LINES}"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MAX_FUNCTION_LINES:
                where = f"{node.lineno}: function {node.name}"
                yield f"{where} has {length} lines, more than {MAX_FUNCTION_LINES}"


def check(root: Path) -> list[str]:
    """Return all offenders below *root* as `path:line: what`."""
    return [
        f"{path.relative_to(root)}:{offender}"
        for folder in FOLDERS
        for path in python_files(root / folder)
        if GIVEN not in path.relative_to(root).parents
        for offender in too_long(path.read_text(encoding="utf-8"))
    ]


def _starts_with_python(path: Path) -> bool:
    with path.open("rb") as file:
        first = file.readline()
    return first.startswith(b"#!") and b"python" in first


if __name__ == "__main__":
    offenders = check(ROOT)
    print(*offenders, sep="\n", end="\n" if offenders else "")
    sys.exit(bool(offenders))
