"""Words of strangers on a terminal."""

import pytest

from pbx_bridge.cli.screen import plain


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Wasser läuft, żółw", "Wasser läuft, żółw"),
        ("two\nlines\tand a tab", "two lines and a tab"),
        ("\x1b[2Jgone", "�[2Jgone"),
        ("\x1b]0;title\x07", "�]0;title�"),
        ("done \u202eyb", "done �yb"),
    ],
)
def test_nothing_but_signs_and_spaces_reaches_the_terminal(written: str, shown: str) -> None:
    """Escapes and marks that turn the writing round would forge what stands beside them."""
    assert plain(written) == shown
