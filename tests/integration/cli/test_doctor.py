"""``pbx-bridge doctor`` where there is no Asterisk."""

import asyncio
import json
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from configs import SMALLEST

from pbx_bridge.adapters.prompts import prompts_of
from pbx_bridge.adapters.store.store import open_store
from pbx_bridge.cli import main
from pbx_bridge.cli.doctor import examine
from pbx_bridge.config import load
from pbx_bridge.core.check import CheckName, CheckState
from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.ports import Notice, Queueing

pytestmark = pytest.mark.integration

MAIL = '[mail]\nhost = "h"\nfrom = "a@b.example"\nto = ["c@d.example"]\nsecurity = "none"\n'

SECRET = "a-secret-of-this-test"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Return a configuration whose folders are all there; nothing listens on its ports."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    for name in ("recordings", "prompts", "model/am", "model/conf", "model/graph"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("am/final.mdl", "conf/mfcc.conf", "graph/HCLG.fst"):
        (tmp_path / "model" / name).touch()
    secret = tmp_path / "ami.secret"
    secret.touch(0o600)
    secret.write_text(SECRET)
    asterisk = f"""[asterisk]
ami_port = {port}
ami_secret_file = "{secret}"
recordings_dir = "{tmp_path}/recordings"
prompts_dir = "{tmp_path}/prompts"
live_dir = ""
"""
    path = tmp_path / "c.toml"
    text = SMALLEST.replace("[asterisk]\n", asterisk).replace("/models/de", f"{tmp_path}/model")
    path.write_text(f'{text}\n[store]\npath = "{tmp_path}/cases.db"\n')
    for prompt in prompts_of(load(path)):
        for ending in ("wav", "alaw"):
            sound = tmp_path / "prompts" / prompt.language / f"{prompt.name}.{ending}"
            sound.parent.mkdir(exist_ok=True)
            sound.write_bytes(b"sound")
    return path


Doctor = Callable[[], dict[str, dict[str, str]]]


@pytest.fixture
def doctor(config: Path) -> Doctor:
    """Return a function that runs the doctor and returns its checks by name."""

    def run() -> dict[str, dict[str, str]]:
        arguments = ["--config", str(config), "doctor", "--etc", str(config.parent), "--json"]
        result = CliRunner().invoke(main, arguments)
        checks = json.loads(result.output)["checks"]
        assert result.exit_code == any(check["state"] == "failed" for check in checks)
        return {check["name"]: check for check in checks}

    return run


def names(checks: dict[str, dict[str, str]], state: str) -> list[str]:
    """Return the names of the checks in *state*."""
    return [name for name, check in checks.items() if check["state"] == state]


def test_without_asterisk_one_check_fails_and_the_rest_waits(doctor: Doctor) -> None:
    """Every check is named, in order, whatever fails."""
    checks = doctor()

    assert list(checks) == [name.value for name in CheckName]
    assert names(checks, "failed") == ["ami"]
    assert "systemctl start asterisk" in checks["ami"]["remedy"]
    assert names(checks, "skipped") == list(checks)[list(checks).index("ami") + 1 :]


def test_faults_on_the_disk_are_all_found_at_once(doctor: Doctor, config: Path) -> None:
    """Nobody has to run it five times."""
    folder = config.parent
    (folder / "model/am/final.mdl").unlink()
    (folder / "prompts/pl/screen.wav").unlink()
    (folder / "recordings").rmdir()
    (folder / "cases.db").write_text("no database" * 100)

    checks = doctor()

    assert names(checks, "failed") == ["database", "models", "prompts", "recordings", "ami"]
    assert "pl/screen" in checks["prompts"]["text"]
    assert "is not a database" in checks["database"]["text"]


def test_broken_rules_of_the_firm_are_named(doctor: Doctor, config: Path) -> None:
    """With the file in the text."""
    own = config.parent / "rules.toml"
    own.write_text("[de\n")
    with config.open("a") as file:
        file.write(f'[rules]\nfirm_file = "{own}"\n')

    checks = doctor()

    assert "rules" in names(checks, "failed")
    assert str(own) in checks["rules"]["text"]


