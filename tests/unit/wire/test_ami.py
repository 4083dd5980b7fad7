"""Messages of Asterisk: what each says, and which are void."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbx_bridge.core.case import RingOutcome
from pbx_bridge.wire.ami import (
    ChannelStatus,
    HungUp,
    OriginateResult,
    Reply,
    UserSignal,
    is_list_part,
    is_sound,
    read_event,
    read_message,
    read_reply,
    read_status,
    ring_outcome,
)

HANGUP = {
    "event": "Hangup",
    "channel": "PJSIP/trunk-1",
    "channelstate": "5",
    "uniqueid": "17-1",
    "cause": "21",
    "techcause": "403",
}

ORIGINATE_RESPONSE = {
    "event": "OriginateResponse",
    "actionid": "ring-1",
    "response": "Failure",
    "reason": "0",
    "uniqueid": "17-1",
}


def test_message_is_its_headers() -> None:
    """Names in lower case; what is no header (the greeting) is skipped."""
    block = b"Asterisk Call Manager/11.0.0\r\nResponse: Success\r\nMessage: a: b"

    assert read_message(block) == {"response": "Success", "message": "a: b"}


def test_header_that_came_twice_keeps_both_values() -> None:
    """In whatever case: a caller can add a line ``uniqueid:`` to an event."""
    message = read_message(b"Event: Hangup\r\nUniqueid: 17-1\r\nuniqueid: 99-1")

    assert message["uniqueid"] == ["17-1", "99-1"]


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message(block: bytes) -> None:
    """Reading never fails, whatever comes; what it means is asked later."""
    message = read_message(block)

    assert isinstance(is_sound(message), bool)
    assert read_event(message) is None


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (b"Event: Hangup", True),
        (b"Response: Success\r\nActionID: 1", True),
        (b"Event: Hangup\r\nevent: UserEvent", False),
        (b"Event: X\r\nActionID: 1\r\nActionID: 2", False),
        (b"Response: Success\r\nResponse: Error", False),
        (b"ActionID: 1", False),
        (b"", False),
    ],
)
def test_message_that_is_two_things_is_void(block: bytes, *, expected: bool) -> None:
    """Only a forged message says twice what it is."""
    assert is_sound(read_message(block)) is expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"response": "Success", "message": "Ok"}, Reply(is_success=True, message="Ok")),
        ({"response": "Goodbye"}, Reply(is_success=True, message="no reason given")),
        ({"response": "Error", "message": "No"}, Reply(is_success=False, message="No")),
        ({"message": "Ok"}, Reply(is_success=False, message="Ok")),
    ],
)
def test_reply_is_yes_or_no(fields: dict[str, str], expected: Reply) -> None:
    """A reply that does not say yes is a no."""
    assert read_reply(fields) == expected


def test_hangup_has_its_cause_and_whether_it_rang() -> None:
    """The state in which a channel went tells a rejection from a dead number."""
    assert read_event(HANGUP) == HungUp(
        channel_id="17-1", cause=21, tech_cause=403, was_ringing=True
    )


def test_originate_response_has_its_order() -> None:
    """Joined by our ActionID: the channel may be somebody else's."""
    assert read_event(ORIGINATE_RESPONSE) == OriginateResult(
        action_id="ring-1", channel_id="17-1", is_answered=False, reason=0
    )


def test_user_event_is_believed_about_its_own_channel_only() -> None:
    """The dialplan's own header ``Channel`` collides with Asterisk's; the uniqueid does not."""
    fields = {
        "event": "UserEvent",
        "userevent": "PBXBKey",
        "channel": ["PJSIP/trunk-1", "17-1"],
        "uniqueid": "17-1",
        "call": "7.1",
    }

    event = read_event(fields)

    assert isinstance(event, UserSignal)
    assert (event.name, event.channel_id, event.text("call"), event.text("channel")) == (
        "PBXBKey",
        "17-1",
        "7.1",
        "",
    )


@pytest.mark.parametrize(
    "fields",
    [
        HANGUP | {"uniqueid": ["17-1", "18-1"]},
        HANGUP | {"channelstate": "x"},
        {"event": "Hangup"},
        ORIGINATE_RESPONSE | {"actionid": ["a", "b"]},
        {"event": "OriginateResponse", "uniqueid": "17-1"},
        {"event": "UserEvent", "userevent": "PBXBKey"},
        {"event": "Newchannel"},
        {"response": "Success"},
    ],
)
def test_event_that_is_cut_or_doubled_is_void(fields: dict[str, str | list[str]]) -> None:
    """A hostile From cuts an event or adds headers to it; neither may be believed."""
    assert read_event(fields) is None


