"""Judges transcripts by the rules of their language, whole ones and growing ones."""

from collections.abc import Callable, Mapping

from pbx_bridge.core.call_flow import UNHEARD
from pbx_bridge.core.case import Transcript, Verdict
from pbx_bridge.core.growing import certain_verdict
from pbx_bridge.core.rulepack import Context, RulePack
from pbx_bridge.core.urgency import judge


class Judges:
    """The rule packs in use, with what the calendar knows at the moment of the call."""

    def __init__(
        self, packs: Mapping[str, RulePack | None], home: str, context: Callable[[], Context]
    ) -> None:
        """
        Remember what to judge by.

        Args:
            packs: the rules by language; `None` where they cannot be used.
            home: the firm's own language, for a call in one that has no rules.
            context: asked at each verdict.
        """
        self._packs, self._home, self._context = packs, home, context

    def judge(self, transcript: Transcript, language: str) -> Verdict:
        """Return the verdict on a whole message; without rules every message rings."""
        pack = self._pack(language)
        return judge(transcript, pack, self._context()) if pack is not None else UNHEARD

    def certain(self, before: Transcript, now: Transcript, language: str) -> Verdict | None:
        """Return the verdict when the words so far are certain; see `core.growing`."""
        pack = self._pack(language)
        return certain_verdict(before, now, pack, self._context()) if pack is not None else None

    def _pack(self, language: str) -> RulePack | None:
        return self._packs.get(language) or self._packs[self._home]
