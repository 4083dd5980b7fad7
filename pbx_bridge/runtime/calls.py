"""Serves callers: asks the call which fact is missing, gets it on the line, reports it."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from pbx_bridge.core.call_events import CallerLeft, MessageEnded, SessionLost, SessionOpened
from pbx_bridge.core.call_flow import Call, CallLimits, CallPhase
from pbx_bridge.core.call_line import AwaitVerdict, Finish, Record, Say, next_request
from pbx_bridge.core.case import Caller, MessageEnd
from pbx_bridge.errors import AgiFailed, AgiHangup
from pbx_bridge.ports import CallStore, Clock, Line, Recordings
from pbx_bridge.runtime.cases import Cases, State
from pbx_bridge.runtime.leases import Leases
from pbx_bridge.runtime.lookout import CALLS
from pbx_bridge.runtime.prompting import Prompt
from pbx_bridge.runtime.transcripts import Transcripts

log = structlog.get_logger()

VERDICT_SLACK_S = 2.0
"""Beyond the call's own limit for a verdict; the case decides by then, with or without words."""


class Calls:
    """The handlers of ``/incoming`` and ``/claim``."""

    def __init__(  # noqa: PLR0913  the composition root names each of them once
        self,
        *,
        clock: Clock,
        cases: Cases,
        store: CallStore,
        recordings: Recordings,
        transcripts: Transcripts,
        leases: Leases,
        limits: CallLimits,
        language: str,
        prompt: Prompt,
    ) -> None:
        self._clock, self._cases, self._store = clock, cases, store
        self._recordings, self._transcripts, self._leases = recordings, transcripts, leases
        self._limits, self._language, self._prompt = limits, language, prompt

    async def incoming(self, line: Line) -> None:
        """Serve one caller; whoever resumes the call later starts at the first missing fact."""
        async with self._leases.held(line.channel):
            call = await self.take(line, alive=True)
            message_s = await self._message_s(call)
            call = await self._cases.submit_call(call.case_id, SessionOpened(message_s))
            structlog.contextvars.bind_contextvars(case_id=call.case_id, call_id=call.call_id)
            log.info("call.answered")
            try:
                await line.set_variable("PBXB_CASE", call.case_id)
                await line.set_variable("PBXB_MET", "1")
                await self._serve(line, call)
                await line.forget(CALLS, call.call_id)
                await line.set_variable("PBXB_DONE", "1")  # the very last act
            except AgiHangup:
                # Hung up, or taken from us: the dialplan's claim or a look will tell.
                self._cases.post(call.case_id, SessionLost())
        log.info("call.ended")

    async def claim(self, line: Line) -> None:
        """Say that the case is ours, once it is committed that the caller has left."""
        call = await self.take(line, alive=False)
        await self._cases.submit_call(call.case_id, CallerLeft(await self._message_s(call)))
        await line.forget(CALLS, call.call_id)
        await line.set_variable("PBXB_OWNED", "1")

    async def take(self, line: Line, *, alive: bool) -> Call:
        """Find the call by Asterisk's uniqueid, or commit it as new."""
        call_id = await line.variable("PBXB_CALL") or ""
        known = await self._store.find(call_id)
        if known is not None:
            return known.state
        recording = await line.variable("PBXB_RECORDING") or ""
        language = await line.variable("PBXB_LANG") or self._language
        log.debug("call.unknown", alive=alive)
        return await self.adopt(call_id, line.caller_number, recording, language=language)

    async def adopt(
        self,
        call_id: str,
        number: str | None,
        recording: str,
        *,
        language: str | None = None,
        arrived_at: datetime | None = None,
    ) -> Call:
        """Commit a call that the store has never seen; it arrived just now unless told."""
        call = Call(
            case_id=await self._store.new_case_id(),
            call_id=call_id,
            caller=Caller(number=number or None),
            recording=recording,
            language=language or self._language,
            arrived_at=arrived_at or self._clock.now(),
            limits=self._limits,
        )
        return await self._cases.open_call(call)

    async def _serve(self, line: Line, call: Call) -> None:
        while True:
            request = next_request(call)
            match request:
                case Say(prompts=prompts, then=then):
                    for name in prompts:
                        await self._play(line, name, call)
                    call = await self._cases.submit_call(call.case_id, then)
                case Record():
                    call = await self._record(line, call)
                case AwaitVerdict():
                    call = await self._decided(call)
                case Finish():
                    return

    async def _play(self, line: Line, name: str, call: Call) -> None:
        """Play one prompt; a missing one costs a sentence, not the call."""
        try:
            await line.play(self._prompt(name, call.language))
        except AgiFailed as exc:
            log.error("prompt.missing", prompt=name, reason=str(exc))

    async def _record(self, line: Line, call: Call) -> Call:
        live = await asyncio.to_thread(self._recordings.live_path, call.call_id)
        copying = live is not None and await self._start_copy(line, live)
        followed = live if live and copying else self._recordings.path(call.recording)
        if not self._transcripts.follow(call, followed) and copying:
            await line.stop_copy()  # nobody reads it, and it fills the memory of those followed
            copying = False
        ended = await self._message(line, call)
        if copying:
            await line.stop_copy()
        return await self._cases.submit_call(call.case_id, ended)

    async def _message(self, line: Line, call: Call) -> MessageEnded:
        """Record; a spool that cannot be written costs the message, not the call."""
        try:
            recorded = await line.record(
                call.recording, keys="#", limit=call.limits.message, silence=call.limits.silence
            )
        except AgiFailed as exc:
            log.error("message.lost", reason=str(exc))
            return MessageEnded(MessageEnd.INTERRUPTED, await self._message_s(call))
        if recorded.end is MessageEnd.HANGUP:
            # Asterisk says so too when the lease ran out: who knows better is asked.
            raise AgiHangup("hung up while recording")
        log.info("message.recorded", end=recorded.end.value, seconds=round(recorded.message_s, 1))
        return MessageEnded(recorded.end, recorded.message_s)

    async def _start_copy(self, line: Line, live: Path) -> bool:
        try:
            await line.start_copy(str(live))
        except AgiFailed as exc:
            log.warning("message.no_live_copy", reason=str(exc))
            return False
        return True

    async def _decided(self, call: Call) -> Call:
        limit = call.limits.verdict + timedelta(seconds=VERDICT_SLACK_S)
        await self._cases.wait_for(call.case_id, _is_decided, limit.total_seconds())
        stored = await self._store.find(call.call_id)
        if stored is None or stored.state.phase is CallPhase.HEARING:
            raise AgiHangup("no decision in time")  # the dialplan has the caller and asks again
        return stored.state

    async def _message_s(self, call: Call) -> float:
        return await asyncio.to_thread(self._recordings.message_s, call.recording)


def _is_decided(state: State) -> bool:
    return isinstance(state, Call) and state.phase is CallPhase.DECIDED
