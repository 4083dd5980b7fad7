"""Folders as the doctor sees them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pbx_bridge.adapters.doctor.folders import (
    database_folder_check,
    live_check,
    models_check,
    owner_of,
    prompts_check,
    recordings_check,
    remove_proofs,
    user_check,
)
from pbx_bridge.core.check import Check, CheckState

OK, WARNING, FAILED = CheckState.OK, CheckState.WARNING, CheckState.FAILED
MODEL = ("am/final.mdl", "conf/mfcc.conf", "graph/HCLr.fst")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Return a folder with the files of a model."""
    folder = tmp_path / "de"
    for name in MODEL:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


@pytest.fixture
def closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder that may not be used; also root is told so."""
    monkeypatch.setattr("os.access", lambda *_: False)
    return tmp_path


def test_model_with_its_files_is_ok(model: Path) -> None:
    """All languages are named."""
    check = models_check({"de": model})

    assert (check.state, check.text) == (OK, "a model for de")


@pytest.mark.parametrize("name", MODEL)
def test_folder_without_a_file_of_a_model_is_none(model: Path, name: str) -> None:
    """The recogniser would die of it at night."""
    (model / name).unlink()

    check = models_check({"de": model})

    assert check.state is FAILED
    assert f"no {name}" in check.text.replace("HCLG", "HCLr")


def test_missing_model_is_named_with_the_command_that_gets_it(model: Path) -> None:
    """Only the language that lacks one."""
    check = models_check({"de": model, "pl": model / "no"})

    assert check.state is FAILED
    assert check.text.startswith(f"pl: {model}/no is not there")
    assert check.remedy.startswith("pbx-bridge model fetch pl")


def test_flat_model_is_one_too(tmp_path: Path) -> None:
    """Older models of the publisher have no folders in them."""
    for name in ("final.mdl", "mfcc.conf", "HCLG.fst"):
        (tmp_path / name).touch()

    assert models_check({"ru": tmp_path}).state is OK


def test_missing_prompts_are_named_but_not_all(tmp_path: Path) -> None:
    """A list of sixty helps nobody."""
    check = prompts_check([f"de/digit-{n}" for n in range(7)], tmp_path)

    assert check.state is FAILED
    assert check.text.endswith("de/digit-4 and 2 more")
    assert check.remedy == "pbx-bridge prompts render"
    assert prompts_check([], tmp_path).state is OK


def test_database_that_can_be_used_is_ok(tmp_path: Path) -> None:
    """Before the first start there is none."""
    path = tmp_path / "cases.db"

    before = database_folder_check(path)
    path.touch()
    after = database_folder_check(path)

    assert (before.state, after.state) == (OK, OK)
    assert "when the service starts" in before.text


def test_database_without_folder_or_rights_fails(closed: Path) -> None:
    """The remedy says whose it must be."""
    missing = database_folder_check(closed / "no" / "cases.db")
    locked = database_folder_check(closed / "cases.db")

    assert (missing.state, locked.state) == (FAILED, FAILED)
    assert "create it" in missing.remedy
    assert "let the service's user own" in locked.remedy


def test_database_that_is_another_users_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder may be ours while the file is not."""
    path = tmp_path / "cases.db"
    path.touch()
    monkeypatch.setattr("os.access", lambda at, mode: at != path or not mode)

    assert database_folder_check(path).state is FAILED


def test_recordings_must_be_there_and_readable(tmp_path: Path) -> None:
    """Asterisk's half is another check."""
    assert recordings_check(tmp_path).state is OK
    assert recordings_check(tmp_path / "no").state is FAILED


def test_closed_recordings_fail(closed: Path) -> None:
    """The remedy is a command."""
    check = recordings_check(closed)

    assert check.state is FAILED
    assert check.remedy.startswith("install -d -o asterisk")


def live_of(folder: Path, *, is_accepted: bool) -> Check:
    """Return the check of a folder."""
    return live_check(folder, is_accepted=is_accepted)


def test_live_folder_is_a_matter_of_speed_only(tmp_path: Path) -> None:
    """Without one a message is transcribed later: a warning, never a failure."""
    assert live_check(None, is_accepted=False).state is OK
    assert live_of(tmp_path, is_accepted=True).state is OK
    assert live_of(tmp_path / "to-be-made", is_accepted=False).state is OK
    assert live_of(tmp_path, is_accepted=False).state is WARNING
    assert live_of(tmp_path / "no" / "no", is_accepted=False).state is WARNING


def test_live_folder_that_is_open_to_all_is_named_so(tmp_path: Path) -> None:
    """Everybody could listen in, or plant a link there."""
    tmp_path.chmod(0o777)

    assert "can be written by everybody" in live_of(tmp_path, is_accepted=False).text


def test_live_folder_that_is_closed_is_named_so(closed: Path) -> None:
    """Two causes, two texts."""
    assert "cannot be written" in live_of(closed, is_accepted=False).text


def test_root_is_told_that_it_proves_nothing() -> None:
    """Root may write everywhere, the service's user may not."""
    check = user_check(0, 999)

    assert check.state is WARNING
    assert "sudo -u '#999' pbx-bridge doctor" in check.remedy


@pytest.mark.parametrize(("uid", "owner"), [(999, 999), (1000, 999), (0, 0), (0, None)])
def test_other_users_see_what_is(uid: int, owner: int | None) -> None:
    """Also root, where the service itself runs as root."""
    assert user_check(uid, owner).state is OK


def test_owner_is_the_files_or_its_folders(tmp_path: Path) -> None:
    """Before the first start only the folder tells."""
    uid = tmp_path.stat().st_uid

    assert owner_of(tmp_path / "cases.db") == uid
    assert owner_of(tmp_path / "no" / "cases.db") is None


def test_proofs_are_removed_and_nothing_else(tmp_path: Path) -> None:
    """A recording is never touched."""
    for name in (".doctor-12ab", "1.wav"):
        (tmp_path / name).touch()

    remove_proofs(tmp_path)
    remove_proofs(tmp_path / "no")

    assert [path.name for path in tmp_path.iterdir()] == ["1.wav"]
