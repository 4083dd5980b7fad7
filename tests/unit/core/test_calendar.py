"""Who is on call, told as a firm would plan it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from pbx_bridge.core.calendar import (
    Plan,
    Shift,
    gaps,
    on_call,
    shifts,
    stretches,
    turns,
)
from pbx_bridge.core.hours import Days, OpeningHours
from pbx_bridge.core.override import Absence, Addition, Override, Replacement, Takeover
from pbx_bridge.core.rotation import Rotation

BERLIN = ZoneInfo("Europe/Berlin")


def local(text: str) -> datetime:
    """Return the instant at which the clock in Berlin shows *text*."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def weekly(layer: str, *order: str, starts_at: str = "2026-01-05 08:00") -> Rotation:
    """Return a rotation with a handoff every Monday."""
    start = datetime.fromisoformat(starts_at)
    return Rotation(layer=layer, order=order, starts_at=start, shift=timedelta(weeks=1))


PLAN = Plan(
    hours=OpeningHours(Days(zone=BERLIN)),
    technicians=("anna", "ben", "carl"),
    rotations=(weekly("primary", "anna", "ben", "carl"), weekly("backup", "ben", "carl", "anna")),
)
START, END = local("2026-01-05 08:00"), local("2026-01-26 08:00")
TUESDAY, WEDNESDAY = local("2026-01-06 08:00"), local("2026-01-07 08:00")
NOON = local("2026-01-06 12:00")


def overridden(*overrides: Override, plan: Plan = PLAN) -> Plan:
    """Return *plan* with overrides."""
    return replace(plan, overrides=overrides)


def away(name: str) -> Absence:
    """Return an absence on Tuesday."""
    return Absence(technician=name, start=TUESDAY, end=WEDNESDAY)


def row(plan: Plan, layer: str = "primary") -> list[str]:
    """Return what a layer looks like over three weeks, in Berlin's time."""
    return [
        f"{s.start.astimezone(BERLIN):%m-%d %H:%M} {'+'.join(s.people) or '-'}"
        for s in stretches(plan, layer, START, END)
    ]


def test_two_weeks_in_a_row_are_two_turns() -> None:
    """Anna has both; an imported shift has no handoff in it, and the last rotation counts."""
    plan = replace(PLAN, rotations=(weekly("primary", "anna"), weekly("backup", "ben")))
    whole = Shift(start=START, end=START + timedelta(weeks=2), layer="primary", technician="anna")
    half = replace(whole, end=TUESDAY)
    monday = local("2026-01-12 08:00")
    later = weekly("primary", "anna", starts_at="2026-01-07 08:00")

    assert [turn.end for turn in turns(plan, whole)] == [monday, whole.end]
    assert [turn.start for turn in turns(plan, whole)] == [START, monday]
    assert turns(plan, half) == [half]
    assert turns(replace(plan, planned=(whole,)), whole) == [whole]
    relieved = replace(plan, rotations=(*plan.rotations, later))
    assert [turn.end for turn in turns(relieved, whole)] == [
        WEDNESDAY,
        local("2026-01-14 08:00"),
        whole.end,
    ]


def test_layer_that_is_not_there_has_nobody() -> None:
    """A policy may name one that was taken out."""
    assert on_call(PLAN, "owner", NOON) == ()


def test_weeks_follow_each_other() -> None:
    """Each is on call until the next handoff."""
    assert row(PLAN) == ["01-05 08:00 anna", "01-12 08:00 ben", "01-19 08:00 carl"]


def test_instant_and_interval_agree() -> None:
    """At a handoff it is the next one's turn."""
    assert on_call(PLAN, "primary", local("2026-01-12 07:59:59")) == ("anna",)
    assert on_call(PLAN, "primary", local("2026-01-12 08:00")) == ("ben",)
    assert on_call(PLAN, "backup", local("2026-01-12 08:00")) == ("carl",)


def test_before_its_start_a_rotation_has_nobody() -> None:
    """A gap, not the last one of the order."""
    found = gaps(PLAN, local("2026-01-04 08:00"), local("2026-01-06 08:00"))

    assert [(gap.layer, gap.start, gap.end) for gap in found] == [
        ("primary", local("2026-01-04 08:00"), START),
        ("backup", local("2026-01-04 08:00"), START),
    ]


def test_later_rotation_takes_the_layer_over() -> None:
    """A new order from a date on is a second rotation; the old one stays for the past."""
    new = weekly("primary", "carl", "anna", starts_at="2026-01-14 08:00")
    plan = replace(PLAN, rotations=(new, *PLAN.rotations))

    assert row(plan) == [
        "01-05 08:00 anna",
        "01-12 08:00 ben",
        "01-14 08:00 carl",
        "01-21 08:00 anna",
    ]


ALONE = replace(PLAN, rotations=PLAN.rotations[:1])
"""Only the primary layer."""


def test_next_in_the_order_steps_in_for_who_is_absent() -> None:
    """Until Anna is back."""
    plan = overridden(away("anna"), plan=ALONE)

    assert row(plan)[:3] == ["01-05 08:00 anna", "01-06 08:00 ben", "01-07 08:00 anna"]


