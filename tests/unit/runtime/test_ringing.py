"""Rings, and looks before it rings: what the line, the dialplan and other people did meanwhile."""

import pytest
from night import CALL_ID, Night

from pbx_bridge.core.call_events import DialplanEnded, Escalate, HeardCertain
from pbx_bridge.core.call_flow import CallPhase
from pbx_bridge.core.case import RingOutcome, Urgency, Verdict
from pbx_bridge.core.escalation_events import CancelRing, MarkTaken, RingEnded
from pbx_bridge.errors import AmiRejected, StoreError
from pbx_bridge.ports import LiveChannel, Pending
from pbx_bridge.runtime.lookout import CALLS, TAKEN


async def test_order_carries_what_the_dialplan_needs_without_us(night: Night) -> None:
    """Number, case, recording and a token: the leg can be screened by Asterisk alone."""
    await night.open_case()

    [order] = night.phones.rings

    assert night.rang() == ["anna"]
    assert (order.channel_id, order.number, order.timeout.seconds) == ("1001-1", "+49170111", 22)
    assert (order.call_id, order.recording) == (CALL_ID, f"/spool/{CALL_ID}")
    assert night.daemon.tokens.is_genuine("1001-1", order.token)


async def test_line_that_is_down_is_told_once_and_tried_until_it_is_back(night: Night) -> None:
    """Asterisk is away: one mail to the office, and Anna is rung as soon as it is back."""
    night.phones.goes_down()
    await night.open_case()
    await night.pass_time(seconds=60)
    told = night.told()

    night.phones.comes_back()
    await night.pass_time(seconds=5)

    assert len(told) == 1
    assert night.rang() == ["anna"]


async def test_number_that_asterisk_refuses_passes_it_on(night: Night) -> None:
    """A mobile that cannot be rung at all is unreachable: the next one is rung."""
    night.phones.numbers = frozenset({"+49170222"})

    await night.open_case()

    assert night.rang() == ["ben"]
    assert (await night.case()).attempts[0].outcome is RingOutcome.UNREACHABLE


async def test_listener_of_an_early_case_costs_his_ring_timeout(night: Night) -> None:
    """Perhaps a mailbox: Ben is rung after 22 s; Anna listens on, and is let go after 75 s."""
    line = night.caller(stands_still_at="speaking")
    await night.serve(line)
    night.daemon.cases.post("1001", HeardCertain(Verdict(urgency=Urgency.EMERGENCY)))
    await night.settle()

    await night.answers("anna", stands_still_at="ack-announce")
    await night.pass_time(21)
    alone = night.rang()
    await night.pass_time(2)
    beside, stopped = night.rang(), list(night.phones.cancelled)
    await night.pass_time(60)

    assert (alone, beside, stopped) == (["anna"], ["anna", "ben"], [])
    assert "1001-1" in night.phones.cancelled
    assert night.rang() == ["anna", "ben", "ben"]  # she was on the phone in the second round


async def test_fallback_takes_an_early_ring_from_us(night: Night) -> None:
    """We were away, the dialplan rang on, Ben pressed 1 there: Anna's ring stops."""
    line = night.caller(stands_still_at="speaking")
    await night.serve(line)
    night.daemon.cases.post("1001", HeardCertain(Verdict(urgency=Urgency.EMERGENCY)))
    await night.settle()
    night.phones.astdb[TAKEN, CALL_ID] = "+49170222/0/fallback"

    night.daemon.cases.post("1001", DialplanEnded("ben", 4.0))
    await night.settle()

    assert (await night.case()).owner == "ben"
    assert night.phones.cancelled == ["1001-1"]
    assert night.rang() == ["anna"]


async def test_dialplan_that_rings_is_not_rung_beside(night: Night) -> None:
    """The fallback rings the same people: we wait until it is over, then ring."""
    fallback = _fallback_begins(night)
    await night.open_case()
    await night.pass_time(seconds=30)
    rang_beside = night.rang()

    del night.phones.channels[fallback]
    await night.pass_time(seconds=5)

    assert rang_beside == []
    assert night.rang() == ["anna"]
    assert night.phones.rings[0].attempt == 1


async def test_taken_in_the_dialplan_rings_nobody(night: Night) -> None:
    """Ben accepted in the fallback before we could ring: it is his."""
    night.phones.astdb[TAKEN, CALL_ID] = "+49170222/0/fallback"

    await night.open_case()

    assert night.rang() == []
    assert (await night.case()).owner == "ben"


async def test_taken_between_two_rings_stops_the_next(night: Night) -> None:
    """Anna's key was stored by the dialplan while her time ran out: Ben sleeps on."""
    await night.open_case()
    night.stores_key("anna")

    await night.pass_time(seconds=60)

    assert night.rang() == ["anna"]
    assert "1001-1" not in night.phones.cancelled
    assert (await night.case()).owner == "anna"


