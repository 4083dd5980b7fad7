"""``pbx-bridge hours``: whether the office is open."""

import json
from pathlib import Path

import pytest
from oncall_desk import Desk, new_desk

pytestmark = pytest.mark.integration

DAYS = """
[hours]
monday = ["08:00-16:00"]

[[special_day]]
date = 2026-12-24
name = "Heiligabend"
open = ["08:00-11:00"]

[[duty_window]]
name = "night"
days = ["monday", "holiday"]
times = ["16:00-24:00"]
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a desk of a firm with opening hours."""
    return new_desk(tmp_path, DAYS)


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (
            "2026-01-12 09:00",
            [
                "Mon 2026-01-12 09:00 (08:00 UTC) Europe/Berlin: open",
                "closes Mon 2026-01-12 16:00 (15:00 UTC)",
            ],
        ),
        (
            "2026-01-12 17:00",
            [
                "Mon 2026-01-12 17:00 (16:00 UTC) Europe/Berlin: closed (night)",
                "opens Mon 2026-01-19 08:00 (07:00 UTC)",
            ],
        ),
        (
            "2026-12-24 09:00",
            [
                "Thu 2026-12-24 09:00 (08:00 UTC) Europe/Berlin: open (Heiligabend)",
                "closes Thu 2026-12-24 11:00 (10:00 UTC)",
            ],
        ),
        (
            "2026-12-25 20:00",
            [
                (
                    "Fri 2026-12-25 20:00 (19:00 UTC) Europe/Berlin: "
                    "closed (night, Erster Weihnachtstag)"
                ),
                "opens Mon 2026-12-28 08:00 (07:00 UTC)",
            ],
        ),
    ],
)
def test_at_tells_state_and_next_change(desk: Desk, when: str, expected: list[str]) -> None:
    """With the duty window and the name of the day."""
    assert desk.type("hours", "at", when).output.splitlines() == expected


@pytest.mark.parametrize("form", [(), ("--json",)])
@pytest.mark.parametrize(("when", "status"), [("2026-01-12 09:00", 0), ("2026-01-12 17:00", 3)])
def test_script_can_ask_by_exit_status(
    desk: Desk, when: str, status: int, form: tuple[str, ...]
) -> None:
    """``pbx-bridge hours now || ...`` begins the night; so it does when nobody can know."""
    unknown = Desk(desk.config.with_name("none.toml"))

    assert desk.type("hours", "at", when, *form).exit_code == status
    assert unknown.type("hours", "at", when, *form).exit_code == 1


def test_at_tells_the_same_as_json(desk: Desk) -> None:
    """Times are UTC."""
    assert json.loads(desk.type("hours", "at", "2026-12-25 20:00", "--json").output) == {
        "at": "2026-12-25T19:00:00Z",
        "is_open": False,
        "next_change": "2026-12-28T07:00:00Z",
        "window": "night",
        "day": "Erster Weihnachtstag",
    }


def test_now_is_now_and_may_never_change(desk: Desk, tmp_path: Path) -> None:
    """A firm without hours is never open."""
    (tmp_path / "x").mkdir()
    never = new_desk(tmp_path / "x", "").type("hours", "now")
    now = json.loads(desk.type("hours", "now", "--json").output)

    assert never.exit_code == 3
    assert ": closed" in never.output
    assert "no change within 400 days; see [hours]" in never.output
    assert set(now) == {"at", "is_open", "next_change", "window", "day"}
