"""Small wrong changes: each kind of them, and none that nobody could see."""

import ast

import pytest
from mutate.mutants import mutants


def changed(source: str) -> list[str]:
    """Return the source of every mutant."""
    return [ast.unparse(mutant.make()) for mutant in mutants(source)]


@pytest.mark.parametrize(
    ("source", "mutant"),
    [
        ("a < b", "a <= b"),
        ("a < b", "a >= b"),
        ("a is None", "a is not None"),
        ("a in b", "a not in b"),
        ("a and b", "a or b"),
        ("not a", "not not a"),
        ("a + b", "a - b"),
        ("x = 3", "x = 4"),
        ("x = 3", "x = 2"),
        ("x = True", "x = False"),
        ("x = 'a'", "x = 'ax'"),
        ("a if b else c", "c if b else a"),
        ("min(a)", "max(a)"),
        ("Topic.DONE", "Topic.NEW_CASE"),
        ("(a, b)", "(b,)"),
        ("replace(a, b=c)", "replace(a)"),
        ("f(a, b)", "f(b, a)"),
        ("if a:\n    b", "if True:\n    b"),
        ("if a:\n    b", "if False:\n    b"),
        ("if a:\n    b", "if a:\n    pass"),
        ("[a for a in b if c]", "[a for a in b]"),
        ("for a in b:\n    c()", "pass"),
        ("x += y", "pass"),
        ("def f():\n    return a", "def f():\n    return None"),
        ("def f(a):\n    a = b", "def f(a):\n    pass"),
        (
            "match a:\n    case 1 if b:\n        c()\n    case _:\n        d()",
            "match a:\n    case 1 if False:\n        c()\n    case _:\n        d()",
        ),
        (
            "match a:\n    case x:\n        c()\n    case _:\n        d()",
            "match a:\n    case _:\n        d()",
        ),
    ],
)
def test_each_kind_of_slip_is_made(source: str, mutant: str) -> None:
    """One change at a time."""
    assert mutant in changed(source)


@pytest.mark.parametrize(
    "source",
    [
        '"""Says what it is for."""',
        "import a",
        "x: int | None",
        "@dataclass(frozen=True)\nclass A:\n    x: int",
        "def f(a: int | None) -> int | None:\n    pass",
        "def f():\n    a = b",  # without it there would be no `a` at all
    ],
)
def test_what_no_test_can_see_is_left_alone(source: str) -> None:
    """A mutant of it would only live for ever, or die for nothing."""
    assert changed(source) == []


def test_original_is_kept_and_the_change_is_told() -> None:
    """With its line, before and after."""
    [first, *_] = mutants("a = b\nc = a < b")

    assert (first.line, first.kind) == (1, "left out")
    assert [
        (mutant.line, mutant.before, mutant.after)
        for mutant in mutants("a = b\nc = a < b")
        if mutant.kind == "comparison"
    ] == [(2, "a < b", "a <= b"), (2, "a < b", "a >= b")]


def test_long_line_is_cut() -> None:
    """A report is read by people."""
    mutant = next(mutants(f"call({', '.join('x' * 9 for _ in range(20))})"))

    assert mutant.before.endswith("...")
    assert len(mutant.before) == 100
