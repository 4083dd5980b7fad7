"""Free text as people type it."""

import click
import pytest

from pbx_bridge.cli.words import WORDS, Words


@pytest.mark.parametrize("text", ["", "ü", "x" * 5000, "two\nlines", "😀"])
def test_text_stays_as_it_is(text: str) -> None:
    """Whatever it says."""
    assert WORDS.convert(text, None, None) == text


@pytest.mark.parametrize("text", ["a\udcffb", "\udcff"])
def test_foreign_bytes_are_refused_without_repeating_them(text: str) -> None:
    """They could neither be sent nor written."""
    with pytest.raises(click.BadParameter, match=r"^is not UTF-8; type it again$"):
        WORDS.convert(text, None, None)


def test_limit_counts_characters() -> None:
    """As the service does."""
    assert Words(at_most=3).convert("äöü", None, None) == "äöü"
    with pytest.raises(click.BadParameter, match=r"^has 4 characters; at most 3$"):
        Words(at_most=3).convert("äöü!", None, None)
