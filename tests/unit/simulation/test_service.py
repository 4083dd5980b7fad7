"""What stands in for the parts of the service that a virtual night does not need."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pbx_bridge.errors import StoreError
from pbx_bridge.simulation.service import EmptySpool, NoStrangers


def test_spool_is_empty() -> None:
    """No audio, no live copy, nothing to adopt."""
    spool = EmptySpool()
    spool.drop_live("1")

    assert spool.path("/spool/1") == Path("/spool/1.wav")
    assert spool.message_s("/spool/1") == 0.0
    assert spool.live_path("1") is None
    assert spool.unknown(bool, datetime.now(UTC)) == ()


async def test_nobody_calls_past_us() -> None:
    """If it happens the night is wrong, and says so."""
    with pytest.raises(StoreError, match="came past us"):
        await NoStrangers().adopt("1", None, "/spool/1")
