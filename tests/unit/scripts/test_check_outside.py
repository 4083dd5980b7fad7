"""The check for pointers outside finds them, and lets everything else pass."""

from pathlib import Path

import pytest
from check_outside import check, pointers


@pytest.mark.parametrize(
    "parts",
    [
        ("..", "/shared/design"),
        ("see /wo", "rk/main"),
        ("https://", "pypi", ".org/simple"),
        ("https://files.", "pythonhosted", ".org"),
        ("http://deb.", "debian", ".org/debian"),
        ("http://de.archive.", "ubuntu", ".com/ubuntu"),
    ],
)
def test_pointer_is_named_with_its_line(parts: tuple[str, ...]) -> None:
    """Each kind of pointer is found in the middle of a text."""
    text = "first\nsee " + "".join(parts)

    found = list(pointers(text))

    assert [line.split(":")[0] for line in found] == ["2"]


@pytest.mark.parametrize(
    "text",
    ["from PyPI", "pages/work/today", "docs/../README.md", "https://www.debian.org", "shared"],
)
def test_harmless_text_passes(text: str) -> None:
    """Words that only look alike are not named."""
    found = list(pointers(text))

    assert found == []


def test_binary_files_are_passed_over(tmp_path: Path) -> None:
    """A model may hold any bytes."""
    forbidden = ("..", "/shared")
    (tmp_path / "notes.md").write_text("".join(forbidden))
    (tmp_path / "model.bin").write_bytes(b"\0" + "".join(forbidden).encode())

    found = check(tmp_path, ["notes.md", "model.bin"])

    assert found == [f"notes.md:1: names {''.join(forbidden)}, a folder beside the repository"]
