"""Notes that were spoken while our process died: on disk, and no case tells of them."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import PurePath

import structlog

from pbx_bridge.core.case_life import OFFICE, NoteSpoken
from pbx_bridge.ports import CallStore, Clock, EscalationStore, Recordings
from pbx_bridge.runtime.cases import Trigger
from pbx_bridge.runtime.outcome_talk import LEAST_NOTE_S, NOTE_LIMIT, NOTE_MARK

log = structlog.get_logger()

IS_WHOLE_AFTER = NOTE_LIMIT + timedelta(minutes=1)
"""Not written to for so long, a note is neither being spoken nor about to be committed."""

FORGOTTEN_AFTER = timedelta(days=1)


class StrayNotes:
    """Gives them to their cases; the name of the file tells which."""

    def __init__(
        self,
        post: Callable[[str, Trigger], None],
        *,
        clock: Clock,
        calls: CallStore,
        escalations: EscalationStore,
        recordings: Recordings,
    ) -> None:
        self._post, self._clock = post, clock
        self._calls, self._escalations, self._recordings = calls, escalations, recordings

    async def adopt(self) -> None:
        """
        Post each as a note of whoever has the case: nobody else is asked for one.

        Raises:
            AudioError: the folder of the recordings cannot be read.
            StoreError: a case cannot be read.
        """
        now = self._clock.now()
        since, until = now - FORGOTTEN_AFTER, now - IS_WHOLE_AFTER
        for name in await asyncio.to_thread(self._recordings.notes, since, until):
            await self._adopt(name)

    async def _adopt(self, name: str) -> None:
        call_id, _, number = name.rpartition(NOTE_MARK)
        stored = await self._calls.find(call_id)
        if stored is None:
            return
        call = stored.state
        known = {PurePath(note.recording).name for note in call.life.notes if note.recording}
        recording = f"{call.recording}{NOTE_MARK}{number}"
        length_s = await asyncio.to_thread(self._recordings.message_s, recording)
        if name in known or length_s < LEAST_NOTE_S:
            return
        esc = await self._escalations.load(call.case_id)
        by = (esc.state.owner if esc else None) or OFFICE
        log.warning("note.adopted", case_id=call.case_id, by=by, seconds=round(length_s, 1))
        self._post(call.case_id, NoteSpoken(by, recording))
