"""Into Asterisk's folder and out again, without a trace."""

import os
import re
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from configs import SMALLEST, changed

from pbx_bridge.adapters.dialplan import INCLUDE, agi_secret, install, remove, render
from pbx_bridge.config import Config, parse
from pbx_bridge.errors import DialplanError

pytestmark = pytest.mark.integration

SECRET = "0123456789abcdef"
CONFIG = parse(SMALLEST, source="test")
LINE = INCLUDE.encode()
USERS = b"[general]\nstatic=yes\n\n[from-trunk]\nexten => s,1,Goto(pbxb-incoming,s,1)\n"


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    """Asterisk's folder with a dialplan of the user's."""
    (tmp_path / "extensions.conf").write_bytes(USERS)
    return tmp_path


def snapshot(etc: Path) -> dict[str, tuple[bytes, int]]:
    """Return every file below *etc* with its content and mode."""
    return {
        str(path.relative_to(etc)): (path.read_bytes(), path.stat().st_mode)
        for path in etc.rglob("*")
        if path.is_file()
    }


def with_asterisk(**fields: object) -> Config:
    """Return the configuration with another [asterisk] section, checked by nobody."""
    return replace(CONFIG, asterisk=replace(CONFIG.asterisk, **fields))


def test_installation_writes_two_files_and_one_line(etc: Path) -> None:
    """Ours lie beside the user's; his file gets one line, at its beginning."""
    done = install(CONFIG, SECRET, etc)

    assert (etc / "extensions.conf").read_bytes() == LINE + USERS
    assert {str(path.relative_to(etc)) for path in done.written} == {
        "extensions.conf",
        "pbx-bridge/extensions.conf",
        "manager.d/pbx-bridge.conf",
    }
    assert any("manager.d" in sentence for sentence in done.advice)


def test_second_installation_changes_nothing(etc: Path) -> None:
    """It may be run after every update."""
    install(CONFIG, SECRET, etc)
    before = snapshot(etc)

    done = install(CONFIG, SECRET, etc)

    assert done.written == ()
    assert snapshot(etc) == before


def test_changed_secret_is_written(etc: Path) -> None:
    """A new secret goes into both files, and nothing else is touched."""
    install(CONFIG, SECRET, etc)

    done = install(CONFIG, "fedcba9876543210", etc)

    assert [path.name for path in done.written] == ["extensions.conf", "pbx-bridge.conf"]
    assert (etc / "extensions.conf").read_bytes() == LINE + USERS


def test_file_of_ours_that_somebody_broke_is_written_anew(etc: Path) -> None:
    """Even when it is no text any more."""
    install(CONFIG, SECRET, etc)
    ours = etc / "pbx-bridge" / "extensions.conf"
    whole = ours.read_bytes()
    ours.write_bytes(b"\xff\xfe broken")

    install(CONFIG, SECRET, etc)

    assert ours.read_bytes() == whole


@pytest.mark.parametrize(
    "content",
    [
        USERS,
        USERS.rstrip(b"\n"),
        USERS.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + USERS,
        b"",
        "; Jürgens Datei\n[a]\n".encode("latin-1"),
    ],
    ids=["plain", "no-final-newline", "crlf", "bom", "empty", "latin-1"],
)
def test_removal_restores_every_byte(etc: Path, content: bytes) -> None:
    """However the user's file was written, it is as it was."""
    (etc / "extensions.conf").write_bytes(content)
    (etc / "extensions.conf").chmod(0o640)
    before = snapshot(etc)

    install(CONFIG, SECRET, etc)
    remove(etc)

    assert snapshot(etc) == before
    assert sorted(path.name for path in etc.iterdir()) == ["extensions.conf"]


def test_byte_order_mark_stays_first(etc: Path) -> None:
    """Asterisk skips it only there; anywhere else it spoils the line."""
    (etc / "extensions.conf").write_bytes(b"\xef\xbb\xbf" + USERS)

    install(CONFIG, SECRET, etc)

    assert (etc / "extensions.conf").read_bytes() == b"\xef\xbb\xbf" + LINE + USERS


def test_mode_and_owner_are_kept(etc: Path) -> None:
    """Asterisk reads its file as before, and ours as well; strangers do not read the secret."""
    (etc / "extensions.conf").chmod(0o660)
    if os.geteuid() == 0:
        os.chown(etc / "extensions.conf", 4711, 4712)
    owner = (etc / "extensions.conf").stat().st_uid

    install(CONFIG, SECRET, etc)

    assert stat.S_IMODE((etc / "extensions.conf").stat().st_mode) == 0o660
    for name in ("extensions.conf", "pbx-bridge/extensions.conf", "manager.d/pbx-bridge.conf"):
        assert (etc / name).stat().st_uid == owner
    assert stat.S_IMODE((etc / "manager.d/pbx-bridge.conf").stat().st_mode) == 0o640


