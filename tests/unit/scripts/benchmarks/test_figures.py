"""Percentiles and summaries."""

import pytest
from benchmarks.figures import Figure, figure, percentile, ratio, share, text_of


def test_p95_of_twenty_is_the_second_slowest() -> None:
    """Nearest rank: always a value that was measured, whatever the order."""
    values = [float(value) for value in (*range(20, 10, -1), *range(1, 11))]

    found = percentile(values, 95)

    assert found == 19.0


@pytest.mark.parametrize(("percent", "expected"), [(0, 1.0), (50, 2.0), (75, 3.0), (100, 4.0)])
def test_percentiles_of_four(percent: float, expected: float) -> None:
    """The smallest value that so many percent do not exceed."""
    found = percentile([4.0, 1.0, 3.0, 2.0], percent)

    assert found == expected


@pytest.mark.parametrize(("values", "percent"), [([], 50), ([1.0], -1), ([1.0], 101)])
def test_nonsense_is_refused(values: list[float], percent: float) -> None:
    """No values, or no percentage: there is no answer."""
    with pytest.raises(ValueError, match=r"no values|not in 0 to 100"):
        percentile(values, percent)


def test_what_was_not_measured_is_left_out() -> None:
    """A call that never came to a point does not count as zero."""
    found = figure("ring", "ms", [1.0, None, 0.0])

    assert found == Figure(name="ring", unit="ms", values=(1.0, 0.0))


def test_nothing_measured_is_no_figure() -> None:
    """A table has no row for it."""
    found = figure("ring", "ms", [None])

    assert found is None


def test_summary_for_machines() -> None:
    """All that is asked for, and the raw values in their order."""
    one = Figure(name="ring", unit="ms", values=(3.0, 1.0, 2.0))

    found = one.to_dict()

    assert found == {
        "name": "ring",
        "unit": "ms",
        "n": 3,
        "median": 2.0,
        "p95": 3.0,
        "min": 1.0,
        "max": 3.0,
        "values": [3.0, 1.0, 2.0],
    }


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (0.01234, "0.0123"), (-66.82, "-66.8"), (4187.2, "4,187")]
)
def test_digits_that_mean_something(value: float, text: str) -> None:
    """About three of them."""
    found = text_of(value)

    assert found == text


def test_share_says_of_how_many() -> None:
    """A percentage alone hides that it was two calls."""
    found = share("rung", [True, False])

    assert found is not None
    assert (found.name, found.unit, found.values) == ("rung (1 of 2)", "%", (50.0,))
    assert share("rung", []) is None


def test_ratio_of_medians() -> None:
    """Of nothing, or of something that takes no time, there is none."""
    slow, fast = figure("slow", "ms", [90, 100, 500]), figure("fast", "ms", [5, 10, 11])
    early = figure("early", "ms", [-3])

    found = ratio("how much", slow, fast)

    assert found is not None
    assert found.values == (10,)
    assert ratio("how much", slow, early) is None
    assert ratio("how much", None, fast) is None
