"""Virtual nights at the keyboard."""

import json
from collections.abc import Iterator

import pytest
import structlog
from click.testing import CliRunner, Result

from pbx_bridge.cli import main
from pbx_bridge.cli import simulate as command
from pbx_bridge.simulation.night import Night, simulate


@pytest.fixture(autouse=True)
def logging() -> Iterator[None]:
    """Give the others their logs back."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every night break a promise."""

    async def play(seed: int, cases: int | None = None) -> Night:
        night = await simulate(seed, cases)
        night.faults.append("case 1001 is lost")
        return night

    monkeypatch.setattr(command, "play", play)


def run(*arguments: str) -> Result:
    """Run ``pbx-bridge simulate``."""
    return CliRunner().invoke(main, ["simulate", *arguments])


def test_night_reads_as_a_timeline() -> None:
    """Who calls, who is rung, what he does; the same words as for a real case."""
    result = run("night", "--seed", "5", "--cases", "3")

    lines = result.output.splitlines()
    assert result.exit_code == 0
    assert "case 1001  a call arrives from +49301234001" in lines[0]
    assert any("anna is rung" in line for line in lines)
    assert not any("broken" in line.lower() for line in lines)


def test_night_by_chance_tells_how_to_see_it_again() -> None:
    """Beside the timeline, so that a pipe gets nothing but that."""
    any_night = run("night", "--cases", "2")

    told, _, arguments = any_night.stderr.strip().partition("pbx-bridge simulate ")
    assert told == "the same night again: "
    assert run(*arguments.split()).stdout == any_night.stdout
    assert any_night.stdout


def test_night_for_a_machine_has_one_object_per_line() -> None:
    """The same, with whole times."""
    result = run("night", "--seed", "3", "--json")

    rows = [json.loads(line) for line in result.output.splitlines()]
    news = [row for row in rows if "at" in row]
    assert set(rows[0]) == {"case_id", "at", "text"}
    assert news == sorted(news, key=lambda row: row["at"])
    endings = rows[len(news) :]
    assert {row["case_id"] for row in endings} == {row["case_id"] for row in news}
    assert set(endings[0]) == {"case_id", "urgency", "owner", "ended"}


def test_night_says_how_each_case_ended() -> None:
    """Also when nobody accepted; a timer that changed nothing is left out."""
    lines = run("night", "--seed", "4", "--cases", "6").stdout.splitlines()

    at = next(place for place, line in enumerate(lines) if "ben pressed 2: declined" in line)
    assert lines[at + 1].endswith("case 1002  nobody accepted; the office is told")
    assert any("case 1001  ring 2: ben (reminder) is rung" in line for line in lines)
    resumed = "case 1001  ben did not answer the reminder: the others are rung again"
    assert any(line.endswith(resumed) for line in lines)
    assert lines[-6:-3] == [
        "case 1001, emergency: nobody took it; the office was told",
        "case 1002, unknown: nobody took it; the office was told",
        "case 1003, routine: nobody was to be rung",
    ]
    assert "of the call is over" not in "".join(lines)


def test_owner_ends_his_case_in_the_summary() -> None:
    """A person's name for a reader, and a field for a program."""
    ended = [json.loads(line) for line in run("night", "--seed", "6", "--json").stdout.splitlines()]

    (taken, *_) = [row for row in ended if row.get("owner")]
    assert taken["ended"] == f"{taken['owner']} took it"


def test_nights_end_with_figures() -> None:
    """The last line says how many promises were broken."""
    result = run("nights", "--count", "5")

    assert result.exit_code == 0
    assert "5  nights" in result.output
    assert result.output.splitlines()[-1].split() == ["0", "broken", "promises"]


def test_figures_for_a_machine() -> None:
    """One object."""
    assert json.loads(run("nights", "--count", "2", "--json").output)["nights"] == 2


@pytest.mark.usefixtures("broken")
def test_broken_promise_fails_the_command() -> None:
    """Named in the output, and the exit status is 1, so that a pipeline stops."""
    night, nights = run("night", "--seed", "3"), run("nights", "--count", "2")

    assert (night.exit_code, nights.exit_code) == (1, 1)
    assert night.output.splitlines()[-1] == "BROKEN: case 1001 is lost"
    assert nights.output.splitlines()[:2] == [
        "seed 0: case 1001 is lost",
        "seed 1: case 1001 is lost",
    ]


@pytest.mark.usefixtures("broken")
def test_broken_promise_for_a_machine() -> None:
    """Also as an object."""
    result = run("night", "--seed", "3", "--json")

    assert json.loads(result.output.splitlines()[-1]) == {"broken": "case 1001 is lost"}
