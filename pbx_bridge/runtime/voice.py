"""Says prompts to a technician and hears his keys."""

from collections.abc import Callable
from datetime import timedelta

import structlog

from pbx_bridge.core.ack_flow import ANSWER_S
from pbx_bridge.errors import AgiFailed
from pbx_bridge.ports import Line
from pbx_bridge.runtime.prompting import Prompt

log = structlog.get_logger()

KEYS = "0123456789*#"
"""Any key stops what is being said; what it means is decided by the core."""


class Voice:
    """One technician's line in his language; a missing sound costs a sentence, not the talk."""

    def __init__(
        self,
        line: Line,
        prompt: Prompt,
        language: str,
        on_missing: Callable[[str], object] = str,
    ) -> None:
        """Remember how to speak; *on_missing* is told which sound could not be played."""
        self.line = line
        self._prompt, self._language = prompt, language
        self._on_missing = on_missing

    async def ask(self, sounds: tuple[str, ...], wait_s: float = ANSWER_S) -> str | None:
        """Play *sounds* until a key is pressed, then wait for one; `None`: none was."""
        for sound in sounds:
            digit = await self._play(sound, KEYS)
            if digit:
                return digit
        return await self.line.digit(timedelta(seconds=wait_s))

    async def say(self, sounds: tuple[str, ...]) -> None:
        """Play *sounds* to their end."""
        for sound in sounds:
            await self._play(sound, "")

    async def _play(self, sound: str, keys: str) -> str | None:
        try:
            return await self.line.play(self._prompt(sound, self._language), keys)
        except AgiFailed as exc:
            log.error("prompt.missing", prompt=sound, reason=str(exc))
            self._on_missing(sound)
            return None
