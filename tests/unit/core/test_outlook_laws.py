"""On random calendars around hard nights: what matters is told, once, and nothing else."""

from datetime import datetime, timedelta
from random import Random

import pytest
from calendars import random_plan

from pbx_bridge.core.calendar import Plan, shifts
from pbx_bridge.core.calendar_lint import uncovered
from pbx_bridge.core.news import News
from pbx_bridge.core.outlook import NOTHING_KNOWN, look
from pbx_bridge.core.shift_news import LATE

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
LOOKED_FOR = timedelta(days=2)

SEEDS = (0, 1, 3)
"""Each takes an eighth of a second; 0 to 59 were run by hand and held."""


def told(plan: Plan, start: datetime) -> dict[str, News]:
    """Look every two hours for two days; return what was told, by its key."""
    news: dict[str, News] = {}
    known = NOTHING_KNOWN
    now = start
    while now <= start + LOOKED_FOR:
        found = look(plan, now, known, rung=plan.layers, shift_ahead=DAY, gap_ahead=WEEK)
        known = found.known
        news = {one.key: one for one in found.news} | news
        now += LATE
    return news


@pytest.mark.parametrize("seed", SEEDS)
def test_each_shift_and_each_gap_is_told_once(seed: int) -> None:
    """
    Over the night in its middle, every calendar.

    Shifts that begin while we look and are not over at the next look; none that does not begin.
    As many keys of gaps as there are gaps in the whole time, seen in one go.
    """
    plan, first, last = random_plan(Random(seed))
    start = first + (last - first) / 2 - DAY
    end = start + LOOKED_FOR

    news = told(plan, start)

    gaps = [key for key in news if key.startswith("gap-")]
    begun = {
        (one.shift.layer, one.shift.technician, one.shift.start)
        for key, one in news.items()
        if one.shift and key.startswith("shift-begins")
    }
    real = [s for s in shifts(plan, start - WEEK, end + WEEK) if s.start > start - WEEK]
    due = {s for s in real if start < s.start <= end and s.end - s.start > LATE}
    assert len(gaps) == len(uncovered(plan, start, end + WEEK))
    assert {(s.layer, s.technician, s.start) for s in due} <= begun
    assert begun <= {(s.layer, s.technician, s.start) for s in real}
