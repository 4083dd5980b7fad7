"""The calendar and its oracle agree about random plans; `make proof` asks many more."""

from random import Random

from calendar_check import check
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(min_value=0, max_value=2**32))
def test_calendar_agrees_with_the_oracle(seed: int) -> None:
    """No gap and no double duty that the plan does not say, on the hard nights too."""
    assert check(Random(seed)) > 0


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_calendar_agrees_with_the_oracle_on_small_plans(random: Random) -> None:
    """As above, with choices that hypothesis makes and shrinks."""
    assert check(random) > 0