@pytest.mark.parametrize("stored", ["anna/1001-1/forged", "anna/1001-1/", "anna", "//", "x/0/y"])
async def test_key_without_a_genuine_token_is_not_believed(night: Night, stored: str) -> None:
    """Whoever can write into AstDB cannot take a case with it."""
    await night.open_case()
    night.phones.astdb[TAKEN, CALL_ID] = stored

    await night.pass_time(seconds=26)

    assert night.rang() == ["anna", "ben"]
    assert (await night.case()).owner is None


async def test_dialplan_learns_that_it_has_nobody_to_ring(night: Night) -> None:
    """The case has an owner: a fallback that begins later finds that in AstDB."""
    await night.open_case()

    await night.presses("anna", "1")

    assert night.rang() == ["anna"]
    assert night.daemon.lookout.believe(night.phones.astdb[TAKEN, CALL_ID]) == "anna"


async def test_look_that_asterisk_refuses_rings_all_the_same(night: Night) -> None:
    """A missing right in manager.conf must not keep the phone silent."""
    night.world.line.recall = _refuse

    await night.open_case()
    await night.pass_time(seconds=26)

    assert night.rang() == ["anna", "ben"]
    assert night.phones.cancelled == ["1001-1"]


async def test_same_order_twice_rings_once(night: Night) -> None:
    """An effect may be carried out twice: the mobile is asked for once."""
    await night.open_case()
    del night.phones.channels["1001-1"]  # it has just ended, and we do not know yet

    await night.daemon.ringing.ring(_of(night, "Ring"))
    await night.settle()

    assert night.rang() == ["anna"]


async def test_mobile_that_rings_unknown_to_us_is_stopped_before_it_is_rung_again(
    night: Night,
) -> None:
    """Asterisk took the order and its reply was lost: Anna's mobile never rings twice at once."""
    night.phones.loses_reply = True
    await night.open_case()

    await night.pass_time(seconds=5)

    assert night.rang() == ["anna", "anna"]
    assert night.phones.cancelled == ["1001-1"]
    assert list(night.phones.channels) == ["1001-2"]
    assert night.told()


async def test_mobile_that_rings_unknown_to_us_is_stopped_for_another_case_too(
    night: Night,
) -> None:
    """The leg of one case, its reply lost, does not ring beside that of the next case."""
    night.phones.loses_reply = True
    await night.open_case()
    await night.open_case("1768000000.2")

    assert night.rang() == ["anna", "anna"]
    assert night.phones.cancelled == ["1001-1"]
    assert list(night.phones.channels) == ["1002-1"]
    assert night.told()


async def test_key_on_a_mobile_that_rings_unknown_to_us_counts(night: Night) -> None:
    """Anna picked up what we took for not placed, and pressed 1: the case is hers."""
    night.phones.loses_reply = True
    await night.open_case()

    await night.presses("anna", "1")

    assert (await night.case()).owner == "anna"
    assert night.rang() == ["anna"]
    assert night.told()


async def test_whoever_listens_unknown_to_us_is_not_rung_for_another_case(night: Night) -> None:
    """Anna picked up a ring whose reply was lost: nobody hangs up on her, and Ben is rung."""
    night.phones.loses_reply = True
    await night.open_case()
    night.phones.answers("1001-1")

    await night.open_case("1768000000.2")
    await night.pass_time(seconds=5)

    assert night.rang() == ["anna", "ben"]
    assert night.phones.cancelled == []
    assert set(night.phones.channels) == {"1001-1", "1002-1"}
    assert night.told()


@pytest.mark.parametrize("key", [RingOutcome.ACKNOWLEDGED, RingOutcome.DECLINED])
async def test_whoever_listens_after_his_key_is_not_rung_for_another_case(
    night: Night, key: RingOutcome
) -> None:
    """His case was not told that he picked up: it does not know that he is on the phone still."""
    await night.open_case()
    night.daemon.cases.post("1001", RingEnded(1, key))
    await night.settle()

    await night.open_case("1768000000.2")
    await night.pass_time(seconds=5)

    assert night.phones.cancelled == []
    assert "1001-1" in night.phones.channels
    assert night.rang() == ["anna", "ben"]


async def test_key_found_on_a_stray_keeps_its_leg(night: Night) -> None:
    """He pressed 1 in the dialplan's screening: he is not hung up, and not rung beside it."""
    night.phones.loses_reply = True
    await night.open_case()
    night.stores_key("anna")

    await night.open_case("1768000000.2")
    await night.pass_time(seconds=5)

    assert night.rang() == ["anna", "ben"]
    assert night.phones.cancelled == []
    assert (await night.case()).owner == "anna"
    assert night.told()


async def test_stray_that_could_not_be_stopped_is_stopped_though_it_was_answered(
    night: Night,
) -> None:
    """A mailbox that we gave up keeps nobody's mobile for itself."""
    await night.open_case()
    await night.hangs_up("anna", RingOutcome.NO_ANSWER)
    night.phones.channels["1001-1"] = LiveChannel(
        channel="PJSIP/fake-9", channel_id="1001-1", call_id="", is_up=True
    )

    await night.open_case("1768000000.2")

    assert night.phones.cancelled == ["1001-1"]
    assert night.rang() == ["anna", "ben", "anna"]


