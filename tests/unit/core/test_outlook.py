"""What the plan has to tell, once each, by the clock on the wall."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from pbx_bridge.core.calendar import Plan
from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.core.hours import WEEKDAYS, Days, OpeningHours, Window
from pbx_bridge.core.news import News
from pbx_bridge.core.outlook import KnownGap, look
from pbx_bridge.core.override import Absence, Takeover
from pbx_bridge.core.rotation import Rotation

BERLIN = ZoneInfo("Europe/Berlin")
DAY, WEEK, MINUTE = timedelta(days=1), timedelta(weeks=1), timedelta(minutes=1)


def local(text: str) -> datetime:
    """Return the instant at which the clock in Berlin shows *text*."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def rotation(*order: str, shift: timedelta = WEEK, at: str = "2026-01-05 08:00") -> Rotation:
    """Return turns in the primary layer."""
    starts_at = datetime.fromisoformat(at)
    return Rotation(layer="primary", order=order, starts_at=starts_at, shift=shift)


def plan_of(*rotations: Rotation, **changes: object) -> Plan:
    """Return a plan of a firm that is never open."""
    plan = Plan(
        hours=OpeningHours(Days(zone=BERLIN)),
        technicians=("anna", "ben"),
        rotations=rotations,
    )
    return replace(plan, **changes)


def away(start: str, end: str) -> tuple[Absence, ...]:
    """Return that everybody is away."""
    return tuple(
        Absence(technician=name, start=local(start), end=local(end)) for name in ("anna", "ben")
    )


WEEKLY = plan_of(rotation("anna", "ben"))


def seen(plan: Plan, now: datetime, known: Sequence[KnownGap] = (), **options: object):
    """Look, with the defaults of the configuration."""
    usual = {"rung": plan.layers, "shift_ahead": DAY, "gap_ahead": WEEK}
    return look(plan, now, known, **(usual | options))


def shifts(plan: Plan, now: datetime) -> list[tuple[str, bool]]:
    """Return who is told of a shift, and whether it has begun."""
    news = seen(plan, now).news
    return [(n.shift.technician, n.shift.has_begun) for n in news if n.shift]


# ---------------------------------------------------------------- shifts


def test_shift_is_told_a_day_before_and_when_it_begins() -> None:
    """Ben follows Anna on Monday at eight; nothing is told in between to anybody else."""
    start = local("2026-01-12 08:00")

    assert shifts(WEEKLY, start - DAY - MINUTE) == []
    assert shifts(WEEKLY, start - DAY) == [("ben", False)]
    assert shifts(WEEKLY, start - MINUTE) == [("ben", False)]
    assert shifts(WEEKLY, start) == [("ben", True)]
    assert shifts(WEEKLY, start + 3 * timedelta(hours=1)) == []


