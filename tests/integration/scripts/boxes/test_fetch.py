"""Fetching Asterisk, with small programs in the place of apt-get and dpkg-deb."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from boxes import fetch
from boxes.apt_sources import Archive
from boxes.faults import BoxError

pytestmark = pytest.mark.integration

APT = """#!/bin/sh
echo "$@" >> "$LOG"
for word; do case $word in Dir::Cache=*) cache=${word#*=};; esac; done
if grep -q broken "${cache%/cache}/etc/sources.list"; then
    echo 'E: unmet dependencies' >&2
    exit 100
fi
case "$*" in *install*) touch "$cache/archives/asterisk_1_all.deb";; esac
"""
DPKG = """#!/bin/sh
mkdir -p "$3/usr/sbin" "$3/usr/lib64" "$3/usr/lib/x/asterisk/modules" "$3/usr/share/man"
for name in chan_pjsip res_agi app_mixmonitor app_record; do
    echo module > "$3/usr/lib/x/asterisk/modules/$name.so"
done
echo program > "$3/usr/sbin/asterisk"
printf '#!/bin/sh\\necho Asterisk 22.0\\n' > "$3/usr/lib64/ld-linux.so.2"
chmod 755 "$3/usr/lib64/ld-linux.so.2"
"""


@pytest.fixture
def apt_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put programs that download nothing first in PATH; return the log of what apt was told."""
    for name, text in (("apt-get", APT), ("dpkg-deb", DPKG)):
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(text)
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("LOG", str(tmp_path / "apt.log"))
    return tmp_path / "apt.log"


def archive(suite: str) -> Archive:
    """Return a suite of some mirror."""
    return Archive(uri="http://mirror.example", suite=suite, components="main", keyring="/k")


def test_it_is_fetched_once(tmp_path: Path, apt_log: Path) -> None:
    """The second time the cache is enough, and nothing but the tree is left in it."""
    cache = tmp_path / "cache"
    lines: list[str] = []

    first = fetch.fetched(cache, lambda: [archive("sid")], lines.append)
    told = apt_log.read_text()
    second = fetch.fetched(cache, lambda: [archive("sid")], lines.append)

    assert first == second
    assert first.version == "22.0"
    assert apt_log.read_text() == told
    assert sorted(path.name.partition("-")[0] for path in cache.iterdir()) == [
        "asterisk",
        "asterisk.lock",
    ]
    assert lines[0].startswith("fetching Asterisk once from sid")


def test_two_at_once_fetch_once(tmp_path: Path, apt_log: Path) -> None:
    """The second waits for the first and finds the work done."""
    cache = tmp_path / "cache"

    with ThreadPoolExecutor() as pool:
        engines = list(
            pool.map(lambda _: fetch.fetched(cache, lambda: [archive("sid")], print), range(3))
        )

    assert len(set(engines)) == 1
    assert apt_log.read_text().count(" update") == 1


def test_a_source_that_does_not_resolve_is_one_line(tmp_path: Path, apt_log: Path) -> None:
    """Sid may be in the middle of a transition: say so, and try the next."""
    lines: list[str] = []

    engine = fetch.fetched(
        tmp_path / "cache", lambda: [archive("broken"), archive("bullseye")], lines.append
    )

    assert engine.version == "22.0"
    assert "broken is of no use now: E: unmet dependencies" in lines


def test_no_source_at_all(tmp_path: Path, apt_log: Path) -> None:
    """The reasons and the remedy are named, and no half tree is left."""
    cache = tmp_path / "cache"

    with pytest.raises(BoxError, match=r"broken: E: unmet dependencies.*install it"):
        fetch.fetched(cache, lambda: [archive("broken")], print)

    assert [path.name for path in cache.iterdir()] == ["asterisk.lock"]


def test_a_damaged_tree_is_fetched_again(tmp_path: Path, apt_log: Path) -> None:
    """A file that was lost, say with the power, is noticed."""
    cache = tmp_path / "cache"
    engine = fetch.fetched(cache, lambda: [archive("sid")], print)
    (engine.modules / "res_agi.so").unlink()

    fetch.fetched(cache, lambda: [archive("sid")], print)

    assert (engine.modules / "res_agi.so").is_file()


def test_remains_of_a_killed_fetch_are_removed(tmp_path: Path, apt_log: Path) -> None:
    """They are large, and nobody else would."""
    leftover = tmp_path / "cache/.fetch-old"
    (leftover / "tree").mkdir(parents=True)

    fetch.fetched(tmp_path / "cache", lambda: [archive("sid")], print)

    assert not leftover.exists()
