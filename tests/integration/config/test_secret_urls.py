"""Files of Apprise URLs: read, and never quoted."""

from pathlib import Path

import pytest
from configs import SMALLEST

from pbx_bridge.config import parse
from pbx_bridge.config.parsing import secret_advice
from pbx_bridge.config.secret_urls import read_urls, urls_of
from pbx_bridge.errors import ConfigError

pytestmark = pytest.mark.integration


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file with two URLs, one of them twice."""
    path = tmp_path / "anna.urls"
    path.touch(0o600)
    path.write_text("# Anna's phone\nntfy://a/b\n\n json://c/d \nntfy://a/b\n")
    return path


def test_one_url_in_a_line(file: Path) -> None:
    """Remarks, empty lines and repeats are left out."""
    assert read_urls(file) == ("ntfy://a/b", "json://c/d")


def test_list_in_the_configuration_and_file_go_together(file: Path) -> None:
    """Each URL once."""
    text = SMALLEST.replace(
        'name = "anna"\n', f'name = "anna"\nnotify = ["json://c/d"]\nnotify_file = "{file}"\n'
    )
    anna = parse(text, source="c").technicians[0]

    assert urls_of(anna) == ("json://c/d", "ntfy://a/b")
    assert "json://c/d" not in repr(anna)


@pytest.mark.parametrize(
    ("content", "problem"),
    [("# nobody\n", "holds no URL"), ("a\nno-url-but-secret\n", "1: is no Apprise URL")],
)
def test_mistakes_name_file_and_line_only(file: Path, content: str, problem: str) -> None:
    """Whoever reads the log must not read the URL."""
    file.write_text(content)

    with pytest.raises(ConfigError, match=problem) as caught:
        read_urls(file)

    assert str(file) in str(caught.value)
    assert "secret" not in str(caught.value)


def test_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With what to do."""
    with pytest.raises(ConfigError, match=r"cannot be read .*mode 0600"):
        read_urls(tmp_path / "gone")


def test_file_that_everybody_may_read_is_advised(file: Path) -> None:
    """It is a secret like a password."""
    secret = file.with_name("ami.secret")
    secret.touch(0o600)
    text = SMALLEST.replace("[asterisk]", f'[asterisk]\nami_secret_file = "{secret}"')
    config = parse(f'{text}\n[apprise]\nurls_file = "{file}"\n', source="c")
    assert secret_advice(config) == []

    file.chmod(0o644)

    assert secret_advice(config) == [
        f"{file}: is readable by everybody on this machine; chmod 600 {file}"
    ]


def test_configuration_that_holds_urls_is_a_secret_too(file: Path) -> None:
    """Who writes them into it must close it."""
    source, secret = file.with_name("c.toml"), file.with_name("ami.secret")
    secret.touch(0o600)
    text = SMALLEST.replace("[asterisk]", f'[asterisk]\nami_secret_file = "{secret}"')
    source.write_text(text)
    source.chmod(0o644)
    with_urls = text.replace('name = "anna"', 'name = "anna"\nnotify = ["json://c/d"]')

    assert secret_advice(parse(text, source="c"), source) == []
    assert [
        str(source) in line for line in secret_advice(parse(with_urls, source="c"), source)
    ] == [True]
