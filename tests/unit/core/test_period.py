"""Joining, cutting and subtracting time."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbx_bridge.core.period import Period, merged, shared, without

ZERO = datetime(2026, 1, 1, tzinfo=UTC)


def hour(number: int) -> datetime:
    """Return the start of an hour."""
    return ZERO + timedelta(hours=number)


def span(start: int, end: int) -> Period:
    """Return a period in hours."""
    return Period(hour(start), hour(end))


spans = st.lists(st.builds(span, st.integers(0, 12), st.integers(0, 12)), max_size=5)


def hours_in(periods: list[Period]) -> set[int]:
    """Return the hours that lie in any of *periods*."""
    return {h for h in range(13) if any(period.covers(hour(h)) for period in periods)}


def test_period_has_its_start_and_not_its_end() -> None:
    """At the handoff it is the next one's turn."""
    period = span(8, 10)

    assert [period.covers(hour(h)) for h in (7, 8, 9, 10)] == [False, True, True, False]


@pytest.mark.parametrize(("end", "expected"), [(7, True), (8, True), (9, False)])
def test_period_that_ends_before_it_begins_is_empty(end: int, expected: bool) -> None:
    """A window that the clock skips holds nothing."""
    assert span(8, end).is_empty is expected


def test_clipped_keeps_what_lies_inside() -> None:
    """Both ends may be cut, or neither."""
    assert span(2, 9).clipped(hour(4), hour(6)) == span(4, 6)
    assert span(4, 6).clipped(hour(2), hour(9)) == span(4, 6)


def test_merged_joins_what_touches() -> None:
    """Two windows without a pause are one; a shorter one inside changes nothing."""
    found = merged([span(4, 6), span(0, 2), span(2, 3), span(4, 5), span(9, 9)])

    assert found == [span(0, 3), span(4, 6)]


@given(spans)
def test_merged_is_the_same_time(periods: list[Period]) -> None:
    """No hour is lost or won, and nothing touches."""
    found = merged(periods)

    assert hours_in(found) == hours_in(periods)
    assert all(before.end < after.start for before, after in pairwise(found))


@given(spans, spans)
def test_without_leaves_no_hour_of_the_holes(periods: list[Period], holes: list[Period]) -> None:
    """What is left is in the periods and in none of the holes."""
    assert hours_in(without(periods, holes)) == hours_in(periods) - hours_in(holes)


def test_without_leaves_no_empty_rest() -> None:
    """A hole as long as the period leaves nothing at all."""
    assert without([span(2, 4)], [span(2, 4)]) == []
    assert without([span(5, 7), span(1, 3), span(2, 4)], []) == [span(1, 4), span(5, 7)]
    assert without([span(2, 4)], [span(4, 5), span(1, 2)]) == [span(2, 4)]
    assert without([span(2, 6)], [span(3, 4)]) == [span(2, 3), span(4, 6)]


@given(spans, spans)
def test_shared_is_the_time_in_both(ones: list[Period], others: list[Period]) -> None:
    """No hour more and none less, in order and without an empty one."""
    found = shared(ones, others)

    assert hours_in(found) == hours_in(ones) & hours_in(others)
    assert found == merged(found)


def test_shared_finds_every_part_of_a_long_period() -> None:
    """Several short ones in one long, whichever of the two is the long one."""
    long, short = [span(0, 10)], [span(1, 2), span(4, 5), span(9, 12)]

    assert shared(long, short) == [span(1, 2), span(4, 5), span(9, 10)]
    assert shared(short, long) == shared(long, short)
