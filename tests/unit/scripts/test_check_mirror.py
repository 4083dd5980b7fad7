"""The mirror check compares package and tests in both directions."""

from pathlib import Path

import pytest
from check_mirror import holds_code, orphaned, untested

CODE = "def ring():\n    return 1\n"


def write(root: Path, *names: str, source: str = CODE) -> None:
    """Make files below *root*, with their folders."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)


def test_module_without_test_is_named(tmp_path: Path) -> None:
    """The line says which file to write."""
    write(tmp_path, "pbx_bridge/wire/agi.py")

    offenders = untested(tmp_path)

    assert offenders == ["pbx_bridge/wire/agi.py: no test; write tests/unit/wire/test_agi.py"]


def test_module_without_code_needs_no_test(tmp_path: Path) -> None:
    """Ports are signatures only; there is nothing to test."""
    write(tmp_path, "pbx_bridge/ports.py", source="class Clock(Protocol):\n    x: int\n")

    offenders = untested(tmp_path)

    assert offenders == []


@pytest.mark.parametrize("shelf", ["unit", "integration", "contract"])
def test_test_may_lie_on_any_shelf(tmp_path: Path, shelf: str) -> None:
    """What needs a real process has its test where processes are started."""
    write(tmp_path, "pbx_bridge/wire/agi.py", f"tests/{shelf}/wire/test_agi.py")

    offenders = untested(tmp_path)

    assert offenders == []


def test_test_in_another_folder_does_not_count(tmp_path: Path) -> None:
    """The mirror goes by place, not by name alone."""
    write(tmp_path, "pbx_bridge/wire/agi.py", "tests/unit/core/test_agi.py")

    offenders = untested(tmp_path) + orphaned(tmp_path)

    assert [line.split(":")[0] for line in offenders] == [
        "pbx_bridge/wire/agi.py",
        "tests/unit/core/test_agi.py",
    ]


def test_split_test_belongs_to_its_module(tmp_path: Path) -> None:
    """A long test file may be split by aspect."""
    write(tmp_path, "pbx_bridge/wire/agi.py", "tests/unit/wire/test_agi_hostile.py")

    offenders = untested(tmp_path) + orphaned(tmp_path)

    assert offenders == []


def test_test_without_module_is_named(tmp_path: Path) -> None:
    """A test left behind by a deleted module tests nothing."""
    write(tmp_path, "tests/unit/wire/test_agi.py")

    offenders = orphaned(tmp_path)

    assert offenders == [
        "tests/unit/wire/test_agi.py: tests no module; name it after one, or delete it"
    ]


def test_repository_tests_mirror_nothing(tmp_path: Path) -> None:
    """Tests of the repository itself have no module."""
    write(tmp_path, "tests/unit/repository/test_locks.py")

    offenders = orphaned(tmp_path)

    assert offenders == []


@pytest.mark.parametrize("script", ["scripts/box.py", "scripts/box"])
def test_script_test_needs_its_script(tmp_path: Path, script: str) -> None:
    """Scripts are mirrored in one direction: with or without suffix."""
    write(tmp_path, script, "tests/unit/scripts/test_box.py", "tests/unit/scripts/test_gone.py")

    offenders = orphaned(tmp_path)

    assert [line.split(":")[0] for line in offenders] == ["tests/unit/scripts/test_gone.py"]


@pytest.mark.parametrize(("module", "test"), [("__init__", "init"), ("__main__", "main")])
def test_package_files_with_code_need_a_test(tmp_path: Path, module: str, test: str) -> None:
    """Code does not escape the check by lying in `__init__.py`."""
    write(tmp_path, f"pbx_bridge/cli/{module}.py")

    offenders = untested(tmp_path)

    assert offenders == [
        f"pbx_bridge/cli/{module}.py: no test; write tests/unit/cli/test_{test}.py"
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('"""Only words."""\nimport os\n__version__ = "1"\n', False),
        ("class Clock(Protocol):\n    def now(self) -> datetime:\n        '''Tell it.'''\n", False),
        ("class Clock(Protocol):\n    async def now(self) -> int: ...\n", False),
        ("class Clock:\n    def now(self):\n        return 1\n", True),
        ("async def ring():\n    await wait()\n", True),
        ("if debug:\n    x = 1\n", True),
        ("for x in y:\n    z(x)\n", True),
    ],
)
def test_code_is_what_could_be_wrong(source: str, expected: bool) -> None:
    """Values and signatures alone cannot fail a test."""
    actual = holds_code(source)

    assert actual is expected