def test_who_is_on_call_in_another_layer_is_passed_over() -> None:
    """Ben has the backup: Carl steps in for Anna, so that two phones can ring."""
    plan = overridden(away("anna"))

    assert on_call(plan, "primary", NOON) == ("carl",)
    assert on_call(plan, "backup", NOON) == ("ben",)


def test_two_layers_find_two_who_step_in() -> None:
    """Anna and Ben are away: Carl is in the primary layer, and the backup finds Dora."""
    plan = replace(
        PLAN,
        technicians=("anna", "ben", "carl", "dora"),
        rotations=(weekly("primary", "anna", "carl"), weekly("backup", "ben", "carl", "dora")),
    )
    plan = overridden(away("anna"), away("ben"), plan=plan)

    assert on_call(plan, "primary", NOON) == ("carl",)
    assert on_call(plan, "backup", NOON) == ("dora",)


def test_last_one_left_has_both_layers() -> None:
    """A phone for two layers is better than none."""
    plan = overridden(away("anna"), away("carl"))

    assert on_call(plan, "primary", NOON) == ("ben",)
    assert on_call(plan, "backup", NOON) == ("ben",)


def test_absence_in_one_layer_is_a_change_in_another() -> None:
    """Carl is taken away from stepping in, and given back."""
    backup = Takeover(substitute="carl", layer="backup", start=NOON, end=WEDNESDAY)
    plan = overridden(away("anna"), backup)

    assert row(plan)[:4] == [
        "01-05 08:00 anna",
        "01-06 08:00 carl",
        "01-06 12:00 ben",
        "01-07 08:00 anna",
    ]


def test_who_steps_in_is_not_absent_himself() -> None:
    """With Ben away too it is Carl; with all away it is nobody."""
    both = (away("anna"), away("ben"))

    assert on_call(overridden(*both, plan=ALONE), "primary", NOON) == ("carl",)
    assert on_call(overridden(*both, away("carl")), "primary", NOON) == ()


def test_order_goes_round_for_who_steps_in() -> None:
    """After the last of the order comes the first."""
    plan = replace(PLAN, rotations=(weekly("primary", "ben", "carl", "anna"),))
    last_week = replace(plan, rotations=(weekly("primary", "ben", "anna"),))
    monday = local("2026-01-13 12:00")
    sick = Absence(technician="anna", start=local("2026-01-12 00:00"), end=END)

    assert on_call(overridden(away("ben"), plan=plan), "primary", NOON) == ("carl",)
    assert on_call(overridden(sick, plan=last_week), "primary", monday) == ("ben",)


def test_turn_decides_who_is_next_when_somebody_has_two() -> None:
    """Anna's second turn is followed by Carl, not by Ben."""
    plan = replace(PLAN, rotations=(weekly("primary", "anna", "ben", "anna", "carl"),))
    sick = Absence(technician="anna", start=START, end=END)

    assert on_call(overridden(sick, plan=plan), "primary", local("2026-01-20 12:00")) == ("carl",)


def test_substitute_who_is_absent_is_followed_by_the_next_after_him() -> None:
    """Ben replaces Anna and is sick: after Ben comes Carl, and not Anna."""
    instead = Replacement(technician="anna", substitute="ben", start=TUESDAY, end=WEDNESDAY)

    assert on_call(overridden(instead, away("ben")), "primary", NOON) == ("carl",)


def test_who_steps_in_is_not_on_call_twice() -> None:
    """Ben is there as second person: for Anna it is Carl."""
    second = Addition(substitute="ben", layer="primary", start=TUESDAY, end=WEDNESDAY)

    assert on_call(overridden(second, away("anna")), "primary", NOON) == ("carl", "ben")


def test_two_who_are_absent_are_followed_by_two() -> None:
    """Nobody steps in for both."""
    order = weekly("primary", "anna", "ben", "carl", "dora")
    plan = replace(PLAN, technicians=("anna", "ben", "carl", "dora"), rotations=(order,))
    second = Addition(substitute="ben", layer="primary", start=TUESDAY, end=WEDNESDAY)

    found = on_call(overridden(second, away("anna"), away("ben"), plan=plan), "primary", NOON)

    assert found == ("carl", "dora")


def test_stranger_counts_as_absent() -> None:
    """Who was taken out of the configuration has no number to ring."""
    taken = Takeover(substitute="zoe", layer="primary", start=TUESDAY, end=WEDNESDAY)

    assert on_call(overridden(taken), "primary", NOON) == ("anna",)


def test_later_override_sees_the_earlier_one() -> None:
    """Anna to Ben, then Ben to Carl: Carl."""
    first = Replacement(technician="anna", substitute="ben", start=TUESDAY, end=WEDNESDAY)
    then = Replacement(technician="ben", substitute="carl", start=TUESDAY, end=WEDNESDAY)

    assert on_call(overridden(first, then), "primary", NOON) == ("carl",)
    assert on_call(overridden(then, first), "primary", NOON) == ("ben",)


def planned(name: str, start: datetime = TUESDAY, end: datetime = WEDNESDAY) -> Shift:
    """Return an imported shift."""
    return Shift(start=start, end=end, layer="primary", technician=name)


