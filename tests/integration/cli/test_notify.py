"""``pbx-bridge notify test`` against a real HTTP server."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from configs import SMALLEST
from receiver import Receiver, receiving

from pbx_bridge.cli import main

pytestmark = pytest.mark.integration


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Yield a server that takes everything."""
    with receiving() as running:
        yield running


@pytest.fixture
def config(tmp_path: Path, receiver: Receiver) -> Path:
    """Return a firm with two webhooks and a technician with push."""
    secret = tmp_path / "a.secret"
    secret.touch(0o600)
    secret.write_text("s3cret")
    text = SMALLEST.replace("[asterisk]", f'[asterisk]\nami_secret_file = "{secret}"').replace(
        'name = "anna"', f'name = "anna"\nnotify = ["{receiver.url("json", "/anna")}"]'
    )
    for name in ("crm", "erp"):
        url = receiver.url(path=f"/{name}")
        text += f'\n[[webhook]]\nname = "{name}"\nurl = "{url}"\nsecret_file = "{secret}"\n'
    path = tmp_path / "c.toml"
    path.write_text(text)
    return path


def run(config: Path, *arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["--config", str(config), "notify", "test", *arguments])


def test_each_gets_one_notice_that_says_it_is_a_test(config: Path, receiver: Receiver) -> None:
    """In words and, for programs, in a field."""
    result = run(config)

    assert result.exit_code == 0, result.output
    assert [line.split()[0] for line in result.output.splitlines()] == ["sent"] * 3
    bodies = {posted.path: json.loads(posted.body) for posted in receiver.posted}
    assert bodies["/crm"]["is_test"] is bodies["/erp"]["is_test"] is True
    assert bodies["/crm"]["topic"] == "test"
    assert "TEST" in bodies["/anna"]["message"]


@pytest.mark.parametrize(("name", "path"), [("crm", "/crm"), ("anna", "/anna")])
def test_to_sends_to_that_one_only(config: Path, receiver: Receiver, name: str, path: str) -> None:
    """A webhook or a technician by name."""
    result = run(config, "--to", name)

    assert result.exit_code == 0, result.output
    assert [posted.path for posted in receiver.posted] == [path]


def test_one_that_fails_is_said_and_the_exit_status_is_1(config: Path, receiver: Receiver) -> None:
    """The others are tried all the same; nothing is tried again."""
    receiver.answers = [404]

    result = run(config, "--to", "crm", "--json")

    assert result.exit_code == 1
    (row,) = json.loads(result.stdout)["sent"]
    assert (row["to"], row["is_sent"]) == ("webhook/crm", False)
    assert "404" in row["reason"]
    assert len(receiver.posted) == 1


def test_name_that_nobody_has_is_an_error_with_the_names(config: Path) -> None:
    """Nothing is sent."""
    result = run(config, "--to", "pigeon")

    assert result.exit_code == 1
    assert "'pigeon' is told of nothing; the configuration names: webhook/crm" in result.stderr


def test_nobody_to_be_told_is_an_error(config: Path) -> None:
    """A test that tests nothing must not look like a success."""
    text = config.read_text()
    config.write_text(text.partition("\n[[webhook]]")[0].replace("notify = [", "# notify = ["))

    result = run(config)

    assert result.exit_code == 1
    assert "nobody is told of anything" in result.stderr


def test_who_cannot_be_told_is_in_the_answer_and_nowhere_else(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program reads the output: no log line may be in it."""
    monkeypatch.setattr("pbx_bridge.adapters.notify.push.find_spec", lambda _: None)

    result = run(config, "--to", "anna", "--json")

    (row,) = json.loads(result.stdout)["sent"]
    assert "-m pip install 'apprise>=" in row["reason"]
    assert result.exit_code == 1
