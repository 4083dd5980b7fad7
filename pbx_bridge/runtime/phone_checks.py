"""Rings a technician to see whether his mobile and its keys work; a real case goes first."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import timedelta
from itertools import count
from typing import Any

import structlog

from pbx_bridge.core import phone_check
from pbx_bridge.core.ack_flow import ACCEPT, Ask, Close, Heard
from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.phone_check import (
    NO_CASE,
    CheckFlow,
    CheckOutcome,
    PhoneCheck,
    hindrance,
    next_request,
    outcome_of,
)
from pbx_bridge.errors import AgiHangup, AmiError, CheckRefused, UnsafeValue
from pbx_bridge.ports import Clock, EscalationStore, Line, Phones, RingOrder
from pbx_bridge.runtime.leases import Leases
from pbx_bridge.runtime.lookout import Tokens
from pbx_bridge.runtime.prompting import Prompt
from pbx_bridge.runtime.switchboard import channel_id
from pbx_bridge.runtime.voice import Voice
from pbx_bridge.wire.control import CheckPhone, arguments, as_json

log = structlog.get_logger()

TALK_LIMIT = timedelta(seconds=60)
"""For what is said, twice, and the time to press; after that the leg is ended."""

GIVE_WAY_S = 1.0
"""How long a case waits for the end of a check's leg, before it rings all the same."""

RELEASE_S = 1.0
"""What a carrier gets to release a mobile, which would be busy for a case that rings at once."""

NUMBERS = 1_000_000
"""Legs are numbered below it; a number comes again after eleven days at the earliest."""

REFUSED = "the network does not put the call through: wrong number, phone off, or trunk down"


class Check:
    """The one that is under way."""

    def __init__(self, technician: str, attempt: int) -> None:
        self.technician, self.attempt = technician, attempt
        self.leg = channel_id(NO_CASE, attempt)
        self.ring = RingOutcome.NO_ANSWER
        self.has_key = self.is_answered = self.is_withdrawn = False
        self.ended = asyncio.Event()


