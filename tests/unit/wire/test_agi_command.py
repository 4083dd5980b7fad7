"""Commands to Asterisk, read back the way Asterisk splits them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbx_bridge.errors import UnsafeValue
from pbx_bridge.wire.agi_command import MAX_ARGUMENTS, MAX_COMMAND_BYTES, encode_command


def split_like_asterisk(line: bytes) -> list[bytes]:
    """Return the words of *line*: `parse_args` of res/res_agi.c, statement by statement."""
    words: list[bytearray] = []
    quoted = escaped = False
    whitespace = True
    for byte in line:
        char = bytes([byte])
        if char == b'"' and not escaped:
            quoted = not quoted
            if quoted and whitespace:
                words.append(bytearray())
                whitespace = False
        elif char in b" \t" and not quoted and not escaped:
            whitespace = True
        elif char == b"\\" and not escaped:
            escaped = True
        else:
            if whitespace:
                words.append(bytearray())
                whitespace = False
            words[-1] += char
            escaped = False
    return [bytes(word) for word in words]


def test_command_is_one_line_of_quoted_words() -> None:
    """Every argument is quoted, the empty one too."""
    line = encode_command("WAIT FOR DIGIT", 2000, "", 'a "b" \\')

    assert line == b'WAIT FOR DIGIT "2000" "" "a \\"b\\" \\\\"\n'


SAFE = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]))


@given(st.lists(st.one_of(SAFE, st.text('" \\\ta')), max_size=8))
def test_asterisk_reads_the_values_that_were_given(values: list[str]) -> None:
    """Quotes, blanks and backslashes in a value neither end nor join a word."""
    line = encode_command("SET VARIABLE", *values)

    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert split_like_asterisk(line[:-1]) == [b"SET", b"VARIABLE", *(v.encode() for v in values)]


@given(st.text(), st.sampled_from("\r\n\0\ud800"), st.text())
def test_what_would_break_the_line_is_refused(before: str, breaker: str, after: str) -> None:
    """CR, LF, NUL and broken text never reach the wire."""
    with pytest.raises(UnsafeValue):
        encode_command("EXEC", "Set", before + breaker + after)


def test_refusal_does_not_repeat_the_value() -> None:
    """The text of an error may be logged, a caller's value may not."""
    with pytest.raises(UnsafeValue) as caught:
        encode_command("SET VARIABLE", "X", "0301234567\nHANGUP")

    assert "0301234567" not in str(caught.value)


def test_command_longer_than_asterisks_buffer_is_refused() -> None:
    """Asterisk would take the rest for a second command."""
    room = MAX_COMMAND_BYTES - len('EXEC ""\n')

    assert len(encode_command("EXEC", "x" * room)) == MAX_COMMAND_BYTES
    with pytest.raises(UnsafeValue):
        encode_command("EXEC", "x" * (room + 1))


def test_more_words_than_asterisk_takes_are_refused() -> None:
    """Asterisk would drop the last ones silently."""
    with pytest.raises(UnsafeValue):
        encode_command("EXEC", *("x" for _ in range(MAX_ARGUMENTS + 1)))
