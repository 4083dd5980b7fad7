"""Checks the mobile of whoever's shift has begun; a failure is told to the office."""

import asyncio
from collections.abc import Iterable

import structlog

from pbx_bridge.core.phone_check import CheckOutcome, PhoneCheck
from pbx_bridge.core.shift_check import BegunShift, check_news
from pbx_bridge.errors import BridgeError
from pbx_bridge.ports import Clock
from pbx_bridge.runtime.notices import Notices
from pbx_bridge.runtime.phone_checks import PhoneChecks

log = structlog.get_logger()

PAUSE_S = 300.0
TRIES = 12
"""An hour: so long a case may go first, until the office is told that nobody checked."""


class ShiftChecks:
    """One after the other; whose check is put off by a case comes again after the others."""

    def __init__(self, clock: Clock, checks: PhoneChecks, notices: Notices) -> None:
        self._clock, self._checks, self._notices = clock, checks, notices
        self._wanted: asyncio.Queue[tuple[BegunShift, int]] = asyncio.Queue()

    def begin(self, begun: Iterable[BegunShift]) -> None:
        """Have these checked; whoever asks remembers that he did."""
        for shift in begun:
            self._wanted.put_nowait((shift, 1))

    async def run(self) -> None:
        """Check until cancelled; the crash boundary of checks that nobody asked for."""
        while True:
            shift, tries = await self._wanted.get()
            try:
                await self._check(shift, tries)
            except Exception:
                log.exception("phone_check.crashed", technician=shift.technician)

    async def _check(self, shift: BegunShift, tries: int) -> None:
        try:
            found = await self._checks.check(shift.technician)
        except BridgeError as exc:  # somebody checks by hand, or the disk is away
            found = _put_off(shift, str(exc))
        if found.outcome is CheckOutcome.KEY_HEARD:
            return
        if found.outcome is CheckOutcome.CASE_FIRST and tries < TRIES:
            again = (shift, tries + 1)
            asyncio.get_running_loop().call_later(PAUSE_S, self._wanted.put_nowait, again)
            return
        news = check_news(shift, found, self._clock.now())
        await self._notices.publish([news], lambda _: frozenset())


def _put_off(shift: BegunShift, reason: str) -> PhoneCheck:
    outcome = CheckOutcome.CASE_FIRST
    return PhoneCheck(technician=shift.technician, outcome=outcome, reason=reason)
