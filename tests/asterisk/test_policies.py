"""Policies on a real Asterisk: who is rung for which case."""

import pytest
from after_hours import SAID, AfterHours, people, until

from pbx_bridge.adapters.store.reading import CasePhase

pytestmark = pytest.mark.asterisk

POLICIES = """
[[policy]]
name = "flood"
urgency = ["emergency"]
category = ["water"]

[[policy.step]]
who = ["t2", "t3"]
together = true

[[policy]]
name = "usual"

[[policy.step]]
who = ["t3", "t1"]
"""

TOGETHER_S = 1.0


def test_urgency_and_category_decide_who_is_rung(night: AfterHours) -> None:
    """A flood rings two mobiles at once, the first in the file not; the list follows the rest."""
    night.begin("105", "101", "103", extra=POLICIES)
    call = night.call(SAID["de"], hangup_when_spoken=True)
    case = night.case(call, CasePhase.ACKNOWLEDGED)
    first, second = night.events("invite")
    numbers = dict(people("105", "101", "103"))

    assert {first.number[-3:], second.number[-3:]} == {"101", "103"}
    assert second.at_ms - first.at_ms < TOGETHER_S * 1000
    assert case.owner == "t3"
    expected = f"{numbers['t3']}&{numbers['t1']}"
    until(
        "the dialplan's list",
        lambda: expected in night.box.cli("pbx", "database show pbxb-list oncall"),
    )
