"""Checks the mobile of whoever's shift has begun; a failure is told to the office."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import structlog

from pbx_bridge.core.calendar import Plan
from pbx_bridge.core.phone_check import CheckOutcome, PhoneCheck
from pbx_bridge.core.shift_check import BegunShift, check_news, is_still_his
from pbx_bridge.errors import BridgeError, StoreError
from pbx_bridge.ports import Clock
from pbx_bridge.runtime.notices import Notices
from pbx_bridge.runtime.phone_checks import PhoneChecks

log = structlog.get_logger()

PAUSE_S = 300.0
TRIES = 12
"""An hour: so long a case may go first, or Asterisk be away, until the office is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A check that is still to be made, or told."""

    shift: BegunShift
    tries: int = 1
    found: PhoneCheck | None = None
    """What came of it: it is to be told."""


class ShiftChecks:
    """One after the other; a check that is put off comes again after the others."""

    def __init__(
        self, clock: Clock, checks: PhoneChecks, notices: Notices, plan: Callable[[], Plan]
    ) -> None:
        """Remember how to check and to tell; *plan* returns the plan as it is."""
        self._clock, self._checks, self._notices, self._plan = clock, checks, notices, plan
        self._wanted: asyncio.Queue[Wanted] = asyncio.Queue()

    def begin(self, begun: Iterable[BegunShift]) -> None:
        """Have these checked; whoever asks remembers that he did."""
        for shift in begun:
            self._wanted.put_nowait(Wanted(shift=shift))

    async def run(self) -> None:
        """Check until cancelled; the crash boundary of checks that nobody asked for."""
        while True:
            wanted = await self._wanted.get()
            try:
                await self._carry_out(wanted)
            except Exception:
                log.exception("phone_check.crashed", technician=wanted.shift.technician)

    async def _carry_out(self, wanted: Wanted) -> None:
        found = wanted.found
        if found is None:
            if not is_still_his(self._plan(), self._clock.now(), wanted.shift):
                log.info("phone_check.dropped", technician=wanted.shift.technician)
                return
            found = await self._check(wanted.shift.technician)
        if found.outcome is CheckOutcome.KEY_HEARD:
            return
        if found.is_worth_another and wanted.tries < TRIES:
            self._later(replace(wanted, tries=wanted.tries + 1))
            return
        await self._tell(replace(wanted, found=found))

    async def _check(self, technician: str) -> PhoneCheck:
        """Check him, unless he would hear nothing."""
        try:
            lacks = await asyncio.to_thread(self._checks.lacks, technician)
            if not lacks:
                return await self._checks.check(technician)
        except BridgeError as exc:  # somebody checks by hand, or the disk is away
            not_known = CheckOutcome.NOT_KNOWN
            return PhoneCheck(technician=technician, outcome=not_known, reason=str(exc))
        log.warning("phone_check.lacking", technician=technician, reason=lacks)
        return PhoneCheck(technician=technician, outcome=CheckOutcome.INCOMPLETE, reason=lacks)

    async def _tell(self, wanted: Wanted) -> None:
        assert wanted.found is not None  # noqa: S101  see `_carry_out`
        news = check_news(wanted.shift, wanted.found, self._clock.now())
        try:
            await self._notices.publish([news], lambda _: frozenset())
        except StoreError as exc:
            log.error("store.unusable", code=exc.code, reason=str(exc))
            self._later(replace(wanted, tries=TRIES))  # he is not rung again for it

    def _later(self, wanted: Wanted) -> None:
        asyncio.get_running_loop().call_later(PAUSE_S, self._wanted.put_nowait, wanted)