def test_broken_configuration_is_all_that_is_said(doctor: Doctor, config: Path) -> None:
    """All of its mistakes; nothing else can be looked at."""
    config.write_text("[firm]\nzone = 1\n[x]\n")

    checks = doctor()

    assert names(checks, "failed") == ["config"]
    assert len(checks["config"]["text"].splitlines()) > 3
    assert len(names(checks, "skipped")) == len(CheckName) - 1


def test_secret_that_no_dialplan_can_hold_is_named(doctor: Doctor, config: Path) -> None:
    """It would end in a manager.conf that Asterisk misreads."""
    (config.parent / "ami.secret").write_text("a;b")

    assert "dialplan" in names(doctor(), "failed")


def test_live_folder_is_not_made_by_the_doctor(doctor: Doctor, config: Path) -> None:
    """It would belong to whoever asked."""
    live = config.parent / "live"
    config.write_text(config.read_text().replace('live_dir = ""', f'live_dir = "{live}"'))

    checks = doctor()

    assert checks["live"]["state"] == "ok"
    assert not live.exists()


def test_lines_for_people_have_their_remedy_below(config: Path) -> None:
    """And a sum at the end."""
    result = CliRunner().invoke(main, ["--config", str(config), "doctor", "--etc", "/nowhere"])

    lines = result.output.splitlines()
    place = next(n for n, line in enumerate(lines) if line.startswith("failed   ami"))
    assert lines[place + 1].startswith(" " * 21 + "-> start Asterisk")
    assert lines[-1].endswith("1 failed, 9 skipped")
    assert result.exit_code == 1


async def fail(path: Path, at: datetime) -> None:
    """Let a mail be tried in vain once; another one has not been tried."""
    async with open_store(path) as store:
        for key in ("tried", "new"):
            notice = Notice(key=key, subject="s", body="b")
            one = Queueing(addressee="mail", topic=Topic.EXHAUSTED, notice=notice)
            await store.notices.queue(at, [one])
        (tried, _) = await store.notices.due(at)
        await store.notices.mark_failed(tried.seq, "connection refused", at)


def test_notice_that_waits_after_a_failure_is_told(config: Path) -> None:
    """For three days an emergency may be tried in vain, and all the time somebody could act."""
    config.write_text(f"{config.read_text()}\n{MAIL}")
    asyncio.run(fail(config.parent / "cases.db", datetime.now(UTC)))

    check = next(each for each in examine(config, config.parent) if each.name == "notifiers")

    assert check.state is CheckState.WARNING
    assert check.text == (
        "mail: 1 notice(s) could not be sent yet and are tried again, the last one: "
        "connection refused"
    )


async def give_up(path: Path, key: str, at: datetime) -> None:
    """Let a mail be given up."""
    notice = Notice(key=key, subject="s", body="b")
    async with open_store(path) as store:
        await store.notices.queue(
            at, [Queueing(addressee="mail", topic=Topic.EXHAUSTED, notice=notice)]
        )
        (queued,) = await store.notices.due(at)
        await store.notices.give_up(queued.seq, at, f"{key}: connection refused")


def test_notices_that_reached_nobody_are_told(config: Path) -> None:
    """Whoever gets no mail does not know that there was none; yesterday's matter, old ones not."""
    config.write_text(f"{config.read_text()}\n{MAIL}")
    for key, days in (("old", 8), ("new", 1)):
        at = datetime.now(UTC) - timedelta(days=days)
        asyncio.run(give_up(config.parent / "cases.db", key, at))

    check = next(each for each in examine(config, config.parent) if each.name == "notifiers")

    assert check.state is CheckState.WARNING
    assert check.text == (
        "mail: 1 notice(s) of the last 7 days given up, the last one: new: connection refused"
    )
