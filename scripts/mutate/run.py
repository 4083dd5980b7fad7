"""Runs the tests against one mutant after the other, each in a process of its own."""

import ast
import gc
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType

import pytest

from mutate.mutants import Mutant

RED, GREEN = 1, 0
"""Exit status of pytest when a test failed, when all passed."""

OPTIONS = (
    *("-x", "-q", "-p", "no:cacheprovider"),
    *("-W", "ignore:Module already imported"),  # on purpose, before the fork
)


@dataclass(frozen=True)
class Target:
    """One module and the tests that should see every change of it."""

    module: str
    """Dotted name."""
    tests: tuple[str, ...]
    """Fast ones, the most likely to fail first."""
    more: tuple[str, ...]
    """Slower ones, only for mutants that the first let through."""

    def source(self, root: Path) -> Path:
        """Return its file."""
        return root.joinpath(*self.module.split(".")).with_suffix(".py")


@dataclass(frozen=True)
class Fate:
    """What became of a mutant."""

    target: Target
    mutant: Mutant
    is_killed: bool


class _Mutated(SourceFileLoader):
    """Loads a module from a tree instead of its file."""

    def __init__(self, name: str, path: Path, tree: ast.Module) -> None:
        super().__init__(name, str(path))
        self._tree = tree

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 - the protocol's
        """Compile the tree."""
        return compile(self._tree, self.path, "exec")


class _Finder:
    """Finds the mutant where the module is looked for."""

    def __init__(self, name: str, path: Path, tree: ast.Module) -> None:
        self._name, self._path, self._tree = name, path, tree

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        """Return the mutant for the one name."""
        if name != self._name:
            return None
        return spec_from_loader(name, _Mutated(name, self._path, self._tree))


def unchanged(root: Path, target: Target) -> Mutant:
    """Return the module as it is: when its tests fail, no mutant proves anything."""
    source = target.source(root).read_text(encoding="utf-8")
    return Mutant(0, "unchanged", "", "", partial(ast.parse, source))


def run(
    root: Path, jobs: list[tuple[Target, Mutant]], limit_s: float, processes: int
) -> Iterator[Fate]:
    """
    Yield the fate of each mutant as it is known.

    Each lives in a fork of this process, which has loaded all libraries and nothing of ours.
    A mutant that hangs for *limit_s* is killed: a test would have.
    """
    gc.freeze()  # a collection in a fork would copy all the memory that it shares with us
    waiting, running = list(reversed(jobs)), dict[int, tuple[Target, Mutant, float]]()
    while waiting or running:
        while waiting and len(running) < processes:
            target, mutant = waiting.pop()
            running[_begin(root, target, mutant)] = (target, mutant, time.monotonic() + limit_s)
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid:
            target, mutant, _ = running.pop(pid)
            yield Fate(target, mutant, os.waitstatus_to_exitcode(status) != GREEN)
            continue
        for pid, (_, _, ends_at) in running.items():
            if time.monotonic() > ends_at:
                with suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)
        time.sleep(0.01)


def _begin(root: Path, target: Target, mutant: Mutant) -> int:
    pid = os.fork()
    if pid:
        return pid
    os.setpgid(0, 0)
    try:
        os._exit(_judge(root, target, mutant))
    finally:
        os._exit(RED)  # it could not even be imported


def _judge(root: Path, target: Target, mutant: Mutant) -> int:
    """Return the exit status of pytest with the mutant in place of the module."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.chdir(root)
    os.environ["CI"] = "yes"  # the same examples for each mutant: tests/conftest.py
    sys.meta_path.insert(0, _Finder(target.module, target.source(root), mutant.make()))  # type: ignore[arg-type]
    return int(pytest.main([*OPTIONS, *target.tests])) or int(
        pytest.main([*OPTIONS, *target.more]) if target.more else GREEN
    )