def test_planned_shift_lets_the_rotation_rest() -> None:
    """Before and after it the rotation goes on as ever."""
    plan = replace(PLAN, planned=(planned("carl"),))

    assert row(plan)[:3] == ["01-05 08:00 anna", "01-06 08:00 carl", "01-07 08:00 anna"]


def test_planned_shifts_that_overlap_are_two_people() -> None:
    """In the order of the import, nobody twice."""
    plan = replace(PLAN, planned=(planned("carl"), planned("ben"), planned("carl", START, END)))

    assert row(plan) == ["01-05 08:00 carl", "01-06 08:00 carl+ben", "01-07 08:00 carl"]


def test_for_who_is_planned_and_absent_the_rotation_steps_in() -> None:
    """After Carl of the order; a person who is not in it is followed by whose turn it is."""
    plan = replace(PLAN, planned=(planned("carl"),))
    strange = replace(PLAN, planned=(planned("zoe"),))

    assert on_call(overridden(away("carl"), plan=plan), "primary", NOON) == ("anna",)
    assert on_call(strange, "primary", NOON) == ("anna",)


def test_layer_of_planned_shifts_only_has_gaps() -> None:
    """Without a rotation nobody steps in."""
    plan = replace(PLAN, planned=(replace(planned("carl"), layer="owner"),))

    assert plan.layers == ("primary", "backup", "owner")
    assert on_call(plan, "owner", NOON) == ("carl",)
    assert on_call(plan, "owner", WEDNESDAY) == ()
    assert on_call(overridden(away("carl"), plan=plan), "owner", NOON) == ()


STANDING = replace(PLAN, rotations=(), standing=("anna", "ben", "anna"))


def test_without_rotation_all_are_on_call_in_order() -> None:
    """A firm that configures no rotation rings everybody, always."""
    assert STANDING.layers == ("primary",)
    assert row(STANDING) == ["01-05 08:00 anna+ben"]


def test_without_rotation_who_is_absent_is_left_out() -> None:
    """All others are on call already."""
    assert on_call(overridden(away("anna"), plan=STANDING), "primary", NOON) == ("ben",)


def test_standing_order_is_the_primary_layers_and_rests_beside_a_rotation() -> None:
    """Before a rotation's start it does not step in: that gap is to be seen."""
    plan = replace(PLAN, rotations=(weekly("backup", "ben"),), standing=("anna",))
    both = replace(PLAN, standing=("anna",))

    assert on_call(plan, "backup", local("2026-01-01 12:00")) == ()
    assert on_call(plan, "primary", NOON) == ("anna",)
    assert on_call(both, "primary", local("2026-01-01 12:00")) == ()
    assert plan.layers == ("backup", "primary")
    assert replace(plan, standing=()).layers == ("backup",)


def test_stretches_end_where_they_are_asked_to() -> None:
    """An override that begins right then has no part in them."""
    later = Takeover(substitute="carl", layer="primary", start=WEDNESDAY, end=END)

    (found,) = stretches(overridden(later), "primary", TUESDAY, WEDNESDAY)

    assert (found.start, found.end, found.people) == (TUESDAY, WEDNESDAY, ("anna",))


def test_stretches_are_cut_only_where_the_answer_changes() -> None:
    """A rotation of one, or an override that changes nothing, cuts nothing."""
    alone = replace(PLAN, rotations=(weekly("primary", "anna"),))
    same = Takeover(substitute="anna", layer="primary", start=TUESDAY, end=WEDNESDAY)

    assert row(overridden(same, plan=alone)) == ["01-05 08:00 anna"]


def test_shifts_are_joined_for_each_person() -> None:
    """Whoever goes on while a second person comes and goes has one shift."""
    second = Addition(substitute="ben", layer="primary", start=TUESDAY, end=WEDNESDAY)
    plan = overridden(second, plan=replace(PLAN, rotations=PLAN.rotations[:1]))

    assert shifts(plan, START, local("2026-01-13 08:00")) == [
        Shift(start=START, end=local("2026-01-12 08:00"), layer="primary", technician="anna"),
        Shift(start=TUESDAY, end=WEDNESDAY, layer="primary", technician="ben"),
        Shift(
            start=local("2026-01-12 08:00"),
            end=local("2026-01-13 08:00"),
            layer="primary",
            technician="ben",
        ),
    ]


def test_shifts_and_gaps_of_all_layers_are_in_order_of_time() -> None:
    """A later layer's earlier shift comes first."""
    plan = overridden(away("anna"), away("ben"), away("carl"))
    late = replace(
        plan,
        rotations=(
            weekly("primary", "anna", starts_at="2026-01-07 08:00"),
            weekly("backup", "ben"),
        ),
    )

    early = replace(late, rotations=late.rotations[::-1])
    assert [g.layer for g in gaps(early, START, END)] == ["primary", "backup"]
    assert [s.technician for s in shifts(late, START, END)] == ["ben", "anna", "ben"]
    assert [(g.layer, g.start) for g in gaps(late, START, END)] == [
        ("primary", START),
        ("backup", TUESDAY),
    ]
