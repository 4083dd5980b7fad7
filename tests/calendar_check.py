"""Compares the calendar with the oracle on one random plan."""

from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

from calendars import random_plan
from oracle_calendar import answer

from pbx_bridge.core import calendar
from pbx_bridge.core.calendar import Plan

SECOND = timedelta(seconds=1)


def check(random: Random) -> int:
    """Assert that both agree about a random plan; return at how many instants they were asked."""
    plan, start, end = random_plan(random)
    found = {layer: calendar.stretches(plan, layer, start, end) for layer in plan.layers}
    instants = {start, end - SECOND, *_around(random, plan, start, end)}
    for stretches in found.values():
        _assert_whole(stretches, start, end)
        inner = random.sample(stretches, min(len(stretches), 6))
        instants |= {at for s in inner for at in (s.start, s.end - SECOND)}
    for at in sorted(instants):
        expected, duty = answer(plan, at), calendar.duty(plan, at)
        said = (duty.layers, duty.is_open, duty.window)
        assert said == (expected.layers, expected.is_open, expected.window), at.isoformat()
        for layer, stretches in found.items():
            (holding,) = (s for s in stretches if s.start <= at < s.end)
            assert holding.people == expected.layers[layer], (layer, at.isoformat())
    _assert_changes(random, plan, start, end)
    return len(instants)


def _around(random: Random, plan: Plan, start: datetime, end: datetime) -> list[datetime]:
    """Return instants at random, on both sides of every change of the clock, and on handoffs."""
    zone = plan.hours.days.zone
    length = int((end - start) / timedelta(minutes=1))
    chosen = [start + timedelta(minutes=random.randint(0, length - 1)) for _ in range(8)]
    at = start
    while at < end:
        later = min(at + timedelta(minutes=30), end)
        if at.astimezone(zone).utcoffset() != later.astimezone(zone).utcoffset():
            near = (later + timedelta(minutes=m) for m in range(-90, 91, 15))
            chosen += [moment for moment in near if start <= moment < end]
        at = later
    return chosen


def _assert_whole(stretches: list[calendar.Stretch], start: datetime, end: datetime) -> None:
    """Assert: no hole, no overlap, cut only where the answer changes, nobody twice."""
    assert (stretches[0].start, stretches[-1].end) == (start, end)
    for before, after in pairwise(stretches):
        assert before.end == after.start
        assert before.people != after.people
    for stretch in stretches:
        assert stretch.start < stretch.end
        assert len(set(stretch.people)) == len(stretch.people)


def _assert_changes(random: Random, plan: Plan, start: datetime, end: datetime) -> None:
    """Assert that nothing changes between two changes."""
    bounds = [start, *calendar.changes(plan, start, end), end]
    place = random.randrange(len(bounds) - 1)
    first, last = bounds[place], bounds[place + 1]
    inside = min(first + (last - first) * random.random(), last - timedelta(microseconds=1))
    same = calendar.duty(plan, first)
    for at in (inside, last - SECOND):
        duty = calendar.duty(plan, max(at, first))
        assert (duty.layers, duty.is_open, duty.window, duty.absent) == (
            same.layers,
            same.is_open,
            same.window,
            same.absent,
        )
