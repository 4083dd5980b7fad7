"""What we write into AstDB about a case: it never wipes a key that nobody has read."""

import asyncio

import pytest
from night import CALL_ID, Night, typed

from pbx_bridge.core.escalation_state import EscalationPhase
from pbx_bridge.runtime.lookout import TAKEN


async def closed_by_anna(night: Night) -> None:
    """Have a case that Anna accepted and that is over, with our own mark in AstDB."""
    await night.open_case()
    await night.presses("anna", "1")
    await typed(night, "done", case_id="1001", outcome="fixed", by="anna")


async def test_key_pressed_while_the_mark_is_freed_is_not_wiped(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is stored between our look and our write: it stays, is read, and counts."""
    await closed_by_anna(night)
    honest = night.phones.recall

    async def recall(family: str, key: str) -> str | None:
        value = await honest(family, key)
        if family == TAKEN and (value or "").startswith("anna/1001-0") and night.ringing:
            night.stores_key("anna")
        return value

    monkeypatch.setattr(night.phones, "recall", recall)
    await typed(night, "reopen", case_id="1001", by="office")
    await night.pass_time(5)

    esc = await night.case()
    assert (esc.phase, esc.owner) == (EscalationPhase.ACKNOWLEDGED, "anna")
    assert night.rang() == ["anna", "anna"]


@pytest.mark.parametrize("by_hand", [True, False], ids=["by hand", "by key"])
async def test_free_mark_does_not_overtake_the_next_owner(
    night: Night, monkeypatch: pytest.MonkeyPatch, by_hand: bool
) -> None:
    """A Local channel takes its time, and Anna takes the case again meanwhile."""
    await closed_by_anna(night)
    gate, honest = asyncio.Event(), night.phones.remember

    async def remember(family: str, key: str, value: str, **given: str) -> None:
        if family == TAKEN and value == "":
            await gate.wait()
        await honest(family, key, value, **given)

    monkeypatch.setattr(night.phones, "remember", remember)
    await typed(night, "reopen", case_id="1001", by="office")
    if by_hand:
        await typed(night, "take", case_id="1001", by="anna")
    else:
        await night.presses("anna", "1")
    gate.set()
    await night.pass_time(5)

    assert (await night.case()).owner == "anna"
    assert night.phones.astdb[TAKEN, CALL_ID].startswith("anna/1001-0/")
    assert night.rang() == ["anna", "anna"]
