"""What the office reads when the telephone could not help."""

import asyncio
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from examples import opened_call
from fakes import MemoryStore
from listeners import FakeNotifier, spoken
from night import Night

from pbx_bridge.core.case import Caller, Urgency, Verdict
from pbx_bridge.core.escalation_events import Fallback, FallbackReason
from pbx_bridge.errors import NotifyFailed, StoreError
from pbx_bridge.ports import Pending
from pbx_bridge.runtime.notices import WHY, Notices, write_notice

BERLIN = ZoneInfo("Europe/Berlin")
CALL = replace(
    opened_call().state,
    message_s=4.2,
    verdict=Verdict(urgency=Urgency.EMERGENCY, category="water"),
    transcript=spoken("rohrbruch im keller"),
)
GIVEN_UP = Pending(seq=7, case_id="1001", effect=Fallback(FallbackReason.NOBODY_ACCEPTED))


def written(call=CALL, *, with_transcript: bool = False):
    """Return the notice of a case that nobody accepted."""
    reason = FallbackReason.NOBODY_ACCEPTED
    return write_notice(
        call, WHY[reason], key="1001-7", zone=BERLIN, with_transcript=with_transcript
    )


async def notices_for(*notifiers: FakeNotifier) -> Notices:
    """Return notices through *notifiers* for a store that holds the case."""
    store = MemoryStore()
    await store.calls.open(CALL.arrived_at, opened_call())
    return Notices(store.calls, notifiers, zone=BERLIN, with_transcript=False)


def test_notice_says_who_when_and_how_urgent() -> None:
    """All that somebody needs to call back, in the firm's own time."""
    notice = written()

    assert notice.subject == "[emergency] case 1001: nobody accepted the case"
    assert "Called:   2026-01-09 23:00:00 CET" in notice.body
    assert "Caller:   +4930123456" in notice.body
    assert "Message:  4 s" in notice.body
    assert notice.key == "1001-7"


def test_words_are_in_the_mail_only_when_the_firm_wants_them() -> None:
    """Mail is read by more people than the telephone."""
    assert "rohrbruch" not in written().body
    assert "rohrbruch im keller" in written(with_transcript=True).body


def test_missing_facts_are_said() -> None:
    """Withheld number, nothing understood, no verdict: the mail says so."""
    call = replace(CALL, caller=Caller(None), transcript=spoken(""), verdict=None)

    body = written(call, with_transcript=True).body

    assert "number withheld" in body
    assert "(none understood)" in body
    assert "unknown (other)" in body


@pytest.mark.parametrize("reason", list(FallbackReason))
def test_every_reason_has_words(reason: FallbackReason) -> None:
    """No reason is told as a code."""
    assert reason.value not in WHY[reason]
    assert len(WHY[reason].split()) > 2


async def test_one_notifier_that_fails_does_not_keep_the_others() -> None:
    """The mail server is away: the others are told now, and nobody is told twice."""
    broken, working = FakeNotifier(), FakeNotifier()
    broken.faults = [NotifyFailed("connection refused")]
    notices = await notices_for(broken, working)

    with pytest.raises(NotifyFailed, match="connection refused"):
        await notices.fall_back(GIVEN_UP)
    await notices.fall_back(GIVEN_UP)

    assert len(working.sent) == len(broken.sent) == 1


async def test_notice_of_a_case_without_call_fails_visibly() -> None:
    """A case that cannot be read is reported."""
    notices = Notices(MemoryStore().calls, [], zone=BERLIN, with_transcript=False)

    with pytest.raises(StoreError, match="case 1001 has no call"):
        await notices.fall_back(GIVEN_UP)


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
