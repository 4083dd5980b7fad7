"""The doctor's look at everybody who is to be told; nothing is sent."""

import sys
from pathlib import Path

import pytest
from configs import SMALLEST
from receiver import receiving

from pbx_bridge.adapters.doctor.notifiers import notifiers_check
from pbx_bridge.config import parse
from pbx_bridge.core.check import Check, CheckState

pytestmark = pytest.mark.integration


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """Return the secret file of a webhook."""
    path = tmp_path / "hook.secret"
    path.touch(0o600)
    path.write_text("s3cret")
    return path


def checked(text: str) -> Check:
    """Return the check of a configuration with *text*."""
    return notifiers_check(parse(SMALLEST + text, source="c"))


def hook(secret: Path, url: str = "https://example.com/hook") -> str:
    """Return a webhook."""
    return f'\n[[webhook]]\nurl = "{url}"\nsecret_file = "{secret}"\ntopics = ["done"]\n'


def push(tmp_path: Path, url: str) -> str:
    """Return a technician with a list of one URL."""
    urls = tmp_path / "eva.urls"
    urls.touch(0o600)
    urls.write_text(url)
    return f'\n[[technician]]\nname = "eva"\nnumber = "+491711234568"\nnotify_file = "{urls}"\n'


def test_nobody_to_be_told_is_a_warning() -> None:
    """The line works, and nobody hears of it."""
    assert checked("").state is CheckState.WARNING


def test_says_who_is_told_of_what_and_what_nobody_hears(tmp_path: Path, secret: Path) -> None:
    """No topic is out of reach in silence; and nothing is sent."""
    with receiving() as receiver:
        found = checked(push(tmp_path, receiver.url("json")) + hook(secret, receiver.url()))

    assert found.state is CheckState.OK
    assert "webhook/webhook: done\n" in found.text
    assert ": accepted, done, contested, exhausted, shift-begins, shift-withdrawn\n" in found.text
    assert "nobody is told of: new-case, resumed, reopened, line-down, gap-ahead" in found.text
    assert receiver.posted == []


@pytest.mark.parametrize("fault", ["gone", "empty"])
def test_secret_that_cannot_be_read_fails(secret: Path, fault: str) -> None:
    """Named with its file."""
    secret.unlink()
    if fault == "empty":
        secret.touch(0o600)

    found = checked(hook(secret))

    assert found.state is CheckState.FAILED
    assert f"webhook/webhook: {secret} " in found.text


def test_secret_that_everybody_may_read_is_a_warning(secret: Path) -> None:
    """With the command that mends it."""
    secret.chmod(0o644)

    found = checked(hook(secret))

    assert (found.state, found.remedy) == (CheckState.WARNING, f"chmod 600 {secret}")


def test_url_that_apprise_does_not_know_fails_without_being_shown(tmp_path: Path) -> None:
    """The technician is named, his URL is not."""
    found = checked(push(tmp_path, "pigeon://secret-loft"))

    assert found.state is CheckState.FAILED
    assert "technician/eva: " in found.text
    assert "secret-loft" not in found.text


def test_missing_package_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that installs it."""
    monkeypatch.setattr("pbx_bridge.adapters.notify.push.find_spec", lambda _: None)

    found = checked(push(tmp_path, "json://a/x\njson://a/y"))

    assert found.state is CheckState.FAILED
    remedy = f"{sys.executable} -m pip install 'apprise>=2.3,<3'"  # no name of ours, no other pip
    assert found.text == f"technician/eva: Apprise is not installed: {remedy}"
