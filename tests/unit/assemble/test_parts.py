"""What cannot be read closes its own part only."""

from dataclasses import replace
from pathlib import Path

import structlog
from configs import SMALLEST

from pbx_bridge.assemble.parts import pins_of
from pbx_bridge.config import CallInConfig, parse


def test_mistaken_pins_close_the_call_in_and_nothing_else(tmp_path: Path) -> None:
    """The log says which line; the PIN itself stays out of it."""
    config, pins = parse(SMALLEST, source="test"), tmp_path / "pins"
    pins.touch(mode=0o600)
    named = replace(config, call_in=CallInConfig(pins_file=pins))

    pins.write_text("anna 274951\n")
    good = pins_of(named)
    pins.write_text("anna 274951\nben 1234\n")
    with structlog.testing.capture_logs() as logs:
        bad = pins_of(named)

    assert (good, bad, pins_of(config)) == ({"anna": "274951"}, {}, {})
    assert [line["event"] for line in logs] == ["call_in.unusable"]
    assert logs[0]["reason"].startswith(f"{pins}:2: ")
