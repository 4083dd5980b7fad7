"""Facts at the carrier, from AMI events."""

from boxes.events import CarrierEvent, Translator, to_line

MOBILE = "1795320773.7"
CALLER = "call-abc"


def happen(*events: dict[str, str]) -> list[CarrierEvent]:
    """Return the facts that *events* tell, each a second after the one before."""
    translator = Translator()
    told = [
        translator.translate({"Timestamp": f"{100 + n}.000250", **event})
        for n, event in enumerate(events)
    ]
    return [fact for fact in told if fact is not None]


def new(channel_id: str, exten: str) -> dict[str, str]:
    """Return the event of a channel that appears."""
    return {
        "Event": "Newchannel",
        "Uniqueid": channel_id,
        "Exten": exten,
        "CallerIDNum": "4930555100",
    }


def of(channel_id: str, event: str, **more: str) -> dict[str, str]:
    """Return another event of that channel."""
    return {"Event": event, "Uniqueid": channel_id, **more}


def test_a_mobile_from_invite_to_hangup() -> None:
    """It rings, answers, presses 1, and hangs up itself."""
    facts = happen(
        new(MOBILE, "4930231250103"),
        of(MOBILE, "Newstate", ChannelStateDesc="Up"),
        of(MOBILE, "UserEvent", UserEvent="BoxMobile", Digit="1"),
        of(MOBILE, "Hangup", Cause="16"),
    )

    assert [(fact.what, fact.digit, fact.by) for fact in facts] == [
        ("invite", "", ""),
        ("answered", "", ""),
        ("digit", "1", ""),
        ("hungup", "", "mobile"),
    ]
    assert {fact.number for fact in facts} == {"4930231250103"}
    assert facts[0].peer == "4930555100"
    assert facts[0].at_ms == 100000.25


def test_the_pbx_hung_up_when_it_asked_to() -> None:
    """A request to hang up comes from the other side, before the end."""
    facts = happen(new(MOBILE, "1"), of(MOBILE, "HangupRequest"), of(MOBILE, "Hangup", Cause="19"))

    assert (facts[-1].by, facts[-1].cause) == ("pbx", 19)


def test_a_caller_is_told_from_a_mobile() -> None:
    """Callers have ids of ours, and their INVITE is the dialling."""
    facts = happen(
        new(CALLER, ""),
        {"Event": "DialBegin", "DestUniqueid": CALLER, "DialString": "4930555100@pbx"},
        of(CALLER, "Hangup", Cause="16"),
    )

    assert [(fact.who, fact.what, fact.number) for fact in facts] == [
        ("caller", "invite", "4930555100"),
        ("caller", "hungup", "4930555100"),
    ]


def test_ringing_and_strangers_tell_nothing() -> None:
    """Other states are no facts, and neither is a channel from before the recorder."""
    assert len(happen(new(MOBILE, "1"), of(MOBILE, "Newstate", ChannelStateDesc="Ring"))) == 1
    assert happen(of("old", "Hangup", Cause="16"), of("old", "HangupRequest")) == []


def test_a_line_says_only_what_there_is() -> None:
    """Empty fields are left out."""
    (fact,) = happen(new(MOBILE, "103"))

    assert to_line(fact) == (
        '{"at_ms": 100000.25, "who": "mobile", "what": "invite", "number": "103",'
        ' "channel_id": "1795320773.7", "peer": "4930555100"}'
    )
