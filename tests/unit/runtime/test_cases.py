"""Cases as a customer sees them: who is rung, when, and who gets the case."""

import asyncio

import pytest
from night import CALL_ID, CALLER, Night

from pbx_bridge.core.call_events import CallerLeft, Told
from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.escalation_events import EscalationTimer, RingEnded
from pbx_bridge.errors import StoreError

FULL = StoreError("database or disk is full")


async def test_decline_rings_the_next_at_once(night: Night) -> None:
    """Anna presses 2: Ben's mobile rings in the same second."""
    await night.open_case()

    await night.presses("anna", "2")

    assert night.rang() == ["anna", "ben"]
    assert night.ringing == ["ben"]


async def test_key_1_ends_the_night(night: Night) -> None:
    """Anna presses 1: nobody else is rung, however long the night is."""
    await night.open_case()

    await night.presses("anna", "1")
    await night.pass_time(seconds=3600)

    assert night.rang() == ["anna"]
    assert (await night.case()).owner == "anna"


async def test_silence_is_no_answer(night: Night) -> None:
    """Anna's mailbox talks and presses nothing: Ben is rung."""
    await night.open_case()

    await night.answers("anna")

    assert night.rang() == ["anna", "ben"]
    assert (await night.case()).owner is None


async def test_busy_rings_the_next_at_once(night: Night) -> None:
    """Nobody waits 22 seconds for a busy line."""
    await night.open_case()

    await night.hangs_up("anna", RingOutcome.BUSY)

    assert night.rang() == ["anna", "ben"]


async def test_nobody_answers_reaches_the_fallback(night: Night) -> None:
    """After the last ring of the last round the office is told, exactly once."""
    await night.open_case()

    await night.pass_time(seconds=10 * 60)

    assert night.rang() == ["anna", "ben", "ben", "anna"]
    assert len(night.told()) == 1


async def test_late_yes_after_the_fallback_counts(night: Night) -> None:
    """The mail is out and Anna presses 1 on the last ring after all: it is hers."""
    await night.open_case()
    await night.pass_time(seconds=10 * 60)

    night.daemon.cases.post("1001", RingEnded(4, RingOutcome.ACKNOWLEDGED))
    await night.settle()

    assert (await night.case()).owner == "anna"
    assert night.rang()
    assert night.told()


async def test_two_calls_are_two_cases(night: Night) -> None:
    """A second caller does not wait for the first one's night to end, nor ring who is rung."""
    first = await night.open_case("1768000000.1")
    second = await night.open_case("1768000000.7")

    await night.presses("ben", "1")

    assert (first.case_id, second.case_id) == ("1001", "1002")
    assert night.rang() == ["anna", "ben"]
    assert (await night.case("1002")).owner == "ben"
    assert (await night.case("1001")).owner is None


async def test_call_that_is_there_already_is_not_opened_twice(night: Night) -> None:
    """Two sessions for one call find one case."""
    first = await night.daemon.calls.adopt(CALL_ID, CALLER, "/spool/x")

    second = await night.daemon.calls.adopt(CALL_ID, CALLER, "/spool/x")

    assert second == first
    assert len(night.store.tables.calls) == 1


async def test_escalation_is_opened_once(night: Night) -> None:
    """The wish to ring may be carried out twice; the first ring is asked for once."""
    call = await night.open_case()

    await night.daemon.ringing.escalate(_escalate_of(night, call.case_id))
    await night.settle()

    assert night.rang() == ["anna"]


async def test_case_opened_for_nobody_can_be_asked_about(night: Night) -> None:
    """Who asks for what is not there gets an error, not a crash."""
    with pytest.raises(StoreError, match="case 9999 has no call"):
        await _while_settling(night, night.daemon.cases.submit_call("9999", Told()))
    with pytest.raises(StoreError, match="case 9999 has no escalation"):
        await _while_settling(
            night, night.daemon.cases.submit_escalation("9999", EscalationTimer())
        )


async def test_disk_that_fails_does_not_stop_the_actor(night: Night) -> None:
    """A full disk: whoever asks is told; when it is mended the night goes on."""
    await night.open_case()
    night.world.break_disk(FULL)

    with pytest.raises(StoreError, match="disk is full"):
        await _while_settling(night, night.daemon.cases.submit_call("1001", Told()))
    await night.pass_time(seconds=60)
    night.world.break_disk(None)
    await night.pass_time(seconds=30)

    assert night.rang() == ["anna", "ben"]


async def test_broken_disk_is_not_asked_without_pause(night: Night) -> None:
    """A timer is due and cannot be handled: the processor is not burnt for it."""
    await night.open_case()
    night.clock.move(60)
    tried = []

    async def save(*_: object) -> None:
        tried.append("save")
        raise FULL

    night.store.escalations.save = save

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(night.daemon.cases.run(), timeout=0.05)

    assert tried == ["save"]
    assert night.rang() == ["anna"]


async def test_case_that_crashes_does_not_stop_the_others(night: Night) -> None:
    """A bug in one case costs this case, not the night."""
    await night.open_case()

    with pytest.raises(StoreError, match="case 1001"):
        await _while_settling(night, night.daemon.cases.submit_escalation("1001", "nonsense"))
    await night.presses("anna", "2")

    assert night.rang() == ["anna", "ben"]


async def test_run_handles_what_is_posted(night: Night) -> None:
    """The loop of the service does what `settle` does."""
    await night.daemon.calls.adopt(CALL_ID, CALLER, f"/spool/{CALL_ID}")
    run = asyncio.create_task(night.daemon.cases.run())

    state = await night.daemon.cases.submit_call("1001", CallerLeft(0.0))

    assert state.is_gone
    run.cancel()
    await asyncio.gather(run, return_exceptions=True)
    await night.settle()
    assert night.rang() == ["anna"]


async def test_waiting_ends_with_the_state_or_with_the_limit(night: Night) -> None:
    """Whoever waits for a decision gets on with it, whether it comes or not."""
    call = await night.open_case()

    await night.daemon.cases.wait_for(call.case_id, lambda _: True, limit_s=60)
    await night.daemon.cases.wait_for(call.case_id, lambda _: False, limit_s=0)

    assert night.daemon.cases._watchers == []
    assert night.rang() == ["anna"]


def _escalate_of(night: Night, case_id: str):
    return next(
        row.pending
        for row in night.store.tables.outbox
        if row.pending.case_id == case_id and type(row.pending.effect).__name__ == "Escalate"
    )


async def _while_settling(night: Night, work):
    task = asyncio.ensure_future(work)
    await asyncio.sleep(0)
    await night.settle()
    return await task
