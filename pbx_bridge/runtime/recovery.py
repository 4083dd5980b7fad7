"""After a restart, a thaw or a lost link: finds out what happened, before anybody is rung."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog

from pbx_bridge.core.call_events import CallerLeft, DialplanEnded, DialplanHas
from pbx_bridge.core.call_flow import Call, CallPhase
from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.escalation_events import CancelRing, PersonFree, RingEnded
from pbx_bridge.core.escalation_state import Escalation
from pbx_bridge.core.neighbours import waiting_in_order
from pbx_bridge.core.phone_check import NO_CASE
from pbx_bridge.errors import AgiError, AmiError, BridgeError, StoreError
from pbx_bridge.ports import (
    CallStore,
    Clock,
    EscalationStore,
    Line,
    LiveChannel,
    Pending,
    Phones,
    Recordings,
)
from pbx_bridge.runtime.cases import Trigger
from pbx_bridge.runtime.leases import Leases
from pbx_bridge.runtime.lookout import CALLS, OVER, TAKEN, Fate, Lookout
from pbx_bridge.runtime.ringing import Ringing
from pbx_bridge.runtime.stray_notes import StrayNotes
from pbx_bridge.runtime.switchboard import attempt_of, channel_id

log = structlog.get_logger()

ON_CALL = ("pbxb-list", "oncall")
"""AstDB family and key of the list that the dialplan's fallback rings, joined by ``&``."""


Errand = Callable[[], Awaitable[None]]

RETRY_S = 5.0
"""Before an errand that failed is run again; longer each time it fails again."""

LONGEST_RETRY_S = 300.0

LOOK_EVERY_S = 600.0
"""A look costs some milliseconds; nobody waits longer than this for what an event told in vain."""


FIRST_LOOK_S = 3.0
"""A login takes some milliseconds; after that the cases go on, with what they know."""

FORGOTTEN_AFTER = timedelta(days=1)
"""Older recordings without a case ring nobody: a lost database must not wake the whole firm."""


EPOCH_DIGITS = 11
"""Of a time within the next thousand years; what is longer is none."""


def _moment(epoch: str) -> datetime | None:
    """Return the time of an AstDB row, seconds since 1970; `None` when it does not say."""
    return datetime.fromtimestamp(int(epoch), UTC) if epoch.isdecimal() else None


def _begun(call_id: str) -> datetime | None:
    """Return when a call began by its uniqueid, ``[system-]seconds.number``; `None`: unknown."""
    seconds = call_id.rpartition("-")[2].partition(".")[0]
    return _moment(seconds) if len(seconds) <= EPOCH_DIGITS else None


class Adopts(Protocol):
    """Who opens a case for a call that we never had in hand: `Calls`."""

    async def adopt(
        self,
        call_id: str,
        number: str | None,
        recording: str,
        *,
        arrived_at: datetime | None = None,
    ) -> Call:
        """Commit the call; it arrived just now unless told."""
        ...


