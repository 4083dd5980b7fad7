"""What the kernel says of a process."""

import pytest
from benchmarks.processes import Memory, parent_in, parse_smaps

SMAPS = """\
55d0c0a00000-7ffd2f5fe000 ---p 00000000 00:00 0    [rollup]
Rss:               63488 kB
Pss:               47718 kB
Pss_Dirty:         39000 kB
Shared_Clean:      16000 kB
"""


def test_memory_in_megabytes() -> None:
    """Resident and shared-out memory, and no other line that begins so."""
    found = parse_smaps(SMAPS)

    assert found == Memory(rss_mb=62.0, pss_mb=47718 / 1024)


def test_memory_without_its_lines_is_refused() -> None:
    """A kernel that says nothing is not taken for a process without memory."""
    with pytest.raises(ValueError, match="no Rss or no Pss"):
        parse_smaps("Rss: 1 kB\n")


def test_parent_of_a_program_with_a_hostile_name() -> None:
    """The name may hold blanks and brackets; the fields begin behind the last bracket."""
    found = parent_in("4711 (a) S 1 (b) S 42 4711 4711 0 -1\n")

    assert found == 42
