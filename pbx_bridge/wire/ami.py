"""
What Asterisk's manager interface says: messages become values, causes become outcomes.

A message is a mapping of header names, lower case, to a text, or to several texts when the
header came several times. A header that counts and came twice makes the message void: callers
can add lines to an event through the user part of their SIP From (asterisk, measured on 22.10).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pbx_bridge.core.case import RingOutcome

Fields = Mapping[str, str | Sequence[str]]

RINGING, UP = 5, 6
"""``ChannelState``: the far end rings, the far end answered."""

_RANG_OUT, _BUSY = 3, 5
"""``Reason`` of OriginateResponse: rang until the timeout, busy. Mostly it is 0: no idea."""

_BUSY_CAUSES = frozenset({17})
"""Q.850: user busy."""
_BUSY_SIP = frozenset({486, 600, 603})
"""SIP: busy here, busy everywhere, declined by hand."""
_SILENT_CAUSES = frozenset({0, 16, 18, 19, 21})
"""Q.850: none, normal, no response, no answer, rejected. What they mean depends on ringing."""
_REJECTED = 21

_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer to one action."""

    is_success: bool
    message: str
    """What Asterisk says for people; the refusal's only reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginateResult:
    """Event OriginateResponse: an order to ring was answered, or came to nothing."""

    action_id: str
    channel_id: str
    """The `ChannelId` that was ordered, also after a failure, also when another has it."""
    is_answered: bool
    reason: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HungUp:
    """Event Hangup: a channel is gone."""

    channel_id: str
    cause: int | None
    """Q.850 cause."""
    tech_cause: int | None
    """SIP status; `None` when Asterisk had none, and before Asterisk 20."""
    was_ringing: bool
    """It rang when it went, and was not answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSignal:
    """Event UserEvent: a dialplan says something."""

    name: str
    channel_id: str
    """The channel that ran the dialplan, as Asterisk itself says."""
    fields: Fields

    def text(self, name: str) -> str:
        """Return a header; empty when it is missing or came twice."""
        return _one(self.fields, name) or ""


AmiEvent = OriginateResult | HungUp | UserSignal


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelStatus:
    """One living channel, from the list that the action Status gives."""

    channel: str
    channel_id: str
    is_up: bool
    variables: Mapping[str, str]
    """Those that were asked for; one that is not set is empty."""


def read_message(block: bytes) -> Fields:
    """
    Return the headers of one message, without its empty last line.

    A name that came twice, in whatever case, has all its values: the reader decides.
    """
    found: dict[str, list[str]] = {}
    for line in block.decode("utf-8", "replace").split("\r\n"):
        name, colon, value = line.partition(": ")
        if colon:
            found.setdefault(name.strip().lower(), []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def is_sound(fields: Fields) -> bool:
    """Whether the headers that say what a message is, and to what it belongs, came once."""
    kind = [_one(fields, name) for name in ("response", "event") if name in fields]
    return bool(kind) and all(
        isinstance(fields.get(name, ""), str)
        for name in ("response", "event", "actionid", "eventlist", "message", "subevent")
    )


def read_reply(fields: Fields) -> Reply:
    """Return the answer to an action."""
    is_success = _one(fields, "response") in {"Success", "Goodbye"}
    return Reply(is_success, _one(fields, "message") or "no reason given")


def read_event(fields: Fields) -> AmiEvent | None:
    """Return what an event says; `None` when it is none of ours, or void."""
    match _one(fields, "event"):
        case "OriginateResponse":
            action_id, channel_id = _one(fields, "actionid"), _one(fields, "uniqueid")
            response = _one(fields, "response")
            if not (action_id and channel_id and response):
                return None
            return OriginateResult(
                action_id=action_id,
                channel_id=channel_id,
                is_answered=response == "Success",
                reason=_number(fields, "reason"),
            )
        case "Hangup":
            channel_id, state = _one(fields, "uniqueid"), _number(fields, "channelstate")
            if not channel_id or state is None:
                return None
            return HungUp(
                channel_id=channel_id,
                cause=_number(fields, "cause"),
                tech_cause=_number(fields, "techcause"),
                was_ringing=state == RINGING,
            )
        case "UserEvent":
            name, channel_id = _one(fields, "userevent"), _one(fields, "uniqueid")
            if not (name and channel_id):
                return None
            return UserSignal(name=name, channel_id=channel_id, fields=fields)
        case _:
            return None


def read_status(fields: Fields) -> ChannelStatus | None:
    """Return one item of a Status list; `None` when it is something else, or void."""
    channel, channel_id = _one(fields, "channel"), _one(fields, "uniqueid")
    state = _number(fields, "channelstate")
    if _one(fields, "event") != "Status" or not (channel and channel_id) or state is None:
        return None
    found = fields.get("variable", ())
    pairs = [text.partition("=") for text in ([found] if isinstance(found, str) else found)]
    return ChannelStatus(
        channel=channel,
        channel_id=channel_id,
        is_up=state == UP,
        variables={name: "" if value == "(null)" else value for name, _, value in pairs},
    )


def is_list_part(fields: Fields) -> bool:
    """
    Whether a sound message can be an item or the end of a list, and not text of a caller.

    A caller's text in an item takes the rest of that item as its own last header: its `ActionID`,
    but its `Uniqueid` with it. So he can neither end a list early nor make an item an answer.
    """
    if "response" in fields or "subevent" in fields:
        return False
    return "uniqueid" not in fields or not (_one(fields, "event") or "").endswith("Complete")


def ring_outcome(result: OriginateResult | None, hung_up: HungUp | None) -> RingOutcome:
    """
    Return how a ring ended that nobody answered.

    Args:
        result: `None` when the order was given before our restart.
        hung_up: `None` when there never was a channel: endpoint unknown or not reachable.

    Source: measured on Asterisk 22.10 for each kind of mobile; ``tests/asterisk/test_phones.py``
    measures it again. ``Reason`` does not tell busy from unreachable, the Hangup event does.
    """
    reason = result.reason if result else None
    if reason == _RANG_OUT:
        return RingOutcome.NO_ANSWER
    if reason == _BUSY:
        return RingOutcome.BUSY
    if hung_up is None:
        return RingOutcome.UNREACHABLE
    if hung_up.cause in _BUSY_CAUSES or hung_up.tech_cause in _BUSY_SIP:
        return RingOutcome.BUSY
    if hung_up.was_ringing and hung_up.cause == _REJECTED:
        return RingOutcome.BUSY
    if hung_up.was_ringing and (hung_up.cause is None or hung_up.cause in _SILENT_CAUSES):
        return RingOutcome.NO_ANSWER
    return RingOutcome.UNREACHABLE


def _one(fields: Fields, name: str) -> str | None:
    """Return a header that came exactly once."""
    value = fields.get(name)
    return value if isinstance(value, str) else None


def _number(fields: Fields, name: str) -> int | None:
    value = _one(fields, name)
    return int(value) if value is not None and _NUMBER.fullmatch(value) else None
