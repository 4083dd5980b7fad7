"""The wall clock, as timers can stand it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

STEP = timedelta(seconds=2)
"""NTP slews smaller differences; what is larger was set by somebody, or comes from a suspend."""

FOLLOW_AFTER = timedelta(minutes=15)
"""By then the rings that a step would disturb are over."""


class SystemClock:
    """
    Tells the machine's time, but follows a step of it only `FOLLOW_AFTER` later.

    Every wait of a case ends at a moment of this clock. If it went back an hour in the middle of
    a night, nobody would be rung for an hour; if it went forward, every round would be over at
    once.
    """

    def __init__(
        self,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wall, self._monotonic = wall, monotonic
        self._base, self._started_at = wall(), monotonic()
        self._stepped_at: datetime | None = None

    def now(self) -> datetime:
        """Return the time, aware, UTC."""
        steady = self._base + timedelta(seconds=self._monotonic() - self._started_at)
        wall = self._wall()
        if abs(wall - steady) < STEP:
            self._stepped_at = None
            self._base, self._started_at = wall, self._monotonic()
            return wall
        if self._stepped_at is None:
            self._stepped_at = steady
        if steady - self._stepped_at < FOLLOW_AFTER:
            return steady
        self._stepped_at = None
        self._base, self._started_at = wall, self._monotonic()
        return wall
