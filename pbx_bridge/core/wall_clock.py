"""From the wall clock of a zone to instants: what a handoff "at 02:30" means on a DST night."""

from datetime import UTC, datetime, timedelta, tzinfo

SECOND = timedelta(seconds=1)
"""Clocks are put forward and back at whole seconds."""


def instant(wall: datetime, zone: tzinfo) -> datetime:
    """
    Return the instant (UTC) at which the clocks of *zone* first reach *wall*.

    A time that comes twice is the first of the two; a time that is skipped is the first
    instant after the gap. Thus a later wall time is never an earlier instant.

    Args:
        wall: what the clock shows, naive.
        zone: whose clock; every `zoneinfo.ZoneInfo` will do.
    """
    early, late = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if late >= early:  # equal, or the first and the second time the clock shows it
        return early
    return _switch(late.replace(microsecond=0), early.replace(microsecond=0), zone)


def _switch(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """Return when the clock was put forward: later than *before*, at *after* at the latest."""
    new_offset = after.astimezone(zone).utcoffset()
    while after - before > SECOND:
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == new_offset:
            after = middle
        else:
            before = middle
    return after