def test_link_stays_a_link(etc: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A dialplan kept under version control elsewhere is changed there."""
    real = tmp_path_factory.mktemp("repo") / "dialplan"
    real.write_bytes(USERS)
    (etc / "extensions.conf").unlink()
    (etc / "extensions.conf").symlink_to(real)

    install(CONFIG, SECRET, etc)

    assert (etc / "extensions.conf").is_symlink()
    assert real.read_bytes() == LINE + USERS


def test_freepbx_file_of_the_user_gets_the_line(etc: Path) -> None:
    """FreePBX writes extensions.conf anew at every change; the custom file is the user's."""
    generated = b"; This file is written by FreePBX\n#include extensions_custom.conf\n"
    (etc / "extensions.conf").write_bytes(generated)
    (etc / "extensions_custom.conf").write_bytes(USERS)

    install(CONFIG, SECRET, etc)

    assert (etc / "extensions_custom.conf").read_bytes() == LINE + USERS
    assert (etc / "extensions.conf").read_bytes() == generated
    remove(etc)
    assert (etc / "extensions_custom.conf").read_bytes() == USERS


def test_line_moves_when_freepbx_arrives(etc: Path) -> None:
    """One include in all, or every context of ours would be there twice."""
    install(CONFIG, SECRET, etc)
    (etc / "extensions.conf").write_bytes(LINE + b"; FreePBX\n")
    (etc / "extensions_custom.conf").write_bytes(USERS)

    install(CONFIG, SECRET, etc)

    assert (etc / "extensions.conf").read_bytes() == b"; FreePBX\n"
    assert (etc / "extensions_custom.conf").read_bytes() == LINE + USERS


def test_folder_that_was_there_stays(etc: Path) -> None:
    """Other programs' files in manager.d are none of our business."""
    (etc / "manager.d").mkdir()
    (etc / "manager.d" / "other.conf").write_text("[other]\n")
    (etc / "manager.conf").write_text('[general]\n#include "manager.d/*.conf"\n')

    done = install(CONFIG, SECRET, etc)
    remove(etc)

    assert not any("add this line" in sentence for sentence in done.advice)
    assert [path.name for path in (etc / "manager.d").iterdir()] == ["other.conf"]
    assert not (etc / "pbx-bridge").exists()


def test_removal_of_nothing_changes_nothing(etc: Path) -> None:
    """It may be run when nothing is installed."""
    done = remove(etc)

    assert (done.written, done.removed) == ((), ())


@pytest.mark.parametrize("act", [lambda etc: install(CONFIG, SECRET, etc), remove])
def test_folder_that_is_not_asterisks_is_refused(tmp_path: Path, act) -> None:
    """Nothing is written into a folder without a dialplan."""
    with pytest.raises(DialplanError, match="give Asterisk's folder"):
        act(tmp_path)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_folder_that_may_not_be_written_is_named(etc: Path) -> None:
    """One line with the remedy, and nothing half done."""
    etc.chmod(0o500)

    with pytest.raises(DialplanError, match="run this as root"):
        install(CONFIG, SECRET, etc)


def test_every_place_in_the_templates_is_filled() -> None:
    """An unfilled @NAME@ would be dialled, or played."""
    for name, text in render(CONFIG, SECRET).items():
        assert re.findall(r"@[A-Z_]+@", text) == [], name


def test_secret_of_ami_is_not_in_the_dialplan() -> None:
    """The dialplan is read by many; it holds a secret of its own, made from it."""
    files = render(CONFIG, SECRET)

    assert SECRET in files["manager.d/pbx-bridge.conf"]
    assert SECRET not in files["pbx-bridge/extensions.conf"]
    assert agi_secret(SECRET) in files["pbx-bridge/extensions.conf"]


def test_ipv6_loopback_is_written_as_asterisk_reads_it() -> None:
    """An address with colons stands in brackets before the port."""
    text = render(with_asterisk(agi_host="::1"), SECRET)["pbx-bridge/extensions.conf"]

    assert "agi://[::1]:4573/incoming" in text


@pytest.mark.parametrize(
    "fields",
    [
        {"dial": "PJSIP/{number}@trunk,30,tT"},
        {"dial": "PJSIP/{number}@trunk\nexten => s,1,System(rm -rf /)"},
        {"dial": "${SHELL(id)}{number}"},
        {"recordings_dir": Path("/var/spool/our recordings")},
        {"prompts_dir": Path("/prompts;x")},
        {"ami_user": "a]\n[b"},
    ],
)
def test_hostile_value_never_reaches_the_dialplan(fields: dict[str, object]) -> None:
    """What could end a line, or call a function, is refused by name."""
    with pytest.raises(DialplanError, match="cannot stand in a dialplan"):
        render(with_asterisk(**fields), SECRET)


@pytest.mark.parametrize(
    ("secret", "problem"),
    [
        ("", "is too short, at least 8 signs"),
        ("short", "is too short, at least 8 signs"),
        ("with space in it", "has a space"),
        ("semi;colon;0123", "has a space, a semicolon"),
        ("a\nb0123456", "a sign that manager.conf cannot hold"),
    ],
)
def test_secret_that_manager_conf_cannot_hold_is_refused(secret: str, problem: str) -> None:
    """The remedy says how to make another one."""
    with pytest.raises(DialplanError, match=f"{problem}.*openssl rand"):
        render(CONFIG, secret)


def test_list_on_call_is_the_policy() -> None:
    """What the dialplan rings alone is whom we would ring, in the same order."""
    config = parse(
        changed("[speech]", '[escalation]\norder = ["ben", "anna"]\n\n[speech]'), source="test"
    )

    text = render(config, SECRET)["pbx-bridge/extensions.conf"]

    assert "?+491722345678&+491711234567:" in text


def test_everybody_of_the_installation_may_be_rung() -> None:
    """Who is in no policy may be on call by an override: the daemon's list may name him."""
    config = parse(changed("[speech]", '[escalation]\norder = ["ben"]\n\n[speech]'), source="test")

    text = render(config, SECRET)["pbx-bridge/extensions.conf"]

    assert "Set(LOCAL(PBXB_KNOWN)=+491711234567&+491722345678)" in text
