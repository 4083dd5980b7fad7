"""Actions to Asterisk: nothing in a value can become more than that value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbx_bridge.errors import UnsafeValue
from pbx_bridge.wire.ami_action import MAX_LINE_BYTES, checked, in_group, variables


@pytest.mark.parametrize("mark", ["\r", "\n", "\0", "\r\n", "\r\n\r\nAction: Originate"])
def test_value_that_would_end_a_line_is_refused(mark: str) -> None:
    """A line break in a caller's name would begin a second action."""
    with pytest.raises(UnsafeValue, match="CallerID"):
        checked({"Action": "Originate", "CallerID": f"Bob{mark}"})


def test_each_of_several_values_is_checked() -> None:
    """A header that comes several times is as dangerous each time."""
    with pytest.raises(UnsafeValue, match="Variable"):
        checked({"Action": "Originate", "Variable": ["A=1", "B=1\nApplication: System"]})


@pytest.mark.parametrize("name", ["", "Call er", "Call:er", "X\r\nY", "1st", "Ä"])
def test_name_that_is_no_header_name_is_refused(name: str) -> None:
    """A name can carry a line break as well as a value can."""
    with pytest.raises(UnsafeValue):
        checked({name: "value"})


def test_half_a_character_is_refused() -> None:
    """What cannot be encoded would be swallowed below us, and the action with it."""
    with pytest.raises(UnsafeValue, match="half a character"):
        checked({"Action": "\ud83d"})


def test_line_that_asterisk_would_throw_away_is_refused() -> None:
    """A long line costs the whole action; bytes count, not characters."""
    room = MAX_LINE_BYTES - len("Data: ")

    assert checked({"Data": "x" * room}) == {"Data": "x" * room}
    with pytest.raises(UnsafeValue, match="1001 bytes"):
        checked({"Data": "x" * (room + 1)})
    with pytest.raises(UnsafeValue):
        checked({"Data": "ü" * (room - 10)})


@given(st.dictionaries(st.sampled_from(["Action", "Data", "CallerID"]), st.text()))
def test_what_passes_is_one_line_for_each_header(action: dict[str, str]) -> None:
    """However hostile the values, the receiver reads back exactly what was meant."""
    try:
        safe = checked(action)
    except UnsafeValue:
        return

    wire = "".join(f"{name}: {value}\r\n" for name, value in safe.items()).encode()
    lines = wire.split(b"\r\n")[:-1]

    assert len(lines) == len(action)
    assert b"\n" not in wire.replace(b"\r\n", b"")
    assert [line.decode().partition(": ")[2] for line in lines] == list(action.values())


def test_variables_are_names_and_values() -> None:
    """The plain values we send pass as they are, an empty one too."""
    headers = variables({"PBXB_CALL": "pbx-17.4", "PBXB_RECORDING": "/var/a b", "PBXB_CALLER": ""})

    assert headers == ["PBXB_CALL=pbx-17.4", "PBXB_RECORDING=/var/a b", "PBXB_CALLER="]


@pytest.mark.parametrize(
    "value", ["Bob,EVIL=1", "a\\", '"a', "${SHELL(id)}", "a;b", " a", "a ", "a|b", "a\nb", "a\tb"]
)
def test_value_that_means_more_than_text_is_refused(value: str) -> None:
    """A comma would set a second variable, CALLERID(num) for example."""
    with pytest.raises(UnsafeValue, match="PBXB_CALL"):
        variables({"PBXB_CALL": value})


@pytest.mark.parametrize("name", ["CALLERID(num)", "__A", "a", "A=B", "A,B", ""])
def test_name_that_is_no_plain_variable_is_refused(name: str) -> None:
    """A function in the place of a name would be executed."""
    with pytest.raises(UnsafeValue):
        variables({name: "1"})


@given(st.text())
def test_variable_value_is_never_split(value: str) -> None:
    """Asterisk splits at commas and unquotes; what passes gives it nothing to split."""
    try:
        [header] = variables({"PBXB_X": value})
    except UnsafeValue:
        return

    assert header.partition("=")[2] == value
    assert not set(value) & set(",\"'\\${}[]()|;\r\n\0")


def test_channel_is_counted_under_its_call() -> None:
    """One function of Asterisk, one category; the group is checked like any value."""
    assert in_group("pbxb", "pbx-1.7") == "GROUP(pbxb)=pbx-1.7"
    with pytest.raises(UnsafeValue, match="may hold"):
        in_group("pbxb", "1,SHELL(x)=y")
    with pytest.raises(UnsafeValue, match="no category"):
        in_group("a)=b,SHELL(x", "1")
