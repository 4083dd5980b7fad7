"""The process may die anywhere: no case lost, somebody rung, one owner, no leg twice."""

from faults import Died
from lines import FakeLine
from night import CALL_ID, Night

from pbx_bridge.core.case_life import CaseOutcome, OutcomeGiven, OutcomeWithdrawn
from pbx_bridge.core.escalation_events import TakenByHand
from pbx_bridge.core.escalation_state import EscalationPhase
from pbx_bridge.runtime.lookout import CALLS, TAKEN


async def _advance(night: Night, line: FakeLine) -> None:
    """Let the next thing happen in a night where Anna sleeps and Ben accepts."""
    if not line.is_gone and "PBXB_DONE" not in line.variables:
        await night.serve(line)
    elif "ben" in night.ringing:
        await night.presses("ben", "1")
    else:
        await night.pass_time(5)


async def _story(dies_after: int | None, **script: object) -> Night:
    """Play a whole night; the process dies once, after that many acts, and is started again."""
    night = Night("anna", "ben")
    await night.begin()
    night.world.fate.acts.clear()
    night.world.fate.dies_after = dies_after
    line = night.caller(**script)
    for _ in range(60):
        try:
            await _advance(night, line)
        except Died:
            if line.is_gone and "PBXB_DONE" not in line.variables:
                night.phones.astdb[CALLS, CALL_ID] = "nobody/1768000000/+4930123456"
            await night.restart()
            await _report(night)
        state = night.store.tables.escalations.get("1001")
        if state and state.state.phase is not EscalationPhase.RINGING:
            break
    await night.pass_time(60)
    night.rang()
    await night.end()
    return night


async def _assert_whole(night: Night, point: int) -> None:
    orders = [what.channel_id for act, what in night.world.fate.acts if act == "ring"]
    assert list(night.store.tables.calls) == ["1001"], point
    assert (await night.case()).owner == "ben", point
    assert "anna" in night.rang(), point
    assert len(orders) == len(set(orders)), point
    assert [row for row in night.store.tables.outbox if row.status != "done"] == [], point


async def test_process_may_die_after_anything_it_does() -> None:
    """After each commit and each effect: no case lost, somebody rung, one owner, no leg twice."""
    acts = len((await _story(None)).world.fate.acts)

    for point in range(1, acts + 1):
        await _assert_whole(await _story(point), point)

    assert acts > 20


async def test_process_may_die_after_anything_when_the_caller_hangs_up() -> None:
    """The same with a caller who hangs up while he speaks."""
    acts = len((await _story(None, hangs_up_at="speaking")).world.fate.acts)

    for point in range(1, acts + 1):
        await _assert_whole(await _story(point, hangs_up_at="speaking"), point)


async def _reopened(dies_after: int | None) -> Night:
    """Let Anna take a case, the office close and reopen it; die after that many acts of that."""
    night = Night("anna", "ben")
    await night.begin()
    call = await night.open_case()
    night.daemon.cases.post(call.case_id, TakenByHand("anna"))
    night.daemon.cases.post(call.case_id, OutcomeGiven(CaseOutcome.FIXED, "anna"))
    await night.settle()
    assert night.phones.astdb[TAKEN, CALL_ID].startswith("anna/")
    night.world.fate.acts.clear()
    night.world.fate.dies_after = dies_after
    try:
        night.daemon.cases.post(call.case_id, OutcomeWithdrawn("office"))
        await night.settle()
    except Died:
        pass
    if dies_after is not None:
        await night.restart()
        await _report(night)
    return night


async def test_reopened_case_has_no_old_mark_wherever_the_process_dies() -> None:
    """Otherwise the dialplan alone would tell whoever presses 1 that Anna has it."""
    alive = await _reopened(None)
    acts = len(alive.world.fate.acts)
    alive.rang()
    await alive.end()

    for point in range(1, acts + 1):
        night = await _reopened(point)

        assert (await night.case()).phase is EscalationPhase.RINGING, point
        assert night.phones.astdb.get((TAKEN, CALL_ID), "") == "", point
        assert "anna" in night.rang(), point
        await night.end()
    assert acts > 5


async def _report(night: Night) -> None:
    """Let Asterisk call ``/report``."""
    line = FakeLine(phones=night.phones, channel="Local/s@pbxb-report")
    await night._session(night.daemon.recovery.report, line)
    await night.settle()
