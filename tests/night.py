"""A night on call: the real runtime over memory stores, with a clock that a test moves."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from daemon import Daemon, World, policy_of
from lines import FakeLine, KeyLine

from pbx_bridge.core.call_events import CallerLeft
from pbx_bridge.core.call_flow import Call
from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.escalation_state import Escalation
from pbx_bridge.errors import AgiHangup
from pbx_bridge.ports import LiveChannel, RingOrder
from pbx_bridge.runtime.lookout import CALLS, TAKEN
from pbx_bridge.simulation.threads import InlineThreads

CALL_ID = "1768000000.1"
CALLER = "+4930123456"


class Night:
    """
    Drives one daemon through a night, and starts the next one when it dies.

    Whatever rings or is sent must be looked at by the test (`rang`, `told`): `end` fails when
    something happened that nobody asked about.
    """

    def __init__(self, *names: str, rounds: int = 2, world: World | None = None) -> None:
        self.world = world or World(policy=policy_of(*(names or ("anna", "ben")), rounds=rounds))
        self.store, self.phones = self.world.store, self.world.phones
        self.clock, self.notifier = self.world.clock, self.world.notifier
        self.faults: list[Exception] = []
        """What ended a session otherwise than by a hang-up; a test empties what it expects."""
        self._rings_seen = self._notices_seen = 0
        self._sessions: list[asyncio.Task[None]] = []

    async def begin(self) -> None:
        """Start a daemon; it looks around first, as it does when it has logged in."""
        asyncio.get_running_loop().set_default_executor(InlineThreads(max_workers=1))
        self.daemon = Daemon(self.world)
        self.phones.events = self.daemon.switchboard
        self._looks = asyncio.create_task(self.daemon.recovery.run())
        if self.phones.is_up:
            self.daemon.switchboard.line_restored()
        await self.settle()

    async def die(self) -> None:
        """Kill the process: whatever it was doing stops where it is."""
        self.phones.events = None
        tasks = [self._looks, *self._sessions]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.daemon.deeds.stop()
        await self.daemon.delivery.stop()
        self._sessions.clear()
        self.world.fate.reborn()

    async def restart(self) -> None:
        """Let the process die and the next one begin."""
        await self.die()
        await self.begin()

    async def end(self) -> None:
        """Stop, and fail when something happened that the test did not look at."""
        await self.die()
        unseen = [order.technician for order in self.phones.rings[self._rings_seen :]]
        parked = [row.pending for row in self.store.tables.outbox if row.status == "parked"]
        assert unseen == []
        assert self.notifier.sent[self._notices_seen :] == []
        assert parked == []
        assert [row for row in self.store.notices.rows if row.status == "given-up"] == []
        assert self.faults == []

    # ------------------------------------------------------------ time

    async def settle(self) -> None:
        """Let everything happen that happens without time passing."""
        while True:
            before = self._mark()
            await self.daemon.cases.settle()
            await self.daemon.delivery.turn()
            for _ in range(20):
                await asyncio.sleep(0)
            self.world.fate.check()
            if self._mark() == before and self.daemon.cases._inbox.empty():
                return

    async def pass_time(self, seconds: float) -> None:
        """Let time pass, from one timer to the next."""
        until = self.clock.at + timedelta(seconds=seconds)
        await self.settle()
        while (wake_at := await self._next_wake()) is not None and wake_at <= until:
            self.clock.at = max(wake_at, self.clock.at)
            await self.settle()
        self.clock.at = until
        await self.settle()

    async def _next_wake(self) -> datetime | None:
        rows = (*self.store.tables.outbox, *self.store.notices.rows)
        retries = [row.retry_at for row in rows if row.status == "open"]
        waits = [await self.store.outbox.next_wake(), *retries]
        return min((at for at in waits if at is not None and at > self.clock.at), default=None)

    def _mark(self) -> tuple[object, ...]:
        rows = [(row.status, row.pending.failures) for row in self.store.tables.outbox]
        notices = [(row.status, row.queued.failures) for row in self.store.notices.rows]
        return len(self.store.tables.journal), rows, len(self.phones.rings), notices

    # ------------------------------------------------------------ the caller

    def caller(self, call_id: str = CALL_ID, **script: object) -> FakeLine:
        """Let a call arrive in Asterisk; `serve` lets the dialplan give it to us."""
        line = FakeLine(
            phones=self.phones,
            recordings=self.world.recordings,
            channel=f"PJSIP/trunk-{call_id}",
            caller_number=CALLER,
            **script,
        )
        line.variables |= {"PBXB_CALL": call_id, "PBXB_RECORDING": f"/spool/{call_id}"}
        self.phones.channels[call_id] = LiveChannel(
            channel=line.channel, channel_id=call_id, call_id=call_id, is_up=True
        )
        self.phones.astdb[CALLS, call_id] = f"new/1768000000/{CALLER}"
        return line

    async def serve(self, line: FakeLine) -> FakeLine:
        """Let the dialplan call ``/incoming``, and ``/claim`` when the caller is gone undone."""
        await self._session(self.daemon.calls.incoming, line)
        if line.is_gone and "PBXB_DONE" not in line.variables:
            await self.claim(line)
        return line

    async def claim(self, line: FakeLine) -> FakeLine:
        """Let the dialplan's hang-up handler ask who owns the case."""
        asks = FakeLine(
            phones=self.phones,
            recordings=self.world.recordings,
            channel="Local/s@pbxb-claim",
            caller_number=line.caller_number,
            variables={name: line.variables[name] for name in ("PBXB_CALL", "PBXB_RECORDING")},
        )
        await self._session(self.daemon.calls.claim, asks)
        return asks

    async def open_case(self, call_id: str = CALL_ID, says: str = "") -> Call:
        """Have a caller who left a message and hung up: somebody is rung now."""
        self.world.transcriber.says = says or self.world.transcriber.says
        self.world.recordings.lengths_s[f"/spool/{call_id}"] = 4.0
        call = await self.daemon.calls.adopt(call_id, CALLER, f"/spool/{call_id}")
        self.daemon.cases.post(call.case_id, CallerLeft(4.0))
        await self.settle()
        return call

    # ------------------------------------------------------------ the technicians

    @property
    def ringing(self) -> list[str]:
        """Whose mobiles ring or talk now."""
        return [self._order(leg).technician for leg in self.phones.channels if self._is_leg(leg)]

    def rang(self) -> list[str]:
        """Return who was rung so far, in order."""
        self._rings_seen = len(self.phones.rings)
        return [order.technician for order in self.phones.rings]

    def told(self) -> list[str]:
        """Return the subjects of what was sent so far."""
        self._notices_seen = len(self.notifier.sent)
        return [notice.subject for notice in self.notifier.sent]

    async def answers(self, name: str, **script: object) -> FakeLine:
        """Let somebody pick up and hear us out; his script says what he presses."""
        leg = self._leg_of(name)
        order = self._order(leg)
        self.phones.answers(leg)
        line = FakeLine(
            phones=self.phones,
            recordings=self.world.recordings,
            channel=self.phones.channels[leg].channel,
            variables={
                "PBXB_CASE": order.case_id,
                "PBXB_ATTEMPT": str(order.attempt),
                "PBXB_TECHNICIAN": order.technician,
                "PBXB_TOKEN": order.token,
            },
            **script,
        )
        await self._session(self.daemon.acks.technician, line)
        if leg in self.phones.channels and not self._sessions:
            self.phones.ends(leg)
        await self.settle()
        return line

    async def presses(self, name: str, digit: str) -> FakeLine:
        """Let a technician pick up and press a key at once."""
        return await self.answers(name, keys={"ack-announce": digit, "remind-announce": digit})

    async def calls_in(self, number: str | None, *keys: str, **script: object) -> FakeLine:
        """Let somebody call the technicians' number; *keys* are pressed one after the other."""
        line = KeyLine(
            phones=self.phones,
            recordings=self.world.recordings,
            channel="PJSIP/trunk-in",
            caller_number=number,
            pressed=list(keys),
            **script,
        )
        self.phones.channels["in"] = LiveChannel(
            channel=line.channel, channel_id="in", call_id="", is_up=True
        )
        await self._session(self.daemon.call_ins.call_in, line)
        self.phones.channels.pop("in", None)
        await self.settle()
        return line

    async def hangs_up(self, name: str, outcome: RingOutcome = RingOutcome.NO_ANSWER) -> None:
        """Let a leg end without a key: busy, unreachable, rejected."""
        self.phones.ends(self._leg_of(name), outcome)
        await self.settle()

    def stores_key(self, name: str, token: str | None = None) -> None:
        """Let the dialplan's own screening hear the key 1 on a leg, while we are away."""
        order = self._order(self._leg_of(name))
        value = f"{name}/{order.channel_id}/{order.token if token is None else token}"
        self.phones.astdb[TAKEN, order.call_id] = value

    async def case(self, case_id: str = "1001") -> Escalation:
        """Return the escalation as it stands."""
        stored = await self.store.escalations.load(case_id)
        assert stored is not None, f"case {case_id} is not escalated"
        return stored.state

    async def call(self, case_id: str = "1001") -> Call:
        """Return the call as it stands."""
        stored = await self.store.calls.load(case_id)
        assert stored is not None, f"there is no case {case_id}"
        return stored.state

    def _leg_of(self, name: str) -> str:
        return next(
            leg
            for leg in reversed(self.phones.channels)
            if self._is_leg(leg) and self._order(leg).technician == name
        )

    def _order(self, leg: str) -> RingOrder:
        return next(order for order in self.phones.rings if order.channel_id == leg)

    def _is_leg(self, channel_id: str) -> bool:
        return any(order.channel_id == channel_id for order in self.phones.rings)

    async def _session(self, handler: Callable, line: FakeLine) -> None:
        """Run an AGI session until it ends, or stands still by its script."""
        task = asyncio.create_task(self._guarded(handler, line))
        self._sessions.append(task)
        await self.settle()
        if task.done():
            self._sessions.remove(task)
            await task
        else:
            assert line.stands_still_at is not None, f"a session hangs after {line.played}"

    async def _guarded(self, handler: Callable, line: FakeLine) -> None:
        try:
            await handler(line)
        except AgiHangup:
            pass
        except Exception as exc:  # noqa: BLE001  the AGI server's crash boundary
            self.faults.append(exc)


async def typed(night: Night, verb: str, **given: str) -> object:
    """Let the office type a command about a case; return the answer."""
    command = asyncio.create_task(getattr(night.daemon.commands, verb)(given))
    await night.settle()
    return await command
