"""How often a PIN may be tried: per caller and by all callers together."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

TRIES_PER_CALL = 3

TRIES = 3
"""Wrong PINs of one caller until he is locked out for `DELAY`, then twice as long, and so on."""

TRIES_OF_ALL = 10
"""The same for all callers together: a caller's number can be forged."""

DELAY = timedelta(minutes=1)
LONGEST_DELAY = timedelta(hours=8)
LONGEST_DELAY_OF_ALL = timedelta(minutes=15)
"""Short, so that a stranger cannot lock the technicians out for a night; 40 tries an hour."""

FORGET_AFTER = timedelta(days=1)
"""Without a wrong PIN for so long a caller begins anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Misses:
    """Wrong PINs of one caller, or of all."""

    count: int = 0
    last_at: datetime | None = None
    locked_until: datetime | None = None

    def is_locked(self, now: datetime) -> bool:
        """Whether nothing may be tried at *now*."""
        return self.locked_until is not None and now < self.locked_until


NONE = Misses()


@dataclass(frozen=True, slots=True, kw_only=True)
class PinLock:
    """The state."""

    callers: Mapping[str, Misses] = field(default_factory=dict)
    """By technician: strangers are not asked at all."""
    all: Misses = NONE

    def is_locked(self, now: datetime, caller: str) -> bool:
        """Whether *caller* may not try a PIN at *now*."""
        return self.all.is_locked(now) or self.callers.get(caller, NONE).is_locked(now)


def missed(now: datetime, lock: PinLock, caller: str) -> PinLock:
    """Return the lock after a wrong PIN of *caller*."""
    own = _missed(now, lock.callers.get(caller, NONE), TRIES, LONGEST_DELAY)
    together = _missed(now, lock.all, TRIES_OF_ALL, LONGEST_DELAY_OF_ALL)
    return replace(lock, callers={**lock.callers, caller: own}, all=together)


def passed(lock: PinLock, caller: str) -> PinLock:
    """Return the lock after a right PIN: his own misses are forgotten, those of all are not."""
    others = {name: misses for name, misses in lock.callers.items() if name != caller}
    return replace(lock, callers=others)


def _missed(now: datetime, misses: Misses, tries: int, longest: timedelta) -> Misses:
    is_old = misses.last_at is not None and now - misses.last_at > FORGET_AFTER
    count = 1 if is_old else misses.count + 1
    if count % tries:
        return Misses(count=count, last_at=now, locked_until=misses.locked_until)
    doublings = min(count // tries - 1, 16)
    until = now + min(DELAY * 2**doublings, longest)
    return Misses(count=count, last_at=now, locked_until=until)
