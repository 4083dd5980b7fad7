"""The verbs of the control socket that change a case; each answers in JSON values."""

from collections.abc import Mapping
from typing import Any

import structlog

from pbx_bridge.core.call_flow import Call, CallPhase
from pbx_bridge.core.case_life import (
    OFFICE,
    CaseOutcome,
    NoteAdded,
    OutcomeGiven,
    OutcomeWithdrawn,
)
from pbx_bridge.core.escalation_events import CaseReopened, TakenByHand
from pbx_bridge.core.escalation_state import EscalationPhase
from pbx_bridge.errors import CaseError
from pbx_bridge.ports import CallStore
from pbx_bridge.runtime.cases import Cases
from pbx_bridge.wire.control import AddNote, CloseCase, ReopenCase, TakeCase, arguments

log = structlog.get_logger()


class CaseCommands:
    """What the office types; notes never go into a log or an error."""

    def __init__(self, cases: Cases, calls: CallStore, roster: Mapping[str, str]) -> None:
        """
        Remember what to change.

        Args:
            cases: the actor.
            calls: where a case is looked up.
            roster: the technicians' numbers by their short names.
        """
        self._cases, self._calls, self._roster = cases, calls, roster

    async def done(self, given: Mapping[str, Any]) -> object:
        """Carry out ``case.done``: the outcome closes the case and stops all phones."""
        command = arguments(CloseCase, given)
        call = await self._call(command.case_id, command.by)
        if call.phase is not CallPhase.DECIDED:
            raise CaseError(f"case {command.case_id}: the call is not over yet; try again soon")
        outcome = CaseOutcome(command.outcome)
        event = OutcomeGiven(outcome, command.by, command.note.strip())
        await self._cases.submit_call(command.case_id, event)
        log.info("case.done", case_id=command.case_id, outcome=outcome.value, by=command.by)
        return {"case_id": command.case_id, "outcome": outcome.value, "by": command.by}

    async def note(self, given: Mapping[str, Any]) -> object:
        """Carry out ``case.note``."""
        command = arguments(AddNote, given)
        await self._call(command.case_id, command.by)
        text = command.text.strip()
        if not text:
            raise CaseError("the note is empty: write what is to be kept")
        await self._cases.submit_call(command.case_id, NoteAdded(command.by, text))
        log.info("note.added", case_id=command.case_id, by=command.by)
        return {"case_id": command.case_id, "by": command.by}

    async def take(self, given: Mapping[str, Any]) -> object:
        """Carry out ``case.take``: compare and set; who comes second hears who has it."""
        command = arguments(TakeCase, given)
        call = await self._call(command.case_id, command.by)
        before = await self._cases.escalation(command.case_id)
        if before is None or call.life.outcome is not None:
            state = "is done" if call.life.outcome else "rings nobody"
            raise CaseError(f"case {command.case_id} {state}: there is nothing to take")
        taken = TakenByHand(command.by, number=self._roster.get(command.by))
        esc = await self._cases.submit_escalation(command.case_id, taken)
        if esc.owner != command.by or esc.phase is not EscalationPhase.ACKNOWLEDGED:
            who = esc.owner if esc.phase is EscalationPhase.ACKNOWLEDGED else "nobody"
            raise CaseError(f"case {command.case_id} is {esc.phase.value}; {who} has it")
        log.info("case.taken", case_id=command.case_id, technician=command.by)
        return {"case_id": command.case_id, "owner": esc.owner}

    async def reopen(self, given: Mapping[str, Any]) -> object:
        """Carry out ``case.reopen``: the case is open again, and rings if it ever rang."""
        command = arguments(ReopenCase, given)
        call = await self._call(command.case_id, command.by)
        esc = await self._cases.escalation(command.case_id)
        is_exhausted = esc is not None and esc.phase is EscalationPhase.EXHAUSTED
        if call.life.outcome is not None:
            await self._cases.submit_call(command.case_id, OutcomeWithdrawn(command.by))
        elif is_exhausted:
            await self._cases.submit_escalation(command.case_id, CaseReopened(command.by))
        else:
            now = esc.phase.value if esc is not None else "open"
            raise CaseError(f"case {command.case_id} is {now}: only what is over can be reopened")
        log.info("case.reopened", case_id=command.case_id, by=command.by)
        return {"case_id": command.case_id, "rings": esc is not None}

    async def _call(self, case_id: str, by: str) -> Call:
        """Return the call of a case; raise `CaseError` for a name or number that is not there."""
        if by != OFFICE and by not in self._roster:
            known = ", ".join((OFFICE, *sorted(self._roster)))
            raise CaseError(f"--by {by!r} is nobody we know; one of: {known}")
        stored = await self._calls.load(case_id)
        if stored is None:
            raise CaseError(f"there is no case {case_id}; see them with: pbx-bridge cases list")
        return stored.state
