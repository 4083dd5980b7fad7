"""Rings a technician to see whether his mobile and its keys work; a real case goes first."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import structlog

from pbx_bridge.core import phone_check
from pbx_bridge.core.ack_flow import ACCEPT, Ask, Close, Heard
from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.phone_check import (
    ANNOUNCEMENT,
    NO_CASE,
    NO_PROMPTS,
    PROMPTS,
    CheckFacts,
    CheckFlow,
    CheckOutcome,
    PhoneCheck,
    hindrance,
    next_request,
    outcome_of,
)
from pbx_bridge.errors import AgiHangup, AmiError, AmiUnavailable, CheckRefused, UnsafeValue
from pbx_bridge.ports import CallStore, Clock, EscalationStore, Line, Phones, RingOrder
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

NOT_LOOKED = "the service has just started and has not looked at Asterisk yet; try again"
ON_THE_LINE = "a caller is on the line"


class Check:
    """The one that is under way."""

    def __init__(self, technician: str, attempt: int) -> None:
        self.technician, self.attempt = technician, attempt
        self.leg = channel_id(NO_CASE, attempt)
        self.facts = CheckFacts()
        self.is_placed = False
        """Whether his mobile may ring."""
        self.ended = asyncio.Event()

    def note(self, **facts: Any) -> None:
        """Add what was seen."""
        self.facts = replace(self.facts, **facts)

    def note_missing(self, prompt: str) -> None:
        """Add that *prompt* could not be played."""
        if prompt == ANNOUNCEMENT:
            self.note(is_mute=True)

    def result(self, outcome: CheckOutcome, reason: str) -> PhoneCheck:
        """Return what came of it."""
        return PhoneCheck(technician=self.technician, outcome=outcome, reason=reason)


class PhoneChecks:
    """One check at a time; it is rung as a case is, with the same number and timeout."""

    _ending: asyncio.Task[None] | None = None
    """The end of a leg that nobody waits for; nothing else keeps it alive."""

    def __init__(  # noqa: PLR0913  the composition root names each of them once
        self,
        *,
        clock: Clock,
        calls: CallStore,
        escalations: EscalationStore,
        phones: Phones,
        leases: Leases,
        tokens: Tokens,
        prompt: Prompt,
        language_of: Callable[[str], str],
        roster: Mapping[str, str],
        ring_timeout: timedelta,
        has_looked: asyncio.Event,
        callers: Collection[str] = (),
    ) -> None:
        """
        Remember what to ring with.

        Args:
            clock: tells the time.
            calls: go first until they are decided.
            escalations: go first.
            phones: ring.
            leases: keep the leg ours.
            tokens: prove that a leg is ours.
            prompt: where prompts lie.
            language_of: of a technician.
            roster: the technicians' numbers by their names; nobody else is rung.
            ring_timeout: as for a case.
            has_looked: set when somebody has looked what lives in Asterisk.
            callers: who has called us and is on the line.
        """
        self._clock, self._calls, self._escalations = clock, calls, escalations
        self._leases, self._tokens, self._prompt = leases, tokens, prompt
        self._language_of, self._roster, self._callers = language_of, roster, callers
        self._phones, self._has_looked, self._ring_timeout = phones, has_looked, ring_timeout
        self._numbers = count(int(clock.now().timestamp()))
        self._current: Check | None = None
        self._freed: dict[str | None, float] = {}  # see `_note_freed`

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
            if check.is_placed:
                self._note_freed(technician)
            self._current = None
            check.ended.set()
        log.info(
            "phone_check.ended",
            technician=technician,
            outcome=result.outcome.value,
            reason=result.reason,
        )
        return result

    def lacks(self, technician: str) -> str:
        """Return what keeps him from hearing that it is a test; empty: nothing. Blocks a moment."""
        for name in PROMPTS:
            path = Path(self._prompt(name, self._language_of(technician)))
            if not any(path.parent.glob(f"{path.name}.*")):
                return NO_PROMPTS
        return ""

    async def give_way(self, technician: str) -> None:
        """End the check under way, if there is one: a case rings *technician*. It never fails."""
        if (check := self._current) is not None:
            check.note(withdrawn_for="a case rings")
            await self._end(check.leg)
            with suppress(TimeoutError):
                async with asyncio.timeout(GIVE_WAY_S):
                    await check.ended.wait()
            if check.is_placed:
                self._note_freed(check.technician)
        # Also when it ended a moment ago, for another ring of this case or for the caller.
        freed = [self._freed[name] for name in (technician, None) if name in self._freed]
        wait_s = max(freed, default=0.0) + RELEASE_S - asyncio.get_running_loop().time()
        if freed and wait_s > 0:
            await asyncio.sleep(wait_s)

    async def end_stray(self, leg: str) -> None:
        """
        End a check's leg that nobody waits for, of a life before or whose reply was lost.

        Nobody knows whose it is: whoever rings next waits until any mobile is released.
        """
        if self._current is None or self._current.leg != leg:
            await self._end(leg)
            self._note_freed(None)

    # ---------------------------------------------------------------- what the phones report

    def ring_answered(self, leg: str) -> None:
        """Somebody, or a mailbox, picked up."""
        if self._current is not None and self._current.leg == leg:
            self._current.note(is_answered=True)

    def ring_ended(self, leg: str, outcome: RingOutcome) -> None:
        """The leg is gone."""
        if self._current is not None and self._current.leg == leg:
            self._current.note(ring=outcome)
            self._current.ended.set()

    def call_came(self) -> None:
        """End the check under way, if there is one: what calls may become a case that rings."""
        check = self._current
        if check is not None and not check.facts.withdrawn_for:
            check.note(withdrawn_for="somebody calls")
            self._ending = asyncio.create_task(self._end(check.leg))  # he is greeted meanwhile

    def line_lost(self) -> None:
        """The login is gone: what is not heard from now on says nothing about the mobile."""
        if self._current is not None:
            self._current.note(is_cut_off=True)

    # ---------------------------------------------------------------- the talk

    async def answered(self, line: Line) -> None:
        """Serve ``/phone-check``; a leg that nobody waits for is left to the dialplan's end."""
        leg = f"{NO_CASE}-{await line.variable('PBXB_ATTEMPT') or ''}"
        token, check = await line.variable("PBXB_TOKEN") or "", self._current
        if check is not None and check.leg == leg:
            check.note(is_met=True)
        if check is None or check.leg != leg or not self._tokens.is_genuine(leg, token):
            log.warning("phone_check.refused", reason="a leg that no check waits for")
            return
        check.note(is_answered=True)
        async with self._leases.held(line.channel):
            with suppress(AgiHangup):  # he left, or a case goes first: the leg's end says so
                await self._talk(line, check)

    async def _talk(self, line: Line, check: Check) -> None:
        language = self._language_of(check.technician)
        voice = Voice(line, self._prompt, language, check.note_missing)
        flow = CheckFlow()
        while True:
            match next_request(flow):
                case Ask(sounds=sounds):
                    heard = Heard(await voice.ask(sounds))
                    check.note(has_key=check.facts.has_key or heard.digit == ACCEPT)
                    flow = phone_check.advance(flow, heard)
                case Close(sounds=sounds):
                    await voice.say(sounds)
                    return

    # ---------------------------------------------------------------- the ring

    async def _checked(self, check: Check, number: str) -> PhoneCheck:
        try:
            # The look comes after the check is known: a call or case that comes later finds it.
            reason = await self._hindrance(check.technician)
            if not self._has_looked.is_set():
                return check.result(CheckOutcome.NOT_KNOWN, NOT_LOOKED)
            if reason := reason or check.facts.withdrawn_for:
                return check.result(CheckOutcome.CASE_FIRST, reason)
            await self._rung(check, number)
        except AmiUnavailable as exc:
            return check.result(CheckOutcome.NOT_KNOWN, str(exc))
        except (AmiError, UnsafeValue) as exc:
            return check.result(CheckOutcome.UNREACHABLE, str(exc))
        return check.result(*outcome_of(check.facts))

    async def _hindrance(self, technician: str) -> str | None:
        """Return why he may not be rung now; raise `AmiError` when Asterisk cannot be asked."""
        now = self._clock.now()
        neighbours = await self._escalations.neighbours(now)
        reason = hindrance(technician, now, neighbours, await self._calls.undecided())
        if reason is None and technician in self._callers:
            reason = "he is calling us"
        if reason is None and any(channel.call_id for channel in await self._phones.live()):
            reason = ON_THE_LINE  # perhaps nobody told us: the dialplan has him
        return reason

    async def _rung(self, check: Check, number: str) -> None:
        """Ring and return when the leg is gone; it never outlasts its limit, or this task."""
        log.info("phone_check.started", technician=check.technician)
        check.is_placed = True
        try:
            await self._phones.ring(self._order(check, number))
            if check.facts.withdrawn_for:  # while the order was on its way
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

    def _note_freed(self, technician: str | None) -> None:
        """Note that a mobile leaves a check's leg now; `None`: nobody knows whose."""
        self._freed[technician] = asyncio.get_running_loop().time()

    async def _end(self, leg: str) -> None:
        try:
            await self._phones.cancel(leg)
        except AmiError as exc:  # its lease ends it
            log.warning("phone_check.unstopped", reason=str(exc))
