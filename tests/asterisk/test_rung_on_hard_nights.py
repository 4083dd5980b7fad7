"""What `who-is-rung` says is what rings at handoffs, in both DST nights and on a holiday."""

from collections.abc import Iterator

import planned_rings
import pytest
from after_hours import AfterHours
from planned_rings import Moment

pytestmark = pytest.mark.asterisk

MOMENTS = {
    # The second round comes after the handoff, and rings the same person: a case keeps its policy.
    "over-a-handoff": Moment(at="2035-02-19 07:59:54", policy="handoff", rung=("t1", "t1")),
    "after-a-handoff": Moment(at="2035-02-19 08:00", policy="handoff", rung=("t2", "t2")),
    # The backup hands off at 02:30: in spring as the clock goes from 02:00 to 03:00.
    "before-the-hour-that-does-not-exist": Moment(
        at="2035-03-25 01:59:50", policy="sunday", rung=("t4", "t3")
    ),
    "hour-that-does-not-exist": Moment(at="2035-03-25 02:30", policy="sunday", rung=("t5", "t3")),
    "easter-monday": Moment(at="2035-03-26 20:00", policy="sunday", rung=("t4", "t1")),
    # In autumn it hands off at the first 02:30 of two.
    "hour-that-comes-twice-at-first": Moment(
        at="2035-10-28T02:15:00+02:00", policy="sunday", rung=("t5", "t1")
    ),
    "hour-that-comes-twice-again": Moment(
        at="2035-10-28T02:15:00+01:00", policy="sunday", rung=("t4", "t1")
    ),
}


@pytest.fixture(scope="module")
def firm(night: AfterHours) -> Iterator[AfterHours]:
    """The service of a firm with two layers and policies for most of the week."""
    planned_rings.begin(night)
    yield night
    night.stage.stop_service()


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_what_rings_is_what_was_said(firm: AfterHours, moment: Moment) -> None:
    """Order, numbers, groups, ring timeouts and times; and it is whom the plan means."""
    planned_rings.agree(firm, moment)
