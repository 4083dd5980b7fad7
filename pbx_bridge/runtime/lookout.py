"""Finds out what became of a call or a ring while nobody of us was looking."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.escalation_events import RingEnded, TakenElsewhere
from pbx_bridge.core.escalation_state import Escalation, EscalationPhase
from pbx_bridge.core.policy import Technician
from pbx_bridge.ports import LiveChannel, Phones
from pbx_bridge.runtime.switchboard import attempt_of

CALLS, TAKEN = "pbxb-call", "pbxb-taken"
"""AstDB families, both keyed by `call_id`; see dialplan/README.md."""

OURS = "new"
"""How a row in `CALLS` begins while the dialplan has not given us up."""

FALLBACK = "0/fallback"
"""What follows the number of whoever pressed 1 in the fallback, which rings without us."""

OWN_MARK = 0
"""The attempt that never rings: we sign with it what we put into `TAKEN` ourselves."""

OVER = (EscalationPhase.ACKNOWLEDGED, EscalationPhase.DONE)
"""Phases in which a key takes nothing any more."""


class Fate(StrEnum):
    """Who has a call now."""

    WITH_US = "with-us"
    """The caller's channel is alive and the dialplan has not given us up."""
    IN_FALLBACK = "in-fallback"
    """The dialplan greets, records or rings."""
    TAKEN = "taken"
    NOBODY = "nobody"
    """The fallback is over and nobody took the case, or there is no trace of the call."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look at Asterisk showed."""

    fate: Fate
    technician: str | None = None


class Tokens:
    """Signs rings, so that a key press found in AstDB is believed only when it is ours."""

    def __init__(self, instance_key: bytes) -> None:
        self._key = instance_key

    def token(self, channel_id: str) -> str:
        """Return the 32 hex digits that belong to an attempt."""
        return hmac.new(self._key, channel_id.encode(), hashlib.sha256).hexdigest()[:32]

    def is_genuine(self, channel_id: str, token: str) -> bool:
        """Whether *token* was made here for this attempt; takes the same time either way."""
        return hmac.compare_digest(self.token(channel_id), token)


class Lookout:
    """Reads AstDB and the live channels; raises `AmiUnavailable` when Asterisk is away."""

    def __init__(self, phones: Phones, tokens: Tokens, roster: Iterable[Technician]) -> None:
        self._phones, self._tokens = phones, tokens
        self._numbers = {technician.name: technician.number for technician in roster}
        self._names = {number: name for name, number in self._numbers.items()}

    async def call(self, call_id: str, live: list[LiveChannel] | None = None) -> Finding:
        """
        Return who has a call.

        A caller whose case was taken while he speaks is with us until he has finished.
        """
        stored = await self._phones.recall(TAKEN, call_id)
        taken_by = self.believe(stored) if stored else None
        if live is None:
            live = await self._phones.live()
        is_alive = any(channel.call_id == call_id for channel in live)
        if not (is_alive or taken_by):
            return Finding(Fate.NOBODY)
        state = ""
        if is_alive:
            state = (await self._phones.recall(CALLS, call_id) or "").partition("/")[0]
        is_rung_by_us = (stored or "").partition("/")[2] != FALLBACK
        if taken_by and not (is_rung_by_us and state == OURS):
            return Finding(Fate.TAKEN, taken_by)
        return Finding(Fate.IN_FALLBACK if state == "fallback" else Fate.WITH_US)

    async def taken_by(self, call_id: str) -> str | None:
        """Return who pressed 1 in the dialplan's screening, `None` when nobody did."""
        stored = await self._phones.recall(TAKEN, call_id)
        return self.believe(stored) if stored else None

    def number_of(self, technician: str | None) -> str | None:
        """Return where somebody of the roster is rung; `None`: nobody we know."""
        return self._numbers.get(technician or "")

    def believe(self, stored: str) -> str | None:
        """
        Return the technician of a stored key press; `None` when it cannot be believed.

        Args:
            stored: ``<technician>/<attempt leg>/<token>`` from a technician's leg, or
                ``<number>/0/fallback`` from the fallback, which rings without us and has no token.
        """
        who, _, rest = stored.partition("/")
        leg, _, token = rest.partition("/")
        if token == "fallback":  # noqa: S105  a mark of the dialplan, not a secret
            return self._names.get(who, who) or None
        if attempt_of(leg) is None or not self._tokens.is_genuine(leg, token):
            return None
        return who

    async def key_press(self, esc: Escalation, call_id: str) -> RingEnded | TakenElsewhere | None:
        """
        Return what a stored key press means for *esc*; `None`: there is none that is news.

        Our own mark (`Ringing.mark_taken`) and a press that was counted already must not take
        a case again that was not done in time and rings once more.
        """
        stored = await self._phones.recall(TAKEN, call_id)
        return self.press_of(esc, stored) if stored else None

    def press_of(self, esc: Escalation, stored: str) -> RingEnded | TakenElsewhere | None:
        """Return what a value of `TAKEN` means for *esc*; see `key_press`."""
        who, mark = self.believe(stored), stored.rpartition("/")[0]
        if who is None or mark in esc.counted:
            return None
        elsewhere = TakenElsewhere(who, mark=mark, number=self.number_of(who))
        leg = attempt_of(stored.split("/")[1])
        if leg is None or leg[0] != esc.case_id:
            return elsewhere
        pressed = esc.find(leg[1])
        if leg[1] == OWN_MARK or (pressed and pressed.outcome is RingOutcome.ACKNOWLEDGED):
            return None
        is_reminded = pressed and pressed.is_reminder and pressed.technician == esc.owner
        if esc.phase not in OVER or (esc.phase is EscalationPhase.ACKNOWLEDGED and is_reminded):
            return RingEnded(leg[1], RingOutcome.ACKNOWLEDGED) if pressed else elsewhere
        return elsewhere  # the case is somebody's, or over, and he was told that it is his
