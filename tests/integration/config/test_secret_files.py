"""The files of secrets: what is wrong with them keeps nobody from ringing."""

from pathlib import Path

import pytest
from configs import SMALLEST

from pbx_bridge.config import Config, load, parse, read_secret
from pbx_bridge.config.secret_files import is_loose, secret_advice

pytestmark = pytest.mark.integration

MAIL = """
[mail]
host = "h"
from = "a@b.example"
to = ["c@d.example"]
user = "u"
secret_file = "{folder}/mail.secret"
"""

WEBHOOK = """
[[webhook]]
url = "https://example.com/hook"
secret_file = "{folder}/hook.secret"
"""

APPRISE = """
[apprise]
urls_file = "{folder}/office.urls"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file with URLs, closed to others."""
    path = tmp_path / "anna.urls"
    path.touch(0o600)
    path.write_text("json://c/d\n")
    return path


def with_secret(folder: Path, extra: str = "") -> str:
    """Return a configuration with the secret of the AMI in *folder*."""
    secret = folder / "ami.secret"
    secret.touch(0o600)
    secret.write_text("s3cret")
    text = SMALLEST.replace("[asterisk]", f'[asterisk]\nami_secret_file = "{secret}"')
    return text + extra.format(folder=folder)


def loaded(folder: Path, extra: str) -> Config:
    """Return what `load` makes of it."""
    path = folder / "pbx-bridge.toml"
    path.write_text(with_secret(folder, extra))
    return load(path)


@pytest.mark.parametrize(
    ("extra", "name", "whose"),
    [
        (MAIL, "mail.secret", "mail"),
        (WEBHOOK, "hook.secret", "webhook/webhook"),
        (APPRISE, "office.urls", "apprise"),
    ],
)
@pytest.mark.parametrize("content", [None, b"", b"\xff"])
def test_addressee_without_his_secret_is_advice_and_no_reason_not_to_ring(
    tmp_path: Path, extra: str, name: str, whose: str, content: bytes | None
) -> None:
    """`load` is what the service starts with."""
    secret = tmp_path / name
    if content is not None:
        secret.touch(0o600)
        secret.write_bytes(content)

    (line,) = secret_advice(loaded(tmp_path, extra))

    assert line.startswith(f"{whose} cannot be told: {secret} ")


def test_list_of_a_technician_that_cannot_be_read_is_advice(tmp_path: Path) -> None:
    """He is named, his URL is not."""
    urls = tmp_path / "eva.urls"
    urls.touch(0o600)
    urls.write_text("no-url-but-s3cret")
    eva = '\n[[technician]]\nname = "eva"\nnumber = "+491711234568"\n'

    (line,) = secret_advice(loaded(tmp_path, f'{eva}notify_file = "{urls}"\n'))

    assert line.startswith(f"technician/eva cannot be told: {urls}:1: is no Apprise URL")
    assert "s3cret" not in line


def test_mark_of_an_editor_is_no_part_of_a_secret(tmp_path: Path) -> None:
    """Nobody sees it, and no login would work."""
    secret = tmp_path / "ami.secret"
    secret.write_bytes(b"\xef\xbb\xbfs3cret\n")

    assert read_secret(secret) == "s3cret"


def test_file_that_we_may_not_see_is_not_said_to_be_loose(tmp_path: Path) -> None:
    """`config check` by somebody who may not enter the folder of the secrets."""
    assert not is_loose(tmp_path / ("x" * 300))  # an `OSError`, also for root


def test_secret_of_the_ami_that_others_read_is_advised(tmp_path: Path) -> None:
    """It works, so it is said and not refused."""
    config = loaded(tmp_path, "")
    assert secret_advice(config) == []

    config.asterisk.ami_secret_file.chmod(0o644)

    assert "chmod 600" in secret_advice(config)[0]


def test_file_that_everybody_may_read_is_advised(file: Path) -> None:
    """It is a secret like a password."""
    text = with_secret(file.parent)
    config = parse(f'{text}\n[apprise]\nurls_file = "{file}"\n', source="c")
    assert secret_advice(config) == []

    file.chmod(0o644)

    assert secret_advice(config) == [
        f"{file}: is readable by everybody on this machine; chmod 600 {file}"
    ]


def test_configuration_that_holds_urls_is_a_secret_too(file: Path) -> None:
    """Who writes them into it must close it."""
    source, text = file.with_name("c.toml"), with_secret(file.parent)
    source.write_text(text)
    source.chmod(0o644)
    with_urls = text.replace('name = "anna"', 'name = "anna"\nnotify = ["json://c/d"]')

    assert secret_advice(parse(text, source="c"), source) == []
    assert [
        str(source) in line for line in secret_advice(parse(with_urls, source="c"), source)
    ] == [True]
