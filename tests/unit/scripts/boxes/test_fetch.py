"""What apt is told when Asterisk is fetched."""

from pathlib import Path

import pytest
from boxes import fetch
from boxes.apt_sources import Archive

ARCHIVE = Archive(
    uri="http://mirror.example/debian", suite="sid", components="main", keyring="/keys.gpg"
)


def test_apt_has_a_state_of_its_own(tmp_path: Path) -> None:
    """Sources, lists, status and cache lie in the work folder, not in the machine's own."""
    options = fetch.apt_options(tmp_path, ARCHIVE)

    for name in ("Dir::Etc", "Dir::State", "Dir::State::lists", "Dir::State::status", "Dir::Cache"):
        (value,) = (word.partition("=")[2] for word in options if word.startswith(f"{name}="))
        assert Path(value).is_relative_to(tmp_path)
    assert (tmp_path / "etc/sources.list").read_text() == ARCHIVE.line + "\n"
    assert (tmp_path / "status").read_bytes() == b""


def test_unsigned_packages_are_refused(tmp_path: Path) -> None:
    """Signatures are checked, whatever the machine's settings say."""
    options = fetch.apt_options(tmp_path, ARCHIVE)

    assert "APT::Get::AllowUnauthenticated=false" in options
    assert "Acquire::AllowInsecureRepositories=false" in options
    assert "signed-by=/keys.gpg" in ARCHIVE.line


def test_the_cache_of_a_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is where the XDG rules say, and root's where another user can read it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert fetch.cache_folder() == tmp_path / "pbx-bridge"

    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert fetch.cache_folder() == Path("/var/cache/pbx-bridge")


def test_a_tree_is_complete_only_with_all_its_files(tmp_path: Path) -> None:
    """A lost module, or a marker of nothing, means that it is fetched again."""
    assert not fetch.is_complete(tmp_path)

    library = tmp_path / "usr/lib/x/asterisk/modules/res_agi.so"
    library.parent.mkdir(parents=True)
    library.write_text("1234")
    marker = tmp_path / fetch.MARKER
    marker.write_text('{"contents": {"format": 1, "files": 1, "bytes": 4}}')
    assert fetch.is_complete(tmp_path)

    library.write_text("12")
    assert not fetch.is_complete(tmp_path)
