#!/usr/bin/env python3
"""
Write docs/configuration.md from the docstrings of the sections in pbx_bridge/config.
"""

import ast
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from datetime import date
from enum import StrEnum
from functools import cache
from inspect import cleandoc
from pathlib import Path
from types import NoneType
from typing import Annotated, get_args, get_origin, get_type_hints

from pydantic.fields import FieldInfo

from pbx_bridge.config import (
    Config,
    calendar_sections,
    escalation_sections,
    notice_sections,
    sections,
)
from pbx_bridge.config.keys import Key, keys_of

PAGE = Path(__file__).parent.parent / "docs" / "configuration.md"

INTRODUCTION = """\
# Configuration

This page is made by `scripts/config_reference.py`; edit the docstrings in \
`pbx_bridge/config/sections.py`, `calendar_sections.py`, `escalation_sections.py` and \
`notice_sections.py` instead.

Everything is in one TOML file, `/etc/pbx-bridge/pbx-bridge.toml`, \
or where `--config` or `PBX_BRIDGE_CONFIG` point.
A commented example is `docs/pbx-bridge.sample.toml`.
`pbx-bridge config check` reports every mistake at once, with its line and what to do; \
a key that is not on this page is a mistake.
Secrets are not in this file but in files of their own, which it names.
"""

MODULES = (sections, calendar_sections, escalation_sections, notice_sections)

NUMBERS = {int: "whole number", float: "number"}


@cache
def page() -> str:
    """Return the whole page."""
    return "\n".join([INTRODUCTION, *_sections(Config)])


def _sections(table: type, above: str = "") -> Iterator[str]:
    """Yield each section of a table, with those inside it behind it."""
    for key in keys_of(table):
        if key.section is not None:
            hint = get_type_hints(table)[key.field]
            name = f"{above}{key.spelled}"
            header = f"[[{name}]]" if get_origin(hint) is tuple else f"[{name}]"
            yield _section(header, key.section)
            yield from _sections(key.section, f"{name}.")


def _section(header: str, section: type) -> str:
    plain = (key for key in keys_of(section) if key.section is None)
    rows = "\n".join(_row(section, key) for key in plain)
    table = f"| Key | Type | Default | Meaning |\n| --- | --- | --- | --- |\n{rows}\n"
    return f"## {header}\n\n{cleandoc(section.__doc__ or '')}\n\n{table}"


def _row(section: type, key: Key) -> str:
    hint = get_type_hints(section, include_extras=True)[key.field]
    meaning = _docstrings()[section.__name__, key.field].replace("``", "`").replace("|", "\\|")
    return f"| `{key.spelled}` | {_type(hint)} | {_default(section, key.field)} | {meaning} |"


def _default(section: type, name: str) -> str:
    (found,) = (f for f in fields(section) if f.name == name)
    default = found.default
    if default is MISSING and found.default_factory is not MISSING:
        default = found.default_factory()
    match default:
        case _ if default is MISSING:
            return "**required**"
        case None | ():
            return "none"
        case bool():
            return f"`{str(found.default).lower()}`"
        case tuple() as several:
            return ", ".join(f'`"{one}"`' for one in several)
        case Path() | StrEnum() | str():
            return f'`"{found.default}"`'
        case number:
            return f"`{number}`"


def _type(hint: object) -> str:
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _type(inner[0]) + _range(inner[1:])
    if origin is tuple:
        return f"list: {_type(inner[0])}"
    if origin is Mapping:
        return f"table: language to {_type(inner[1])}"
    if inner:  # a union with None
        return next(_type(part) for part in inner if part is not NoneType)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return "text"
    words = {
        **NUMBERS,
        str: "text",
        bool: "true or false",
        Path: "absolute path",
        date: "date, like 2026-12-24",
    }
    return words[hint] if isinstance(hint, type) else "text"


def _range(extras: tuple[object, ...]) -> str:
    limits = [limit for extra in extras if isinstance(extra, FieldInfo) for limit in extra.metadata]
    low = next((limit.ge for limit in limits if hasattr(limit, "ge")), None)
    high = next((limit.le for limit in limits if hasattr(limit, "le")), None)
    if low is not None and high is not None:
        return f", {low} to {high}"
    return f", at least {low}" if low is not None else ""


@cache
def _docstrings() -> dict[tuple[str, str], str]:
    sources = (Path(str(m.__file__)).read_text("utf-8") for m in MODULES)
    nodes = (node for source in sources for node in ast.parse(source).body)
    classes = (node for node in nodes if isinstance(node, ast.ClassDef))
    return {(c.name, name): text for c in classes for name, text in _documented(c)}


def _documented(section: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for statement, after in zip(section.body, section.body[1:], strict=False):
        match statement, after:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield name, " ".join(text.split())


def main() -> int:
    """Write the page, or check it."""
    parser = ArgumentParser(description=str(__doc__).strip().splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail when the page is not current")
    if not parser.parse_args().check:
        PAGE.write_text(page(), encoding="utf-8")
        print(f"wrote {PAGE}")
        return 0
    if PAGE.read_text(encoding="utf-8") == page():
        return 0
    print(f"{PAGE} is not current; run scripts/config_reference.py")
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
