"""Shifts are told once each, by the clock on the wall; and that one is somebody else's now."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from firm_plans import BERLIN, WEEKLY, local, plan_of, rotation

from pbx_bridge.core.calendar import Plan
from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.core.news import News
from pbx_bridge.core.override import Absence, Takeover
from pbx_bridge.core.shift_news import LATE, KnownShift, look_at_shifts

DAY, WEEK, MINUTE = timedelta(days=1), timedelta(weeks=1), timedelta(minutes=1)
HANDOFF = local("2026-01-12 08:00")


def seen(plan: Plan, now: datetime, known: Sequence[KnownShift] = ()):
    """Look, with the default of the configuration."""
    return look_at_shifts(plan, now, DAY, known)


def shifts(plan: Plan, now: datetime) -> list[tuple[str, bool]]:
    """Return who is told of a shift, and whether it has begun."""
    news = seen(plan, now).news
    return [(n.shift.technician, n.shift.has_begun) for n in news if n.shift]


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


def takeover(start: datetime, end: datetime) -> Plan:
    """Return the plan in which Anna takes that from Ben."""
    evening = Takeover(substitute="anna", layer="primary", start=start, end=end)
    return replace(WEEKLY, overrides=(evening,))


def keys(plans: Sequence[Plan], now: datetime) -> list[str]:
    """Look once at each plan, a minute apart; return the keys of what was told, in order."""
    known: Sequence[KnownShift] = ()
    told: list[News] = []
    for plan in plans:
        found = seen(plan, now, known)
        told += [one for one in found.news if one.key not in {n.key for n in told}]
        known, now = found.known, now + MINUTE
    return [one.key.replace("-primary", "") for one in told]


AHEAD = "shift-ahead-ben-20260112T070000Z"
LOST = "shift-withdrawn-ben-20260112T070000Z"


def test_shift_that_is_taken_away_is_told_once() -> None:
    """Ben was told, then Anna takes the first night: it is not his, and his begins later."""
    night = takeover(HANDOFF, HANDOFF + timedelta(hours=12))

    assert keys([WEEKLY, night, night], HANDOFF - DAY / 2) == [
        AHEAD,
        "shift-ahead-ben-20260112T190000Z",
        LOST,
    ]


def test_what_was_never_told_is_not_taken_back() -> None:
    """The override is older than the day before."""
    week = takeover(HANDOFF, HANDOFF + WEEK)

    assert keys([week, week], HANDOFF - DAY / 2) == []


def test_shift_that_comes_back_is_told_again_and_so_is_its_second_loss() -> None:
    """Each turn has its own key: nobody stays with the wrong one."""
    week = takeover(HANDOFF, HANDOFF + WEEK)

    assert keys([WEEKLY, week, WEEKLY, week], HANDOFF - DAY / 2) == [
        AHEAD,
        LOST,
        f"{AHEAD}-2",
        f"{LOST}-2",
    ]


def test_shift_that_begins_earlier_is_still_his() -> None:
    """Anna is ill the evening before, Ben steps in: he loses nothing."""
    ill = Absence(technician="anna", start=HANDOFF - timedelta(hours=4), end=HANDOFF)
    earlier = replace(WEEKLY, overrides=(ill,))

    told = keys([WEEKLY, earlier, earlier], HANDOFF - DAY / 2)

    assert told == [AHEAD, "shift-ahead-ben-20260112T030000Z"]


def test_loss_is_told_when_we_were_down_at_its_begin_and_not_for_ever() -> None:
    """He believes that he is on call until he reads it; long after that nobody says it."""
    known = seen(WEEKLY, HANDOFF - MINUTE).known
    week = takeover(HANDOFF - MINUTE / 2, HANDOFF + WEEK)
    late, later = seen(week, HANDOFF + LATE - MINUTE, known), seen(week, HANDOFF + LATE, known)

    assert [one.topic for one in late.news] == [Topic.SHIFT_WITHDRAWN]
    assert (late.news[0].shift.technician, late.news[0].shift.start) == ("ben", HANDOFF)
    assert (later.news, later.known) == ((), ())


def test_shift_that_has_begun_is_not_followed_any_more() -> None:
    """What is taken from it then is another story."""
    assert seen(WEEKLY, HANDOFF, seen(WEEKLY, HANDOFF - MINUTE).known).known == ()
