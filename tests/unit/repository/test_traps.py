"""The table of traps names tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
TRAPS = (ROOT / "docs/traps.md").read_text(encoding="utf-8")


def test_every_test_that_is_named_exists() -> None:
    """A test that is renamed is renamed there too, and no row stands without one."""
    named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", TRAPS)
    texts = {file: (ROOT / "tests" / file).read_text(encoding="utf-8") for file, _ in named}
    rows = [line for line in TRAPS.splitlines() if line.startswith("| ")][2:]

    assert [name for file, name in named if f"def {name}(" not in texts[file]] == []
    assert [row for row in rows if "::test_" not in row] == []
