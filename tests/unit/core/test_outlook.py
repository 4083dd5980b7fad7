"""What the plan has to tell, once each, by the clock on the wall."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from firm_plans import BERLIN, local, plan_of, rotation

from pbx_bridge.core.calendar import Plan
from pbx_bridge.core.hours import WEEKDAYS, Days, OpeningHours, Window
from pbx_bridge.core.news import News
from pbx_bridge.core.outlook import NOTHING_KNOWN, Known, KnownGap, look
from pbx_bridge.core.override import Absence, Takeover

DAY, WEEK, MINUTE = timedelta(days=1), timedelta(weeks=1), timedelta(minutes=1)


def away(start: str, end: str) -> tuple[Absence, ...]:
    """Return that everybody is away."""
    return tuple(
        Absence(technician=name, start=local(start), end=local(end)) for name in ("anna", "ben")
    )


def seen(plan: Plan, now: datetime, known: Known = NOTHING_KNOWN, **options: object):
    """Look, with the defaults of the configuration."""
    usual = {"rung": plan.layers, "shift_ahead": DAY, "gap_ahead": WEEK}
    return look(plan, now, known, **(usual | options))


def gaps(found: Sequence[News]) -> list[str]:
    """Return the keys of the gaps."""
    return [news.key for news in found if news.gap]


def told_over(plan: Plan, start: datetime, days: int, **options: object) -> list[str]:
    """Look four times a day; return the keys of gaps, each once, in order."""
    known = NOTHING_KNOWN
    keys: list[str] = []
    for quarter in range(days * 4):
        found = seen(plan, start + quarter * timedelta(hours=6), known, **options)
        known = found.known
        keys += [key for key in gaps(found.news) if key not in keys]
    return keys


def test_gap_is_told_once_from_a_week_before_until_it_is_over() -> None:
    """Also while it goes on, when it begins "now" at each look."""
    plan = plan_of(rotation("anna", "ben"), overrides=away("2026-01-20 08:00", "2026-01-23 08:00"))
    week_before = local("2026-01-13 08:00")

    assert gaps(seen(plan, week_before).news) == []
    assert told_over(plan, week_before, 14) == ["gap-primary-20260120T070000Z-20260113T130000Z"]


def test_gap_without_end_is_told_once() -> None:
    """The last one left the firm: it is not said again each week."""
    plan = plan_of(rotation("anna", "ben"), overrides=away("2026-01-20 08:00", "2030-01-01 08:00"))

    assert len(told_over(plan, local("2026-01-14 08:00"), 40)) == 1


@pytest.mark.parametrize("night", ["2026-03-29", "2026-10-25"])
def test_gap_over_a_dst_night_is_one(night: str) -> None:
    """The hour that is skipped or comes twice makes no second one."""
    plan = plan_of(rotation("anna", "ben"), overrides=away(f"{night} 01:00", f"{night} 05:00"))

    assert len(told_over(plan, local(f"{night} 00:00") - 2 * DAY, 4)) == 1


def test_gap_that_is_filled_in_part_is_the_same() -> None:
    """Somebody takes the day in the middle: what is left was told."""
    now = local("2026-01-19 08:00")
    overrides = away("2026-01-20 08:00", "2026-01-23 08:00")
    whole = plan_of(rotation("anna", "ben"), technicians=("anna", "ben", "carl"))
    gap = replace(whole, overrides=overrides)
    middle = Takeover(
        substitute="carl",
        layer="primary",
        start=local("2026-01-21 08:00"),
        end=local("2026-01-22 08:00"),
    )

    first = seen(gap, now)
    then = seen(replace(gap, overrides=(*overrides, middle)), now + MINUTE, first.known)

    assert set(gaps(then.news)) == set(gaps(first.news))
    assert len(then.known.gaps) == 2


def test_gap_that_begins_earlier_than_told_is_told_again() -> None:
    """It was for Thursday, now it is for tonight."""
    now = local("2026-01-19 08:00")
    base = rotation("anna", "ben")
    first = seen(plan_of(base, overrides=away("2026-01-22 08:00", "2026-01-23 08:00")), now)

    worse = plan_of(base, overrides=away("2026-01-19 20:00", "2026-01-23 08:00"))
    then = seen(worse, now + MINUTE, first.known)

    assert gaps(then.news) == ["gap-primary-20260119T190000Z-20260119T070100Z"]


@pytest.mark.parametrize(
    ("end", "told_end"),
    [
        ("2026-01-23 08:00", "2026-01-23 08:00"),
        ("2026-01-28 08:00", "2026-01-28 08:00"),
        ("2026-01-28 08:01", None),
        ("2030-01-01 08:00", None),
    ],
)
def test_gap_is_followed_to_its_end_before_it_is_told(end: str, told_end: str | None) -> None:
    """At the first look that sees it, a minute of it lies within the week ahead."""
    plan = plan_of(rotation("anna", "ben"), overrides=away("2026-01-20 08:00", end))

    (told,) = (n.gap for n in seen(plan, local("2026-01-13 08:00") + MINUTE).news if n.gap)

    assert told.start == local("2026-01-20 08:00")
    assert told.end == (local(told_end) if told_end else None)


def test_gap_has_no_end_also_when_we_looked_until_the_office_is_open() -> None:
    """It is told once, not again each day that we see of it."""
    open_day = dict.fromkeys(WEEKDAYS, (Window(time(8), time(17)),))
    plan = plan_of(
        rotation("anna", "ben"),
        hours=OpeningHours(Days(zone=BERLIN), open_day),
        overrides=away("2026-01-20 08:00", "2030-01-01 08:00"),
    )
    noon = local("2026-01-14 12:00")

    (told,) = (n.gap for n in seen(plan, noon).news if n.gap)

    assert (told.start, told.end) == (local("2026-01-20 17:00"), None)
    assert len(told_over(plan, noon, 30)) == 1


def test_gap_that_was_filled_and_opens_again_is_told_again() -> None:
    """The substitute was taken away: whoever read of the first one thinks that it is settled."""
    now = local("2026-01-19 08:00")
    overrides = away("2026-01-20 08:00", "2026-01-23 08:00")
    open_plan = plan_of(rotation("anna", "ben"), overrides=overrides)

    first = seen(open_plan, now)
    filled = seen(plan_of(rotation("anna", "ben")), now + MINUTE, first.known)
    again = seen(open_plan, now + 2 * MINUTE, filled.known)

    assert gaps(filled.news) == []
    assert len(gaps(again.news)) == 1
    assert gaps(again.news) != gaps(first.news)
    assert gaps(seen(open_plan, now + 3 * MINUTE, again.known).news) == gaps(again.news)


@pytest.mark.parametrize("end", ["2026-01-23 09:00", "2030-01-01 08:00"])
def test_gap_that_ends_later_than_told_is_told_again(end: str) -> None:
    """Once; and not again when it becomes shorter."""
    now = local("2026-01-19 08:00")
    told = plan_of(rotation("anna", "ben"), overrides=away("2026-01-20 08:00", "2026-01-23 08:00"))
    longer = plan_of(rotation("anna", "ben"), overrides=away("2026-01-20 08:00", end))

    first = seen(told, now)
    grown = seen(longer, now + MINUTE, first.known)
    next_look = seen(longer, now + 2 * MINUTE, grown.known)
    shorter = seen(told, now + 3 * MINUTE, next_look.known)

    assert gaps(grown.news) == ["gap-primary-20260120T070000Z-20260119T070100Z"]
    assert gaps(next_look.news) == gaps(shorter.news) == gaps(grown.news)


def test_gap_that_an_earlier_release_told_keeps_its_key() -> None:
    """An update is no reason to tell it once more."""
    now = local("2026-01-19 08:00")
    overrides = away("2026-01-20 08:00", "2026-01-23 08:00")
    old = KnownGap(layer="primary", told_as=overrides[0].start, end=overrides[0].end)

    found = seen(plan_of(rotation("anna", "ben"), overrides=overrides), now, Known(gaps=(old,)))

    assert gaps(found.news) == ["gap-primary-20260120T070000Z"]


def test_gap_later_in_the_same_layer_is_another() -> None:
    """Two evenings, two keys."""
    overrides = (
        *away("2026-01-20 18:00", "2026-01-20 22:00"),
        *away("2026-01-21 18:00", "2026-01-21 22:00"),
    )

    found = told_over(plan_of(rotation("anna", "ben"), overrides=overrides), local("2026-01-18"), 5)

    assert len(found) == 2


def test_layer_that_nobody_rings_has_no_gap() -> None:
    """The plan has it, no policy does: nobody waits for it."""
    plan = plan_of(rotation("anna", "ben"), overrides=away("2026-01-20 08:00", "2026-01-21 08:00"))
    now = local("2026-01-19 08:00")

    assert gaps(seen(plan, now).news)
    assert gaps(seen(plan, now, rung=("backup",)).news) == []


def test_hours_of_the_office_are_no_gap() -> None:
    """Nobody need be on call while the office is open, and where there is no rotation."""
    open_day = dict.fromkeys(WEEKDAYS, (Window(time(8), time(17)),))
    plan = plan_of(
        rotation("anna", "ben"),
        hours=OpeningHours(Days(zone=BERLIN), open_day),
        overrides=away("2026-01-20 08:00", "2026-01-20 17:00"),
    )

    assert gaps(seen(plan, local("2026-01-19 08:00")).news) == []
    assert gaps(seen(plan_of(standing=("anna",)), local("2026-01-19 08:00")).news) == []
