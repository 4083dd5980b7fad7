"""Small wrong changes of a module: what a slip of the hand would do to it."""

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from typing import Any

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}

RECKONED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}

NAMED = {"min": "max", "max": "min", "any": "all", "all": "any"}

MEMBERS = {
    "EscalationPhase": ("RINGING", "ACKNOWLEDGED", "DONE", "EXHAUSTED"),
    "RingOutcome": ("ACKNOWLEDGED", "DECLINED", "BUSY", "NO_ANSWER", "UNREACHABLE"),
    "FallbackReason": ("NOBODY_ACCEPTED", "NOBODY_TO_RING", "LINE_DOWN"),
    "Topic": ("NEW_CASE", "ACCEPTED", "RESUMED", "DONE"),
    "Urgency": ("EMERGENCY", "UNKNOWN", "URGENT", "ROUTINE"),
}
"""A member stands for the next one."""

Change = Callable[[Any], None]
"""Changes a node of a copy in place."""


@dataclass(frozen=True)
class Mutant:
    """One module with one change."""

    line: int
    kind: str
    before: str
    after: str
    make: Callable[[], ast.Module]
    """Builds the changed tree: hundreds of them at once would slow down every fork."""


def mutants(source: str) -> Iterator[Mutant]:
    """Yield every mutant of a module, in order of its lines as far as the tree has it."""
    original = ast.parse(source)
    skipped = _skipped(original)
    for place, node in enumerate(ast.walk(original)):
        if place in skipped:
            continue
        for kind, change in _changes(node):
            changed = deepcopy(node)
            change(changed)
            make = partial(_made, original, place, change)
            yield Mutant(_line(node), kind, _told(node), _told(changed), make)


def _made(original: ast.Module, place: int, change: Change) -> ast.Module:
    tree = deepcopy(original)
    change(_at(tree, place))
    return ast.fix_missing_locations(tree)


def _at(tree: ast.Module, place: int) -> ast.AST:
    return next(node for number, node in enumerate(ast.walk(tree)) if number == place)


def _line(node: ast.AST) -> int:
    """Return the line of a node; some kinds have none of their own."""
    return next(line for inner in ast.walk(node) if (line := getattr(inner, "lineno", 0)))


