"""Where Asterisk may be fetched from, by the machine's own apt sources."""

from pathlib import Path

import pytest
from boxes.apt_sources import (
    AptSource,
    archives,
    machine_archives,
    parse_deb822,
    parse_list,
    parse_os_release,
)
from boxes.faults import BoxError

MIRROR = "http://mirror.example/debian"
DEBIAN = AptSource(uri=MIRROR, suites=("bookworm", "bookworm-updates"), components=("main",))


def test_list_lines_with_and_without_options() -> None:
    """Options in brackets, comments and source lines are no part of the address."""
    text = (
        "# deb http://old.example/debian bookworm main\n"
        "deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian bookworm main contrib # x\n"
        "deb-src http://mirror.example/debian bookworm main\n"
        "deb http://plain.example/debian sid main\n"
    )

    assert list(parse_list(text)) == [
        AptSource(uri=MIRROR, suites=("bookworm",), components=("main", "contrib")),
        AptSource(uri="http://plain.example/debian", suites=("sid",), components=("main",)),
    ]


def test_deb822_stanzas() -> None:
    """Comments inside a stanza, continued fields and disabled stanzas are understood."""
    text = (
        "Types: deb deb-src\n# a comment\nURIs: http://mirror.example/debian\n"
        "Suites: bookworm\n bookworm-updates\nComponents: main\n\n"
        "Types: deb\nEnabled: no\nURIs: http://off.example\nSuites: x\nComponents: main\n\n"
        "Types: deb-src\nURIs: http://src.example\nSuites: x\nComponents: main\n"
    )

    assert list(parse_deb822(text)) == [DEBIAN]


def test_debian_tries_sid_first() -> None:
    """Sid has the newest Asterisk; a stable release may have none."""
    places = archives([DEBIAN], "debian", "bookworm")

    assert [place.suite for place in places] == ["sid", "bullseye", "bookworm"]
    assert places[0].line == (
        "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]"
        " http://mirror.example/debian sid main"
    )


def test_the_archive_itself_comes_before_third_parties() -> None:
    """A stranger's repository with the same suite name is asked last."""
    stranger = AptSource(uri="http://php.example/", suites=("bookworm",), components=("main",))

    places = archives([stranger, DEBIAN], "debian", "bookworm")

    assert [place.uri for place in places if place.suite == "sid"] == [MIRROR, stranger.uri]


def test_security_archive_is_no_source() -> None:
    """It holds only what was mended."""
    security = AptSource(
        uri="http://mirror.example/debian-security",
        suites=("bookworm-security",),
        components=("main",),
    )

    places = archives([security, DEBIAN], "debian", "bookworm")

    assert {place.uri for place in places} == {MIRROR}


def test_ubuntu_uses_its_own_package() -> None:
    """Ubuntu's Asterisk is in universe, signed by Ubuntu's key."""
    ubuntu = AptSource(uri="http://u.example/ubuntu", suites=("noble",), components=("main",))

    (place,) = archives([ubuntu], "ubuntu", "noble")

    assert (place.suite, place.components) == ("noble", "main universe")
    assert place.keyring.endswith("ubuntu-archive-keyring.gpg")


@pytest.mark.parametrize(("distribution", "sources"), [("debian", []), ("fedora", [DEBIAN])])
def test_elsewhere_the_remedy_is_named(distribution: str, sources: list[AptSource]) -> None:
    """Without an archive of Debian or Ubuntu the user is told to install Asterisk."""
    with pytest.raises(BoxError, match="install Asterisk"):
        archives(sources, distribution, "x")


def test_a_machine_is_read_as_a_whole(tmp_path: Path) -> None:
    """Both formats count, wherever they lie."""
    (tmp_path / "apt/sources.list.d").mkdir(parents=True)
    (tmp_path / "apt/sources.list").write_text("deb http://one.example/debian trixie main\n")
    (tmp_path / "apt/sources.list.d/x.sources").write_text(
        "Types: deb\nURIs: http://two.example/debian\nSuites: trixie\nComponents: main\n"
    )
    (tmp_path / "os-release").write_text('ID=debian\nVERSION_CODENAME="trixie"\n')

    places = machine_archives(tmp_path)

    assert [place.uri for place in places if place.suite == "sid"] == [
        "http://one.example/debian",
        "http://two.example/debian",
    ]


def test_os_release_loses_its_quotes() -> None:
    """Values may be quoted or not."""
    assert parse_os_release("ID=debian\nNAME=\"Debian X\"\n#\nA='b'\n") == {
        "ID": "debian",
        "NAME": "Debian X",
        "A": "b",
    }
