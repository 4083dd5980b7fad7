"""A mistake names the line on which its key stands."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from pbx_bridge.config.lines import key_lines, line_of

TEXT = '''\
top = 1
[a]
b.c = 2
"d" = """
e = 3
"""
f = [
  "g",
]
[[t]]
x = 1
[[t]]
x = 2
[t.deep]
y = { z = 1 }
'''


def test_key_lines_knows_tables_dotted_keys_and_arrays_of_tables() -> None:
    """Text in a long string is no key, and each element of an array counts for itself."""
    assert tomllib.loads(TEXT)["t"][1]["deep"] == {"y": {"z": 1}}

    assert key_lines(TEXT) == {
        ("top",): 1,
        ("a",): 2,
        ("a", "b", "c"): 3,
        ("a", "d"): 4,
        ("a", "f"): 7,
        ("t",): 10,
        ("t", 0): 10,
        ("t", 0, "x"): 11,
        ("t", 1): 12,
        ("t", 1, "x"): 13,
        ("t", 1, "deep"): 14,
        ("t", 1, "deep", "y"): 15,
    }


def test_line_of_answers_with_the_nearest_thing_around() -> None:
    """A key inside an inline table, or one that is missing, has the line of its table."""
    lines = key_lines(TEXT)

    assert line_of(lines, ("t", 1, "deep", "y", "z")) == 15
    assert line_of(lines, ("t", 0, "missing")) == 10
    assert line_of(lines, ("nowhere", "at", "all")) == 1


@given(st.lists(st.sampled_from("abcdefg"), unique=True), st.integers(0, 3))
def test_key_lines_finds_every_key_of_a_plain_file(keys: list[str], comments: int) -> None:
    """Comments and blank lines in between move lines, not keys."""
    between = "# x = 1\n\n" * comments
    text = "".join(f"{between}{key} = 1\n" for key in keys)

    lines = key_lines(text)

    assert lines == {(key,): (n + 1) * (2 * comments + 1) for n, key in enumerate(keys)}


@given(st.text(max_size=80))
def test_key_lines_survives_any_text(text: str) -> None:
    """It runs beside a parser that may have refused the text already."""
    assert line_of(key_lines(text), ("a", 0, "b")) >= 1