@pytest.mark.parametrize(
    ("night", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-07", 24)]
)
def test_a_day_before_is_by_the_clock_on_the_wall(night: str, hours: int) -> None:
    """On DST nights a day has 23 or 25 hours; he is told at eight, not at seven or nine."""
    daily = plan_of(rotation("anna", "ben", shift=DAY))
    start = local(f"{night} 08:00")
    told_from = start - timedelta(hours=hours)

    ahead = {name for name, has_begun in shifts(daily, told_from) if not has_begun}
    before = {name for name, has_begun in shifts(daily, told_from - MINUTE) if not has_begun}

    assert told_from.astimezone(BERLIN).time() == time(8)
    assert ahead - before
    assert (start - told_from) == timedelta(hours=hours)


@pytest.mark.parametrize("night", ["2026-03-29", "2026-10-25"])
@pytest.mark.parametrize("handoff", ["02:30", "03:00", "00:00"])
def test_each_shift_is_told_twice_whatever_the_clock_does(night: str, handoff: str) -> None:
    """Looks every half hour over a DST night find each turn once ahead and once begun."""
    plan = plan_of(rotation("anna", "ben", shift=DAY, at=f"2026-01-05 {handoff}"))
    now, end = local(f"{night} 12:00") - 3 * DAY, local(f"{night} 12:00") + DAY
    keys: list[str] = []
    while now < end:
        keys += [news.key for news in seen(plan, now).news if news.key not in keys]
        now += timedelta(minutes=30)

    begun = [key for key in keys if key.startswith("shift-begins-")]
    assert len(begun) == 4
    assert {key.replace("begins", "ahead") for key in begun} <= set(keys)


def test_takeover_at_short_notice_is_told_at_once() -> None:
    """Ben takes over in an hour: it is no day ahead any more, and he is told all the same."""
    now = local("2026-01-06 18:00")
    evening = Takeover(
        substitute="ben", layer="primary", start=now + timedelta(hours=1), end=now + 2 * DAY
    )

    (news,) = seen(plan_of(rotation("anna", "ben"), overrides=(evening,)), now).news

    assert (news.shift.technician, news.shift.end) == ("ben", now + 2 * DAY)
    assert news.topic is Topic.SHIFT_BEGINS


def test_anna_is_told_when_her_shift_comes_back_after_the_takeover() -> None:
    """Whoever is on call again at eight must know it."""
    now = local("2026-01-06 18:00")
    night = Takeover(substitute="ben", layer="primary", start=now, end=now + timedelta(hours=14))
    plan = plan_of(rotation("anna", "ben"), overrides=(night,))

    assert shifts(plan, now) == [("ben", True), ("anna", False)]


def test_end_that_is_far_away_is_left_open() -> None:
    """A shift of a month has an end that nobody looked for."""
    monthly = plan_of(rotation("anna", "ben", shift=4 * WEEK))

    (news,) = seen(monthly, local("2026-02-02 08:00")).news

    assert news.shift.end is None


def test_shift_that_is_over_already_is_not_told() -> None:
    """We were down while it began and ended."""
    hourly = plan_of(rotation("anna", "ben", shift=timedelta(hours=1)))

    now = local("2026-01-06 10:30")

    assert shifts(hourly, now)[0] == ("anna", True)
    assert [has_begun for _, has_begun in shifts(hourly, now)].count(True) == 1


def test_same_person_going_on_is_no_shift_that_begins() -> None:
    """One person alone is not told each Monday; without a rotation nobody is."""
    handoff = local("2026-01-12 08:00")

    assert shifts(plan_of(rotation("anna")), handoff) == []
    assert shifts(plan_of(standing=("anna", "ben")), handoff) == []


# ---------------------------------------------------------------- gaps


def gaps(found: Sequence[News]) -> list[str]:
    """Return the keys of the gaps."""
    return [news.key for news in found if news.gap]


def told_over(plan: Plan, start: datetime, days: int, **options: object) -> list[str]:
    """Look four times a day; return the keys of gaps, each once, in order."""
    known: Sequence[KnownGap] = ()
    keys: list[str] = []
    for quarter in range(days * 4):
        found = seen(plan, start + quarter * timedelta(hours=6), known, **options)
        known = found.gaps
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
    then = seen(replace(gap, overrides=(*overrides, middle)), now + MINUTE, first.gaps)

    assert set(gaps(then.news)) == set(gaps(first.news))
    assert len(then.gaps) == 2


def test_gap_that_begins_earlier_than_told_is_told_again() -> None:
    """It was for Thursday, now it is for tonight."""
    now = local("2026-01-19 08:00")
    base = rotation("anna", "ben")
    first = seen(plan_of(base, overrides=away("2026-01-22 08:00", "2026-01-23 08:00")), now)

    worse = plan_of(base, overrides=away("2026-01-19 20:00", "2026-01-23 08:00"))
    then = seen(worse, now + MINUTE, first.gaps)

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
    filled = seen(WEEKLY, now + MINUTE, first.gaps)
    again = seen(open_plan, now + 2 * MINUTE, filled.gaps)

    assert gaps(filled.news) == []
    assert len(gaps(again.news)) == 1
    assert gaps(again.news) != gaps(first.news)
    assert gaps(seen(open_plan, now + 3 * MINUTE, again.gaps).news) == gaps(again.news)


@pytest.mark.parametrize("end", ["2026-01-23 09:00", "2030-01-01 08:00"])
def test_gap_that_ends_later_than_told_is_told_again(end: str) -> None:
    """Once; and not again when it becomes shorter."""
    now = local("2026-01-19 08:00")
    told = plan_of(rotation("anna", "ben"), overrides=away("2026-01-20 08:00", "2026-01-23 08:00"))
    longer = plan_of(rotation("anna", "ben"), overrides=away("2026-01-20 08:00", end))

    first = seen(told, now)
    grown = seen(longer, now + MINUTE, first.gaps)
    next_look = seen(longer, now + 2 * MINUTE, grown.gaps)
    shorter = seen(told, now + 3 * MINUTE, next_look.gaps)

    assert gaps(grown.news) == ["gap-primary-20260120T070000Z-20260119T070100Z"]
    assert gaps(next_look.news) == gaps(shorter.news) == gaps(grown.news)


def test_gap_that_an_earlier_release_told_keeps_its_key() -> None:
    """An update is no reason to tell it once more."""
    now = local("2026-01-19 08:00")
    overrides = away("2026-01-20 08:00", "2026-01-23 08:00")
    old = KnownGap(layer="primary", told_as=overrides[0].start, end=overrides[0].end)

    found = seen(plan_of(rotation("anna", "ben"), overrides=overrides), now, (old,))

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
