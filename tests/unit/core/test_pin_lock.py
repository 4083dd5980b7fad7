"""How often a PIN may be tried."""

from datetime import timedelta

import pytest
from examples import NOW

from pbx_bridge.core.pin_lock import (
    DELAY,
    FORGET_AFTER,
    LONGEST_DELAY,
    TRIES,
    TRIES_OF_ALL,
    PinLock,
    missed,
    passed,
)


def misses(count: int, caller: str = "anna", lock: PinLock | None = None) -> PinLock:
    """Return the lock after so many wrong PINs of *caller* at once."""
    lock = lock or PinLock()
    for _ in range(count):
        lock = missed(NOW, lock, caller)
    return lock


def test_third_miss_locks_the_caller_alone() -> None:
    """Two slips are human; others are not locked out with him."""
    assert not misses(TRIES - 1).is_locked(NOW, "anna")
    assert misses(TRIES).is_locked(NOW, "anna")
    assert not misses(TRIES).is_locked(NOW, "ben")
    assert not misses(TRIES).is_locked(NOW + DELAY, "anna")


@pytest.mark.parametrize(("times", "delay"), [(1, DELAY), (2, 2 * DELAY), (3, 4 * DELAY)])
def test_delay_doubles(times: int, delay: timedelta) -> None:
    """Each further three misses cost twice as long."""
    lock = misses(TRIES * times)

    assert lock.callers["anna"].locked_until == NOW + delay


def test_delay_has_a_limit() -> None:
    """After a night of misses he can still come back in the morning."""
    assert misses(300).callers["anna"].locked_until == NOW + LONGEST_DELAY


def test_callers_together_lock_all() -> None:
    """A forged number each time does not help."""
    lock = PinLock()
    for n in range(TRIES_OF_ALL):
        assert not lock.is_locked(NOW, "ben")
        lock = missed(NOW, lock, f"t{n}")

    assert lock.is_locked(NOW, "ben")


def test_right_pin_forgives_the_caller_and_not_all() -> None:
    """Somebody else may have guessed meanwhile."""
    lock = passed(misses(TRIES - 1), "anna")

    assert not misses(TRIES - 1, lock=lock).is_locked(NOW, "anna")
    assert lock.all.count == TRIES - 1


def test_misses_are_forgotten_after_a_day() -> None:
    """An old slip does not count with a new one."""
    lock = misses(TRIES - 1)

    assert not missed(NOW + FORGET_AFTER * 1.1, lock, "anna").is_locked(
        NOW + FORGET_AFTER * 1.1, "anna"
    )


def test_ten_thousand_tries_in_an_hour_test_less_than_a_hundred() -> None:
    """From as many forged numbers as there are technicians."""
    lock, tested = PinLock(), 0
    for n in range(10_000):
        now, caller = NOW + timedelta(hours=1) * n / 10_000, f"t{n % 50}"
        if not lock.is_locked(now, caller):
            lock, tested = missed(now, lock, caller), tested + 1

    assert 0 < tested < 100
