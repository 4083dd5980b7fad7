"""Every log event is documented, and every documented event is logged."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

LEVELS = {"debug", "info", "warning", "error", "critical", "exception", "log"}

EVENT = re.compile(r"[a-z][a-z_]*[.][a-z][a-z_]*")


def log_calls(source: str) -> Iterator[ast.Call]:
    """Yield calls such as `log.info(...)`, also of a bound or private logger."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(attr=level, value=logger)) if level in LEVELS:
                if re.search(r"\blog(ger)?\b", ast.unparse(logger).replace("_", " ")):
                    yield node


def event_of(call: ast.Call) -> str | None:
    """Return the event that a log call names; `None` when it is not a literal."""
    match call.args:
        case [ast.Constant(value=str(event)), *_]:
            return event
        case _:
            return None


@cache
def package_calls() -> tuple[tuple[str, ast.Call], ...]:
    """Return all log calls of the package with the place where they stand."""
    return tuple(
        (f"{path.relative_to(ROOT)}:{call.lineno}", call)
        for path in sorted((ROOT / "pbx_bridge").rglob("*.py"))
        for call in log_calls(path.read_text(encoding="utf-8"))
    )


def documented() -> list[str]:
    """Return the events of the page, in its order."""
    page = (ROOT / "docs" / "log-events.md").read_text(encoding="utf-8")
    return re.findall(r"^\| `([^`]+)` \|", page.partition("## Events")[2], re.MULTILINE)


def test_every_event_is_a_literal_of_the_right_form() -> None:
    """A search for the event must find the line that logs it."""
    calls = dict(package_calls())

    wrong = [where for where, call in calls.items() if not EVENT.fullmatch(event_of(call) or "")]

    assert wrong == []


def test_every_logged_event_is_documented() -> None:
    """Who reads a log line finds its meaning in docs/log-events.md."""
    logged = {event_of(call): where for where, call in package_calls()}

    missing = {
        event: where for event, where in logged.items() if event not in [*documented(), None]
    }

    assert missing == {}


def test_every_documented_event_is_logged() -> None:
    """Nobody waits for a line that never comes."""
    logged = {event_of(call) for _, call in package_calls()}

    never = [event for event in documented() if event not in logged]

    assert never == []


def test_no_event_is_documented_twice() -> None:
    """One place to look."""
    events = documented()

    assert len(events) == len(set(events))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('log.info("case.opened", case_id=1)', ["case.opened"]),
        ('self._log.bind(a=1).warning("ami.lost")', ["ami.lost"]),
        ('structlog.get_logger().exception("agi.session_crashed")', ["agi.session_crashed"]),
        ("log.error(event)", [None]),
        ('log.info(f"case {case_id}")', [None]),
        ('dialog.info("no.log")', []),
        ('click.log("no.log")', []),
    ],
)
def test_scan_knows_a_log_call(source: str, expected: list[str | None]) -> None:
    """The scan neither misses a logger nor takes something else for one."""
    events = [event_of(call) for call in log_calls(source)]

    assert events == expected
