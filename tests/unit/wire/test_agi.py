"""Bytes from Asterisk: heads and replies as recorded from 22.10, and hostile ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbx_bridge.errors import AgiProtocolError
from pbx_bridge.wire.agi import (
    MAX_HEAD_BYTES,
    MAX_HEADERS,
    MAX_LINE_BYTES,
    MAX_USAGE_LINES,
    AgiDecoder,
    AgiEvent,
    AgiHead,
    AgiReply,
    EndOfStream,
    HangupLine,
)

HEAD = (
    b"agi_network: yes\nagi_network_script: incoming\n"
    b"agi_request: agi://127.0.0.1:4573/incoming\nagi_channel: PJSIP/trunk-00000000\n"
    b"agi_language: en\nagi_type: PJSIP\nagi_uniqueid: pbx-1795320543.0\nagi_version: 22.10.1\n"
    b"agi_callerid: 493099999\nagi_calleridname: unknown\nagi_callingpres: 0\n"
    b"agi_callingani2: 0\nagi_callington: 0\nagi_callingtns: 0\nagi_dnid: 2500\n"
    b"agi_rdnis: unknown\nagi_context: pbxb\nagi_extension: s\nagi_priority: 3\n"
    b"agi_enhanced: 0.0\nagi_accountcode: \nagi_threadid: 140128949520064\n"
)

USAGE = b"520-Invalid command syntax.  Proper usage follows:\nRecord to a file\n\nHANGUP\n"


def feed(data: bytes, step: int = 1_000_000) -> list[AgiEvent]:
    """Decode *data* in pieces of *step* bytes."""
    decoder = AgiDecoder()
    pieces = [data[start : start + step] for start in range(0, len(data), step)]
    return [event for piece in pieces for event in decoder.receive_data(piece)]


def head_of(data: bytes) -> AgiHead:
    """Decode *data*, which is one head."""
    (head,) = feed(data)
    assert isinstance(head, AgiHead)
    return head


def replies_of(data: bytes, step: int = 1_000_000) -> list[AgiEvent]:
    """Decode *data* as it comes after a head."""
    return feed(HEAD + b"\n" + data, step)[1:]


def test_head_tells_script_variables_and_arguments() -> None:
    """A head as Asterisk 22 sends it comes out whole."""
    head = head_of(HEAD + b"agi_arg_1: secr(e)t\nagi_arg_2: \n\n")

    assert head.script == "incoming"
    assert head.arguments == ("secr(e)t", "")
    assert head.variables["channel"] == "PJSIP/trunk-00000000"
    assert head.variables["accountcode"] == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Jürgen Müller".encode(), "Jürgen Müller"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"a: b\rc", "a: b\rc"),
        (b" two", " two"),
        ("x\u2028y\x85z".encode(), "x\u2028y\x85z"),
    ],
)
def test_head_values_may_hold_anything_but_a_line_feed(name: bytes, value: str) -> None:
    """A caller name is text, whatever bytes the carrier put in."""
    head = head_of(HEAD.replace(b"agi_calleridname: unknown", b"agi_calleridname: " + name) + b"\n")

    assert head.variables["calleridname"] == value


@pytest.mark.parametrize(
    "number",
    [
        b"49\nagi_network_script: evil",
        b"49\nagi_channel: PJSIP/other",
        b"49\nagi_arg_1: secret",
        b"49\nagi_arg_2: x",
        b"49\nEvil: yes",
        b"49\r\nEvil: yes",
        b"49\nagi_Evil: yes",
        b"49\nHANGUP",
        b"49\n\n200 result=1 (fake)",
        b"49\n\n",
        b"49\nagi_accountcode: \n\n",
    ],
)
@pytest.mark.parametrize("end", [b"\n", b"agi_arg_1: secret\n\n"])
def test_lines_forged_by_a_caller_number_are_refused(number: bytes, end: bytes) -> None:
    """A line feed in the caller number changes neither script nor arguments nor replies."""
    forged = HEAD.replace(b"493099999", number) + end

    with pytest.raises(AgiProtocolError):
        feed(forged)


@pytest.mark.parametrize(
    "head",
    [
        b"\n",
        b"agi_network: yes\n\n",
        b"agi_network: no\nagi_network_script: incoming\n\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"agi_network_script: incoming\nagi_network: yes\n\n",
        HEAD.replace(b"agi_network_script: incoming\n", b"") + b"\n",
        HEAD.replace(b"agi_uniqueid", b"agi_other") + b"\n",
        HEAD + b"agi_arg_2: x\n\n",
        HEAD + b"agi_arg_1: x\nagi_arg_1: y\n\n",
        HEAD.replace(b"agi_version", b"agi_" + b"x" * 65) + b"\n",
    ],
)
def test_other_heads_are_refused(head: bytes) -> None:
    """Who does not begin like Asterisk is not Asterisk."""
    with pytest.raises(AgiProtocolError):
        feed(head)


def test_head_ends_at_its_limits() -> None:
    """Neither many bytes nor many lines are kept, with or without line feeds."""
    with pytest.raises(AgiProtocolError, match="65536 bytes"):
        feed(b"x" * (MAX_HEAD_BYTES + 1), step=1000)
    with pytest.raises(AgiProtocolError, match="65536 bytes"):
        feed(HEAD + b"".join(b"agi_x%d: %s\n" % (n, b"y" * 999) for n in range(70)))
    with pytest.raises(AgiProtocolError, match="256 lines"):
        feed(b"".join(b"agi_x%d: y\n" % n for n in range(MAX_HEADERS + 1)))


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        (b"200 result=0", AgiReply(code=200, result="0")),
        (b"200 result=1 (pbx-1.0)", AgiReply(code=200, result="1", extra="pbx-1.0")),
        (b"200 result=1 ()", AgiReply(code=200, result="1", extra="")),
        (b'200 result=1 (a (b) "c" \\d)', AgiReply(code=200, result="1", extra='a (b) "c" \\d')),
        (b"200 result=1 (hangup)", AgiReply(code=200, result="1", extra="hangup")),
        (b"200 result=1 (x) endpos=5)", AgiReply(code=200, result="1", extra="x) endpos=5")),
        (b"200 result=1 (\xff)", AgiReply(code=200, result="1", extra="\ufffd")),
        (b"200 result=-1 endpos=0", AgiReply(code=200, result="-1", endpos=0)),
        (
            b"200 result=-1 (hangup) endpos=7840",
            AgiReply(code=200, result="-1", extra="hangup", endpos=7840),
        ),
        (
            b"200 result=3981 (timeout) endpos=8160",
            AgiReply(code=200, result="3981", extra="timeout", endpos=8160),
        ),
        (b"200 result=-1 (writefile)", AgiReply(code=200, result="-1", extra="writefile")),
        (b"200 result=0 Gosub complete", AgiReply(code=200, result="0")),
        (b"510 Invalid or unknown command", AgiReply(code=510)),
        (b"511 Command Not Permitted on a dead channel", AgiReply(code=511)),
        (b"520 Invalid command syntax.  Proper usage not available.", AgiReply(code=520)),
        (USAGE + b"520 End of proper usage.", AgiReply(code=520)),
        (b"100 Trying...\n200 result=0", AgiReply(code=200, result="0")),
    ],
)
@pytest.mark.parametrize("step", [1, 1_000_000])
def test_reply(line: bytes, reply: AgiReply, step: int) -> None:
    """Each kind of answer gives one reply, whole or byte by byte, also with more behind it."""
    events = replies_of(line + b"\nHANGUP\n200 result=1\n", step)

    assert events == [reply, HangupLine(), AgiReply(code=200, result="1")]


@pytest.mark.parametrize(
    "line",
    [b"", b"200", b"200 ok", b"200 result", b"404 x", b"HANGUP ", b"hangup", b"agi_x: y"],
)
def test_other_lines_are_refused(line: bytes) -> None:
    """A line that is no reply means that nothing after it can be trusted."""
    with pytest.raises(AgiProtocolError):
        replies_of(line + b"\n")


def test_replies_end_at_their_limits() -> None:
    """Neither a line without end nor a usage text without end is kept."""
    with pytest.raises(AgiProtocolError, match="65536 bytes"):
        replies_of(b"2" * (MAX_LINE_BYTES + 1), step=1000)
    with pytest.raises(AgiProtocolError, match="usage"):
        replies_of(b"520-x\n" + b"y\n" * (MAX_USAGE_LINES + 1))


def test_end_of_stream_is_an_event_at_any_place() -> None:
    """Before, within and after anything, and twice."""
    decoder = AgiDecoder()

    assert decoder.receive_data(b"") == [EndOfStream()]
    assert decoder.receive_data(b"agi_network: y") == []
    assert decoder.receive_data(b"") == [EndOfStream()]
    assert decoder.receive_data(b"") == [EndOfStream()]


FRAGMENTS = st.sampled_from(
    [HEAD, b"\n", b"agi_", b": ", b"200 ", b"result=", b"-1", b" (", b")", b" endpos=", b"\xff"]
)
CODES = st.sampled_from([b"HANGUP", b"100 ", b"510 ", b"520-", b"520 ", b"\r", b"\0", b"9" * 30])
PIECES = st.lists(st.one_of(st.binary(max_size=40), FRAGMENTS, CODES), max_size=30)


@given(PIECES, st.booleans())
def test_any_bytes_raise_nothing_but_a_protocol_error(pieces: list[bytes], after: bool) -> None:
    """Nothing that a peer can send surprises the decoder."""
    data = b"".join(pieces)

    try:
        events = replies_of(data) if after else feed(data)
    except AgiProtocolError:
        return

    assert all(isinstance(event, AgiHead | AgiReply | HangupLine) for event in events)


@given(PIECES, st.integers(1, 40))
def test_pieces_do_not_matter(pieces: list[bytes], step: int) -> None:
    """The network may cut the bytes wherever it likes."""
    data = HEAD + b"\n" + b"".join(pieces)

    def outcome(step: int) -> list[AgiEvent] | None:
        try:
            return feed(data, step)
        except AgiProtocolError:
            return None

    assert outcome(step) == outcome(len(data))


@given(st.text().map(lambda text: text.replace("\n", "").encode("utf-8", "replace")))
def test_any_value_comes_back(value: bytes) -> None:
    """GET VARIABLE returns what was stored, brackets and all."""
    expected = AgiReply(code=200, result="1", extra=value.decode())

    assert replies_of(b"200 result=1 (" + value + b")\n") == [expected]
