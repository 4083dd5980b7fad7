"""The technicians' PINs."""

from pathlib import Path

import pytest

from pbx_bridge.config.pins import read_pins
from pbx_bridge.errors import ConfigError


def file(folder: Path, text: str, mode: int = 0o600) -> Path:
    """Return a file of PINs."""
    path = folder / "call-in.pins"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def test_pins_by_name(tmp_path: Path) -> None:
    """Comments, empty lines, tabs and an editor's mark at the beginning are fine."""
    path = file(tmp_path, "\ufeff# ours\nanna\t274951\n\nben   90517364  # new\n")

    assert read_pins(path, ["anna", "ben"]) == {"anna": "274951", "ben": "90517364"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("anna 27495", "the PIN of anna must have 6 to 12 digits"),
        ("anna 2749510000000", "the PIN of anna must have 6 to 12 digits"),
        ("anna", "the PIN of anna must have 6 to 12 digits"),
        ("anna 27495x", "the PIN of anna must have 6 to 12 digits"),
        ("anna 777777", "is guessed first"),
        ("anna 123456", "is guessed first"),
        ("anna 654321", "is guessed first"),
        ("dora 274951", "the name of no [[technician]]; write a line for each technician"),
        ("anna:274951", "name, space, PIN; names: anna, ben"),
        ("274951 anna", "name, space, PIN; names: anna, ben"),
        ("anna 274951\nanna 274952", "'anna' is there twice"),
    ],
)
def test_mistake_names_its_line_and_never_the_pin(tmp_path: Path, text: str, problem: str) -> None:
    """One line each."""
    path = file(tmp_path, text)

    with pytest.raises(ConfigError) as refused:
        read_pins(path, ["ben", "anna"])

    (mistake,) = refused.value.mistakes
    assert mistake.startswith(f"{path}:{len(text.splitlines())}: ")
    assert problem in mistake
    assert "2749" not in mistake


def test_file_that_others_read_is_refused(tmp_path: Path) -> None:
    """A PIN that everybody on the machine reads is none."""
    path = file(tmp_path, "anna 274951", mode=0o640)

    with pytest.raises(ConfigError, match="chmod 600"):
        read_pins(path, ["anna"])


def test_file_without_a_pin_is_a_mistake(tmp_path: Path) -> None:
    """Nobody could call in, and nobody would know why."""
    with pytest.raises(ConfigError, match="holds no PIN; write a line for each"):
        read_pins(file(tmp_path, "# later\n"), ["anna"])


def test_missing_file(tmp_path: Path) -> None:
    """What to do is said."""
    with pytest.raises(ConfigError, match="create it"):
        read_pins(tmp_path / "none", ["anna"])
