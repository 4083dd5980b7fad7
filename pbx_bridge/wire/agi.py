"""
What Asterisk says on an AGI session: the head, then replies; bytes in, values out.

Source: res/res_agi.c of Asterisk and bytes recorded from 22.10: `launch_netscript` sends
``agi_network`` and ``agi_network_script`` first, `setup_env` the rest in a fixed order.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pbx_bridge.errors import AgiProtocolError

MAX_HEAD_BYTES = 65_536
"""Asterisk's own is under 1 KiB; room for long arguments, none for a flood."""

MAX_HEADERS = 256
"""Asterisk sends 22 and at most 127 arguments."""

MAX_LINE_BYTES = 65_536
"""The longest replies are lists of AstDB keys."""

MAX_USAGE_LINES = 200
"""Usage texts of Asterisk have up to about 20 lines."""

REFUSED = frozenset({510, 511, 520})
"""Unknown command, dead channel, wrong syntax."""

DEAD_CHANNEL = 511

_FIRST = (("agi_network", "yes"), ("agi_network_script", None))
"""Sent before anything that a caller can influence, so a forged script can only come later."""

_REQUIRED = ("channel", "uniqueid", "callerid", "accountcode")
"""Asterisk always sends them; the last comes after all that a caller can influence."""

_HEADER = re.compile(r"agi_([a-z0-9_]{1,64}): ?(.*)", re.DOTALL)
_ARGUMENT = re.compile(r"arg_([1-9][0-9]{0,2})")
_SUCCESS = re.compile(
    r"result=(?P<result>-?\w{0,20})(?: \((?P<extra>.*)\))?"
    r"(?: endpos=(?P<endpos>-?[0-9]{1,18}))?(?: .*)?",
    re.DOTALL | re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgiHead:
    """How Asterisk introduces a channel."""

    script: str
    """Path of the AGI URL without the leading slash, for example ``incoming``."""
    variables: Mapping[str, str]
    """All ``agi_`` lines but the arguments, names without that prefix; values from callers too."""
    arguments: tuple[str, ...]
    """``agi_arg_1`` and following."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgiReply:
    """The answer to one command."""

    code: int
    """200 when the command was carried out, else one of `REFUSED`."""
    result: str = ""
    """Meaning differs by command; mostly ``0``, ``1``, ``-1`` or the code of a digit."""
    extra: str | None = None
    """What stood in brackets: a value, or the reason of an end. `None`: no brackets."""
    endpos: int | None = None
    """Samples played or recorded."""


@dataclass(frozen=True, slots=True)
class HangupLine:
    """The line ``HANGUP``: the channel is gone; a reply may still follow, or have come before."""


@dataclass(frozen=True, slots=True)
class EndOfStream:
    """Asterisk closed the session."""


AgiEvent = AgiHead | AgiReply | HangupLine | EndOfStream


class AgiDecoder:
    """
    Turn bytes from Asterisk into events; owns no socket and never waits.

    The first event is the head. A decoder that has raised is of no further use.
    """

    def __init__(self) -> None:
        self._buffer = b""
        self._head: list[tuple[str, str]] | None = []
        self._head_bytes = 0
        self._usage_lines: int | None = None

    def receive_data(self, data: bytes) -> list[AgiEvent]:
        """
        Return what *data* completed; ``b""`` means end of stream.

        Raises:
            AgiProtocolError: the peer is not Asterisk, or a caller has forged lines.
        """
        if not data:
            return [EndOfStream()]
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        events = [event for line in lines if (event := self._line(line)) is not None]
        self._check_size(len(self._buffer))
        return events

    def _check_size(self, line_bytes: int) -> None:
        if self._head is not None and self._head_bytes + line_bytes > MAX_HEAD_BYTES:
            raise AgiProtocolError(f"AGI head of more than {MAX_HEAD_BYTES} bytes")
        if line_bytes > MAX_LINE_BYTES:
            raise AgiProtocolError(f"AGI line of more than {MAX_LINE_BYTES} bytes")

    def _line(self, raw: bytes) -> AgiEvent | None:
        self._check_size(len(raw))
        line = raw.decode("utf-8", "replace")
        if self._head is not None:
            self._head_bytes += len(raw) + 1
            return self._head_line(self._head, line)
        if self._usage_lines is not None:
            return self._usage_line(self._usage_lines, line)
        return self._reply_line(line)

    def _head_line(self, head: list[tuple[str, str]], line: str) -> AgiHead | None:
        if not line:
            self._head = None
            return _read_head(head)
        header = _HEADER.fullmatch(line)
        if header is None:
            raise AgiProtocolError(f"line {len(head) + 1} of the AGI head is not `agi_name: value`")
        if len(head) == MAX_HEADERS:
            raise AgiProtocolError(f"AGI head of more than {MAX_HEADERS} lines")
        head.append((header[1], header[2]))
        return None

    def _reply_line(self, line: str) -> AgiReply | HangupLine | None:
        if line == "HANGUP":
            return HangupLine()
        code, text = line[:3], line[4:]
        match code, line[3:4]:
            case "100", " ":  # "Trying..." of a command that takes long; the reply follows
                return None
            case "200", " ":
                return _read_success(text)
            case "510" | "511" | "520", " " | "":
                return AgiReply(code=int(code))
            case "520", "-":
                self._usage_lines = 0
                return None
            case _:
                raise AgiProtocolError("an AGI reply without a code that we know")

    def _usage_line(self, count: int, line: str) -> AgiReply | None:
        """Skip the usage text of a 520 reply up to its last line, ``520 End of proper usage.``."""
        if line.startswith("520 "):
            self._usage_lines = None
            return AgiReply(code=520)
        if count == MAX_USAGE_LINES:
            raise AgiProtocolError(f"usage text of more than {MAX_USAGE_LINES} lines")
        self._usage_lines = count + 1
        return None


def _read_success(text: str) -> AgiReply:
    found = _SUCCESS.fullmatch(text)
    if found is None:
        raise AgiProtocolError("an AGI reply 200 without result=")
    endpos = found["endpos"]
    return AgiReply(
        code=200,
        result=found["result"],
        extra=found["extra"],
        endpos=None if endpos is None else int(endpos),
    )


def _read_head(lines: list[tuple[str, str]]) -> AgiHead:
    """
    Return the head, or refuse it as forged.

    A line feed in a caller number can add lines, and an empty one can end the head early. Both
    show: the added line is a duplicate or out of order, the short head lacks what always comes.
    """
    for place, (expected, value) in enumerate(_FIRST):
        if len(lines) <= place or f"agi_{lines[place][0]}" != expected:
            raise AgiProtocolError(f"the AGI head lacks {expected} as line {place + 1}")
        if value is not None and lines[place][1] != value:
            raise AgiProtocolError(f"the AGI head has not {expected}: {value}")
    variables: dict[str, str] = {}
    arguments: list[str] = []
    for name, text in lines:
        if name in variables:
            raise AgiProtocolError("a name twice in the AGI head: forged")
        number = _ARGUMENT.fullmatch(name)
        if number is None and not arguments:
            variables[name] = text
        elif number is not None and int(number[1]) == len(arguments) + 1:
            arguments.append(text)
        else:
            raise AgiProtocolError("arguments out of order in the AGI head: forged")
    if missing := [name for name in _REQUIRED if name not in variables]:
        raise AgiProtocolError(f"the AGI head ends before agi_{missing[0]}: cut or forged")
    return AgiHead(
        script=variables["network_script"], variables=variables, arguments=tuple(arguments)
    )
