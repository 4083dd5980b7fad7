"""What is found in a plan before it matters."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from pbx_bridge.core.calendar import Plan, Shift, Stretch
from pbx_bridge.core.calendar_lint import (
    Concern,
    ConcernKind,
    changes_anything,
    concerns,
    numbered,
    overruling,
    uncovered,
)
from pbx_bridge.core.hours import WEEKDAYS, Days, OpeningHours, Window
from pbx_bridge.core.override import Absence, Addition, Override, Replacement, Swap, Takeover
from pbx_bridge.core.rotation import Rotation

BERLIN = ZoneInfo("Europe/Berlin")


def local(text: str) -> datetime:
    """Return the instant at which the clock in Berlin shows *text*."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


START, END = local("2026-01-05 08:00"), local("2026-01-19 08:00")
TUESDAY, WEDNESDAY = local("2026-01-06 08:00"), local("2026-01-07 08:00")


def rotation(layer: str, *order: str) -> Rotation:
    """Return weekly turns."""
    start = datetime.fromisoformat("2026-01-05 08:00")
    return Rotation(layer=layer, order=order, starts_at=start, shift=timedelta(weeks=1))


PLAN = Plan(
    hours=OpeningHours(Days(zone=BERLIN)),
    technicians=("anna", "ben", "carl"),
    rotations=(rotation("primary", "anna", "ben"), rotation("backup", "ben", "anna")),
)


def found(plan: Plan, *overrides: Override) -> list[Concern]:
    """Return the concerns of two weeks."""
    return concerns(replace(plan, overrides=overrides), START, END)


def test_sound_plan_is_no_concern() -> None:
    """Nobody is bothered without a reason."""
    assert found(PLAN) == []


def test_gap_is_told_once() -> None:
    """All are away: one concern for each layer, from the first to the last hour of it."""
    away = [Absence(technician=name, start=TUESDAY, end=WEDNESDAY) for name in PLAN.technicians]

    assert found(PLAN, *away) == [
        Concern(kind=ConcernKind.GAP, start=TUESDAY, end=WEDNESDAY, layer="primary"),
        Concern(kind=ConcernKind.GAP, start=TUESDAY, end=WEDNESDAY, layer="backup"),
    ]


def test_gap_in_which_the_office_is_open_does_not_matter() -> None:
    """Over several days it is still one, as long as it matters."""
    day = Window(time(8), time(17))
    plan = replace(
        PLAN,
        hours=OpeningHours(Days(zone=BERLIN), dict.fromkeys(WEEKDAYS, (day,))),
        rotations=(rotation("primary", "anna"),),
    )

    def away(start: str, end: str) -> list[Stretch]:
        absence = Absence(technician="anna", start=local(start), end=local(end))
        return uncovered(replace(plan, overrides=(absence,)), START, END)

    assert away("2026-01-06 09:00", "2026-01-06 17:00") == []
    (gap,) = away("2026-01-06 09:00", "2026-01-08 09:00")
    assert gap == Stretch(
        start=local("2026-01-06 17:00"), end=local("2026-01-08 08:00"), layer="primary", people=()
    )


def test_override_that_puts_somebody_into_two_layers_is_told() -> None:
    """His phone cannot ring twice."""
    both = Takeover(substitute="ben", layer="primary", start=TUESDAY, end=WEDNESDAY)

    assert found(PLAN, both) == [
        Concern(
            kind=ConcernKind.TWICE,
            start=TUESDAY,
            end=WEDNESDAY,
            layer="backup",
            technician="ben",
        )
    ]


def test_rotations_that_put_somebody_into_two_layers_are_meant() -> None:
    """In a firm of two the owner is in his layer and has his turns."""
    owner = replace(PLAN, rotations=(*PLAN.rotations, rotation("owner", "anna")))
    more = Addition(
        substitute="anna", layer="primary", start=TUESDAY, end=local("2026-01-13 08:00")
    )

    assert found(owner) == []
    assert [(c.layer, c.start, c.end) for c in found(owner, more)] == [
        ("backup", local("2026-01-12 08:00"), local("2026-01-13 08:00"))
    ]


def test_stranger_in_an_override_is_told() -> None:
    """With the place of the override; nothing else is said about it."""
    fine = Replacement(technician="anna", substitute="carl", start=TUESDAY, end=WEDNESDAY)
    instead = replace(fine, substitute="zoe")

    assert found(PLAN, fine, instead) == [
        Concern(
            kind=ConcernKind.STRANGER,
            start=TUESDAY,
            end=WEDNESDAY,
            technician="zoe",
            override=1,
        )
    ]


def test_stranger_in_a_planned_shift_is_told() -> None:
    """Unless the shift is over, or far away."""
    shift = Shift(start=TUESDAY, end=WEDNESDAY, layer="primary", technician="zoe")
    plan = replace(PLAN, planned=(shift, replace(shift, technician="carl")))

    (concern,) = concerns(plan, START, END)

    assert concern == Concern(
        kind=ConcernKind.STRANGER,
        start=TUESDAY,
        end=WEDNESDAY,
        layer="primary",
        technician="zoe",
    )
    assert concerns(plan, WEDNESDAY, END) == []


