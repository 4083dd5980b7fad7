"""Lets a technician say by key how a case ended, and speak a note; each is committed at once."""

import asyncio
from datetime import timedelta

import structlog

from pbx_bridge.core import outcome_flow
from pbx_bridge.core.ack_flow import Ask, Close, Heard
from pbx_bridge.core.call_flow import Call, CallPhase
from pbx_bridge.core.case_life import CaseOutcome, NoteSpoken, OutcomeGiven
from pbx_bridge.core.outcome_flow import (
    NoteTaken,
    NotSaved,
    OutcomeFlow,
    RecordNote,
    Save,
    Saved,
    next_request,
)
from pbx_bridge.errors import AgiFailed
from pbx_bridge.ports import Recordings
from pbx_bridge.runtime.cases import Cases
from pbx_bridge.runtime.voice import Voice

log = structlog.get_logger()

NOTE_LIMIT = timedelta(seconds=120)
NOTE_SILENCE = timedelta(seconds=4)
LEAST_NOTE_S = 0.5
"""A shorter one is the click of a key."""

NOTE_MARK = ".note-"
"""Between the name of a case's recording and the number of a note spoken about it."""


class OutcomeTalk:
    """The same talk after accepting, on a reminder call, and when a technician calls us."""

    def __init__(self, cases: Cases, recordings: Recordings) -> None:
        self._cases, self._recordings = cases, recordings

    async def run(self, voice: Voice, call: Call, technician: str) -> None:
        """Talk to the end; raise `AgiHangup` when he leaves, what he confirmed is kept."""
        flow = OutcomeFlow()
        while True:
            match next_request(flow):
                case Ask(sounds=sounds):
                    flow = outcome_flow.advance(flow, Heard(await voice.ask(sounds)))
                case Save(outcome=outcome):
                    given = await self._save(call.case_id, outcome, technician)
                    if _is_kept(given, outcome, technician):
                        flow = outcome_flow.advance(flow, Saved())
                    elif given.phase is CallPhase.DECIDED:  # somebody else has it by now
                        await voice.say(("ack-taken",))
                        return
                    else:
                        flow = outcome_flow.advance(flow, NotSaved())
                case RecordNote():
                    taken = await self._record(voice, call, technician)
                    flow = outcome_flow.advance(flow, NoteTaken(taken))
                case Close(sounds=sounds):
                    await voice.say(sounds)
                    return

    async def _save(self, case_id: str, outcome: CaseOutcome, technician: str) -> Call:
        """
        Commit an outcome and return the call; whether it is kept, `_is_kept` says.

        It is not while the caller still speaks, and not when somebody else has the case by now.
        """
        given = OutcomeGiven(outcome, technician, is_by_key=True)
        call = await self._cases.submit_call(case_id, given)
        if _is_kept(call, outcome, technician):
            log.info("case.done", case_id=case_id, outcome=outcome.value, by=technician)
        elif call.phase is not CallPhase.DECIDED:
            log.warning("outcome.unsaved", case_id=case_id, outcome=outcome.value, by=technician)
        return call

    async def _record(self, voice: Voice, call: Call, technician: str) -> bool:
        """Record and commit a note, also one that a hang-up ended; whether there is one."""
        path = await asyncio.to_thread(self._free_name, call)
        try:
            await voice.line.record(path, keys="#", limit=NOTE_LIMIT, silence=NOTE_SILENCE)
        except AgiFailed as exc:
            log.error("note.lost", case_id=call.case_id, reason=str(exc))
            return False
        length_s = await asyncio.to_thread(self._recordings.message_s, path)
        if length_s < LEAST_NOTE_S:
            return False
        await self._cases.submit_call(call.case_id, NoteSpoken(technician, path))
        log.info("note.spoken", case_id=call.case_id, by=technician, seconds=round(length_s, 1))
        return True

    def _free_name(self, call: Call) -> str:
        """Return the first name beside the call's recording that no file has."""
        number = 1
        while self._recordings.message_s(f"{call.recording}{NOTE_MARK}{number}") > 0:
            number += 1
        return f"{call.recording}{NOTE_MARK}{number}"


def _is_kept(call: Call, outcome: CaseOutcome, technician: str) -> bool:
    return (call.life.outcome, call.life.by) == (outcome, technician)
