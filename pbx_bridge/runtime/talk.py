"""What is said on a technician's leg: prompts, and the message as far as it is there."""

import asyncio
from datetime import timedelta

import structlog

from pbx_bridge.core.ack_flow import RECORDING, REST, AckFacts, Ask
from pbx_bridge.core.call_flow import UNHEARD, Call
from pbx_bridge.errors import AgiFailed, AudioError
from pbx_bridge.ports import Line, Recordings
from pbx_bridge.runtime.prompting import Prompt
from pbx_bridge.runtime.voice import KEYS

log = structlog.get_logger()


def is_whole(call: object) -> bool:
    """Whether *call* is one whose caller has finished his message."""
    return isinstance(call, Call) and call.message is not None


class Talk:
    """One technician's ear: remembers how much of the message he has heard."""

    def __init__(self, line: Line, call: Call, recordings: Recordings, prompt: Prompt) -> None:
        self._line, self._recordings, self._prompt = line, recordings, prompt
        self.call = call
        """As it is now; its language is the technician's."""
        self._heard_s = 0.0

    async def facts(self) -> AckFacts:
        """Return what there is to tell now."""
        call = self.call
        message_s = await asyncio.to_thread(self._recordings.message_s, call.recording)
        return AckFacts(
            case_id=call.case_id,
            urgency=(call.verdict or UNHEARD).urgency,
            number=call.caller.number,
            has_message=message_s > 0,
            is_whole=is_whole(call),
        )

    async def ask(self, request: Ask) -> str | None:
        """Play what is to be said and wait for a key; return the first one pressed."""
        for sound in request.sounds:
            digit = await self.play(sound, KEYS)
            if digit:
                return digit
        if not request.answer_s:
            return None
        return await self._line.digit(timedelta(seconds=request.answer_s))

    async def play(self, sound: str, keys: str = "") -> str | None:
        """Play one sound; a missing one costs a sentence, not the call."""
        try:
            if sound == REST and self._heard_s:
                return await self._play_part(self._heard_s, keys)
            if sound in (RECORDING, REST) and not is_whole(self.call):
                return await self._play_part(0.0, keys)
            whole = sound in (RECORDING, REST)
            path = self.call.recording if whole else self._prompt(sound, self.call.language)
            return await self._line.play(path, keys)
        except (AgiFailed, AudioError) as exc:
            log.error("prompt.missing", prompt=sound, reason=str(exc))
            return None

    async def _play_part(self, from_s: float, keys: str) -> str | None:
        """Play what is there from *from_s* on, and remember how far it went."""
        part = await asyncio.to_thread(self._recordings.excerpt, self.call.recording, from_s)
        if part is None:
            return None
        try:
            digit = await self._line.play(part.sound, keys)
        finally:
            self._recordings.drop_excerpt(part)
        self._heard_s = 0.0 if digit else part.until_s
        return digit