def _told(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 100 else f"{text[:97]}..."


def _skipped(tree: ast.Module) -> set[int]:
    """Return the places that no test can or should see: annotations, decorators, imports."""
    unseen: set[int] = set()
    for node in ast.walk(tree):
        parts: list[ast.AST | None] = []
        match node:
            case ast.FunctionDef():
                parts = [*node.decorator_list, node.returns]
            case ast.ClassDef():
                parts = [*node.decorator_list, *node.bases]
            case ast.arg() | ast.AnnAssign():
                parts = [node.annotation]
            case ast.Import() | ast.ImportFrom():
                parts = [node]
            case ast.Expr(value=ast.Constant()):
                parts = [node]
        unseen |= {id(inner) for part in parts if part for inner in ast.walk(part)}
        if isinstance(node, ast.FunctionDef):
            unseen |= _bound_once(node)
    return {place for place, node in enumerate(ast.walk(tree)) if id(node) in unseen}


def _bound_once(function: ast.FunctionDef) -> set[int]:
    """Return assignments without which a name would not exist: any test would see that."""
    names = Counter(one.arg for one in ast.walk(function.args) if isinstance(one, ast.arg))
    names.update(
        one.id
        for one in ast.walk(function)
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
    )
    return {
        id(one)
        for one in ast.walk(function)
        if isinstance(one, ast.Assign)
        and all(isinstance(name, ast.Name) and names[name.id] == 1 for name in one.targets)
    }


# ---------------------------------------------------------------- the changes of one node


def _changes(node: ast.AST) -> Iterator[tuple[str, Change]]:
    match node:
        case ast.Compare():
            yield from _compared(node)
        case ast.BoolOp():
            yield "and/or", _swap_bool
        case ast.UnaryOp(op=ast.Not()):
            yield "not", _double_not
        case ast.BinOp():
            if type(node.op) in RECKONED:
                yield "arithmetic", _reckon
        case ast.Constant():
            yield from _constant(node)
        case ast.IfExp():
            yield "condition", _swap_branches
        case ast.Name(id=name) if name in NAMED:
            yield "function", _rename
        case ast.Attribute(value=ast.Name(id=enum), attr=name) if name in MEMBERS.get(enum, ()):
            yield "member", _next_member
        case ast.Tuple(ctx=ast.Load()) | ast.List(ctx=ast.Load()):
            for at in range(len(node.elts)):
                yield "element left out", _without("elts", at)
        case ast.Call():
            yield from _called(node)
        case _:
            yield from _statements(node)


def _compared(node: ast.Compare) -> Iterator[tuple[str, Change]]:
    for other in COMPARED[type(node.ops[0])]:

        def change(copy: Any, other: type[ast.cmpop] = other) -> None:
            copy.ops[0] = other()

        yield "comparison", change


def _constant(node: ast.Constant) -> Iterator[tuple[str, Change]]:
    values: list[object] = []
    match node.value:
        case bool():
            values = [not node.value]
        case int():
            values = [node.value + 1, node.value - 1]
        case str():
            values = [f"{node.value}x"]
    for value in values:

        def change(copy: Any, value: object = value) -> None:
            copy.value = value

        yield "constant", change


def _called(node: ast.Call) -> Iterator[tuple[str, Change]]:
    for at, keyword in enumerate(node.keywords):
        name = ast.unparse(node.func)
        is_optional = name[0].islower() and name not in {"field", "dataclass"}
        if keyword.arg and is_optional:
            yield "keyword left out", _without("keywords", at)
    is_symmetric = isinstance(node.func, ast.Name) and node.func.id in NAMED
    has_starred = any(isinstance(one, ast.Starred) for one in node.args[:2])
    if len(node.args) > 1 and not has_starred and not is_symmetric:
        yield "arguments swapped", _swap_arguments


def _statements(node: ast.AST) -> Iterator[tuple[str, Change]]:
    """Yield one change for each statement that can go, and for each condition."""
    match node:
        case ast.If() | ast.While():
            yield "always", _decide("test", value=True)
            yield "never", _decide("test", value=False)
        case ast.comprehension():
            for at in range(len(node.ifs)):
                yield "condition left out", _without("ifs", at)
        case ast.match_case(guard=ast.expr()):
            yield "always", _decide("guard", value=True)
            yield "never", _decide("guard", value=False)
        case ast.Match():
            for at in range(len(node.cases) - 1):
                yield "case left out", _without("cases", at)
        case ast.Return(value=ast.expr()):
            yield "returns nothing", _return_nothing
        case _:
            pass
    if isinstance(node, ast.Expr | ast.Assign | ast.AugAssign | ast.Continue | ast.For):
        yield "left out", _leave_out


def _without(field: str, at: int) -> Change:
    return lambda copy: getattr(copy, field).__delitem__(at)


def _leave_out(copy: Any) -> None:
    copy.__class__ = ast.Pass


def _decide(field: str, *, value: bool) -> Change:
    return lambda copy: setattr(copy, field, ast.Constant(value))


def _swap_bool(copy: Any) -> None:
    copy.op = ast.Or() if isinstance(copy.op, ast.And) else ast.And()


def _double_not(copy: Any) -> None:
    copy.operand = ast.UnaryOp(ast.Not(), copy.operand)


def _reckon(copy: Any) -> None:
    copy.op = RECKONED[type(copy.op)]()


def _swap_branches(copy: Any) -> None:
    copy.body, copy.orelse = copy.orelse, copy.body


def _rename(copy: Any) -> None:
    copy.id = NAMED[copy.id]


def _next_member(copy: Any) -> None:
    members = MEMBERS[copy.value.id]
    copy.attr = members[(members.index(copy.attr) + 1) % len(members)]


def _swap_arguments(copy: Any) -> None:
    copy.args[:2] = reversed(copy.args[:2])


def _return_nothing(copy: Any) -> None:
    copy.value = ast.Constant(None)
