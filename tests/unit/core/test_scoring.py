"""The figures of the corpus scorer."""

import pytest

from pbx_bridge.core.case import Urgency
from pbx_bridge.core.scoring import figures, growing_figures

E, U, R, N = Urgency.EMERGENCY, Urgency.URGENT, Urgency.ROUTINE, Urgency.NONE


def test_figures_count_rings_and_emergencies() -> None:
    """Emergency called urgent rings, but is no recognised emergency."""
    found = figures([(E, E), (E, U), (E, R), (U, R), (R, R), (N, U)])

    assert found.ring_recall == pytest.approx(2 / 4)
    assert found.emergency_recall == pytest.approx(1 / 3)
    assert found.emergencies_not_rung == 1
    assert found.false_ring_rate == pytest.approx(1 / 2)
    assert found.confusion["emergency"] == {"emergency": 1, "urgent": 1, "routine": 1, "none": 0}


def test_macro_f1_leaves_out_labels_that_do_not_occur() -> None:
    """A label on neither side is no failure."""
    assert figures([(E, E), (R, R)]).macro_f1 == 1.0
    assert figures([(E, E), (R, N)]).macro_f1 == pytest.approx(1 / 3)


def test_nothing_to_count_is_none() -> None:
    """No message, no share."""
    found = figures([])

    assert (found.ring_recall, found.macro_f1, found.messages) == (None, None, 0)


def test_growing_figures_count_what_rings_early() -> None:
    """False alarms are counted apart: routine and none hurt, urgent does not."""
    found = growing_figures([(E, 0.5), (E, 0.7), (E, None), (U, 0.5), (R, 0.2), (N, None)])

    assert (found.emergencies, found.early, found.heard_share) == (3, 2, pytest.approx(0.6))
    assert found.early_share == pytest.approx(2 / 3)
    assert (found.false_certain, found.urgent_certain) == (1, 1)
    assert growing_figures([]).early_share is None
