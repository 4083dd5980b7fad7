"""What the process says when Apprise cannot do it; Apprise itself: tests/integration."""

import pytest

from pbx_bridge.adapters.notify.push_process import _last_line


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("", ""),
        ("\n\n", ""),
        ("first\nFailed to reach tok3n at host.example: 500\n", "Failed to reach *** at ***: 500"),
    ],
)
def test_last_line_without_any_part_of_the_url(said: str, told: str) -> None:
    """Host, user, token and topic may all be secrets."""
    assert _last_line(said, "ntfy://tok3n@host.example/topic") == told
