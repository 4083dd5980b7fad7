"""The configuration as a file, with the files of its secrets."""

from pathlib import Path

import pytest
from configs import SMALLEST

from pbx_bridge.config import load, read_secret
from pbx_bridge.errors import ConfigError

pytestmark = pytest.mark.integration


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a configuration that can be loaded."""
    secret = tmp_path / "ami.secret"
    secret.write_text("s3cret\n", encoding="utf-8")
    secret.chmod(0o600)
    path = tmp_path / "pbx-bridge.toml"
    text = SMALLEST.replace("[asterisk]", f'[asterisk]\nami_secret_file = "{secret}"')
    path.write_text(text, encoding="utf-8")
    return path


def refusal(path: Path) -> str:
    """Return why a file is not loaded."""
    with pytest.raises(ConfigError) as caught:
        load(path)
    return str(caught.value)


def test_load_reads_the_file_and_finds_its_secret(file: Path) -> None:
    """The secret itself does not become part of the configuration."""
    config = load(file)

    assert read_secret(config.asterisk.ami_secret_file) == "s3cret"
    assert "s3cret" not in repr(config)


def test_load_names_the_file_in_mistakes(file: Path) -> None:
    """An editor can jump to the line."""
    file.write_text(SMALLEST.replace('"Europe/Berlin"', "1"), encoding="utf-8")

    assert refusal(file).startswith(f"{file}:3: firm.zone: ")


def test_load_takes_a_byte_order_mark(file: Path) -> None:
    """Some editors write one."""
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())

    assert load(file).firm.name == "Muster Haustechnik"


def test_load_says_why_a_file_cannot_be_read(file: Path) -> None:
    """Missing, of a foreign encoding, or no file at all: each has its own remedy."""
    latin = file.with_name("latin.toml")
    latin.write_bytes("[firm]\nname = 'Müller'\n".encode("latin-1"))

    assert "there is no such file; give its path with --config" in refusal(file.with_name("x"))
    assert "is not UTF-8 (byte 16)" in refusal(latin)
    assert "cannot be read (Is a directory)" in refusal(file.parent)


@pytest.mark.parametrize(
    ("content", "expected"),
    [(None, "cannot be read (No such file"), (b"\n\nx", "is empty"), (b"\xff", "not UTF-8")],
)
def test_load_reports_a_secret_that_cannot_be_used(
    file: Path, content: bytes | None, expected: str
) -> None:
    """It is found out now, with the line that names the file, and not at the first login."""
    secret = file.with_name("ami.secret")
    secret.unlink() if content is None else secret.write_bytes(content)

    text = refusal(file)

    assert text.startswith(f"{file}:6: asterisk.ami_secret_file: {secret} ")
    assert expected in text
