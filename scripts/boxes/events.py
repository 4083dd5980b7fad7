"""What happened at the carrier: one line of JSON for each fact."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from boxes.ami import Event

CALLER_ID = "call-"
"""Channels of callers have ids of ours that begin so; all others ring a mobile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierEvent:
    """One fact about a mobile or a caller."""

    at_ms: float
    """Milliseconds since 1970, as Asterisk stamped the event."""
    who: str
    """`mobile` or `caller`."""
    what: str
    """`invite`, `answered`, `digit`, `hungup`."""
    number: str
    """The mobile's number, or the number that the caller rang."""
    channel_id: str
    """Asterisk's uniqueid, the same for all events of one call."""
    peer: str = ""
    """The number that the mobile showed (on `invite`)."""
    digit: str = ""
    by: str = ""
    """Who hung up: `mobile`, `caller` or `pbx`."""
    cause: int = 0
    """Q.850 cause (on `hungup`)."""


@dataclass(slots=True)
class _Leg:
    who: str
    number: str
    by: str


class Translator:
    """Turn AMI events of the carrier into facts."""

    def __init__(self) -> None:
        self._legs: dict[str, _Leg] = {}

    def translate(self, event: Event) -> CarrierEvent | None:
        """Return the fact that *event* tells, `None` when it tells none."""
        channel_id = event.get("Uniqueid") or event.get("DestUniqueid", "")
        match event.get("Event"):
            case "Newchannel":
                return self._appeared(channel_id, event)
            case "DialBegin" if channel_id in self._legs:
                self._legs[channel_id].number = event.get("DialString", "").partition("@")[0]
                return self._fact("invite", channel_id, event)
            case "Newstate" if event.get("ChannelStateDesc") == "Up":
                return self._fact("answered", channel_id, event)
            case "UserEvent" if event.get("UserEvent") == "BoxMobile":
                return self._fact("digit", channel_id, event)
            case "HangupRequest" if channel_id in self._legs:
                self._legs[channel_id].by = "pbx"
            case "Hangup":
                fact = self._fact("hungup", channel_id, event)
                self._legs.pop(channel_id, None)
                return fact
        return None

    def _appeared(self, channel_id: str, event: Event) -> CarrierEvent | None:
        who = "caller" if channel_id.startswith(CALLER_ID) else "mobile"
        self._legs[channel_id] = _Leg(who, event.get("Exten", ""), by=who)
        return self._fact("invite", channel_id, event) if who == "mobile" else None

    def _fact(self, what: str, channel_id: str, event: Event) -> CarrierEvent | None:
        leg = self._legs.get(channel_id)
        if leg is None:
            return None
        return CarrierEvent(
            at_ms=round(float(event["Timestamp"]) * 1000, 3),
            who=leg.who,
            what=what,
            number=leg.number,
            channel_id=channel_id,
            peer=event.get("CallerIDNum", "") if what == "invite" else "",
            digit=event.get("Digit", "") if what == "digit" else "",
            by=leg.by if what == "hungup" else "",
            cause=int(event.get("Cause", 0)) if what == "hungup" else 0,
        )


def to_line(event: CarrierEvent) -> str:
    """Return *event* as one line of JSON, without what it does not say."""
    fields = {name: value for name, value in asdict(event).items() if value not in ("", 0)}
    return json.dumps(fields, ensure_ascii=False)


def read(path: Path, since_ms: float = 0) -> Iterator[CarrierEvent]:
    """Yield the events in *path* that happened at *since_ms* or later; a half line waits."""
    try:
        lines = path.read_text().splitlines(keepends=True)
    except FileNotFoundError:
        return
    for line in lines:
        if line.endswith("\n"):
            event = CarrierEvent(**json.loads(line))
            if event.at_ms >= since_ms:
                yield event
