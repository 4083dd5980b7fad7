"""
What we say on an AGI session: one command, one line, nothing that could be a second one.

Source: `parse_args` of res/res_agi.c: words end at blanks, ``"`` groups, ``\\`` escapes.
"""

from pbx_bridge.errors import UnsafeValue

MAX_COMMAND_BYTES = 8_191
"""Asterisk reads a command into a buffer of 8192 bytes, the rest would be a second command."""

MAX_ARGUMENTS = 120
"""Asterisk cuts off after 127 words, those of the command's name included."""

_LINE_BREAKERS = "\r\n\0"


def encode_command(verb: str, *arguments: str | int) -> bytes:
    """
    Return one command, line feed included, to be sent in one write.

    Args:
        verb: the command's own words, for example ``GET VARIABLE``; never from outside.
        arguments: any text; each arrives as one word exactly as given here.

    Raises:
        UnsafeValue: an argument holds CR, LF, NUL or half a surrogate pair, or it is too long.
    """
    if len(arguments) > MAX_ARGUMENTS:
        raise UnsafeValue(f"{verb} with {len(arguments)} arguments; at most {MAX_ARGUMENTS}")
    try:
        line = " ".join([verb, *(_quoted(verb, str(argument)) for argument in arguments)]).encode()
    except UnicodeEncodeError as exc:
        raise UnsafeValue(f"a value for {verb} is no text that can be sent") from exc
    if len(line) >= MAX_COMMAND_BYTES:
        raise UnsafeValue(f"{verb} with {len(line)} bytes; Asterisk reads {MAX_COMMAND_BYTES}")
    return line + b"\n"


def _quoted(verb: str, argument: str) -> str:
    if any(breaker in argument for breaker in _LINE_BREAKERS):
        raise UnsafeValue(f"line break or NUL in a value for {verb}: caller data is hostile")
    escaped = argument.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
