"""``pbx-bridge cases done|note|take|reopen``: what is asked of the service, and what is printed."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from configs import SMALLEST

from pbx_bridge.cli import case_life, main
from pbx_bridge.core.case_life import MAX_NOTE, CaseOutcome


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """Return what the service was asked, which always says yes."""
    found: list[tuple[str, Any]] = []

    def ask(path: Path, verb: str, given: Any) -> Any:
        found.append((verb, given))
        return {"case_id": "1001", "rings": given["by"] != "ben"}

    monkeypatch.setattr(case_life, "ask", ask)
    return found


def run(folder: Path, *arguments: str) -> Result:
    """Run ``pbx-bridge cases`` with a configuration in *folder*."""
    path = folder / "c.toml"
    socket = f'\n[service]\nsocket = "{folder}/control.sock"\n'
    path.write_text(SMALLEST + socket, encoding="utf-8")
    return CliRunner().invoke(main, ["--config", str(path), "cases", *arguments])


@pytest.mark.parametrize(
    ("typed", "verb_and_given", "said"),
    [
        (
            ["done", "1001", "--outcome", "fixed", "--by", "anna", "--note", "valve"],
            ("case.done", {"case_id": "1001", "outcome": "fixed", "by": "anna", "note": "valve"}),
            "case 1001 is done: fixed (by anna)\n",
        ),
        (
            ["note", "1001", "called back"],
            ("case.note", {"case_id": "1001", "text": "called back", "by": "office"}),
            "noted for case 1001 (by office)\n",
        ),
        (
            ["take", "1001", "--by", "anna"],
            ("case.take", {"case_id": "1001", "by": "anna"}),
            "case 1001 belongs to anna\n",
        ),
        (
            ["reopen", "1001"],
            ("case.reopen", {"case_id": "1001", "by": "office"}),
            "case 1001 is open again; the technicians are rung again\n",
        ),
        (
            ["reopen", "1001", "--by", "ben"],
            ("case.reopen", {"case_id": "1001", "by": "ben"}),
            "case 1001 is open again; nobody is rung for it\n",
        ),
    ],
)
def test_command_asks_the_service(
    tmp_path: Path, asked: list, typed: list[str], verb_and_given: tuple, said: str
) -> None:
    """One writer: nothing is written here."""
    result = run(tmp_path, *typed)

    assert (result.exit_code, result.output) == (0, said)
    assert asked == [verb_and_given]


def test_json_prints_the_answer_as_it_is(tmp_path: Path, asked: list) -> None:
    """For programs."""
    result = run(tmp_path, "take", "1001", "--by", "anna", "--json")

    assert json.loads(result.output) == {"case_id": "1001", "rings": True}


def test_outcomes_are_a_closed_set(tmp_path: Path, asked: list) -> None:
    """What there is stands in the refusal."""
    result = run(tmp_path, "done", "1001", "--outcome", "well")

    assert result.exit_code == 2
    assert all(outcome.value in result.output for outcome in CaseOutcome)
    assert asked == []


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (["note", "1001", "a\udcff"], "TEXT"),
        (["note", "a\udcff", "text"], "CASE_ID"),
        (["note", "1001", "text", "--by", "a\udcff"], "--by"),
        (["done", "1001", "--outcome", "fixed", "--note", "a\udcff"], "--note"),
        (["take", "1001", "--by", "a\udcff"], "--by"),
        (["reopen", "a\udcff"], "CASE_ID"),
        (["show", "a\udcff"], "CASE_ID"),
    ],
)
def test_foreign_bytes_are_refused_by_field(
    tmp_path: Path, asked: list, typed: list[str], field: str
) -> None:
    """No traceback from the database or the socket."""
    result = run(tmp_path, *typed)

    assert result.exit_code == 2
    assert f"Invalid value for '{field}': is not UTF-8; type it again" in result.output
    assert asked == []


def test_note_that_is_too_long_is_refused_before_it_is_sent(tmp_path: Path, asked: list) -> None:
    """With its length, so that somebody knows how much to leave out."""
    for typed in (["note", "1001"], ["done", "1001", "--outcome", "fixed", "--note"]):
        assert run(tmp_path, *typed, "x" * MAX_NOTE).exit_code == 0
        asked.clear()
        result = run(tmp_path, *typed, "x" * (MAX_NOTE + 1))

        assert result.exit_code == 2
        assert "has 2001 characters; at most 2000" in result.output
        assert asked == []


@pytest.mark.parametrize(
    "typed",
    [
        ["done", "1001", "--outcome", "fixed"],
        ["note", "1001", "text"],
        ["take", "1001", "--by", "anna"],
        ["reopen", "1001"],
    ],
)
def test_without_the_service_one_line_says_what_to_do(tmp_path: Path, typed: list[str]) -> None:
    """No traceback, and no second writer."""
    result = run(tmp_path, *typed)

    assert result.exit_code == 1
    (line,) = result.output.strip().splitlines()
    assert "the service does not run" in line
    assert "systemctl start pbx-bridge" in line
