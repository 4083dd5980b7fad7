"""A module in memory stands for the one on disk."""

import ast
import importlib
import sys
from pathlib import Path

import pytest
from mutate.run import Target, _Finder, unchanged


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a module of one line, which can be imported."""
    path = tmp_path / "victim.py"
    path.write_text("ANSWER = 42\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "victim", raising=False)
    return path


def test_mutant_is_imported_instead_of_the_module(
    module: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under its own name, and nothing else is touched."""
    finder = _Finder("victim", module, ast.parse("ANSWER = 43"))
    monkeypatch.setattr(sys, "meta_path", [finder, *sys.meta_path])

    assert importlib.import_module("victim").ANSWER == 43
    assert finder.find_spec("other") is None


def test_module_as_it_is_comes_first(module: Path) -> None:
    """When its tests fail without any change, no mutant proves anything."""
    target = Target("victim", (), ())

    tree = unchanged(module.parent, target).make()

    assert ast.unparse(tree) == "ANSWER = 42"
