"""Serves a technician who calls us: PIN, his open cases, how they ended."""

import hmac
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass

import structlog

from pbx_bridge.core import call_in_flow, pin_lock
from pbx_bridge.core.ack_flow import Ask, Close, Heard
from pbx_bridge.core.call_flow import UNHEARD, CallPhase
from pbx_bridge.core.call_in_flow import (
    AskPin,
    CallIn,
    OpenCase,
    PinRight,
    PinWrong,
    Talk,
    TalkEnded,
    next_request,
)
from pbx_bridge.core.pin_lock import PinLock
from pbx_bridge.errors import AgiHangup, StoreError
from pbx_bridge.ports import CallStore, Clock, EscalationStore, Line, PinLocks
from pbx_bridge.runtime.leases import Leases
from pbx_bridge.runtime.outcome_talk import OutcomeTalk
from pbx_bridge.runtime.prompting import Prompt
from pbx_bridge.runtime.voice import Voice

log = structlog.get_logger()

LONGEST_PIN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class CallInPeople:
    """Who may call us."""

    technician_of: Callable[[str], str | None]
    """Short name for a caller's number, `None` for strangers."""
    language_of: Callable[[str], str]
    pins: Mapping[str, str]
    """PIN by short name; who has none cannot call us."""


class CallIns:
    """The handler of ``/call-in``; the lock on wrong PINs is kept over a restart."""

    def __init__(  # noqa: PLR0913  the composition root names each of them once
        self,
        people: CallInPeople,
        *,
        clock: Clock,
        calls: CallStore,
        escalations: EscalationStore,
        pin_locks: PinLocks,
        leases: Leases,
        talk: OutcomeTalk,
        prompt: Prompt,
        callers: list[str],
    ) -> None:
        """*callers* holds who is on the line with us, once he has given his PIN."""
        self._people, self._clock = people, clock
        self._calls, self._escalations = calls, escalations
        self._leases, self._talk, self._prompt = leases, talk, prompt
        self._callers = callers
        self._pin_locks, self._lock = pin_locks, PinLock()
        self._is_lock_known = False
        """Whether the lock in memory counts; from then on it is written, and not read again."""

    async def call_in(self, line: Line) -> None:
        """Serve one call; a caller's number can be forged, so it opens nothing by itself."""
        async with self._leases.held(line.channel):
            try:
                await self._serve(line)
                await line.set_variable("PBXB_DONE", "1")  # the very last act
            except AgiHangup:
                log.info("call_in.hung_up")

    async def _serve(self, line: Line) -> None:
        await self._recall_lock()
        number = line.caller_number
        technician = self._people.technician_of(number) if number else None
        voice = Voice(line, self._prompt, self._people.language_of(technician or ""))
        reason = self._refusal(technician)
        if technician is None or reason is not None:
            log.warning("call_in.refused", technician=technician, reason=reason)
            await voice.say(("call-in-refused",))
            return
        with ExitStack() as known:
            await self._converse(voice, technician, known)

    async def _converse(self, voice: Voice, technician: str, known: ExitStack) -> None:
        call = CallIn()
        while True:
            match next_request(call):
                case AskPin(sounds=sounds):
                    checked = await self._checked(voice, sounds, technician)
                    if isinstance(checked, PinRight):  # a number alone can be forged
                        self._callers.append(technician)
                        known.callback(self._callers.remove, technician)
                    call = call_in_flow.advance(call, checked)
                case Ask(sounds=sounds):
                    call = call_in_flow.advance(call, Heard(await voice.ask(sounds)))
                case Talk(case_id=case_id):
                    await self._talk_about(voice, case_id, technician)
                    call = call_in_flow.advance(call, TalkEnded())
                case Close(sounds=sounds):
                    await voice.say(sounds)
                    return

    def _refusal(self, technician: str | None) -> str | None:
        if technician is None:
            return "not a technician's number"
        if technician not in self._people.pins:
            return "he has no PIN"
        if self._lock.is_locked(self._clock.now(), technician):
            return "locked after wrong PINs"
        return None

    async def _checked(
        self, voice: Voice, sounds: tuple[str, ...], technician: str
    ) -> PinRight | PinWrong:
        """Ask for the PIN once; nothing waits between the look at the lock and the count."""
        typed = await self._typed(voice, sounds)
        now = self._clock.now()
        if self._lock.is_locked(now, technician):  # by other calls meanwhile: not even compared
            return PinWrong()
        if not hmac.compare_digest(typed, self._people.pins[technician]):
            await self._keep_lock(pin_lock.missed(now, self._lock, technician))
            is_locked = self._lock.is_locked(now, technician)
            log.warning("call_in.wrong_pin", technician=technician, is_locked=is_locked)
            return PinWrong()
        await self._keep_lock(pin_lock.passed(self._lock, technician))
        log.info("call_in.opened", technician=technician)
        return PinRight(await self._open_cases(technician))

    async def _recall_lock(self) -> None:
        """Read the lock of the life before, once; a disk that is away locks nobody out."""
        if self._is_lock_known:
            return
        try:
            lock = await self._pin_locks.load()
        except StoreError as exc:
            log.error("store.unusable", code=exc.code, reason=str(exc))
            return
        if not self._is_lock_known:  # no other call was quicker
            self._lock, self._is_lock_known = lock, True

    async def _keep_lock(self, lock: PinLock) -> None:
        """Change the lock at once and write it down; on a disk that is away it holds in memory."""
        is_news = lock != self._lock
        self._lock, self._is_lock_known = lock, True
        if not is_news:
            return
        try:
            await self._pin_locks.keep(self._clock.now(), lock)
        except StoreError as exc:
            log.error("store.unusable", code=exc.code, reason=str(exc))

    async def _typed(self, voice: Voice, sounds: tuple[str, ...]) -> str:
        typed, digit = "", await voice.ask(sounds)
        while digit is not None and digit != "#":
            typed += digit
            if len(typed) > LONGEST_PIN:
                break
            digit = await voice.ask(())
        return typed

    async def _open_cases(self, technician: str) -> tuple[OpenCase, ...]:
        now, found = self._clock.now(), []
        for esc in await self._escalations.owned_by(technician):
            stored = await self._calls.load(esc.case_id)
            if stored is None or stored.state.life.outcome is not None:
                continue
            call = stored.state
            category = (call.verdict or UNHEARD).category
            age = now - call.arrived_at
            found.append(OpenCase(case_id=call.case_id, age=age, category=category))
        return tuple(found)

    async def _talk_about(self, voice: Voice, case_id: str, technician: str) -> None:
        """Talk about a case, if it is still his."""
        stored = await self._calls.load(case_id)
        is_his = any(e.case_id == case_id for e in await self._escalations.owned_by(technician))
        if stored is None or not is_his:
            await voice.say(("ack-taken",))
            return
        if stored.state.phase is not CallPhase.DECIDED:  # an outcome would not be kept
            await voice.say(("ack-still-speaking",))
            return
        await self._talk.run(voice, stored.state, technician)
