"""The command line of the box, as far as no Asterisk is needed."""

from pathlib import Path

import pytest
from boxes.cli import main


def test_mobiles_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """A person sees what the numbers mean without reading code."""
    assert main(["mobiles"]) == 0

    assert "| 102 | is busy |" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["call", "--keys", "now:1"], "--keys 'now:1'"),
        (["call", "--speak-at", "soon"], "--speak-at soon"),
        (["status", "--offset", "12"], "--offset 12"),
        (["log"], "box up"),
    ],
)
def test_a_mistake_is_one_clear_line(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It names what is wrong; no traceback reaches a user."""
    assert main([*arguments, "--dir", str(tmp_path / "box")]) == 1

    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1


def test_down_without_a_box_does_nothing(tmp_path: Path) -> None:
    """It may be called at any time, and leaves no folder behind."""
    assert main(["down", "--dir", str(tmp_path / "box")]) == 0

    assert not (tmp_path / "box").exists()
