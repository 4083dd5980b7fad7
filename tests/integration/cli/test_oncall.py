"""``pbx-bridge oncall``: who is on call, read without the service."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from oncall_desk import Desk, new_desk

pytestmark = pytest.mark.integration


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a desk of a firm with one rotation."""
    return new_desk(tmp_path)


def test_at_tells_who_since_when_and_until_when(desk: Desk) -> None:
    """By the firm's clock, with UTC beside it."""
    told = desk.told("oncall", "at", "2026-01-10 12:00")

    assert told.splitlines() == [
        "Sat 2026-01-10 12:00 (11:00 UTC) Europe/Berlin, closed, weekend",
        (
            "primary  anna, since Mon 2026-01-05 08:00 (07:00 UTC), "
            "until Mon 2026-01-12 08:00 (07:00 UTC)"
        ),
    ]


def test_at_tells_the_same_as_json(desk: Desk) -> None:
    """Times are UTC."""
    assert desk.json("oncall", "at", "2026-01-12 12:00") == {
        "at": "2026-01-12T11:00:00Z",
        "is_open": True,
        "window": None,
        "absent": [],
        "layers": {
            "primary": [
                {
                    "technician": "ben",
                    "since": "2026-01-12T07:00:00Z",
                    "until": "2026-01-19T07:00:00Z",
                }
            ]
        },
    }


def test_layer_without_anybody_is_shouted(desk: Desk) -> None:
    """Before the rotation begins."""
    assert "primary  NOBODY" in desk.told("oncall", "at", "2026-01-01 12:00")


def test_now_is_now(desk: Desk) -> None:
    """The same as at, without a time."""
    (person,) = desk.json("oncall", "now")["layers"]["primary"]

    assert person["technician"] in {"anna", "ben"}
    assert desk.told("oncall", "now").splitlines()[1].startswith("primary  ")


def test_without_a_rotation_all_are_on_call_without_an_end(tmp_path: Path) -> None:
    """The policy's order, as before there were rotations."""
    told = new_desk(tmp_path, "").told("oncall", "at", "2026-01-10 12:00")

    assert told.splitlines()[1:] == ["primary  anna", "primary  ben"]


def test_next_lists_what_begins(desk: Desk) -> None:
    """In order of time, for all or for one."""
    shifts = desk.json("oncall", "next", "--count", "4")
    own = desk.json("oncall", "next", "ben", "--count", "2")

    starts = [datetime.fromisoformat(shift["start"]) for shift in shifts]
    assert starts == sorted(starts)
    assert len({shift["technician"] for shift in shifts[:2]}) == 2
    assert [shift["technician"] for shift in own] == ["ben", "ben"]
    assert len(desk.told("oncall", "next", "--count", "3").splitlines()) == 3


def test_next_knows_technicians_only(desk: Desk, tmp_path: Path) -> None:
    """And says when nothing ever changes."""
    result = desk.type("oncall", "next", "ana")
    (tmp_path / "x").mkdir()

    assert result.exit_code == 2
    assert "'ana' is no technician; known: anna, ben" in result.output
    assert "no shift begins within a year" in new_desk(tmp_path / "x", "").told("oncall", "next")


LATE = """
[[rotation]]
order = ["anna"]
starts_on = {start}
handoff_time = "08:00"
shift_days = 1
"""


def test_gaps_are_listed_and_told_by_the_exit_status(desk: Desk, tmp_path: Path) -> None:
    """A watch can ask."""
    (tmp_path / "late").mkdir()
    soon = (datetime.now().astimezone() + timedelta(days=9)).date()
    late = new_desk(tmp_path / "late", LATE.format(start=soon))

    assert desk.told("oncall", "gaps") == "no gaps within 60 days\n"
    assert desk.json("oncall", "gaps") == []
    result = late.type("oncall", "gaps")
    assert result.exit_code == 1
    assert result.output.startswith("primary: nobody from ")
    assert f"until {soon:%a %Y-%m-%d} 08:00" in result.output
    assert late.type("oncall", "gaps", "--days", "8", "--json").exit_code == 1


def test_gap_while_the_office_is_open_is_left_out_unless_asked(tmp_path: Path) -> None:
    """A firm that never closes needs nobody."""
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    open_always = "[hours]\n" + "".join(f'{day} = ["00:00-24:00"]\n' for day in (*days, "holiday"))
    start = (datetime.now().astimezone() + timedelta(days=9)).date()
    desk = new_desk(tmp_path, open_always + LATE.format(start=start))

    assert desk.type("oncall", "gaps").exit_code == 0
    assert desk.type("oncall", "gaps", "--all").exit_code == 1


def test_week_is_drawn_from_monday_to_sunday(desk: Desk) -> None:
    """Whatever day of it is named."""
    lines = desk.told("oncall", "week", "2026-03-29").splitlines()

    assert lines[0] == "Week 13 of 2026 (Europe/Berlin)"
    assert lines[4].startswith("Mon 23 Mar  |")
    assert lines[10].startswith("Sun 29 Mar  |")
    assert lines[10].endswith("23 h")
    assert len(desk.told("oncall", "week", "2026-03-29", "--weeks", "2").splitlines()) > 18


@pytest.mark.parametrize("day", ["2000-01-01", "2100-12-31"])
def test_week_may_lie_across_the_last_year_that_can_be_meant(desk: Desk, day: str) -> None:
    """Its Monday, or its end, lies outside."""
    assert desk.told("oncall", "week", day).startswith("Week 52 of ")


@pytest.mark.parametrize(
    "command",
    [
        ("oncall", "at"),
        ("oncall", "week"),
        ("hours", "at"),
        ("oncall", "override", "add", "absent", "anna", "--until"),
        ("oncall", "swap", "anna"),
        ("who-is-rung", "--at"),
    ],
)
@pytest.mark.parametrize("time", ["9999-12-31", "0001-01-01"])
def test_end_of_the_calendar_is_no_traceback(
    desk: Desk, command: tuple[str, ...], time: str
) -> None:
    """Whatever asks for a time."""
    more = ("ben", "monday") if "swap" in command else ()

    result = desk.type(*command, time, *more)

    assert result.exit_code == 2
    assert "is too far away" in result.output


@pytest.mark.parametrize(
    "words",
    [
        ("add", "absent", "a\udcff", "--until", "tomorrow"),
        ("add", "absent", "anna", "--until", "tomorrow", "--reason", "a\udcff"),
        ("add", "absent", "anna", "--until", "tomorrow", "--made-by", "a\udcff"),
        ("add", "takeover", "anna", "--until", "tomorrow", "--layer", "a\udcff"),
        ("remove", "1", "--reason", "a\udcff"),
    ],
)
def test_foreign_bytes_in_an_override_are_refused(desk: Desk, words: tuple[str, ...]) -> None:
    """No traceback."""
    result = desk.type("oncall", "override", *words)

    assert result.exit_code == 2
    assert "is not UTF-8; type it again" in result.output


def test_week_tells_its_shifts_as_json(desk: Desk) -> None:
    """The week in which clocks change has 167 hours."""
    week = desk.json("oncall", "week", "2026-03-29")

    start, end = (datetime.fromisoformat(week[key]) for key in ("start", "end"))
    assert end - start == timedelta(hours=167)
    assert [shift["technician"] for shift in week["shifts"]] == ["anna", "ben"]
    assert week["zone"] == "Europe/Berlin"


def test_time_that_is_none_is_refused_in_one_line(desk: Desk) -> None:
    """With the forms that are understood."""
    result = desk.type("oncall", "at", "soonish")

    assert result.exit_code == 2
    assert "'soonish' is no time; write" in result.output
