"""Talks with a technician who picked up: offers the case, and gives it to the first key 1."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from math import ceil

import structlog

from pbx_bridge.core import ack_flow
from pbx_bridge.core.ack_flow import (
    AckFlow,
    AckPhase,
    Ask,
    AskOutcome,
    AwaitRest,
    Claim,
    Close,
    Granted,
    Heard,
    Refused,
    RestThere,
    next_request,
)
from pbx_bridge.core.call_flow import Call
from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.escalation_events import RingEnded
from pbx_bridge.core.escalation_state import Escalation, EscalationPhase
from pbx_bridge.errors import AgiFailed, AgiHangup, StoreError
from pbx_bridge.ports import CallStore, Line, Recordings
from pbx_bridge.runtime.cases import Cases
from pbx_bridge.runtime.leases import Leases
from pbx_bridge.runtime.lookout import TAKEN, Lookout, Tokens
from pbx_bridge.runtime.outcome_talk import OutcomeTalk
from pbx_bridge.runtime.prompting import Prompt
from pbx_bridge.runtime.switchboard import channel_id
from pbx_bridge.runtime.talk import Talk, is_whole
from pbx_bridge.runtime.voice import Voice

log = structlog.get_logger()

LOOK_S = 5.0
"""How often a technician who waits for the rest of a message is looked after."""


class Acks:
    """The handler of ``/technician``."""

    def __init__(  # noqa: PLR0913  the composition root names each of them once
        self,
        *,
        cases: Cases,
        calls: CallStore,
        recordings: Recordings,
        leases: Leases,
        tokens: Tokens,
        lookout: Lookout,
        prompt: Prompt,
        language_of: Callable[[str], str],
        talk: OutcomeTalk,
    ) -> None:
        self._cases, self._calls, self._recordings = cases, calls, recordings
        self._leases, self._tokens, self._prompt = leases, tokens, prompt
        self._lookout = lookout
        self._language_of, self._talk = language_of, talk

    async def technician(self, line: Line) -> None:
        """Serve one technician's leg; a leg that we did not order is left to the dialplan."""
        case_id = await line.variable("PBXB_CASE") or ""
        number = await line.variable("PBXB_ATTEMPT") or ""
        token = await line.variable("PBXB_TOKEN") or ""
        if not self._tokens.is_genuine(f"{case_id}-{number}", token):
            log.error("ack.refused", case_id=case_id, reason="the leg's token is not ours")
            return
        stored = await self._calls.load(case_id)
        if stored is None:
            log.error("ack.refused", case_id=case_id, reason="no such case")
            return
        async with self._leases.held(line.channel):
            structlog.contextvars.bind_contextvars(case_id=case_id, attempt=int(number))
            await line.set_variable("PBXB_MET", "1")
            try:
                language = self._language_of(await line.variable("PBXB_TECHNICIAN") or "")
                call = replace(stored.state, language=language)
                await self._serve(line, call, int(number))
                await line.set_variable("PBXB_DONE", "1")  # the very last act
            except AgiHangup:
                log.info("ack.hung_up")

    async def _serve(self, line: Line, call: Call, attempt: int) -> None:
        told = Talk(line, call, self._recordings, self._prompt)
        esc = await self._cases.escalation(call.case_id)
        mine = esc.find(attempt) if esc else None
        flow = AckFlow(is_reminder=mine is not None and mine.is_reminder)
        while True:
            told.call = await self._now(call)
            request = next_request(flow, await told.facts())
            match request:
                case Ask():
                    flow = ack_flow.advance(flow, Heard(await told.ask(request)))
                case Claim():
                    flow = ack_flow.advance(flow, await self._claim(line, told.call, attempt))
                case AwaitRest():
                    await self._await_whole(line, call)
                    flow = ack_flow.advance(flow, RestThere())
                case AskOutcome():
                    voice = Voice(line, self._prompt, call.language)
                    await self._talk.run(voice, told.call, mine.technician if mine else "")
                    return
                case Close(sounds=sounds):
                    if flow.phase is AckPhase.DECLINED:
                        self._cases.post(call.case_id, RingEnded(attempt, RingOutcome.DECLINED))
                    for sound in sounds:
                        await told.play(sound)
                    return

    async def _now(self, call: Call) -> Call:
        """Return the call as it is now, or as it was when the disk cannot be read."""
        try:
            stored = await self._calls.load(call.case_id)
        except StoreError as exc:
            log.error("store.unusable", case_id=call.case_id, code=exc.code, reason=str(exc))
            return call
        return replace(stored.state, language=call.language) if stored else call

    async def _await_whole(self, line: Line, call: Call) -> None:
        """Return when the caller has finished; a technician who hangs up meanwhile is noticed."""
        limit_s = (call.limits.message + call.limits.call).total_seconds()
        for _ in range(ceil(limit_s / LOOK_S)):
            await self._cases.wait_for(call.case_id, is_whole, LOOK_S)
            await line.digit(timedelta(seconds=0.1))
            if is_whole(await self._now(call)):
                return

    async def _claim(self, line: Line, call: Call, attempt: int) -> Granted | Refused:
        """
        Have the key press committed first; only then is anything said about it.

        AstDB is read before and written after it, on this very line: somebody may have pressed 1
        in the dialplan's own screening, or may be about to, and AMI may be away.
        """
        case_id, leg = call.case_id, channel_id(call.case_id, attempt)
        stored = await line.stored(TAKEN, call.call_id)
        esc = await self._cases.escalation(case_id)
        mine = esc.find(attempt) if esc else None
        # The mark of an owner who did not get it done in time is no news.
        news = self._lookout.press_of(esc, stored) if stored and esc else None
        other = self._lookout.believe(stored) if stored and news else None
        if news is not None and mine is not None and other != mine.technician:
            esc = await self._cases.submit_escalation(case_id, news)
            return Refused(esc.owner)
        pressed = RingEnded(attempt, RingOutcome.ACKNOWLEDGED)
        esc = await self._cases.submit_escalation(case_id, pressed)
        mine = esc.find(attempt)
        if (
            esc.phase is EscalationPhase.ACKNOWLEDGED
            and mine is not None
            and mine.outcome is RingOutcome.ACKNOWLEDGED
        ):
            log.info("case.acknowledged", technician=esc.owner, leg=leg)
            await self._note(line, call, esc, f"{esc.owner}/{leg}/{self._tokens.token(leg)}")
            return Granted(is_whole=is_whole(call))
        return Refused(esc.owner)

    async def _note(self, line: Line, call: Call, esc: Escalation, value: str) -> None:
        """
        Let the dialplan know at once who has it; the committed effect says it again.

        A key that was stored in the dialplan's screening a moment ago is left to that effect,
        which reads it before it is overwritten.
        """
        try:
            there = await line.stored(TAKEN, call.call_id)
            if there and self._lookout.press_of(esc, there) is not None:
                return
            await line.remember(TAKEN, call.call_id, value)
        except AgiFailed as exc:
            log.warning("ack.unnoted", case_id=call.case_id, reason=str(exc))
