"""Messages between daemon and worker."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbx_bridge.adapters.asr.protocol import (
    Drop,
    Failed,
    Finish,
    Heard,
    Hello,
    Listen,
    Load,
    Loaded,
    LoadFailed,
    Order,
    Ping,
    Pong,
    Report,
    Transcribe,
    Transcribed,
    decode_order,
    decode_report,
    encode,
)
from pbx_bridge.core.case import Word
from pbx_bridge.errors import WireError

WORD = Word(text="ёлка", start_s=0.1, end_s=0.5, confidence=1.0)


@pytest.mark.parametrize(
    "order",
    [
        Load("de", "/m/de"),
        Listen(1, "/a\n.wav", "de"),
        Finish(1),
        Drop(1),
        Transcribe(2, "/a.wav", "pl"),
        Ping(7),
    ],
)
def test_order_survives_the_line(order: Order) -> None:
    """One line each, whatever is in a path."""
    line = encode(order)

    assert line.count(b"\n") == 1
    assert decode_order(line) == order


@pytest.mark.parametrize(
    "report",
    [
        Hello(1, 99),
        Loaded("de", 0.5),
        LoadFailed("de", "no"),
        Heard(job=1, words=(WORD,), partial="in der", position_s=1.5),
        Transcribed(job=1, words=(WORD, WORD), audio_s=3.0),
        Failed(job=1, is_audio=True, text="no\nWAV"),
        Pong(number=1, memory_bytes=5, jobs=0),
    ],
)
def test_report_survives_the_line(report: Report) -> None:
    """Words come back as words."""
    line = encode(report)

    assert line.count(b"\n") == 1
    assert decode_report(line) == report


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"hello\n",
        b"[]\n",
        b'{"type":"Ping"}\n',
        b'{"type":"Stop"}\n',
        b'{"type":"Hello","version":1,"pid":1}\n',
        b'{"type":"Ping","number":1,"x":1}\n',
        b'{"type":"Ping","number":1,"words":[1]}\n',
        b"\xff\n",
    ],
)
def test_nonsense_is_an_error(line: bytes) -> None:
    """Also a report where an order belongs."""
    with pytest.raises(WireError):
        decode_order(line)


@given(st.binary(max_size=80))
def test_any_line_gives_a_message_or_our_error(line: bytes) -> None:
    """A library that prints on stdout must not crash the daemon."""
    with pytest.raises(WireError):
        decode_report(line)
