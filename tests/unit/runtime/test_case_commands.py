"""What the office types about a case."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from daemon import policy_of
from night import Night

from pbx_bridge.core.case_life import CaseOutcome
from pbx_bridge.core.escalation_state import EscalationPhase
from pbx_bridge.errors import CaseError, ControlProtocolError

DONE = {"case_id": "1001", "outcome": "fixed", "by": "anna"}


async def typed(night: Night, verb: str, **given: object) -> object:
    """Let a command be carried out beside the actor, as the control socket does."""
    command = asyncio.create_task(getattr(night.daemon.commands, verb)(given))
    await night.settle()
    return await command


async def test_done_stops_the_phones(night: Night) -> None:
    """Anna's mobile rings; the office closes the case: silence, and the note is kept."""
    await night.open_case()

    told = await typed(night, "done", **DONE | {"by": "office", "note": " called back "})

    life = (await night.call()).life
    assert told == {"case_id": "1001", "outcome": "fixed", "by": "office"}
    assert (life.outcome, [note.text for note in life.notes]) == (
        CaseOutcome.FIXED,
        ["called back"],
    )
    assert night.phones.cancelled == ["1001-1"]
    assert (await night.case()).phase is EscalationPhase.DONE
    await night.pass_time(3600)
    assert night.rang() == ["anna"]


async def test_exhausted_and_filed_cases_are_closed_too(night: Night) -> None:
    """Somebody in the office deals with them in the morning."""
    await night.open_case()
    await night.pass_time(3600)
    assert (await night.case()).phase is EscalationPhase.EXHAUSTED
    night.rang()
    night.told()
    filed = await _filed(night)

    await typed(night, "done", **DONE)
    await typed(night, "done", **DONE | {"case_id": filed, "outcome": "no-action"})

    assert (await night.case()).phase is EscalationPhase.DONE
    assert (await night.call(filed)).life.outcome is CaseOutcome.NO_ACTION


async def test_call_that_is_not_over_cannot_be_done(night: Night) -> None:
    """Nobody knows yet what it is about; a note may be made."""
    line = night.caller(stands_still_at="speaking")
    await night.serve(line)

    with pytest.raises(CaseError, match="not over yet"):
        await typed(night, "done", **DONE)
    await typed(night, "note", case_id="1001", text="speaks Polish", by="office")

    assert [note.text for note in (await night.call()).life.notes] == ["speaks Polish"]


async def test_take_is_compare_and_set(night: Night) -> None:
    """The second one hears who has it; the same one again is fine."""
    await night.open_case()

    told = await typed(night, "take", case_id="1001", by="ben")
    again = await typed(night, "take", case_id="1001", by="ben")
    with pytest.raises(CaseError, match="acknowledged; ben has it"):
        await typed(night, "take", case_id="1001", by="office")

    assert told == again == {"case_id": "1001", "owner": "ben"}
    assert night.phones.cancelled == ["1001-1"]
    assert night.rang() == ["anna"]


async def test_taker_from_outside_the_policy_is_reminded(night: Night) -> None:
    """Clara is in the roster, and not in the policy that the case was opened with."""
    night.world.policy = replace(policy_of("anna", "ben"), remind_after=timedelta(hours=1))
    await night.open_case()

    await typed(night, "take", case_id="1001", by="clara")
    await night.pass_time(3610)

    assert night.rang() == ["anna", "clara"]


async def test_there_must_be_something_to_take(night: Night) -> None:
    """A filed case rings nobody, and one that is done is over."""
    filed = await _filed(night)
    await night.open_case("1768000000.2", says="rohrbruch")
    await typed(night, "done", **DONE | {"case_id": "1002"})

    with pytest.raises(CaseError, match="rings nobody"):
        await typed(night, "take", case_id=filed, by="ben")
    with pytest.raises(CaseError, match="is done"):
        await typed(night, "take", case_id="1002", by="ben")

    assert night.rang() == ["anna"]


async def test_reopened_case_rings_again(night: Night) -> None:
    """From the first technician on; without an outcome, and whoever had it has it no more."""
    await night.open_case()
    await night.presses("anna", "1")
    await typed(night, "done", **DONE)

    told = await typed(night, "reopen", case_id="1001", by="office")
    await night.pass_time(40)

    assert told == {"case_id": "1001", "rings": True}
    assert (await night.call()).life.outcome is None
    assert (await night.case()).phase is EscalationPhase.RINGING
    assert night.rang()[:2] == ["anna", "anna"]
    night.told()


async def test_exhausted_case_is_reopened_and_an_open_one_is_not(night: Night) -> None:
    """Only what is over can be reopened; a filed one that was done is open again, silently."""
    await night.open_case()
    with pytest.raises(CaseError, match="is ringing"):
        await typed(night, "reopen", case_id="1001", by="office")
    await night.pass_time(3600)
    rung = len(night.rang())
    filed = await _filed(night)
    with pytest.raises(CaseError, match="is open"):
        await typed(night, "reopen", case_id=filed, by="office")
    await typed(night, "done", **DONE | {"case_id": filed})

    silent = await typed(night, "reopen", case_id=filed, by="office")
    await typed(night, "reopen", case_id="1001", by="office")

    assert silent == {"case_id": filed, "rings": False}
    assert night.rang()[rung:] == ["anna"]
    night.told()


@pytest.mark.parametrize("verb", ["done", "note", "take", "reopen"])
@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"by": "dora"}, "'dora' is nobody we know; one of: office, anna, ben, clara"),
        ({"case_id": "9"}, "there is no case 9"),
    ],
)
async def test_names_and_numbers_are_checked(
    night: Night, verb: str, given: dict[str, str], why: str
) -> None:
    """One line says what there is."""
    fields = {"done": {"outcome": "fixed"}, "note": {"text": "x"}}.get(verb, {})

    with pytest.raises(CaseError, match=why):
        await typed(night, verb, **{"case_id": "1001", "by": "office"} | fields | given)


async def test_bad_notes_and_outcomes_are_refused_without_being_quoted(night: Night) -> None:
    """What was typed is personal, and an error goes into the log."""
    await _filed(night)

    with pytest.raises(CaseError, match="empty"):
        await typed(night, "note", case_id="1001", text="  ", by="office")
    with pytest.raises(ControlProtocolError) as long:
        await typed(night, "note", case_id="1001", text="secret" * 400, by="office")
    with pytest.raises(ControlProtocolError, match="outcome"):
        await typed(night, "done", **DONE | {"outcome": "well"})

    assert "secret" not in str(long.value)


async def _filed(night: Night) -> str:
    """Open a case that the office has in the morning; return its id."""
    call = await night.open_case(f"1768000009.{len(night.store.tables.calls)}", says="rechnung")
    return call.case_id