class Recovery:
    """Asks Asterisk (live channels, AstDB) and the spool who owns what."""

    def __init__(  # noqa: PLR0913  the composition root names each of them once
        self,
        post: Callable[[str, Trigger], None],
        *,
        calls: Adopts,
        call_store: CallStore,
        escalations: EscalationStore,
        phones: Phones,
        recordings: Recordings,
        leases: Leases,
        lookout: Lookout,
        ringing: Ringing,
        on_call: Callable[[], str],
        clock: Clock,
        end_check: Callable[[str], Awaitable[None]] | None = None,
        has_looked: asyncio.Event | None = None,
    ) -> None:
        """
        Remember whom to ask.

        *end_check* ends the leg of a mobile's check unless somebody waits for it. *has_looked* is
        set after the first look.
        """
        self._post, self._calls, self._store = post, calls, call_store
        self._escalations, self._phones, self._recordings = escalations, phones, recordings
        self._leases, self._lookout, self._ringing = leases, lookout, ringing
        self._on_call, self._clock, self._end_check = on_call, clock, end_check
        self._stray_notes = StrayNotes(
            post, clock=clock, calls=call_store, escalations=escalations, recordings=recordings
        )
        self.has_looked = has_looked or asyncio.Event()
        """Set after the first look: before it, nobody knows what lives in Asterisk."""
        self._errands: asyncio.Queue[Errand] = asyncio.Queue()
        self._failures = 0

    def line_restored(self) -> None:
        """Asterisk can be asked again."""
        self._errands.put_nowait(self.look_around)

    def key_stored(self, case_id: str) -> None:
        """The dialplan's screening stored a key press for this case: verify and count it."""
        self._errands.put_nowait(lambda: self._count_stored_key(case_id))

    def fallback_moved(self, call_id: str) -> None:
        """The fallback began, was accepted or gave up for this call."""
        self._errands.put_nowait(lambda: self._look_at_fallback(call_id))

    async def run(self) -> None:
        """Run one errand after the other; the crash boundary of recovery."""
        while True:
            errand = await self._errands.get()
            try:
                await errand()
            except BridgeError as exc:
                log.warning("recovery.put_off", code=exc.code, reason=str(exc))
                self._again(errand)
            except Exception:  # a fault in one errand must not stop the next
                log.exception("recovery.crashed")
                self._again(errand)
            else:
                self._failures = 0
            self.has_looked.set()

    def _again(self, errand: Errand) -> None:
        """Run an errand later; after several failures, a look around stands for all of them."""
        self._failures += 1
        pause_s = min(RETRY_S * self._failures, LONGEST_RETRY_S)
        wanted = errand if self._failures == 1 else self.look_around
        asyncio.get_running_loop().call_later(pause_s, self._put_once, wanted)

    def _put_once(self, errand: Errand) -> None:
        if self._errands.empty():
            self._errands.put_nowait(errand)

    async def look_now_and_then(self) -> None:
        """Look around every `LOOK_EVERY_S`: what was missed once is not missed for ever."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            self._put_once(self.look_around)

    async def wait_for_first_look(self) -> None:
        """Return when Asterisk was looked at once, or is not there within `FIRST_LOOK_S`."""
        try:
            async with asyncio.timeout(FIRST_LOOK_S):
                await self.has_looked.wait()
        except TimeoutError:
            return

    async def look_around(self) -> None:
        """Adopt what lives, close what is gone, take over what the dialplan did alone."""
        live = await self._phones.live()
        ringing = await self._escalations.ringing()
        for esc in ringing:
            await self._settle_attempts(esc, live)
        await self._end_leftovers(live)
        for esc in waiting_in_order(ringing):  # what could not be rung can be rung now
            self._post(esc.case_id, PersonFree())
        for call in await self._store.undecided():
            with self._one_case(call.case_id):
                await self._settle_call(call, live)
        await self._phones.remember(*ON_CALL, self._on_call())
        await self._phones.ask_for_report()

    async def report(self, line: Line) -> None:
        """Read what the dialplan wrote about calls and take it over; then clean it away."""
        live = await self._phones.live()
        while True:
            keys = await line.stored_keys(CALLS)
            done = []
            for call_id in keys:
                with self._one_case(call_id):
                    if await self._adopt_row(line, call_id, live):
                        done.append(call_id)
            for call_id in done:
                await line.forget(CALLS, call_id)
            if not done:
                break
        await self._adopt_recordings(live)
        await self._stray_notes.adopt()
        alive = {channel.call_id for channel in live}
        for call_id in await line.stored_keys(TAKEN):
            if call_id not in alive and await self._is_settled(call_id, line):
                await line.forget(TAKEN, call_id)

    @contextmanager
    def _one_case(self, name: str) -> Iterator[None]:
        """Keep what is wrong with one call from hiding the others: a crash boundary."""
        try:
            yield
        except (AmiError, StoreError, AgiError):
            raise  # Asterisk or the disk is away for all of them
        except Exception:
            log.exception("recovery.crashed", call=name)

    async def _is_settled(self, call_id: str, line: Line) -> bool:
        """Whether who took a call is on our disk, so that AstDB need not know it any more."""
        known = await self._store.find(call_id)
        esc = await self._escalations.load(known.state.case_id) if known else None
        if esc is None:
            return False
        stored = await line.stored(TAKEN, call_id)
        press = self._lookout.press_of(esc.state, stored) if stored else None
        if press is not None:  # also of a case that is somebody else's: he was told that it is his
            self._post(esc.state.case_id, press)
        return press is None and esc.state.phase in OVER

    async def _adopt_row(self, line: Line, call_id: str, live: list[LiveChannel]) -> bool:
        """Take over one call from AstDB; whether the row may go."""
        row = await line.stored(CALLS, call_id) or ""
        known = await self._store.find(call_id)
        call = known.state if known else None
        if call is None:
            recording = self._recordings.path(call_id).with_suffix("")
            state, epoch, number = (*row.split("/"), "", "", "")[:3]
            arrived_at = _moment(epoch)
            if state == "taken":  # its time is that of the key 1
                arrived_at = _begun(call_id) or arrived_at
            call = await self._calls.adopt(
                call_id, number or None, str(recording), arrived_at=arrived_at
            )
            log.warning("case.adopted", case_id=call.case_id, call_id=call_id)
        finding = await self._lookout.call(call_id, live)
        if finding.fate is Fate.IN_FALLBACK:
            self._post(call.case_id, DialplanHas())
            return False
        if finding.fate is Fate.WITH_US:
            return False
        message_s = await asyncio.to_thread(self._recordings.message_s, call.recording)
        if finding.fate is Fate.TAKEN and finding.technician:
            self._post(call.case_id, DialplanEnded(finding.technician, message_s))
            await self._ringing.give(call.case_id, finding.technician)
        else:
            self._post(call.case_id, CallerLeft(message_s))
        return True

    async def _adopt_recordings(self, live: list[LiveChannel]) -> None:
        """Open a case for every recording that no row and no case tells of."""
        alive = {channel.call_id for channel in live}
        since = self._clock.now() - FORGOTTEN_AFTER
        found = await asyncio.to_thread(self._recordings.unknown, alive.__contains__, since)
        for call_id in found:
            if await self._store.find(call_id) is not None:
                continue
            recording = str(self._recordings.path(call_id).with_suffix(""))
            arrived_at = _begun(call_id)
            call = await self._calls.adopt(call_id, None, recording, arrived_at=arrived_at)
            log.warning("case.adopted", case_id=call.case_id, call_id=call_id)
            message_s = await asyncio.to_thread(self._recordings.message_s, recording)
            self._post(call.case_id, CallerLeft(message_s))

    async def _end_leftovers(self, live: list[LiveChannel]) -> None:
        """Stop legs that we gave up while nobody could tell Asterisk, before others are rung."""
        for channel in live:
            leg = attempt_of(channel.channel_id)
            if leg and leg[0] == NO_CASE and self._end_check is not None:
                await self._end_check(channel.channel_id)
            stored = await self._escalations.load(leg[0]) if leg else None
            given_up = stored.state.find(leg[1]) if leg and stored else None
            if leg and given_up and given_up.outcome is RingOutcome.NO_ANSWER:
                effect = CancelRing(leg[1])
                await self._ringing.cancel(Pending(seq=0, case_id=leg[0], effect=effect))

    async def _settle_attempts(self, esc: Escalation, live: list[LiveChannel]) -> None:
        alive = {channel.channel_id for channel in live}
        await self._count_key(esc)
        for attempt in esc.live:
            is_gone = channel_id(esc.case_id, attempt.attempt) not in alive
            if attempt.is_under_way and is_gone:
                self._post(esc.case_id, RingEnded(attempt.attempt, RingOutcome.NO_ANSWER))

    async def _settle_call(self, call: Call, live: list[LiveChannel]) -> None:
        channel = next((one.channel for one in live if one.call_id == call.call_id), None)
        finding = await self._lookout.call(call.call_id, live)
        if channel is not None and finding.fate is not Fate.WITH_US:
            self._leases.release(channel)
        if channel is not None and finding.fate is Fate.WITH_US:
            if call.phase is CallPhase.RECEIVING:
                await self._leases.adopt(channel)  # he speaks on, undisturbed by our restart
            return
        await self._ringing.look(call.case_id)

    async def _count_stored_key(self, case_id: str) -> None:
        esc = await self._escalations.load(case_id)
        if esc is not None:
            await self._count_key(esc.state)

    async def _look_at_fallback(self, call_id: str) -> None:
        for channel in await self._phones.live():
            if channel.call_id == call_id:
                self._leases.release(channel.channel)  # the fallback knows no lease
        stored = await self._store.find(call_id)
        if stored is not None:
            await self._ringing.look(stored.state.case_id)

    async def _count_key(self, esc: Escalation) -> None:
        stored = await self._store.load(esc.case_id)
        if stored is None:
            return
        press = await self._lookout.key_press(esc, stored.state.call_id)
        if press is not None:
            self._post(esc.case_id, press)
