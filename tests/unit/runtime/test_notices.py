"""What the office reads when the telephone could not help."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from daemon import policy_of
from examples import opened_call
from fakes import FakeClock, MemoryStore
from listeners import addressee, spoken
from night import Night

from pbx_bridge.core.case import Caller, MessageEnd, Urgency, Verdict
from pbx_bridge.core.escalation import open_escalation
from pbx_bridge.core.escalation_events import Fallback, FallbackReason, Tell, Topic
from pbx_bridge.core.escalation_state import EscalationTransition
from pbx_bridge.core.lineup import ALONE
from pbx_bridge.core.news import News
from pbx_bridge.errors import NotifyFailed, StoreError
from pbx_bridge.ports import Addressee, Pending
from pbx_bridge.runtime.notices import Notices, case_facts, write_notice

BERLIN = ZoneInfo("Europe/Berlin")
CALL = replace(
    opened_call().state,
    message=MessageEnd.SILENCE,
    message_s=4.2,
    verdict=Verdict(urgency=Urgency.EMERGENCY, category="water"),
    transcript=spoken("rohrbruch im keller"),
)
GIVEN_UP = Pending(seq=7, case_id="1001", effect=Fallback(FallbackReason.NOBODY_ACCEPTED))


AT_ELEVEN = datetime(2026, 1, 9, 22, tzinfo=UTC)


def written(call=CALL, **changes):
    """Return the notice of a case that nobody accepted."""
    facts = case_facts(call, reason=FallbackReason.NOBODY_ACCEPTED)
    news = News(key="1001-7", topic=Topic.EXHAUSTED, at=AT_ELEVEN, case=facts)
    return write_notice(news, addressee(**changes), BERLIN)


async def notices_for(store: MemoryStore, *people: Addressee) -> Notices:
    """Return notices to *people* for a store that holds the case and its escalation."""
    await store.calls.open(CALL.arrived_at, opened_call())
    opened = open_escalation(
        CALL.arrived_at, "1001", Urgency.EMERGENCY, policy_of("anna", "ben"), ALONE
    )
    rung = replace(opened.state.attempts[0], is_placed=True)
    state = replace(opened.state, attempts=(rung,))
    await store.escalations.open(CALL.arrived_at, EscalationTransition(state))
    return Notices(FakeClock(), store.calls, store.escalations, store.notices, people, zone=BERLIN)


def queued(store: MemoryStore) -> list[str]:
    """Return the addressees of what is queued, in order."""
    return [row.queued.addressee for row in store.notices.rows]


def of(effect) -> Pending:
    """Return the effect as the outbox gives it."""
    return Pending(seq=7, case_id="1001", effect=effect)


def test_notice_says_who_when_and_how_urgent() -> None:
    """All that somebody needs to call back, in the firm's own time."""
    notice = written()

    assert notice.subject == "Case 1001 (emergency): NOBODY accepted it"
    assert "Called: 2026-01-09 23:00:00 CET" in notice.body
    assert "Caller: +4930123456" in notice.body
    assert "Message: 4 s" in notice.body
    assert notice.key == "1001-7"


def test_case_that_rings_while_the_caller_speaks_has_no_length_yet() -> None:
    """Not "0 s", which would look like a caller who said nothing."""
    early = replace(CALL, message=None, message_s=0.0)
    gone = replace(early, is_gone=True)

    assert case_facts(early).is_speaking
    assert "Message: the caller is still speaking" in written(early).body
    assert "Message: 0 s" in written(gone).body


def test_words_are_in_the_mail_only_when_the_firm_wants_them() -> None:
    """Mail is read by more people than the telephone."""
    assert "rohrbruch" not in written().body
    assert "rohrbruch im keller" in written(with_transcript=True).body


def test_missing_facts_are_said() -> None:
    """Withheld number, nothing understood, no verdict: the mail says so."""
    call = replace(CALL, caller=Caller(None), transcript=spoken(""), verdict=None)

    body = written(call, with_transcript=True).body

    assert "number withheld" in body
    assert "none understood" in body
    assert "not understood (other)" in body


