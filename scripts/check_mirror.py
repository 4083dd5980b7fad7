#!/usr/bin/env python3
"""
Fail when a module has no test file of its own, or a test file no module.

`pbx_bridge/wire/agi.py` is tested by `tests/unit/wire/test_agi.py`. What cannot be
tested without a real file, socket or process has its test at the same place below
`tests/integration`, a port's implementations theirs below `tests/contract`: any of the
three will do. A long test may be split: `test_agi_hostile.py` belongs to `agi.py` too.

Modules that hold no code need no test: only values, or functions without a body.
`__init__.py` and `__main__.py` that do hold code are tested by `test_init.py`, `test_main.py`.

Not mirrored: `tests/unit/repository` (tests of the repository itself). `tests/unit/scripts`
mirrors `scripts` in one direction: its tests must have their script.
"""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

SHELVES = ("unit", "integration", "contract")
"""Folders of `tests` in which a module's own test may lie."""

NOT_MIRRORED = Path("repository")


def holds_code(source: str) -> bool:
    """Tell whether there is anything to test: a function with a body, a branch or a loop."""
    return any(
        isinstance(node, ast.If | ast.For | ast.While | ast.Match | ast.Try)
        or (isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _has_body(node))
        for node in ast.walk(ast.parse(source))
    )


def untested(root: Path) -> list[str]:
    """Return modules that hold code and have no test file."""
    package = root / "pbx_bridge"
    return [
        f"{module.relative_to(root)}: no test; write tests/unit/{_test_of(module, package)}"
        for module in sorted(package.rglob("*.py"))
        if not any(_tests(module, package, root / "tests" / shelf) for shelf in SHELVES)
        if holds_code(module.read_text(encoding="utf-8"))
    ]


def orphaned(root: Path) -> list[str]:
    """Return test files of the unit shelf that belong to no module."""
    shelf = root / "tests" / "unit"
    claimed = {
        test
        for package, below in ((root / "pbx_bridge", shelf), (root / "scripts", shelf / "scripts"))
        for module in package.rglob("*")
        if module.is_file() and module.suffix in ("", ".py")
        for test in _tests(module, package, below)
    }
    return [
        f"{test.relative_to(root)}: tests no module; name it after one, or delete it"
        for test in sorted(shelf.rglob("test_*.py"))
        if test not in claimed and NOT_MIRRORED not in test.relative_to(shelf).parents
    ]


def _has_body(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Tell apart a real function from a Protocol's: docstring and `...` only."""
    return not all(
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        for statement in function.body
    )


def _test_of(module: Path, package: Path) -> Path:
    name = module.stem.strip("_")
    return module.relative_to(package).with_name(f"test_{name}.py")


def _tests(module: Path, package: Path, shelf: Path) -> list[Path]:
    """Return the test files of *module* in *shelf*: its own and the split-off ones."""
    own = shelf / _test_of(module, package)
    return [path for path in (own, *own.parent.glob(f"{own.stem}_*.py")) if path.exists()]


if __name__ == "__main__":
    offenders = untested(ROOT) + orphaned(ROOT)
    print(*offenders, sep="\n", end="\n" if offenders else "")
    sys.exit(bool(offenders))
