"""Carries out what follows from an outcome or a note."""

from collections.abc import Callable

import structlog

from pbx_bridge.core.case_life import (
    CloseEscalation,
    NoteHeard,
    ReopenEscalation,
    TranscribeNote,
)
from pbx_bridge.core.escalation_events import CaseDone, CaseReopened
from pbx_bridge.errors import StoreError
from pbx_bridge.ports import CallStore, Pending, Recordings, Transcriber
from pbx_bridge.runtime.cases import Cases
from pbx_bridge.runtime.policies import ChoosePolicy, policy_anew

log = structlog.get_logger()


class CaseDeeds:
    """Each returns once it is committed, so they must run beside the actor."""

    def __init__(  # noqa: PLR0913  the composition root names each of them once
        self,
        cases: Cases,
        *,
        calls: CallStore,
        recordings: Recordings,
        transcriber: Transcriber,
        language_of: Callable[[str], str],
        policy: ChoosePolicy,
    ) -> None:
        self._cases, self._calls, self._recordings = cases, calls, recordings
        self._transcriber, self._language_of = transcriber, language_of
        self._policy = policy

    async def close(self, pending: Pending) -> None:
        """Stop every phone of the case; raise `StoreError` while its ringing is only to begin."""
        effect = pending.effect
        assert isinstance(effect, CloseEscalation)  # noqa: S101  the dispatcher's own table
        if not await self._is_newest(pending):
            return
        if await self._cases.escalation(pending.case_id) is None:
            stored = await self._calls.load(pending.case_id)
            if stored is not None and stored.state.verdict and stored.state.verdict.rings:
                raise StoreError(f"case {pending.case_id} is not escalated yet")
            return
        await self._cases.submit_escalation(pending.case_id, CaseDone(effect.by))

    async def reopen(self, pending: Pending) -> None:
        """Ring those who are on call now, if anybody was ever rung."""
        effect = pending.effect
        assert isinstance(effect, ReopenEscalation)  # noqa: S101
        if not await self._is_newest(pending):
            return
        stored = await self._calls.load(pending.case_id)
        if stored is not None and await self._cases.escalation(pending.case_id) is not None:
            anew = CaseReopened(effect.by, policy_anew(self._policy, stored.state))
            await self._cases.submit_escalation(pending.case_id, anew)

    async def transcribe_note(self, pending: Pending) -> None:
        """
        Get the words of a spoken note; its recording is there without them.

        Raises:
            TranscriberError: it may work later, also in another life of the service.
            AudioError: the same.
        """
        effect, case_id = pending.effect, pending.case_id
        assert isinstance(effect, TranscribeNote)  # noqa: S101
        path, language = self._recordings.path(effect.recording), self._language_of(effect.by)
        transcript = await self._transcriber.transcribe(path, language=language)
        await self._cases.submit_call(case_id, NoteHeard(effect.recording, transcript.text))
        log.info("note.transcribed", case_id=case_id, words=len(transcript.words))

    async def _is_newest(self, pending: Pending) -> bool:
        """Whether the case is still as this effect wants it: done, and reopened a moment later."""
        stored = await self._calls.load(pending.case_id)
        is_done = stored is not None and stored.state.life.outcome is not None
        return is_done == isinstance(pending.effect, CloseEscalation)