async def test_case_without_call_fails_visibly() -> None:
    """A case that cannot be read is reported."""
    store = MemoryStore()
    notices = Notices(
        FakeClock(), store.calls, store.escalations, store.notices, [addressee()], zone=BERLIN
    )

    with pytest.raises(StoreError, match="case 1001 has no call"):
        await notices.fall_back(GIVEN_UP)


async def test_topic_reaches_only_those_who_chose_it() -> None:
    """The office does not want to hear of each acceptance, the program does."""
    store = MemoryStore()
    program = addressee(name="webhook/crm", topics=frozenset({Topic.ACCEPTED}))
    notices = await notices_for(store, addressee(name="mail"), program)

    await notices.tell(of(Tell(Topic.ACCEPTED, "anna")))
    await notices.fall_back(GIVEN_UP)

    assert queued(store) == ["webhook/crm", "mail"]


async def test_effect_carried_out_again_queues_nothing_new() -> None:
    """The process died between the queue and the outbox: the restart does it again."""
    store = MemoryStore()
    notices = await notices_for(store, addressee(name="mail"))

    await notices.fall_back(GIVEN_UP)
    await notices.fall_back(GIVEN_UP)

    assert queued(store) == ["mail"]


async def test_acceptance_is_told_to_those_who_were_rung_and_did_not_take_it() -> None:
    """Anna was rung and Ben took it: Anna may sleep, Clara was never woken."""
    store = MemoryStore()
    topics = frozenset({Topic.ACCEPTED})
    people = [
        addressee(name=name, technician=name, topics=topics) for name in ("anna", "ben", "clara")
    ]
    notices = await notices_for(store, *people)

    await notices.tell(of(Tell(Topic.ACCEPTED, "ben")))

    assert queued(store) == ["anna"]


async def test_push_says_neither_number_nor_words_unless_they_are_switched_on() -> None:
    """A lock screen is read by others."""
    brief = written(is_brief=True, with_number=False)
    open_hearted = written(is_brief=True, with_number=True, with_transcript=True)

    told = f"{brief.subject} {brief.body} {brief.news}"
    assert "+4930123456" not in told
    assert "rohrbruch" not in told
    assert open_hearted.body == "Caller: +4930123456\nWords: rohrbruch im keller"


async def test_push_is_in_the_language_of_its_reader() -> None:
    """Piotr reads Polish."""
    assert written(is_brief=True, language="pl").subject == "Sprawa 1001 (awaria): NIKT nie przyjął"


async def test_mail_server_that_hangs_does_not_delay_a_ring(night: Night) -> None:
    """The line was down, the mail about it hangs; the phone rings all the same."""
    mail = _hang(night)
    night.phones.goes_down()
    await night.open_case()
    night.phones.comes_back()

    await night.pass_time(seconds=5)

    assert mail == ["asked"]
    assert night.rang() == ["anna"]


async def test_mail_that_fails_is_sent_later(night: Night) -> None:
    """The server is back after a minute: the office gets its mail, once."""
    night.notifier.faults = [NotifyFailed("connection refused")] * 3
    await night.open_case()

    await night.pass_time(seconds=10 * 60)

    assert len(night.told()) == 1
    assert night.rang()


def _hang(night: Night) -> list[str]:
    asked: list[str] = []

    async def send(_: object) -> None:
        asked.append("asked")
        await asyncio.Event().wait()

    night.notifier.send = send
    return asked


async def test_notifier_that_raises_does_not_delay_a_ring(night: Night) -> None:
    """Its bug is its own; the next person rings at the usual time, the mail follows."""
    night.notifier.faults = [ZeroDivisionError("a bug")] * 3
    night.phones.goes_down()
    await night.open_case()
    night.phones.comes_back()

    await night.pass_time(seconds=5)
    rang_by_then = night.rang()
    await night.pass_time(seconds=60)

    assert rang_by_then == ["anna"]
    assert len(night.told()) == 1
    night.rang()


async def test_what_was_not_sent_is_sent_after_a_restart(night: Night) -> None:
    """The process dies while the mail hangs: the next life sends it, once."""
    asked = _hang(night)
    night.phones.goes_down()
    await night.open_case()
    del night.notifier.send

    await night.restart()
    await night.pass_time(seconds=60)

    assert asked == ["asked"]
    assert len(night.told()) == 1
    night.phones.comes_back()
    await night.settle()
    night.rang()
