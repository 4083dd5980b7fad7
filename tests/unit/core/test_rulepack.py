"""What the calendar adds to a message."""

import pytest

from pbx_bridge.core.case import Urgency
from pbx_bridge.core.rulepack import CALENDAR_FACTS, WEIGHTS, Context, Season


@pytest.mark.parametrize(
    ("context", "facts"),
    [
        (Context(), set()),
        (Context(season=Season.SUMMER), {"summer"}),
        (Context(office_opens_in_h=1.5), {"office-soon"}),
        (Context(office_opens_in_h=12), set()),
        (Context(season=Season.WINTER, office_opens_in_h=60), {"winter", "office-far"}),
    ],
)
def test_context_gives_facts(context: Context, facts: set[str]) -> None:
    """Rules may ask for the season and for how far the office is, and for nothing else."""
    assert context.facts() == facts
    assert facts <= CALENDAR_FACTS


def test_duty_window_is_a_fact_of_its_own() -> None:
    """Its name is the firm's, so no list can hold it."""
    assert Context(window="sunday").facts() == {"window-sunday"}


def test_weights_rise_with_urgency() -> None:
    """Without weights of its own a pack fails upwards."""
    assert WEIGHTS[Urgency.EMERGENCY] > WEIGHTS[Urgency.URGENT] > WEIGHTS[Urgency.ROUTINE]
