"""Files of Apprise URLs: read, and never quoted."""

from pathlib import Path

import pytest
from configs import SMALLEST

from pbx_bridge.config import parse
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
    [
        ("# nobody\n", "holds no URL"),
        ("a\nno-url-but-secret\n", "1: is no Apprise URL"),
        ("ntfy://secret/topic # mine\n", "1: has a space .* lines of their own"),
    ],
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
