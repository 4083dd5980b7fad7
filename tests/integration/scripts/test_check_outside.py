"""The check for pointers outside asks git what belongs to the repository."""

import subprocess
from pathlib import Path

import pytest
from check_outside import tracked_files

pytestmark = pytest.mark.integration


def test_new_files_belong_and_ignored_ones_do_not(tmp_path: Path) -> None:
    """A file is looked at before its first commit, a downloaded one never."""
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text("*.zip\n")
    (tmp_path / "model.zip").write_text("")
    (tmp_path / "new.py").write_text("")

    names = tracked_files(tmp_path)

    assert sorted(names) == [".gitignore", "new.py"]


def test_there_is_nothing_outside_of_a_checkout(tmp_path: Path) -> None:
    """The program then fails, for a check of nothing proves nothing."""
    names = tracked_files(tmp_path)

    assert names == []
