"""Asterisk's own files, right and wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pbx_bridge.adapters.doctor.asterisk_files import dialplan_check, manager_check
from pbx_bridge.core.check import CheckState

OK, WARNING, FAILED = CheckState.OK, CheckState.WARNING, CheckState.FAILED
OURS = {"pbx-bridge/extensions.conf": "[pbxb-incoming]\n"}
EXTENSIONS = '#include "pbx-bridge/extensions.conf" ; added\n[general](+)\nstatic = yes\n'
MANAGER = """\
; a comment
[general]
enabled = yes
bindaddr = 127.0.0.1 ; this machine

[template](!)
read = all
#tryinclude "manager.d/*.conf"
"""
ACCOUNT = """\
[pbx-bridge]
secret = s
deny = 0.0.0.0/0.0.0.0
permit = 127.0.0.1/255.255.255.255
write = originate,call,reporting
"""

Change = Callable[[str, str, str], None]


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    """Return a folder in which all is right."""
    for name, text in {
        "extensions.conf": EXTENSIONS,
        "manager.conf": MANAGER,
        "asterisk.conf": "[directories](!)\nastetcdir => /etc/asterisk\n[options]\n",
        "manager.d/pbx-bridge.conf": ACCOUNT,
        **OURS,
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def change(etc: Path) -> Change:
    """Return a function that exchanges one part of a file."""

    def exchange(name: str, old: str, new: str) -> None:
        text = (etc / name).read_text()
        assert old in text
        (etc / name).write_text(text.replace(old, new, 1))

    return exchange


def test_right_files_are_ok(etc: Path) -> None:
    """With comments, templates and includes, which pyst2 alone cannot read."""
    assert dialplan_check(etc, OURS).state is OK
    assert manager_check(etc, "pbx-bridge").state is OK


@pytest.mark.parametrize(
    "line",
    [
        "#include pbx-bridge/extensions.conf",
        '#tryinclude "/etc/asterisk/pbx-bridge/extensions.conf"',
        "#include <pbx-bridge/extensions.conf>",
    ],
)
def test_include_line_of_the_users_own_is_one_too(etc: Path, line: str) -> None:
    """Who wrote it himself need not have our comment behind it."""
    (etc / "extensions.conf").write_text(f"{line}\n")

    assert dialplan_check(etc, OURS).state is OK


@pytest.mark.parametrize("line", ["", ';#include "pbx-bridge/extensions.conf"', "[x] #include y"])
def test_missing_include_line_fails(etc: Path, line: str) -> None:
    """A comment includes nothing."""
    (etc / "extensions.conf").write_text(f"{line}\n")

    check = dialplan_check(etc, OURS)

    assert check.state is FAILED
    assert check.text == f"{etc}/extensions.conf does not include our dialplan"
    assert check.remedy.startswith(f"pbx-bridge dialplan install --etc {etc}")


def test_freepbx_has_the_line_in_its_custom_file(etc: Path) -> None:
    """FreePBX writes extensions.conf anew at every change."""
    (etc / "extensions.conf").write_text("; do not edit, FreePBX writes this\n")
    (etc / "extensions_custom.conf").write_text(EXTENSIONS)

    check = dialplan_check(etc, OURS)

    assert check.state is OK
    assert "FreePBX" in check.text


def test_missing_file_of_ours_fails(etc: Path) -> None:
    """Asterisk would refuse to load the whole dialplan."""
    (etc / "pbx-bridge/extensions.conf").unlink()

    assert dialplan_check(etc, OURS).state is FAILED


def test_file_of_another_configuration_is_a_warning(etc: Path, change: Change) -> None:
    """The fallback would ring last year's technicians."""
    change("pbx-bridge/extensions.conf", "incoming", "older")

    check = dialplan_check(etc, OURS)

    assert check.state is WARNING
    assert "made from another configuration" in check.text


def test_unreadable_folder_is_a_warning_of_both(tmp_path: Path) -> None:
    """What cannot be seen is not called right."""
    checks = (dialplan_check(tmp_path, OURS), manager_check(tmp_path, "pbx-bridge"))

    assert [check.state for check in checks] == [WARNING, WARNING]
    assert all("--etc" in check.remedy for check in checks)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("manager.conf", "127.0.0.1", "0.0.0.0", "bindaddr is 0.0.0.0"),
        ("manager.conf", "bindaddr = 127.0.0.1", "", "bindaddr is 0.0.0.0"),
        ("manager.conf", "#tryinclude", ";", "does not include manager.d"),
        ("asterisk.conf", "[options]", "[options]\nlive_dangerously = yes", "live_dangerously"),
        ("manager.d/pbx-bridge.conf", "originate,", "originate,system,", "may write system"),
        ("manager.d/pbx-bridge.conf", "originate,", "command, config,", "command, config"),
        ("manager.d/pbx-bridge.conf", "originate,", "all,", "may write all"),
        ("manager.d/pbx-bridge.conf", "deny", ";", "not bound to this machine"),
    ],
)
def test_open_door_is_a_warning(  # noqa: PLR0917  file, change, expectation
    etc: Path, change: Change, file: str, old: str, new: str, said: str
) -> None:
    """It works, for strangers too."""
    change(file, old, new)

    check = manager_check(etc, "pbx-bridge")

    assert check.state is WARNING
    assert said in check.text
    assert check.remedy


def test_account_in_manager_conf_itself_is_seen(etc: Path) -> None:
    """Some write it there, without our file."""
    with (etc / "manager.conf").open("a") as file:
        file.write("[pbx-bridge]\nwrite = all\n")

    assert "manager.conf: our account may write all" in manager_check(etc, "pbx-bridge").text


def test_broken_file_is_named_by_its_line(etc: Path) -> None:
    """Asterisk would not load it either."""
    (etc / "manager.conf").write_text("[general\nenabled = yes\n")

    check = manager_check(etc, "pbx-bridge")

    assert check.state is WARNING
    assert "line 1" in check.text
