"""Translates what the phones report into events of cases."""

from collections.abc import Callable
from typing import Protocol

import structlog

from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.escalation_events import EscalationEvent, RingAnswered, RingEnded
from pbx_bridge.core.phone_check import NO_CASE

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


class Looks(Protocol):
    """Who finds out what happened; each only notes that there is something to look at."""

    def line_restored(self) -> None:
        """Asterisk can be asked again."""
        ...

    def key_stored(self, case_id: str) -> None:
        """A key press lies in AstDB."""
        ...

    def fallback_moved(self, call_id: str) -> None:
        """The dialplan's fallback did something."""
        ...


class Checks(Protocol):
    """Who hears of a leg that belongs to no case: `PhoneChecks`."""

    def ring_answered(self, leg: str) -> None:
        """Somebody, or a mailbox, picked up."""
        ...

    def ring_ended(self, leg: str, outcome: RingOutcome) -> None:
        """The leg is gone."""
        ...

    def call_came(self) -> None:
        """A caller is on the line, perhaps in the dialplan's fallback."""
        ...

    def line_lost(self) -> None:
        """The login is gone."""
        ...


class Switchboard:
    """Implements `PhoneEvents`; everything it does is to post or to wake somebody up."""

    def __init__(self, post: Callable[[str, EscalationEvent], None]) -> None:
        self._post = post
        self._looks: Looks | None = None
        self._checks: Checks | None = None

    def connect(self, looks: Looks, checks: Checks | None = None) -> None:
        """Say who is woken up; called once, before the first report."""
        self._looks, self._checks = looks, checks

    def ring_answered(self, channel_id: str) -> None:
        """Somebody, or a mailbox, picked up."""
        leg = attempt_of(channel_id)
        if leg is not None and leg[0] == NO_CASE:
            if self._checks is not None:
                self._checks.ring_answered(channel_id)
        elif leg is not None:
            self._post(leg[0], RingAnswered(leg[1]))

    def ring_ended(self, channel_id: str, outcome: RingOutcome) -> None:
        """The leg is gone."""
        leg = attempt_of(channel_id)
        if leg is not None and leg[0] == NO_CASE:
            if self._checks is not None:
                self._checks.ring_ended(channel_id, outcome)
        elif leg is not None:
            log.info("attempt.ended", case_id=leg[0], attempt=leg[1], outcome=outcome.value)
            self._post(leg[0], RingEnded(leg[1], outcome))

    def key_stored(self, channel_id: str) -> None:
        """The dialplan stored a key press: somebody must look and verify."""
        leg = attempt_of(channel_id)
        if leg is not None and self._looks is not None:
            self._looks.key_stored(leg[0])

    def fallback_moved(self, call_id: str) -> None:
        """The dialplan's fallback did something for this call."""
        if self._checks is not None:
            self._checks.call_came()
        if self._looks is not None:
            self._looks.fallback_moved(call_id)

    def line_restored(self) -> None:
        """Logged in to Asterisk."""
        if self._looks is not None:
            self._looks.line_restored()

    def line_lost(self) -> None:
        """The login is gone; rings that are wanted now are put off by the machine."""
        if self._checks is not None:
            self._checks.line_lost()
