"""The wall clock."""

from datetime import UTC, datetime

from pbx_bridge.adapters.clock import SystemClock


def test_now_is_aware_and_utc() -> None:
    """A naive time would be compared with the wrong one twice a year."""
    before = datetime.now(UTC)

    now = SystemClock().now()

    assert now.tzinfo is UTC
    assert now >= before
