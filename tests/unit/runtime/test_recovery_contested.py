"""Two who were told that a case is theirs: no stored key is overwritten before people know."""

import pytest
from daemon import NUMBERS
from lines import FakeLine
from night import CALL_ID, Night, typed
from structlog.testing import capture_logs

from pbx_bridge.core.escalation_state import EscalationPhase
from pbx_bridge.runtime.lookout import TAKEN


def contested(logs: list) -> list:
    """Return who lost each contested case, as the log has it."""
    return [line["other"] for line in logs if line["event"] == "case.contested"]


async def test_key_that_loses_against_a_hand_is_contested(night: Night) -> None:
    """Ben is given the case while AMI is away, and Anna heard "accepted" from the dialplan."""
    await night.open_case()
    night.phones.goes_down()
    await typed(night, "take", case_id="1001", by="ben")
    night.stores_key("anna")
    with capture_logs() as logs:
        night.phones.comes_back()
        await night.pass_time(300)
        night.daemon.switchboard.key_stored("1001-1")
        await night.pass_time(30)

    assert (await night.case()).owner == "ben"
    assert night.phones.astdb[TAKEN, CALL_ID].startswith("ben/1001-0/")
    assert contested(logs) == ["anna"]
    assert len(night.told()) == 1
    assert night.rang() == ["anna"]


@pytest.mark.parametrize(
    ("verb", "given", "phase"),
    [
        ("take", {"by": "ben"}, EscalationPhase.ACKNOWLEDGED),
        ("done", {"by": "office", "outcome": "no-action"}, EscalationPhase.DONE),
    ],
)
async def test_key_pressed_at_the_moment_of_a_command_is_contested(
    night: Night, verb: str, given: dict, phase: EscalationPhase
) -> None:
    """It lies in AstDB already; her leg is ended, and the office is to call her."""
    await night.open_case()
    night.stores_key("anna")
    with capture_logs() as logs:
        await typed(night, verb, case_id="1001", **given)
        night.daemon.switchboard.key_stored("1001-1")
        await night.pass_time(30)

    assert (await night.case()).phase is phase
    assert contested(logs) == ["anna"]
    assert night.ringing == []
    assert len(night.told()) == 1
    assert night.rang() == ["anna"]


async def test_report_reads_a_key_before_it_forgets_it(night: Night) -> None:
    """Nobody told us of it, and the case is Ben's: it is counted, and forgotten after that."""
    await night.open_case()
    await typed(night, "take", case_id="1001", by="ben")
    night.phones.astdb[TAKEN, CALL_ID] = f"{NUMBERS['anna']}/0/fallback"
    with capture_logs() as logs:
        line = FakeLine(phones=night.phones, recordings=night.world.recordings, channel="Local/r")
        await night.daemon.recovery.report(line)
        is_kept = (TAKEN, CALL_ID) in night.phones.astdb
        await night.settle()
        await night.daemon.recovery.report(line)

    assert is_kept
    assert contested(logs) == ["anna"]
    assert (TAKEN, CALL_ID) not in night.phones.astdb
    assert len(night.told()) == 1
    assert night.rang() == ["anna"]


async def test_key_stored_while_another_is_told_that_he_has_it_is_contested(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our note on Anna's line does not wipe what Ben pressed in the fallback a moment ago."""
    await night.open_case()
    honest = night.daemon.cases.submit_escalation

    async def submit(case_id: str, event: object) -> object:
        state = await honest(case_id, event)
        night.phones.astdb[TAKEN, CALL_ID] = f"{NUMBERS['ben']}/0/fallback"
        return state

    monkeypatch.setattr(night.daemon.cases, "submit_escalation", submit)
    with capture_logs() as logs:
        await night.presses("anna", "1")
        await night.pass_time(5)

    assert (await night.case()).owner == "anna"
    assert contested(logs) == ["ben"]
    assert night.phones.astdb[TAKEN, CALL_ID].startswith("anna/1001-0/")
    assert len(night.told()) == 1
    assert night.rang() == ["anna"]
