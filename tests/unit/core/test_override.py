"""What one override does to who is on call."""

from datetime import UTC, datetime, timedelta

import pytest

from pbx_bridge.core.override import (
    Absence,
    Addition,
    Override,
    Replacement,
    Swap,
    Takeover,
    applied,
    layers,
    periods,
    technicians,
)
from pbx_bridge.core.period import Period

START = datetime(2026, 1, 9, 17, tzinfo=UTC)
END = START + timedelta(hours=12)
LATER = Period(START + timedelta(days=7), END + timedelta(days=7))

absence = Absence(technician="anna", start=START, end=END)
replacement = Replacement(technician="anna", substitute="ben", start=START, end=END)
in_backup = Replacement(technician="anna", substitute="ben", start=START, end=END, layer="backup")
takeover = Takeover(substitute="ben", layer="primary", start=START, end=END)
addition = Addition(substitute="ben", layer="primary", start=START, end=END)
swap = Swap(
    first=replacement,
    second=Replacement(
        technician="ben", substitute="anna", start=LATER.start, end=LATER.end, layer="backup"
    ),
)


def after(override: Override, *people: str, layer: str = "primary", at: datetime = START) -> str:
    """Return who is on call when *people* would be."""
    return " ".join(applied(override, people, layer=layer, at=at))


def test_absence_alone_changes_nothing() -> None:
    """Who steps in is decided when all overrides are known."""
    assert after(absence, "anna") == "anna"


def test_replacement_stands_where_the_other_stood() -> None:
    """The place in the order is kept; nobody is on call twice."""
    assert after(replacement, "carl", "anna") == "carl ben"
    assert after(replacement, "ben", "anna") == "ben"
    assert after(replacement, "carl") == "carl"


def test_replacement_holds_in_its_layer_or_in_all() -> None:
    """Without a layer it is the person who is replaced, wherever he is."""
    assert after(replacement, "anna", layer="owner") == "ben"
    assert after(in_backup, "anna", layer="owner") == "anna"
    assert after(in_backup, "anna", layer="backup") == "ben"


def test_takeover_is_alone() -> None:
    """Whoever else would be on call is not."""
    assert after(takeover, "anna", "carl") == "ben"
    assert after(takeover) == "ben"
    assert after(takeover, "anna", layer="backup") == "anna"


def test_addition_comes_last_and_once() -> None:
    """Who is on call already stays where he is."""
    assert after(addition, "anna") == "anna ben"
    assert after(addition, "ben", "anna") == "ben anna"
    assert after(addition, "anna", layer="backup") == "anna"


@pytest.mark.parametrize("override", [replacement, takeover, addition, swap])
def test_override_holds_from_its_start_until_just_before_its_end(override: Override) -> None:
    """A minute early and at the end the plan stands."""
    assert after(override, "anna", at=START - timedelta(seconds=1)) == "anna"
    assert after(override, "anna", at=START) != "anna"
    assert after(override, "anna", at=END - timedelta(seconds=1)) != "anna"
    assert after(override, "anna", at=END) == "anna"


def test_swap_has_two_halves() -> None:
    """Ben has Anna's shift now, she has his a week later, in his layer."""
    assert after(swap, "anna") == "ben"
    assert after(swap, "ben", layer="backup", at=LATER.start) == "anna"
    assert after(swap, "ben", layer="primary", at=LATER.start) == "ben"


def test_halves_of_a_swap_at_one_time_do_not_undo_each_other() -> None:
    """Both are on call, both change places."""
    crossed = Swap(
        first=replacement,
        second=Replacement(technician="ben", substitute="anna", start=START, end=END),
    )

    assert after(crossed, "anna", "ben") == "ben anna"


@pytest.mark.parametrize(
    ("override", "people", "where"),
    [
        (absence, {"anna"}, set()),
        (replacement, {"anna", "ben"}, set()),
        (in_backup, {"anna", "ben"}, {"backup"}),
        (takeover, {"ben"}, {"primary"}),
        (addition, {"ben"}, {"primary"}),
        (swap, {"anna", "ben"}, {"backup"}),
    ],
)
def test_override_knows_whom_and_which_layers_it_names(
    override: Override, people: set[str], where: set[str]
) -> None:
    """So that names that are gone can be found."""
    assert technicians(override) == people
    assert layers(override) == where


def test_periods_of_a_swap_are_those_of_both_halves() -> None:
    """Any other override has one."""
    assert periods(swap) == (Period(START, END), LATER)
    assert periods(absence) == (Period(START, END),)
