"""Translates what the phones report into events of cases."""

from collections.abc import Callable

import structlog

from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.escalation import EscalationEvent, RingAnswered, RingEnded

log = structlog.get_logger()


def channel_id(case_id: str, attempt: int) -> str:
    """Name the leg of an attempt: how it is found again after a restart."""
    return f"{case_id}-{attempt}"


def attempt_of(name: str) -> tuple[str, int] | None:
    """Return case and attempt of a leg; `None` when it is not a leg of ours."""
    case_id, dash, attempt = name.rpartition("-")
    if not (dash and case_id.isdecimal() and attempt.isdecimal()):
        return None
    return case_id, int(attempt)


class Switchboard:
    """Implements `PhoneEvents`; everything it does is to post or to wake somebody up."""

    def __init__(
        self,
        post: Callable[[str, EscalationEvent], None],
        *,
        on_restored: Callable[[], None],
        on_key: Callable[[str], None],
        on_fallback: Callable[[str], None],
    ) -> None:
        self._post, self._on_restored = post, on_restored
        self._on_key, self._on_fallback = on_key, on_fallback

    def ring_answered(self, channel_id: str) -> None:
        """Somebody, or a mailbox, picked up."""
        leg = attempt_of(channel_id)
        if leg is not None:
            self._post(leg[0], RingAnswered(leg[1]))

    def ring_ended(self, channel_id: str, outcome: RingOutcome) -> None:
        """The leg is gone."""
        leg = attempt_of(channel_id)
        if leg is not None:
            log.info("attempt.ended", case_id=leg[0], attempt=leg[1], outcome=outcome.value)
            self._post(leg[0], RingEnded(leg[1], outcome))

    def key_stored(self, channel_id: str) -> None:
        """The dialplan stored a key press: somebody must look and verify."""
        leg = attempt_of(channel_id)
        if leg is not None:
            self._on_key(leg[0])

    def fallback_moved(self, call_id: str) -> None:
        """The dialplan's fallback did something for this call."""
        self._on_fallback(call_id)

    def line_restored(self) -> None:
        """Logged in to Asterisk."""
        self._on_restored()

    def line_lost(self) -> None:
        """The login is gone; rings that are wanted now are put off by the machine."""
