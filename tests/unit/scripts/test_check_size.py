"""The size check finds what is too long, and nothing else."""

from pathlib import Path

import pytest
from check_size import MAX_FUNCTION_LINES, MAX_MODULE_LINES, check, python_files, too_long


def function(lines: int, keyword: str = "def") -> str:
    """Return the source of a function *lines* long."""
    return f"{keyword} ring():\n" + "    pass\n" * (lines - 1)


@pytest.mark.parametrize("keyword", ["def", "async def"])
def test_function_of_the_greatest_length_passes(keyword: str) -> None:
    """The limit itself is allowed."""
    source = function(MAX_FUNCTION_LINES, keyword)

    offenders = list(too_long(source))

    assert offenders == []


@pytest.mark.parametrize("keyword", ["def", "async def"])
def test_function_one_line_longer_is_named(keyword: str) -> None:
    """An offender is named with its line and its length."""
    source = "\n" + function(MAX_FUNCTION_LINES + 1, keyword)

    offenders = list(too_long(source))

    assert offenders == ["2: function ring has 41 lines, more than 40"]


def test_method_counts_as_function() -> None:
    """A long method does not hide in its class."""
    body = function(MAX_FUNCTION_LINES + 1).replace("\n", "\n    ")

    offenders = list(too_long(f"class Phone:\n    {body}"))

    assert len(offenders) == 1


def test_module_is_measured_by_its_lines() -> None:
    """Comments and blank lines count: they are read as well."""
    longest = "\n" * MAX_MODULE_LINES

    offenders = list(too_long(longest)), list(too_long(longest + "\n"))

    assert offenders == ([], ["1: module has 401 lines, more than 400"])


def test_programs_without_suffix_are_read_too(tmp_path: Path) -> None:
    """A Python program is known by its first line; a shell script is not our business."""
    (tmp_path / "box").write_text("#!/usr/bin/env python3\n")
    (tmp_path / "setup").write_text("#!/usr/bin/env bash\n")
    (tmp_path / "notes.md").write_text("#! python\n")
    (tmp_path / "boxes.py").write_text("")

    names = [path.name for path in python_files(tmp_path)]

    assert names == ["box", "boxes.py"]


def test_offender_is_named_with_its_path(tmp_path: Path) -> None:
    """Path and line stand in front, so that an editor can jump there."""
    folder = tmp_path / "pbx_bridge" / "core"
    folder.mkdir(parents=True)
    (folder / "policy.py").write_text(function(MAX_FUNCTION_LINES + 1))

    offenders = check(tmp_path)

    assert offenders == ["pbx_bridge/core/policy.py:1: function ring has 41 lines, more than 40"]