async def test_owner_who_listens_on_is_not_rung_when_nobody_else_is_left(night: Night) -> None:
    """His case was not told that he picked up; Ben is busy, and Anna is waited for."""
    await night.open_case()
    night.daemon.cases.post("1001", RingEnded(1, RingOutcome.ACKNOWLEDGED))
    await night.settle()
    await night.open_case("1768000000.2")
    await night.hangs_up("ben", RingOutcome.BUSY)
    waiting = night.rang()

    night.phones.ends("1001-1")
    await night.pass_time(seconds=5)

    assert waiting == ["anna", "ben"]
    assert night.rang() == ["anna", "ben", "anna"]


async def test_mobile_that_rings_is_busy_though_a_stray_of_it_was_stopped(night: Night) -> None:
    """Each leg is looked at for itself, whatever the others are."""
    await night.open_case()
    await night.hangs_up("anna", RingOutcome.NO_ANSWER)
    await night.open_case("1768000000.2")
    night.phones.channels["1001-1"] = LiveChannel(
        channel="PJSIP/fake-9", channel_id="1001-1", call_id="", is_up=True
    )

    is_busy = await night.daemon.ringing._is_on_the_phone("anna", await night.phones.live())

    assert is_busy
    assert night.phones.cancelled == ["1001-1"]
    assert night.rang() == ["anna", "ben", "anna"]


async def test_order_for_a_ring_that_is_over_is_dropped(night: Night) -> None:
    """A late order for Anna, while Ben is rung, rings nobody."""
    await night.open_case()
    first = _of(night, "Ring")
    await night.presses("anna", "2")

    await night.daemon.ringing.ring(first)

    assert night.rang() == ["anna", "ben"]


async def test_leg_of_somebody_who_picked_up_is_dismissed(night: Night) -> None:
    """He hears who has the case; what only rings falls silent."""
    await night.open_case()
    taken = CancelRing(1, taken_by="ben")

    await night.daemon.ringing.cancel(Pending(seq=99, case_id="1001", effect=taken))
    await night.settle()

    assert night.phones.dismissed == [("1001-1", "ben")]
    assert night.phones.cancelled == []
    assert night.rang() == ["anna", "ben"]


async def test_cancel_of_a_leg_that_is_gone_is_no_error(night: Night) -> None:
    """Hanging up twice is as good as once."""
    await night.open_case()
    await night.presses("anna", "1")

    await night.daemon.ringing.cancel(Pending(seq=99, case_id="1001", effect=CancelRing(1)))

    assert night.phones.cancelled == ["1001-1"]
    assert night.rang() == ["anna"]


async def test_effects_of_a_case_without_call_fail_visibly(night: Night) -> None:
    """A case whose call cannot be read is reported, not rung with nothing to say."""
    escalate = Pending(seq=1, case_id="77", effect=Escalate(Urgency.URGENT, "other"))

    with pytest.raises(StoreError, match="case 77 has no call"):
        await night.daemon.ringing.escalate(escalate)
    await night.daemon.ringing.mark_taken(Pending(seq=2, case_id="77", effect=MarkTaken("anna")))
    await night.daemon.ringing.look("77")


async def test_look_finds_a_caller_who_speaks_on(night: Night) -> None:
    """He is on the line and in our hands: nothing is decided over his head."""
    night.caller()
    call = await night.daemon.calls.adopt(CALL_ID, None, f"/spool/{CALL_ID}")

    await night.daemon.ringing.look(call.case_id)
    await night.settle()

    assert (await night.call()).phase is CallPhase.RECEIVING


async def test_look_finds_the_fallback(night: Night) -> None:
    """The dialplan has him: we wait for what becomes of it."""
    _fallback_begins(night)
    call = await night.daemon.calls.adopt(CALL_ID, None, f"/spool/{CALL_ID}")

    await night.daemon.ringing.look(call.case_id)
    await night.settle()

    assert (await night.call()).phase is CallPhase.ELSEWHERE


async def test_look_without_asterisk_takes_the_caller_for_gone(night: Night) -> None:
    """No Asterisk, no caller: somebody is rung as soon as there is a line."""
    call = await night.daemon.calls.adopt(CALL_ID, None, f"/spool/{CALL_ID}")
    night.phones.goes_down()

    await night.daemon.ringing.look(call.case_id)
    await night.settle()
    night.phones.comes_back()
    await night.pass_time(seconds=10)

    assert night.rang() == ["anna"]
    assert night.told()


def _fallback_begins(night: Night) -> str:
    """Let the dialplan have the call by itself."""
    channel = LiveChannel(channel="PJSIP/trunk-1", channel_id=CALL_ID, call_id=CALL_ID, is_up=True)
    night.phones.channels[CALL_ID] = channel
    night.phones.astdb[CALLS, CALL_ID] = "fallback/1768000000/+4930123456"
    return CALL_ID


def _of(night: Night, kind: str) -> Pending:
    """Return the first effect of a kind, done or not."""
    rows = (row.pending for row in night.store.tables.outbox)
    return next(pending for pending in rows if type(pending.effect).__name__ == kind)


async def _refuse(*_: object) -> None:
    raise AmiRejected("Permission denied")
