"""Load the rule packs that we ship, and the firm's own rule file on top."""

import gc
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from pbx_bridge.core.rule_draft import Table
from pbx_bridge.core.rule_lint import Suspicion, suspicions
from pbx_bridge.core.rulefile import read
from pbx_bridge.core.rulepack import RulePack
from pbx_bridge.errors import RulePackError


@cache
def shipped_languages() -> tuple[str, ...]:
    """Return the languages that have a pack, sorted."""
    return tuple(sorted(folder.name for folder in _shipped().iterdir() if any(_toml(folder))))


def load_pack(language: str, own: Path | None = None) -> RulePack:
    """
    Return our pack of *language* with the firm's *own* file merged into it.

    *own* may hold several languages: tables ``[de]``, ``[pl]`` and so on, each written
    like one of our files. None means our rules as they are.

    Raises:
        RulePackError: no pack for *language*, a file cannot be read, or it has mistakes.
    """
    if language not in shipped_languages():
        known = ", ".join(shipped_languages())
        raise RulePackError(f"no rules for language {language!r}; there are {known}")
    with _kept():
        return read(_tables(language, own), language)


def lint(language: str, own: Path | None = None) -> tuple[RulePack, list[str]]:
    """Return the pack as `load_pack` does, and a line for each pattern worth a second look."""
    tables = _tables(language, own)
    pack = read(tables, language)
    folder = _shipped().joinpath(language)
    common = folder.joinpath("common.txt").read_text(encoding="utf-8").split()
    lines: list[str] = []
    for found in suspicions(tables, pack, common, str(own or "")):
        name = found.file.rpartition("/")[2]
        entry = own if own is not None and found.file == str(own) else folder.joinpath(name)
        number, line = _line_of(found, entry.read_text(encoding="utf-8").splitlines())
        if _JUSTIFIED not in line:
            lines.append(f'{found.file}:{number}: {found.where}: "{found.source}": {found.text}')
    return pack, lines


_JUSTIFIED = "# lint: "
"""On the line of a pattern that is meant as it stands; the reason follows."""


def _line_of(found: Suspicion, lines: list[str]) -> tuple[int, str]:
    """Return number and text of the line with the pattern, after the heading of its place."""
    quoted = re.compile(rf"""(["']){re.escape(found.source)}\1""")
    start = _start_of(found, lines)
    numbered = list(enumerate(lines, 1))
    for number, line in (*numbered[start:], *numbered[:start]):
        if quoted.search(line):
            return number, line
    return 1, ""


def _start_of(found: Suspicion, lines: list[str]) -> int:
    """Return the index of the line at which the place begins, as far as it has a name."""
    kind, _, name = found.where.partition(" ")
    short = re.escape(name.rpartition(".")[2])
    headings = {"concept": rf"""(["']?){short}\1\s*="""}
    headings |= dict.fromkeys(("fact", "rule"), rf"""id\s*=\s*(["']){short}\1""")
    heading = re.compile(rf"\s*{headings.get(kind, '')}")
    start = next((number for number, line in enumerate(lines) if heading.match(line)), 0)
    if kind != "concept":  # an id may stand below the patterns
        while start and not lines[start].startswith("["):
            start -= 1
    return start


def _tables(language: str, own: Path | None) -> dict[str, Table]:
    tables: dict[str, Table] = {
        f"rules/{language}/{entry.name}": _parse(entry) for entry in _toml_of(language)
    }
    return tables if own is None else tables | _own_tables(own, language)


@contextmanager
def _kept() -> Iterator[None]:
    """
    Keep the garbage collector away from what is made here, now and later.

    A pack is some 100,000 objects that live as long as the process: to look through them again
    and again took a third of the time of loading, and held up the calls for 0.1 s at a time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()


def _shipped() -> Traversable:
    return files("pbx_bridge").joinpath("rules")


def _toml(folder: Traversable) -> Iterator[Traversable]:
    if folder.is_dir():
        yield from (entry for entry in folder.iterdir() if entry.name.endswith(".toml"))


def _toml_of(language: str) -> list[Traversable]:
    return sorted(_toml(_shipped().joinpath(language)), key=lambda entry: entry.name)


def _own_tables(own: Path, language: str) -> dict[str, Table]:
    """Return the part of the firm's file that is about *language*."""
    whole = _parse(own)
    unknown = sorted(set(whole) - set(shipped_languages()))
    if unknown:
        known = ", ".join(f"[{each}]" for each in shipped_languages())
        raise RulePackError(f"{own}: {unknown[0]} is no language; put rules under one of {known}")
    part = whole.get(language, {})
    if not isinstance(part, dict):
        raise RulePackError(f"{own}: {language} must be a table, [{language}.pack] and so on")
    return {str(own): part}


def _parse(file: Traversable | Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as exc:
        raise RulePackError(f"{file}: cannot be read: {exc.strerror}") from exc
    except UnicodeDecodeError as exc:
        raise RulePackError(f"{file}: is not UTF-8; save it as UTF-8") from exc
    except tomllib.TOMLDecodeError as exc:
        raise RulePackError(f"{file}: is not TOML: {exc}") from exc
    except RecursionError as exc:
        raise RulePackError(f"{file}: is nested too deep; take some brackets out") from exc