class PhoneChecks:
    """One check at a time; it is rung as a case is, with the same number and timeout."""

    def __init__(  # noqa: PLR0913  the composition root names each of them once
        self,
        *,
        clock: Clock,
        escalations: EscalationStore,
        phones: Phones,
        leases: Leases,
        tokens: Tokens,
        prompt: Prompt,
        language_of: Callable[[str], str],
        roster: Mapping[str, str],
        ring_timeout: timedelta,
        callers: Collection[str] = (),
    ) -> None:
        """
        Remember what to ring with.

        Args:
            clock: tells the time.
            escalations: whose cases go first.
            phones: ring.
            leases: keep the leg ours.
            tokens: prove that a leg is ours.
            prompt: where prompts lie.
            language_of: of a technician.
            roster: the technicians' numbers by their short names; nobody else is rung.
            ring_timeout: as for a case.
            callers: who has called us and is on the line.
        """
        self._clock, self._escalations, self._phones = clock, escalations, phones
        self._leases, self._tokens, self._prompt = leases, tokens, prompt
        self._language_of, self._roster = language_of, roster
        self._ring_timeout, self._callers = ring_timeout, callers
        self._numbers = count(int(clock.now().timestamp()))
        self._current: Check | None = None

    @property
    def longest_s(self) -> float:
        """Seconds that a check may take."""
        return (self._ring_timeout + TALK_LIMIT).total_seconds() + 2 * GIVE_WAY_S

    async def carry_out(self, given: Mapping[str, Any]) -> object:
        """Carry out ``phone.check``, a verb of the control socket."""
        return as_json(await self.check(arguments(CheckPhone, given).technician))

    async def check(self, technician: str) -> PhoneCheck:
        """
        Ring *technician* and return what came of it.

        Raises:
            CheckRefused: not a technician, or another check is under way.
            StoreError: nobody can say whether a case rings.
        """
        number = self._roster.get(technician)
        if number is None:
            known = ", ".join(sorted(self._roster))
            raise CheckRefused(f"{technician!r} is no technician; known: {known}")
        if (other := self._current) is not None:
            raise CheckRefused(f"{other.technician} is being checked; wait until that is over")
        check = self._current = Check(technician, next(self._numbers) % NUMBERS)
        try:
            result = await self._checked(check, number)
        finally:
            self._current = None
            check.ended.set()
        log.info(
            "phone_check.ended",
            technician=technician,
            outcome=result.outcome.value,
            reason=result.reason,
        )
        return result

    async def give_way(self, technician: str) -> None:
        """End the check under way, if there is one: a case rings *technician*. It never fails."""
        check = self._current
        if check is None:
            return
        check.is_withdrawn = True
        await self._end(check.leg)
        with suppress(TimeoutError):
            async with asyncio.timeout(GIVE_WAY_S):
                await check.ended.wait()
        if check.technician == technician:
            await asyncio.sleep(RELEASE_S)

    async def end_stray(self, leg: str) -> None:
        """End a check's leg that nobody waits for, of a life before or whose reply was lost."""
        if self._current is None or self._current.leg != leg:
            await self._end(leg)

    # ---------------------------------------------------------------- what the phones report

    def ring_answered(self, leg: str) -> None:
        """Somebody, or a mailbox, picked up."""
        if self._current is not None and self._current.leg == leg:
            self._current.is_answered = True

    def ring_ended(self, leg: str, outcome: RingOutcome) -> None:
        """The leg is gone."""
        if self._current is not None and self._current.leg == leg:
            self._current.ring = outcome
            self._current.ended.set()

    # ---------------------------------------------------------------- the talk

    async def answered(self, line: Line) -> None:
        """Serve ``/phone-check``; a leg that nobody waits for is left to the dialplan's end."""
        leg = f"{NO_CASE}-{await line.variable('PBXB_ATTEMPT') or ''}"
        token, check = await line.variable("PBXB_TOKEN") or "", self._current
        if check is None or check.leg != leg or not self._tokens.is_genuine(leg, token):
            log.warning("phone_check.refused", reason="a leg that no check waits for")
            return
        check.is_answered = True
        async with self._leases.held(line.channel):
            with suppress(AgiHangup):  # he left, or a case goes first: the leg's end says so
                await self._talk(line, check)

    async def _talk(self, line: Line, check: Check) -> None:
        voice = Voice(line, self._prompt, self._language_of(check.technician))
        flow = CheckFlow()
        while True:
            match next_request(flow):
                case Ask(sounds=sounds):
                    heard = Heard(await voice.ask(sounds))
                    check.has_key = check.has_key or heard.digit == ACCEPT
                    flow = phone_check.advance(flow, heard)
                case Close(sounds=sounds):
                    await voice.say(sounds)
                    return

    # ---------------------------------------------------------------- the ring

    async def _checked(self, check: Check, number: str) -> PhoneCheck:
        name = check.technician
        # The look comes after the check is known: a case that rings later finds it.
        now = self._clock.now()
        reason = hindrance(name, now, await self._escalations.neighbours(now))
        if reason is None and name in self._callers:
            reason = "he is calling us"
        if reason is None and check.is_withdrawn:
            reason = "a case rings"
        if reason is not None:
            return PhoneCheck(technician=name, outcome=CheckOutcome.CASE_FIRST, reason=reason)
        try:
            await self._rung(check, number)
        except (AmiError, UnsafeValue) as exc:
            unreachable = CheckOutcome.UNREACHABLE
            return PhoneCheck(technician=name, outcome=unreachable, reason=str(exc))
        outcome = outcome_of(
            check.ring,
            has_key=check.has_key,
            is_answered=check.is_answered,
            is_withdrawn=check.is_withdrawn,
        )
        why = {CheckOutcome.UNREACHABLE: REFUSED, CheckOutcome.CASE_FIRST: "a case rings"}
        return PhoneCheck(technician=name, outcome=outcome, reason=why.get(outcome, ""))

    async def _rung(self, check: Check, number: str) -> None:
        """Ring and return when the leg is gone; it never outlasts its limit, or this task."""
        log.info("phone_check.started", technician=check.technician)
        try:
            await self._phones.ring(self._order(check, number))
            if check.is_withdrawn:  # while the order was on its way
                await self._end(check.leg)
            async with asyncio.timeout((self._ring_timeout + TALK_LIMIT).total_seconds()):
                await check.ended.wait()
        except TimeoutError:
            return
        finally:
            if not check.ended.is_set():  # also when the reply was lost, and it rings
                await self._end(check.leg)

    def _order(self, check: Check, number: str) -> RingOrder:
        return RingOrder(
            channel_id=check.leg,
            token=self._tokens.token(check.leg),
            number=number,
            timeout=self._ring_timeout,
            case_id=NO_CASE,
            attempt=check.attempt,
            technician=check.technician,
            call_id="",
            caller_number="",
            recording="",
            language=self._language_of(check.technician),
            is_check=True,
        )

    async def _end(self, leg: str) -> None:
        try:
            await self._phones.cancel(leg)
        except AmiError as exc:  # its lease ends it
            log.warning("phone_check.unstopped", reason=str(exc))
