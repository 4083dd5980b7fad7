"""What is refused before it is made."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from examples import NOW

from pbx_bridge.core.calendar import Plan
from pbx_bridge.core.hours import Days, OpeningHours
from pbx_bridge.core.override import Absence, Addition, Override, Replacement, Swap, Takeover
from pbx_bridge.core.override_rules import FARTHEST, refusals
from pbx_bridge.core.rotation import Rotation

END = NOW + timedelta(hours=12)

PLAN = Plan(
    hours=OpeningHours(Days(zone=ZoneInfo("Europe/Berlin"))),
    technicians=("anna", "ben"),
    rotations=(
        Rotation(
            layer="primary",
            order=("anna", "ben"),
            starts_at=datetime.fromisoformat("2026-01-05 08:00"),
            shift=timedelta(weeks=1),
        ),
    ),
)

replacement = Replacement(technician="anna", substitute="ben", start=NOW, end=END)
back = Replacement(technician="ben", substitute="anna", start=END, end=END + timedelta(hours=12))
absence = Absence(technician="anna", start=NOW, end=END)
takeover = Takeover(substitute="ben", layer="primary", start=NOW, end=END)
addition = Addition(substitute="ben", layer="primary", start=NOW, end=END)
swap = Swap(first=replacement, second=back)


@pytest.mark.parametrize("override", [absence, replacement, takeover, addition, swap])
def test_sound_override_is_not_refused(override: Override) -> None:
    """One that began already too: sick since this morning."""
    assert refusals(PLAN, override, NOW + timedelta(hours=1)) == []


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        (replace(absence, technician="ana"), "'ana' is no technician; known: anna, ben"),
        (replace(takeover, layer="backup"), "'backup' is no layer; known: primary"),
        (replace(absence, end=NOW), "it ends before it begins; give a later end"),
        (
            Swap(first=replacement, second=replace(back, end=NOW)),
            "it ends before it begins; give a later end",
        ),
        (
            replace(replacement, substitute="anna"),
            "'anna' cannot stand in for himself; name somebody else",
        ),
    ],
)
def test_refusal_names_what_is_wrong(override: Override, expected: str) -> None:
    """And nothing else is said about it."""
    assert refusals(PLAN, override, NOW) == [expected]


def test_override_that_is_over_is_refused() -> None:
    """At its end it is over; of a swap the later half counts."""
    over = ["it is over already; give a later end"]

    assert refusals(PLAN, absence, END) == over
    assert refusals(PLAN, absence, END - timedelta(seconds=1)) == []
    assert refusals(PLAN, swap, END) == []
    assert refusals(PLAN, swap, back.end) == over


@pytest.mark.parametrize("override", [absence, takeover, swap])
def test_override_that_reaches_too_far_is_refused(override: Override) -> None:
    """Somebody meant "for ever"; five years are reckoned within a moment."""
    far, too_far = (FARTHEST + timedelta(seconds=more) for more in (0, 1))
    refused = ["it reaches more than 5 years away; who is gone for good is taken out of the file"]

    def until(end: datetime) -> Override:
        if isinstance(override, Swap):
            return replace(override, second=replace(override.second, end=end))
        return replace(override, end=end)

    assert refusals(PLAN, until(NOW + far), NOW) == []
    assert refusals(PLAN, until(NOW + too_far), NOW) == refused
    assert refusals(PLAN, until(datetime.max.replace(tzinfo=UTC)), NOW) == refused
    assert refusals(PLAN, until(NOW + 2 * far), NOW + too_far) == refused


def test_all_refusals_are_told_at_once() -> None:
    """Nobody corrects one mistake after the other."""
    wrong = Replacement(technician="x", substitute="x", start=END, end=NOW, layer="y")

    assert len(refusals(PLAN, wrong, NOW)) == 4


AWAY = "'ben' is absent then; remove the absence first, or name somebody else"


@pytest.mark.parametrize("override", [replacement, takeover, addition, swap])
def test_who_is_absent_cannot_step_in(override: Override) -> None:
    """The absence would win, and somebody else would be rung."""
    plan = replace(PLAN, overrides=(replace(absence, technician="ben", start=END - timedelta(1)),))

    assert refusals(plan, override, NOW) == [AWAY]


def test_absence_of_another_time_or_person_does_not_matter() -> None:
    """Right after the absence he may step in; being away twice is no harm."""
    before = replace(absence, technician="ben", start=NOW - timedelta(days=1), end=NOW)
    plan = replace(PLAN, overrides=(before, absence, addition))

    assert refusals(plan, replacement, NOW) == []
    assert refusals(plan, absence, NOW) == []
