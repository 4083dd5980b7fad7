"""How log lines look, and what never stands in one."""

import json
from collections.abc import Iterator

import pytest
import structlog

from pbx_bridge.adapters.logs import mask, set_up_logs
from pbx_bridge.config import LogConfig, LogFormat, LogLevel


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Leave structlog as other tests expect it."""
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("+491711234567", "***567"),
        ("004930123456 called", "***456 called"),
        ("PJSIP/+491711234567@trunk", "PJSIP/***567@trunk"),
        ("25 s, 3 rounds, case 1001", "25 s, 3 rounds, case 1001"),
        ("123456", "123456"),
        ("1234567", "***567"),
        ("rang +491711234567.", "rang ***567."),
        ("Tel.0301234567", "Tel.***567"),
        ("1768000000.12345678", "1768000000.12345678"),
    ],
)
def test_telephone_numbers_are_masked_wherever_they_stand(text: str, masked: str) -> None:
    """Only the last three digits of a number are logged; other numbers stay."""
    assert mask(None, "info", {"reason": text}) == {"reason": masked}


@pytest.mark.parametrize("key", ["call_id", "case_id", "timestamp", "channel"])
def test_ids_are_not_masked(key: str) -> None:
    """An id must be found again; it is nobody's number."""
    assert mask(None, "info", {key: "1768000000.123456"}) == {key: "1768000000.123456"}


def test_values_that_are_no_text_stay() -> None:
    """A count is a count."""
    assert mask(None, "info", {"size": 491711234567}) == {"size": 491711234567}


@pytest.mark.parametrize("form", [LogFormat.JSON, LogFormat.AUTO])
def test_line_under_systemd_is_json(capsys: pytest.CaptureFixture[str], form: LogFormat) -> None:
    """Level, UTC time and bound ids are in each line; numbers are masked in it."""
    set_up_logs(LogConfig(format=form))
    structlog.contextvars.bind_contextvars(case_id="1001")

    structlog.get_logger().warning("attempt.unreachable", reason="+491711234567 refused")

    out = capsys.readouterr().out
    line = json.loads(out)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "attempt.unreachable",
        "level": "warning",
        "case_id": "1001",
        "reason": "***567 refused",
    }


def test_traceback_is_masked_too(capsys: pytest.CaptureFixture[str]) -> None:
    """An exception's text may hold a caller's number."""
    set_up_logs(LogConfig(format=LogFormat.JSON))
    try:
        int("x +491711234567")
    except ValueError:
        structlog.get_logger().exception("case.crashed")

    out = capsys.readouterr().out
    assert "1711234" not in out
    assert "ValueError" in out


def test_console_line_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    """Asked for, the terminal's form is used everywhere."""
    set_up_logs(LogConfig(format=LogFormat.CONSOLE))

    structlog.get_logger().info("service.started")

    out = capsys.readouterr().out
    assert "service.started" in out
    assert not out.startswith("{")


def test_less_important_lines_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    """At level warning, facts are not logged."""
    set_up_logs(LogConfig(format=LogFormat.JSON, level=LogLevel.WARNING))

    structlog.get_logger().info("service.started")

    out = capsys.readouterr().out
    assert out == ""
