"""Commands as lines, and back."""

from datetime import timedelta

import pytest
from examples import NOW

from pbx_bridge.core.calendar import Shift
from pbx_bridge.core.override import Absence, Override, Replacement, Swap
from pbx_bridge.errors import ControlProtocolError
from pbx_bridge.wire.control import (
    MAX_LINE,
    AddOverride,
    Answer,
    ImportShifts,
    RemoveOverride,
    Request,
    add_override,
    arguments,
    as_json,
    line,
    override_of,
    parse,
)

END = NOW + timedelta(hours=12)
replacement = Replacement(technician="anna", substitute="ben", start=NOW, end=END)


@pytest.mark.parametrize(
    "value",
    [
        Request(verb="override.remove", arguments={"override_id": 3, "made_by": "eva"}),
        Answer(result={"a": [1, "ü\n"]}),
        Answer(error="there is no override 3", code="calendar-override"),
    ],
)
def test_value_is_one_line_and_comes_back(value: Request | Answer) -> None:
    """A line break in a text does not end the line."""
    data = line(value)

    assert data.count(b"\n") == 1
    assert parse(type(value), data) == value


@pytest.mark.parametrize("data", [b"", b"{}\n", b"\xff\n", b"GET / HTTP/1.1\n", b'{"verb": 3}\n'])
def test_line_of_something_else_is_refused(data: bytes) -> None:
    """Whoever connects by mistake is told."""
    with pytest.raises(ControlProtocolError, match="in a line that is no Request"):
        parse(Request, data)


def test_line_has_a_limit() -> None:
    """Nobody fills the service's memory."""
    with pytest.raises(ControlProtocolError, match="bytes are more than one command may have"):
        line(Request(verb="x" * MAX_LINE))


def test_text_that_is_not_utf8_is_refused() -> None:
    """The name of a file may be anything; Python keeps foreign bytes of it as halves."""
    with pytest.raises(ControlProtocolError, match="is not UTF-8; type it anew"):
        line(Request(verb="shifts.import", arguments={"source": "a\udcff.ics"}))
    with pytest.raises(ControlProtocolError, match="is not UTF-8; type it anew"):
        add_override(Absence(technician="a\udcff", start=NOW, end=END), made_by="eva", reason="flu")


@pytest.mark.parametrize(
    "override",
    [
        Absence(technician="anna", start=NOW, end=END),
        replacement,
        Swap(first=replacement, second=replacement),
    ],
)
def test_override_survives_the_way(override: Override) -> None:
    """Its kind goes with it: some have the same fields."""
    command = add_override(override, made_by="eva", reason="flu")

    sent = parse(Request, line(Request(verb="override.add", arguments=as_json(command))))
    received = arguments(AddOverride, sent.arguments)

    assert override_of(received) == override
    assert (received.made_by, received.reason) == ("eva", "flu")


def test_unknown_kind_is_refused() -> None:
    """A newer command meets an older service."""
    command = AddOverride(kind="Holiday", override={}, made_by="eva")

    with pytest.raises(ControlProtocolError, match="'Holiday' is no kind of override"):
        override_of(command)


def test_wrong_arguments_are_refused_with_the_field() -> None:
    """Most likely command and service are of different releases."""
    with pytest.raises(ControlProtocolError, match=r"RemoveOverride: override_id: .*one release\?"):
        arguments(RemoveOverride, {"override_id": "three", "made_by": "eva"})


def test_shifts_survive_the_way() -> None:
    """Times stay aware."""
    shift = Shift(start=NOW, end=END, layer="primary", technician="anna")
    command = ImportShifts(layer="primary", source="a.ics", shifts=[shift], made_by="eva")

    received = arguments(ImportShifts, as_json(command))

    assert list(received.shifts) == [shift]
