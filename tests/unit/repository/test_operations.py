"""docs/operations.md and the program say the same."""

import re
from datetime import timedelta
from pathlib import Path

from pbx_bridge.core.asterisk_versions import MINIMUM
from pbx_bridge.core.check import CheckName
from pbx_bridge.runtime.recovery import LOOK_EVERY_S
from pbx_bridge.runtime.stray_notes import IS_WHOLE_AFTER

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "operations.md").read_text(encoding="utf-8")


def test_every_check_of_the_doctor_is_explained() -> None:
    """In the order in which they are printed, each with what is right and a remedy."""
    section = PAGE.partition("## doctor")[2].partition("\n## ")[0]

    rows = re.findall(r"^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \|$", section, re.MULTILINE)

    assert [name for name, _, _ in rows] == [name.value for name in CheckName]


def test_page_names_the_minimum_versions() -> None:
    """A reader must not trust an older table."""
    for version in MINIMUM.values():
        assert ".".join(map(str, version)) in PAGE


def test_page_says_how_long_a_stray_note_may_take() -> None:
    """It must lie still for a while, and then the next look finds it."""
    longest = timedelta(seconds=LOOK_EVERY_S) + IS_WHOLE_AFTER

    assert f"is given to its case {longest // timedelta(minutes=1)} minutes after" in PAGE