def test_layer_that_is_gone_is_told() -> None:
    """An override for it would never hold."""
    lost = Takeover(substitute="ben", layer="owner", start=TUESDAY, end=WEDNESDAY)

    assert found(PLAN, lost) == [
        Concern(kind=ConcernKind.NO_LAYER, start=TUESDAY, end=WEDNESDAY, layer="owner", override=0)
    ]


IDLE = Replacement(technician="carl", substitute="ben", start=TUESDAY, end=WEDNESDAY)


def test_override_without_effect_is_told() -> None:
    """Carl is not on call then: somebody had another week in mind."""
    assert found(PLAN, IDLE) == [
        Concern(kind=ConcernKind.IDLE, start=TUESDAY, end=WEDNESDAY, override=0)
    ]


def test_absence_may_be_without_effect() -> None:
    """Whoever is away need not have been on call."""
    assert found(PLAN, Absence(technician="carl", start=TUESDAY, end=WEDNESDAY)) == []


def test_override_outside_the_time_is_not_looked_at() -> None:
    """What is over is no concern."""
    assert concerns(replace(PLAN, overrides=(IDLE,)), WEDNESDAY, END) == []


END_OF_CALENDAR = datetime.max.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "override",
    [
        Takeover(substitute="ben", layer="backup", start=START, end=END_OF_CALENDAR),
        replace(IDLE, end=END_OF_CALENDAR),
        replace(IDLE, start=datetime.min.replace(tzinfo=UTC)),
        Swap(first=IDLE, second=replace(IDLE, end=END_OF_CALENDAR)),
    ],
)
def test_override_to_the_end_of_the_calendar_is_looked_through(override: Override) -> None:
    """It is not followed so far, so nobody says that it changes nothing."""
    assert ConcernKind.IDLE not in [concern.kind for concern in found(PLAN, override)]


@pytest.mark.parametrize("days", [60, 61])
def test_override_is_followed_for_60_days(days: int) -> None:
    """One that reaches further may change something there."""
    before = replace(IDLE, start=START - timedelta(days=days))
    after = replace(IDLE, end=END + timedelta(days=days))

    for long in (before, after):
        assert [concern.kind for concern in found(PLAN, long)] == (
            [ConcernKind.IDLE] if days == 60 else []
        )


def test_concern_about_a_swap_lasts_over_both_halves() -> None:
    """Whichever of them comes first."""
    late = replace(IDLE, start=WEDNESDAY, end=WEDNESDAY + timedelta(days=1))

    (concern,) = found(PLAN, Swap(first=late, second=IDLE))

    assert (concern.start, concern.end) == (TUESDAY, WEDNESDAY + timedelta(days=1))


def test_concerns_are_in_order_of_time() -> None:
    """The most urgent first."""
    strange = Takeover(
        substitute="zoe", layer="primary", start=WEDNESDAY, end=WEDNESDAY + timedelta(days=1)
    )

    assert [c.kind for c in found(PLAN, strange, IDLE)] == [ConcernKind.IDLE, ConcernKind.STRANGER]


@pytest.mark.parametrize(("who", "expected"), [("anna", True), ("carl", False)])
def test_changes_anything_tells_before_it_is_made(who: str, expected: bool) -> None:
    """So that a misread week is seen when it is entered."""
    instead = replace(IDLE, technician=who, substitute="carl" if who == "anna" else "anna")

    assert changes_anything(PLAN, instead) is expected
    assert changes_anything(replace(PLAN, overrides=(instead,)), instead) is expected


def test_concern_about_an_override_gets_its_number() -> None:
    """And the others have none."""
    found = [
        Concern(kind=ConcernKind.IDLE, start=TUESDAY, end=WEDNESDAY, override=1),
        Concern(kind=ConcernKind.GAP, start=TUESDAY, end=WEDNESDAY),
    ]

    assert [concern.override for concern in numbered(found, [7, 9])] == [9, None]


@pytest.mark.parametrize(
    ("override", "is_told"),
    [
        (Takeover(substitute="carl", layer="primary", start=TUESDAY, end=WEDNESDAY), True),
        (Absence(technician="ben", start=TUESDAY, end=WEDNESDAY), True),
        (Absence(technician="anna", start=TUESDAY, end=WEDNESDAY), False),
        (Takeover(substitute="carl", layer="backup", start=TUESDAY, end=WEDNESDAY), False),
        (Takeover(substitute="carl", layer="primary", start=WEDNESDAY, end=END), False),
        (Takeover(substitute="carl", layer="primary", start=TUESDAY, end=END_OF_CALENDAR), True),
    ],
)
def test_override_over_a_planned_shift_is_told(override: Override, is_told: bool) -> None:
    """Ben is planned for Tuesday: whoever imported that wants to know what stands above it."""
    planned = Shift(start=TUESDAY, end=WEDNESDAY, layer="primary", technician="ben")
    plan = replace(PLAN, planned=(planned,), overrides=(IDLE, override))

    assert overruling(plan, "primary") == ([1] if is_told else [])
