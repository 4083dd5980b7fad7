"""Gets words and verdict for each message: live when it can, from the file when it must."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path

import structlog

from pbx_bridge.core.call_events import CallEvent, HeardCertain, Judged
from pbx_bridge.core.call_flow import UNHEARD, Call
from pbx_bridge.core.case import Transcript, Verdict
from pbx_bridge.errors import AudioError, StoreError, TranscriberError
from pbx_bridge.ports import CallStore, Clock, Outbox, Pending, Recordings, Transcriber

log = structlog.get_logger()

LOST_S = 1.5
"""How much of a message may be missing in its live copy: more means that the copy was cut."""

HEARD = "Heard"
"""Journal kind of the words so far: what is known of a message if everything dies now."""

Certain = Callable[[Transcript, Transcript, str], Verdict | None]
"""Given the growing transcript of the report before, that of now, and the language."""


class Transcripts:
    """Follows the callers who speak now and finishes what they said."""

    def __init__(  # noqa: PLR0913  the composition root names each of them once
        self,
        submit: Callable[[str, CallEvent], Awaitable[object]],
        *,
        clock: Clock,
        calls: CallStore,
        outbox: Outbox,
        recordings: Recordings,
        transcriber: Transcriber,
        judge: Callable[[Transcript, str], Verdict],
        certain: Certain,
    ) -> None:
        self._submit, self._clock, self._calls, self._outbox = submit, clock, calls, outbox
        self._recordings, self._transcriber, self._judge = recordings, transcriber, judge
        self._certain = certain
        self._following: set[str] = set()
        self._grown: dict[str, Transcript] = {}
        """By call: what its growing transcript was at the last report, until it is certain."""
        self._notes: set[asyncio.Task[None]] = set()

    def follow(self, call: Call, path: Path) -> bool:
        """Follow the growing file at *path*; whether there was room to do so."""

        def heard(transcript: Transcript) -> None:
            self._start(self._note(call.case_id, transcript))
            self._look_for_certainty(call, transcript)

        if self._transcriber.listen(call.call_id, path, language=call.language, heard=heard):
            self._following.add(call.call_id)
            self._grown[call.call_id] = Transcript()
            return True
        return False

    async def transcribe(self, pending: Pending) -> None:
        """
        Finish the transcript of a message and have it judged; `unknown` when it cannot be.

        Returns when the verdict is committed, so this must run beside the actor.
        """
        stored = await self._calls.load(pending.case_id)
        if stored is None:
            raise StoreError(f"case {pending.case_id} has no call")
        call = stored.state
        try:
            transcript = await self._whole(call)
        except (TranscriberError, AudioError) as exc:
            log.error("transcript.failed", case_id=call.case_id, code=exc.code, reason=str(exc))
            await self._submit(call.case_id, Judged(UNHEARD, Transcript(language=call.language)))
            return
        finally:
            self._grown.pop(call.call_id, None)
            self._recordings.drop_live(call.call_id)
        verdict = self._judge(transcript, call.language)
        log.info(
            "case.classified",
            case_id=call.case_id,
            urgency=verdict.urgency.value,
            category=verdict.category,
            words=len(transcript.words),
        )
        await self._submit(call.case_id, Judged(verdict, transcript))

    async def _whole(self, call: Call) -> Transcript:
        message_s = await asyncio.to_thread(self._recordings.message_s, call.recording)
        if call.call_id in self._following:
            self._following.discard(call.call_id)
            try:
                return await self._live(call, message_s)
            except (TranscriberError, AudioError) as exc:
                log.warning("transcript.from_file", case_id=call.case_id, reason=str(exc))
        if message_s <= 0:
            return Transcript(language=call.language)
        path = self._recordings.path(call.recording)
        return await self._transcriber.transcribe(path, language=call.language)

    async def _live(self, call: Call, message_s: float) -> Transcript:
        """Return what was heard live; raise `TranscriberError` when it is not the whole message."""
        transcript = await self._transcriber.finish(call.call_id)
        lost_s = 0.0 if transcript.audio_s is None else message_s - transcript.audio_s
        if lost_s > LOST_S:
            raise TranscriberError(f"{lost_s:.1f} s of the message were not heard live")
        return transcript

    def _look_for_certainty(self, call: Call, now: Transcript) -> None:
        """Start the early ring as soon as the words so far are a certain emergency."""
        before = self._grown.get(call.call_id)
        if before is None:  # somebody is rung already, or the message is judged
            return
        self._grown[call.call_id] = now
        verdict = self._certain(before, now, call.language)
        if verdict is not None:
            del self._grown[call.call_id]
            self._start(self._ring_early(call, now, verdict))

    async def _ring_early(self, call: Call, now: Transcript, verdict: Verdict) -> None:
        log.info(
            "case.certain",
            case_id=call.case_id,
            category=verdict.category,
            words=len(now.words),
        )
        try:
            await self._submit(call.case_id, HeardCertain(verdict))
        except StoreError as exc:  # the whole message will ring
            log.warning("store.unusable", case_id=call.case_id, code=exc.code, reason=str(exc))

    async def _note(self, case_id: str, transcript: Transcript) -> None:
        try:
            data = {"text": transcript.text}
            await self._outbox.note(case_id, self._clock.now(), HEARD, data)
        except StoreError as exc:
            log.warning("store.unusable", case_id=case_id, code=exc.code, reason=str(exc))

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._notes.add(task)
        task.add_done_callback(self._notes.discard)
