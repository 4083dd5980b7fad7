"""The wall clock, as timers can stand it."""

from datetime import UTC, datetime, timedelta

from pbx_bridge.adapters.clock import FOLLOW_AFTER, SystemClock

START = datetime(2026, 1, 9, 22, 0, tzinfo=UTC)


class Machine:
    """A machine whose two clocks are moved by hand."""

    def __init__(self) -> None:
        self.wall = START
        self.uptime_s = 100.0
        self.clock = SystemClock(lambda: self.wall, lambda: self.uptime_s)

    def pass_time(self, seconds: float) -> datetime:
        """Let time pass; return what the clock says."""
        self.wall += timedelta(seconds=seconds)
        self.uptime_s += seconds
        return self.clock.now()


def test_now_is_aware_and_utc() -> None:
    """A naive time would be compared with the wrong one twice a year."""
    before = datetime.now(UTC)

    now = SystemClock().now()

    assert now.tzinfo is UTC
    assert now >= before


def test_small_corrections_are_followed_at_once() -> None:
    """That is what NTP does all day."""
    machine = Machine()
    machine.pass_time(10)
    machine.wall += timedelta(seconds=1)

    assert machine.clock.now() == START + timedelta(seconds=11)


def test_step_does_not_disturb_the_rings_of_tonight() -> None:
    """An hour back or five forward in the middle of an escalation: its waits stay as they are."""
    for step in (timedelta(hours=-1), timedelta(hours=5)):
        machine = Machine()
        machine.wall += step

        assert machine.pass_time(25) == START + timedelta(seconds=25)
        assert machine.pass_time(60) == START + timedelta(seconds=85)


def test_step_is_followed_when_the_rings_are_over() -> None:
    """The journal must not be wrong for ever."""
    machine = Machine()
    machine.wall += timedelta(hours=1)
    machine.clock.now()

    later = machine.pass_time(FOLLOW_AFTER.total_seconds())

    assert later == machine.wall
    assert machine.pass_time(5) == machine.wall


def test_step_that_is_taken_back_was_none() -> None:
    """Somebody typed the wrong hour and mended it."""
    machine = Machine()
    machine.wall += timedelta(hours=1)
    machine.pass_time(600)
    machine.wall -= timedelta(hours=1)

    assert machine.pass_time(600) == START + timedelta(seconds=1200)
