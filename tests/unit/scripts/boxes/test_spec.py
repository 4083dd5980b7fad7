"""What a caller is to do, as a person types it."""

import pytest
from boxes.faults import BoxError
from boxes.spec import KEY_GAP_S, KeyPress, parse_keys


def test_keys_and_their_times() -> None:
    """Every part is seconds after the answer and a digit; the order is that of time."""
    assert parse_keys("8s:# 2s:1 0.5s:*") == (
        KeyPress(0.5, "*"),
        KeyPress(2.0, "1"),
        KeyPress(8.0, "#"),
    )


def test_a_number_is_keyed_digit_by_digit() -> None:
    """Several digits follow each other as a person keys them."""
    assert parse_keys("5s:112") == (
        KeyPress(5.0, "1"),
        KeyPress(5.0 + KEY_GAP_S, "1"),
        KeyPress(5.0 + 2 * KEY_GAP_S, "2"),
    )


def test_no_keys() -> None:
    """An empty text presses nothing."""
    assert parse_keys("") == ()


@pytest.mark.parametrize("text", ["1", "2:1", "2s:", "s:1", "2s:x", "-1s:1", "2s:1,3s:2"])
def test_what_is_no_key_press_is_refused(text: str) -> None:
    """The text names the part and shows how to write it."""
    with pytest.raises(BoxError, match=r"--keys .*2s:1"):
        parse_keys(text)
