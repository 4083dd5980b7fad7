"""``pbx-bridge oncall override`` and ``swap``: through the service, and into the plan."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from oncall_desk import ANNAS_WEEK, Desk, new_desk, next_monday, service

from pbx_bridge.adapters.clock import SystemClock
from pbx_bridge.adapters.store.store import open_store
from pbx_bridge.core.override import Takeover

pytestmark = pytest.mark.integration


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a desk of a firm with one rotation."""
    return new_desk(tmp_path)


def on_call(desk: Desk, when: str) -> list[str]:
    """Return who is on call as the command line tells."""
    people = desk.json("oncall", "at", when)["layers"]["primary"]
    return [person["technician"] for person in people]


NOON = f"{ANNAS_WEEK} 12:00"


@pytest.mark.parametrize(
    ("words", "expected", "sentence"),
    [
        (("absent", "anna"), ["ben"], "anna is absent from Mon 2027-06-21 09:00"),
        (("replace", "anna", "ben"), ["ben"], "ben replaces anna from Mon 2027-06-21 09:00"),
        (
            ("replace", "anna", "ben", "--layer", "primary"),
            ["ben"],
            "ben replaces anna in primary from Mon",
        ),
        (("takeover", "ben"), ["ben"], "ben takes primary over from Mon 2027-06-21 09:00"),
        (("second", "ben"), ["anna", "ben"], "ben is second in primary from Mon"),
    ],
)
async def test_override_is_made_listed_and_removed(
    desk: Desk, words: tuple[str, ...], expected: list[str], sentence: str
) -> None:
    """What it says is printed with its whole times, by the firm's clock and in UTC."""
    span = ("--from", f"{ANNAS_WEEK} 09:00", "--until", f"{ANNAS_WEEK} 18:00")
    async with service(desk):
        made = await desk.typed(
            "oncall", "override", "add", *words, *span, "--reason", "flu\u202e", "--made-by", "eva"
        )
        listed = desk.told("oncall", "override", "list")
        during, after = on_call(desk, NOON), on_call(desk, f"{ANNAS_WEEK} 18:00")
        removed = await desk.typed("oncall", "override", "remove", "1")

    assert made.output.startswith(f"override 1: {sentence}")
    assert "until Mon 2027-06-21 18:00 (16:00 UTC)" in made.output
    assert "(by eva, flu�)" in listed
    assert (during, after) == (expected, ["anna"])
    assert removed.output == "override 1 is removed\n"
    assert on_call(desk, NOON) == ["anna"]


async def test_override_for_ever_is_refused_and_one_that_stands_is_removed(desk: Desk) -> None:
    """A release before took it; the service starts with it, and takes it out."""
    forever = Takeover(
        substitute="ben",
        layer="primary",
        start=SystemClock().now(),
        end=datetime(9999, 12, 31, 22, 59, tzinfo=UTC),
    )
    async with open_store(desk.config.with_name("cases.db")) as store:
        await store.overrides.add(forever.start, forever, made_by="eva", reason="")
    add = ("oncall", "override", "add", "takeover", "ben")

    async with service(desk):
        far = await desk.typed(*add, "--until", "2099-12-31 23:59")
        listed = desk.told("oncall", "override", "list")
        removed = await desk.typed("oncall", "override", "remove", "1")

    assert far.exit_code == 1
    assert "error [calendar]: it reaches more than 5 years away" in far.output
    assert "until Fri 9999-12-31 23:59 (22:59 UTC)" in listed
    assert removed.output == "override 1 is removed\n"


async def test_override_tells_what_is_unwise_because_of_it(desk: Desk) -> None:
    """With both away nobody is left."""
    day = next_monday()
    span = ("--from", f"{day} 09:00", "--until", f"{day} 18:00", "--json")
    async with service(desk):
        await desk.typed("oncall", "override", "add", "absent", "anna", *span)
        both = await desk.typed("oncall", "override", "add", "absent", "ben", *span[:-1])

    assert f"beware: primary: nobody is on call from {day:%a %Y-%m-%d} 16:00" in both.output


