"""The core's values survive the way to disk and back."""

import json
import math
from datetime import UTC, datetime, timedelta, timezone
from typing import get_args

import pytest
from examples import NOW, made_of, opened_call, opened_escalation
from hypothesis import given
from hypothesis import strategies as st

from pbx_bridge.adapters.store.values import (
    CALL_EVENTS,
    EFFECTS,
    ESCALATION_EVENTS,
    dump,
    dump_time,
    load,
    load_named,
    load_time,
)
from pbx_bridge.core.call_events import CallEffect, CallEvent, MessageEnded
from pbx_bridge.core.call_flow import Call
from pbx_bridge.core.case import MessageEnd
from pbx_bridge.core.escalation_events import EscalationEffect, EscalationEvent
from pbx_bridge.core.escalation_state import Escalation
from pbx_bridge.errors import StoreError

EVENTS = {**CALL_EVENTS, **ESCALATION_EVENTS}
ALL = {**EVENTS, **EFFECTS}

utc_times = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- bounds must be naive


@given(made_of(list(ALL.values())))
def test_every_event_and_effect_comes_back(value: object) -> None:
    """What is stored under its class name is read as the same value."""
    assert load_named(ALL, type(value).__name__, dump(value), "row 1") == value


def test_no_two_share_a_name() -> None:
    """A class name says which event or effect it is, so no two may have the same."""
    classes = [
        *get_args(CallEvent),
        *get_args(EscalationEvent),
        *get_args(CallEffect),
        *get_args(EscalationEffect),
    ]

    assert len(ALL) == len(classes)
    assert not ALL.keys() & {"CallOpened", "EscalationOpened"}


def test_states_come_back() -> None:
    """A call and an escalation are the same after a restart."""
    call, escalation = opened_call().state, opened_escalation().state

    assert load(Call, dump(call), "row 1") == call
    assert load(Escalation, dump(escalation), "row 1") == escalation


def test_state_of_an_older_release_is_read() -> None:
    """A field that is new with this release takes its default."""
    fields = json.loads(dump(opened_call().state))
    del fields["is_gone"]

    assert load(Call, json.dumps(fields), "row 1") == opened_call().state


def test_no_number_comes_back() -> None:
    """A length that could not be computed does not make the whole case unreadable."""
    event = MessageEnded(MessageEnd.DIGIT, math.nan)

    data = dump(event)
    read = load(MessageEnded, data, "row 1")

    assert '"NaN"' in data, "SQLite takes no bare NaN for JSON"
    assert math.isnan(read.message_s)


def test_unknown_name_names_the_row() -> None:
    """An event that this release does not know is an error that says where it stands."""
    with pytest.raises(StoreError, match=r"row 12 holds 'Applauded'.*newer release"):
        load_named(EVENTS, "Applauded", "{}", "row 12")


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ('{"end": "digit"', "the whole"),
        ('{"end": "digit"}', "message_s"),
        ('{"end": "applause", "message_s": 1}', "end"),
        ("[]", "the whole"),
    ],
)
def test_broken_data_names_row_and_field(data: str, field: str) -> None:
    """A row changed by hand is an error that says which row and which field."""
    with pytest.raises(StoreError, match=rf"row 12 is not a readable MessageEnded \({field}: "):
        load(MessageEnded, data, "row 12")


def test_error_does_not_tell_what_the_caller_said() -> None:
    """An error text goes into the log, caller data must not."""
    with pytest.raises(StoreError) as caught:
        load(Call, '{"caller": {"number": {"x": "+49301234"}}}', "row 12")

    assert "+49301234" not in str(caught.value)


def test_text_that_cannot_be_written_is_an_error() -> None:
    """Half a character is refused before anything is committed."""
    with pytest.raises(StoreError, match="dict cannot be stored"):
        dump({"text": "\udc80"})


@given(utc_times, st.integers(min_value=-720, max_value=840))
def test_time_comes_back(at: datetime, offset_min: int) -> None:
    """A time is the same moment after a restart, to the microsecond, and in UTC."""
    told_elsewhere = at.astimezone(timezone(timedelta(minutes=offset_min)))

    read = load_time(dump_time(told_elsewhere), "row 1")

    assert read == at
    assert read.tzinfo is UTC


@given(utc_times, utc_times)
def test_text_order_is_time_order(one: datetime, other: datetime) -> None:
    """SQL compares times as text."""
    assert (dump_time(one) < dump_time(other)) == (one < other)
    assert len(dump_time(one)) == len(dump_time(other)) == 32


def test_time_without_zone_is_refused() -> None:
    """A naive time means another moment on every machine."""
    with pytest.raises(ValueError, match="no zone"):
        dump_time(NOW.replace(tzinfo=None))


def test_broken_time_names_the_row() -> None:
    """A time changed by hand is an error that says where it stands."""
    with pytest.raises(StoreError, match="row 12 holds 'noon'"):
        load_time("noon", "row 12")
