"""What `who-is-rung` says is what rings, through the week and with every kind of override."""

from collections.abc import Iterator

import planned_rings
import pytest
from after_hours import SAID, AfterHours
from planned_rings import Moment

pytestmark = pytest.mark.asterisk

MOMENTS = {
    "weekday": Moment(at="2035-02-14 11:00", policy="default", rung=("t1", "t4")),
    "evening": Moment(at="2035-02-15 20:00", policy="evening", rung=("t1", "t5", "t5", "t1")),
    "emergency": Moment(
        at="2035-02-16 11:00", policy="flood", rung=("t1+t4", "t6"), say=SAID["de"]
    ),
    "saturday-sick": Moment(
        at="2035-02-17 14:00",
        policy="saturday",
        rung=("t2+t5",),
        decided=(("override", "add", "absent", "t1", "--from=2035-02-17", "--until=2035-02-18"),),
    ),
    "sunday-takes-over": Moment(
        at="2035-02-25 12:00",
        policy="sunday",
        rung=("t5", "t6"),
        decided=(("override", "add", "takeover", "t6", "--from=2035-02-25", "--until=2035-02-25"),),
    ),
    "second-person": Moment(
        at="2035-02-28 20:00",
        policy="evening",
        rung=("t3", "t2", "t4", "t2", "t4", "t3"),
        decided=(("override", "add", "second", "t2", "--from=2035-02-28", "--until=2035-03-01"),),
    ),
    "swap": Moment(
        at="2035-03-06 20:00",
        policy="evening",
        rung=("t2", "t4", "t4", "t2"),
        decided=(("swap", "t1", "2035-03-06 12:00", "t2", "2035-03-13 12:00"),),
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