async def test_overrides_are_told_as_json(desk: Desk) -> None:
    """With kind and fields, as stored."""
    span = ("--from", f"{ANNAS_WEEK} 09:00", "--until", str(ANNAS_WEEK))
    async with service(desk):
        made = await desk.typed("oncall", "override", "add", "absent", "anna", *span, "--json")
        (row,) = desk.json("oncall", "override", "list")
        removed = await desk.typed("oncall", "override", "remove", "1", "--json")

    assert json.loads(made.output)["override"]["override_id"] == 1
    assert (row["kind"], row["override"]["technician"]) == ("Absence", "anna")
    assert row["override"]["end"] == "2027-06-21T22:00:00Z"  # a day as end: its end
    assert json.loads(removed.output)["override"]["override_id"] == 1
    assert desk.json("oncall", "override", "list") == []
    assert desk.told("oncall", "override", "list", "--all") == "no overrides\n"


async def test_refusal_is_one_line_for_each_reason(desk: Desk) -> None:
    """The service's words and code, no traceback."""
    async with service(desk):
        result = await desk.typed(
            "oncall", "override", "add", "takeover", "ana", "--layer", "x", "--until", "2027-01-01"
        )

    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "error [calendar]: 'ana' is no technician; known: anna, ben",
        "error [calendar]: 'x' is no layer; known: primary",
    ]


def test_without_the_service_nothing_is_changed(desk: Desk) -> None:
    """One writer: the command line never writes by itself."""
    result = desk.type("oncall", "override", "add", "absent", "anna", "--until", "2030-01-01")

    assert result.exit_code == 1
    assert "error [control-away]: the service does not run" in result.output
    assert desk.json("oncall", "override", "list") == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("replace", "anna"), "replace needs 2 name(s), not 1"),
        (("absent", "anna", "ben"), "absent needs 1 name(s), not 2"),
        (("absent", "anna", "--layer", "primary"), "absent holds in every layer"),
        (("sick", "anna"), "'sick' is not one of"),
    ],
)
def test_wrong_words_are_refused_before_anything_is_sent(
    desk: Desk, words: tuple[str, ...], expected: str
) -> None:
    """Exit status 2: wrong usage."""
    result = desk.type("oncall", "override", "add", *words, "--until", "2030-01-01")

    assert result.exit_code == 2
    assert expected in result.output


async def test_swap_exchanges_two_shifts(desk: Desk) -> None:
    """Each named by any time in it, or by the day on which it begins."""
    async with service(desk):
        made = await desk.typed(
            "oncall", "swap", "anna", "2027-06-21", "ben", "2027-07-01 03:00", "--made-by", "eva"
        )

    assert made.output.startswith(
        "override 1: swap: ben replaces anna in primary from Mon 2027-06-21 08:00 (06:00 UTC)"
    )
    assert "anna replaces ben in primary from Mon 2027-06-28 08:00" in made.output
    assert on_call(desk, "2027-06-21 07:59") == ["ben"]
    assert on_call(desk, "2027-06-23 12:00") == ["ben"]
    assert on_call(desk, "2027-06-30 12:00") == ["anna"]
    assert on_call(desk, "2027-07-05 12:00") == ["anna"]


async def test_swap_of_two_weeks_in_a_row_swaps_one(desk: Desk) -> None:
    """Ben has Anna's week too: only the one that is named changes hands."""
    replaced = ("replace", "anna", "ben", "--from", "2027-06-21 08:00", "--until")
    async with service(desk):
        await desk.typed("oncall", "override", "add", *replaced, "2027-06-28 08:00")
        made = await desk.typed("oncall", "swap", "ben", "2027-06-30", "anna", "2027-07-07")

    assert "anna replaces ben in primary from Mon 2027-06-28 08:00" in made.output
    assert "until Mon 2027-07-05 08:00 (06:00 UTC); ben replaces anna" in made.output
    assert on_call(desk, "2027-06-23 12:00") == ["ben"]


async def test_swap_of_a_running_shift_swaps_the_rest(desk: Desk) -> None:
    """Nobody can hand over last night."""
    (person,) = desk.json("oncall", "now")["layers"]["primary"]
    now_on, other = person["technician"], {"anna": "ben", "ben": "anna"}[person["technician"]]
    async with service(desk):
        made = await desk.typed(
            "oncall", "swap", now_on, "now", other, f"{next_monday()} 12:00", "--json"
        )

    first = json.loads(made.output)["override"]["override"]["first"]
    assert first["start"] > person["since"]
    assert first["end"] == person["until"]
    assert on_call(desk, "now") == [other]


def test_swap_needs_a_shift_of_each(desk: Desk) -> None:
    """A misread week is told before anything is changed."""
    result = desk.type("oncall", "swap", "ben", "2027-06-23", "anna", "2027-06-30")

    assert result.exit_code == 1
    assert "error [calendar]: 'ben' has no shift in primary at Wed 2027-06-23" in result.output