@pytest.mark.parametrize("number", ["", "-1", "1e3", "٣", "9" * 5000])
def test_number_that_is_none_is_unknown(number: str) -> None:
    """A strange cause is no cause; it is never an error."""
    event = read_event(HANGUP | {"cause": number})

    assert isinstance(event, HungUp)
    assert event.cause is None


def test_status_has_our_variables() -> None:
    """A variable that is not set reads ``(null)`` in Asterisk, and empty here."""
    fields = {
        "event": "Status",
        "channel": "PJSIP/trunk-1",
        "channelstate": "6",
        "uniqueid": "17-1",
        "variable": ["PBXB_CASE=17", "PBXB_CALL=(null)"],
    }

    assert read_status(fields) == ChannelStatus(
        channel="PJSIP/trunk-1",
        channel_id="17-1",
        is_up=True,
        variables={"PBXB_CASE": "17", "PBXB_CALL": ""},
    )
    assert read_status(fields | {"uniqueid": ["17-1", "1"]}) is None
    assert read_status(fields | {"event": "Other"}) is None


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (b"Event: Status\r\nUniqueid: 1\r\nActionID: a", True),
        (b"Event: StatusComplete\r\nActionID: a\r\nEventList: Complete\r\nListItems: 2", True),
        (b"Event: StatusComplete\r\nX: y\r\nUniqueid: 1\r\nActionID: a", False),
        (b"Event: Status\r\nResponse: Error\r\nUniqueid: 1\r\nActionID: a", False),
        (b"Event: Status\r\nSubEvent: End\r\nUniqueid: 1\r\nActionID: a", False),
    ],
)
def test_caller_cannot_end_a_list(block: bytes, *, expected: bool) -> None:
    """A list that ends early would make a living ring look dead."""
    assert is_list_part(read_message(block)) is expected


def failure(reason: int) -> OriginateResult:
    """Return a failed order."""
    return OriginateResult(action_id="a", channel_id="1-1", is_answered=False, reason=reason)


def gone(cause: int | None, tech_cause: int | None, *, ringing: bool) -> HungUp:
    """Return the end of a channel."""
    return HungUp(channel_id="1-1", cause=cause, tech_cause=tech_cause, was_ringing=ringing)


@pytest.mark.parametrize(
    ("result", "hung_up", "expected"),
    [
        # as measured on Asterisk 22.10 against a carrier that does each of these
        (failure(3), gone(19, 480, ringing=True), RingOutcome.NO_ANSWER),  # rings for ever
        (failure(3), gone(19, 480, ringing=False), RingOutcome.NO_ANSWER),  # carrier is silent
        (failure(0), gone(17, 486, ringing=False), RingOutcome.BUSY),
        (failure(0), gone(34, 503, ringing=False), RingOutcome.UNREACHABLE),  # congestion
        (failure(0), gone(1, 404, ringing=False), RingOutcome.UNREACHABLE),  # no such number
        (failure(0), gone(21, 403, ringing=True), RingOutcome.BUSY),  # rejected by hand
        (failure(0), gone(21, 403, ringing=False), RingOutcome.UNREACHABLE),  # by the carrier
        (failure(0), gone(19, 480, ringing=False), RingOutcome.UNREACHABLE),  # switched off
        (failure(0), gone(18, 408, ringing=False), RingOutcome.UNREACHABLE),  # dead trunk
        (failure(0), None, RingOutcome.UNREACHABLE),  # unknown endpoint
        # other carriers, older Asterisk, after our restart
        (failure(0), gone(21, 603, ringing=False), RingOutcome.BUSY),
        (failure(0), gone(17, None, ringing=True), RingOutcome.BUSY),
        (failure(0), gone(19, 480, ringing=True), RingOutcome.NO_ANSWER),  # carrier gave up
        (failure(5), None, RingOutcome.BUSY),
        (None, gone(16, None, ringing=True), RingOutcome.NO_ANSWER),
        (None, gone(None, None, ringing=True), RingOutcome.NO_ANSWER),
        (None, gone(None, None, ringing=False), RingOutcome.UNREACHABLE),
        (None, None, RingOutcome.UNREACHABLE),
    ],
)
def test_outcome_of_a_ring_that_nobody_answered(
    result: OriginateResult | None, hung_up: HungUp | None, expected: RingOutcome
) -> None:
    """The technician's escalation depends on why: busy now, not there, or not reachable."""
    assert ring_outcome(result, hung_up) is expected
