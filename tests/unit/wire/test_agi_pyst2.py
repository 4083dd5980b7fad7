"""The second opinion: pyst2 reads the same bytes, where it reads them rightly."""

import io
import signal
from collections.abc import Iterator

import pytest
from asterisk import agi as pyst2
from hypothesis import given
from hypothesis import strategies as st

from pbx_bridge.wire.agi import AgiDecoder, AgiHead, AgiReply

FIRST = {"network": "yes", "network_script": "incoming"}
REQUIRED = {"channel": "PJSIP/x-1", "uniqueid": "1.0", "callerid": "49", "accountcode": ""}

TEXT = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"])).map(str.strip)
NAMES = st.from_regex(r"[a-z0-9_]{1,20}", fullmatch=True).filter(lambda n: "arg_" not in n)
WORDS = st.from_regex(r"[a-z0-9/._-]{1,20}", fullmatch=True)


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    """Undo what pyst2's constructor does to SIGHUP."""
    before = signal.getsignal(signal.SIGHUP)
    yield
    signal.signal(signal.SIGHUP, before)


def pyst2_of(data: str) -> pyst2.AGI:
    """Return pyst2's session that has read the head in *data*."""
    stdin = io.StringIO(data, newline="\n")
    return pyst2.AGI(stdin=stdin, stdout=io.StringIO(), stderr=io.StringIO())


@given(st.dictionaries(NAMES, TEXT, max_size=30), st.lists(TEXT, max_size=5))
def test_head_is_read_alike(others: dict[str, str], arguments: list[str]) -> None:
    """Names and values agree; pyst2 strips blanks, so none are given."""
    variables = FIRST | REQUIRED | {k: v for k, v in others.items() if k not in FIRST}
    lines = variables | {f"arg_{number}": text for number, text in enumerate(arguments, 1)}
    data = "".join(f"agi_{name}: {value}\n" for name, value in lines.items()) + "\n"

    (head,) = AgiDecoder().receive_data(data.encode())

    assert isinstance(head, AgiHead)
    assert head.arguments == tuple(arguments)
    assert {f"agi_{name}": value for name, value in lines.items()} == pyst2_of(data).env
    assert head.variables == variables


@given(
    st.integers(0, 200_000),
    st.one_of(st.none(), WORDS.filter(lambda word: word != "hangup")),
    st.one_of(st.none(), st.integers(0, 10_000_000)),
)
def test_reply_is_read_alike(result: int, extra: str | None, endpos: int | None) -> None:
    """Result, brackets and position agree wherever pyst2 does not take the reply for an error."""
    line = f"200 result={result}"
    line += "" if extra is None else f" ({extra})"
    line += "" if endpos is None else f" endpos={endpos}"
    head = "".join(f"agi_{name}: {value}\n" for name, value in (FIRST | REQUIRED).items())
    data = f"{head}\n{line}\n"

    (_, reply) = AgiDecoder().receive_data(data.encode())
    second = pyst2_of(data).get_result()

    assert reply == AgiReply(code=200, result=str(result), extra=extra, endpos=endpos)
    assert second["result"] == (str(result), extra or "")
    assert second.get("endpos") == (None if endpos is None else (str(endpos), ""))
