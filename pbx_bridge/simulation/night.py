"""A virtual night: callers ring, mobiles do as they like, things break, and time flies."""

import asyncio
import heapq
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random

from pbx_bridge.core.call_events import CallerLeft, Escalate, HeardCertain, Judged
from pbx_bridge.core.call_flow import Call, CallLimits
from pbx_bridge.core.case import Caller, RingOutcome, Transcript, Urgency, Verdict
from pbx_bridge.core.escalation_events import CaseDone
from pbx_bridge.core.escalation_state import Escalation, EscalationPhase
from pbx_bridge.core.plan import policy_at
from pbx_bridge.core.policy import Policy
from pbx_bridge.errors import AgiHangup, NotifyFailed, SimulationStuck
from pbx_bridge.ports import Notice, Pending, RingOrder
from pbx_bridge.runtime.cases import Cases
from pbx_bridge.runtime.lookout import TAKEN
from pbx_bridge.simulation.audit import Audit, unkept
from pbx_bridge.simulation.firm import BEGIN
from pbx_bridge.simulation.line import VirtualLine
from pbx_bridge.simulation.memory import MemoryTables
from pbx_bridge.simulation.phones import VirtualPhones
from pbx_bridge.simulation.service import VirtualService
from pbx_bridge.simulation.threads import InlineThreads
from pbx_bridge.simulation.world import HOURS, Fault, FaultKind, Incoming, World, random_world

MORNING = BEGIN + timedelta(hours=HOURS)
"""The office closes then what somebody took."""

LONGEST_FUSE = 40
"""Writes and orders between the beginning of a crash and its end, at most."""

SPEAKS_S = 8.0
"""How long a caller speaks on after his emergency was certain."""

LONGEST_MOMENT = 20_000
"""How often the time may be asked for without moving: beyond it something spins."""


TALK_TURNS = 100
"""Turns of the loop after which a talk waits for something that takes time."""


class Killed(BaseException):
    """Our process is gone; nothing of ours may catch it."""


class VirtualClock:
    """The port `Clock`; moves when the night moves it."""

    def __init__(self) -> None:
        self.at, self._asked = BEGIN, 0

    def now(self) -> datetime:
        """Return the time; raise `SimulationStuck` when it stands still for too long."""
        self._asked += 1
        if self._asked > LONGEST_MOMENT:
            raise SimulationStuck(f"the night does not get beyond {self.at}")
        return self.at

    def move(self, at: datetime) -> None:
        """Let it be *at*, or stay."""
        if at > self.at:
            self.at, self._asked = at, 0


class Office:
    """The port `Notifier`; the mail server is away now and then."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self.read: list[Notice] = []

    async def send(self, notice: Notice) -> None:
        """Read it, or raise `NotifyFailed`."""
        if self._chance.random() < 0.2:
            raise NotifyFailed("the mail server is away")
        self.read.append(notice)


@dataclass(slots=True, kw_only=True)
class Night:
    """What came of one virtual night."""

    seed: int
    world: World
    tables: MemoryTables
    phones: VirtualPhones
    notices: list[Notice]
    faults: list[str] = field(default_factory=list)
    """Promises that were broken; empty after a good night."""

    @property
    def escalations(self) -> list[Escalation]:
        """All of the night, as they stood in the morning."""
        return [stored.state for stored in self.tables.escalations.values()]


async def simulate(seed: int, cases: int | None = None) -> Night:
    """Return the night of *seed*; *cases*: how many callers, without it by chance."""
    chance = Random(seed)  # noqa: S311  a repeatable night, no secret
    return await _Stage(seed, random_world(chance, cases), chance).play()


class _Stage:
    """Plays one night: an agenda of what the world does, and the service that answers it."""

    def __init__(self, seed: int, world: World, chance: Random) -> None:
        self._world = world
        self._clock, self._tables, self._office = VirtualClock(), MemoryTables(), Office(chance)
        self._agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        self._count, self._must_look, self._died_at = 0, True, BEGIN
        self._dead = timedelta()
        self._waiting: list[Incoming] = []
        self._arrived = 0
        self._verdicts: dict[str, Verdict] = {}
        self._audit = Audit(self._tables)
        self._talks: list[tuple[VirtualLine, asyncio.Task[None]]] = []
        """Technicians whom we have on the phone."""
        self._lines: list[VirtualLine] = []
        """Technicians who have pressed a key that we have not heard yet."""
        self._fuse: int | None = None
        """How many writes and orders from now we are killed."""
        self._tables.moment = self._burn
        self._phones = VirtualPhones(chance, world.tempers, self._after, self._pressed)
        self._phones.lost_replies = world.lost_replies
        self._phones.late_keys = world.late_keys
        self._phones.moment = self._burn
        self._chance = chance
        self._service: VirtualService | None = self._born()
        self._night = Night(
            seed=seed,
            world=world,
            tables=self._tables,
            phones=self._phones,
            notices=self._office.read,
        )

    async def play(self) -> Night:
        """Let it all happen, until nothing more can."""
        asyncio.get_running_loop().set_default_executor(InlineThreads(max_workers=1))
        for incoming in self._world.incoming:
            self._after(incoming.at_s, partial(self._waiting.append, incoming))
        for fault in self._world.faults:
            self._after(fault.at_s, partial(self._breaks, fault))
        self._after(HOURS * 3600, lambda: None)
        try:
            await self._pass()
        except SimulationStuck as exc:  # the other nights go on, and this one is named
            self._night.faults.append(str(exc))
        doubles = [f"rung by two cases at once: {double}" for double in self._phones.doubles]
        await self._end_talks()
        kept = unkept(self._tables, self._office.read, len(self._world.incoming))
        self._night.faults += [*self._audit.faults, *self._audit.unearned(), *doubles, *kept]
        return self._night

    # ------------------------------------------------------------ time

    async def _pass(self) -> None:
        """Let time pass, from one thing that happens to the next."""
        await self._settle()
        while (at := self._next()) is not None:
            self._clock.move(at)
            while self._agenda and self._agenda[0][0] <= self._clock.at:
                heapq.heappop(self._agenda)[2]()
            await self._settle()

    def _after(self, seconds: float, happens: Callable[[], None]) -> None:
        at = self._clock.at + timedelta(seconds=seconds)
        self._count += 1
        heapq.heappush(self._agenda, (at, self._count, happens))

    def _next(self) -> datetime | None:
        times = [self._agenda[0][0]] if self._agenda else []
        if self._service is not None:
            times += [at for at in self._timers() if at > self._clock.at]
        return min(times, default=None)

    def _timers(self) -> Iterator[datetime]:
        states: list[Call | Escalation] = [s.state for s in self._tables.calls.values()]
        states += self._night.escalations
        yield from (state.wake_at for state in states if state.wake_at is not None)
        for row in self._tables.open_rows():
            if row.retry_at is not None:
                yield row.retry_at

    async def _settle(self) -> None:
        """Let everything happen that needs no time, then look at what is committed."""
        if self._service is None:
            await self._end_talks()
            return
        try:
            await self._serve(self._service)
        except Killed:
            self._die()
            await self._end_talks()
        if self._service is not None:
            self._audit.look(self._clock.at, self._dead)

    async def _serve(self, service: VirtualService) -> None:
        if self._must_look and self._phones.is_up:
            self._must_look = False
            await service.recovery.look_around()
        while self._waiting:
            await self._arrives(service.cases, self._waiting[0])  # killed: he is found again
            self._waiting.pop(0)
            self._arrived += 1
        await service.cases.settle()
        await self._go_on_talking(service)
        while self._lines:
            self._talks += [(line, self._begun(service, line)) for line in self._lines]
            self._lines.clear()
            await self._go_on_talking(service)
        if self._clock.at >= MORNING:
            for esc in self._night.escalations:
                if esc.phase is EscalationPhase.ACKNOWLEDGED:
                    service.cases.post(esc.case_id, CaseDone("office"))
            await service.cases.settle()

    # ------------------------------------------------------------ talks

    def _begun(self, service: VirtualService, line: VirtualLine) -> asyncio.Task[None]:
        return asyncio.create_task(self._talk(service, line))

    async def _talk(self, service: VirtualService, line: VirtualLine) -> None:
        """Serve a technician's key as the AGI server does, and note what he was told."""
        try:
            with suppress(AgiHangup):
                await service.acks.technician(line)
        finally:
            if line.is_granted:
                self._audit.granted(line.order.case_id, line.order.technician)

    async def _go_on_talking(self, service: VirtualService) -> None:
        """Let each talk go on until it is over, or waits for the end of a message."""
        for _ in range(TALK_TURNS):
            if all(talk.done() for _, talk in self._talks):
                break
            await asyncio.sleep(0)
            await service.cases.settle()
        for _, talk in self._talks:
            if talk.done():
                talk.result()
        self._talks = [(line, talk) for line, talk in self._talks if not talk.done()]

    async def _end_talks(self) -> None:
        """We are gone: the talks with us end, and the dialplan asks who is still on the phone."""
        talks, self._talks = self._talks, []
        for _, talk in talks:
            talk.cancel()
        await asyncio.gather(*(talk for _, talk in talks), return_exceptions=True)
        for line in (*(line for line, _ in talks), *self._lines):
            self._screened(line.order, line.outcome)
        self._lines.clear()

    # ------------------------------------------------------------ our process

    def _born(self) -> VirtualService:
        service = VirtualService(
            self._clock,
            self._tables,
            self._phones,
            self._office,
            policy=self._policy,
            roster=self._world.firm.policies.roster,
            judge=self._judge,
        )
        self._phones.events = service.switchboard
        return service

    def _policy(self, case: Escalate) -> Policy:
        firm, now = self._world.firm, self._clock.at
        chosen = policy_at(
            firm.policies, firm.plan, now, urgency=case.urgency, category=case.category
        )
        return chosen.policy

    def _breaks(self, fault: Fault) -> None:
        match fault.kind:
            case FaultKind.LINK:
                self._phones.is_up = False
            case FaultKind.TRUNK:
                self._phones.has_trunk = False
            case FaultKind.ASTERISK:
                self._phones.restart()
            case FaultKind.PROCESS:
                self._die()
            case FaultKind.CRASH:
                self._fuse = self._chance.randrange(LONGEST_FUSE)
        self._after(fault.for_s, partial(self._mends, fault.kind))

    def _mends(self, kind: FaultKind) -> None:
        match kind:
            case FaultKind.LINK | FaultKind.ASTERISK:
                self._phones.is_up = self._must_look = True
            case FaultKind.TRUNK:
                self._phones.has_trunk = True
            case FaultKind.PROCESS | FaultKind.CRASH:
                self._fuse = None
                if self._service is None:
                    self._dead += self._clock.at - self._died_at
                    self._service, self._must_look = self._born(), True

    def _burn(self) -> None:
        """Count one write or order down; raise `Killed` at the last."""
        if self._fuse is not None:
            self._fuse -= 1
            if self._fuse < 0:
                self._fuse = None
                raise Killed

    def _die(self) -> None:
        """Forget all that is not committed; whoever pressed a key is asked by the dialplan."""
        if self._service is not None:
            self._service = self._phones.events = None
            self._died_at = self._clock.at

    # ------------------------------------------------------------ people

    async def _arrives(self, cases: Cases, incoming: Incoming) -> None:
        """
        Let a caller have left a message and hung up.

        Every other emergency is certain while he speaks, and he speaks for `SPEAKS_S`.
        """
        number = self._arrived + 1
        call = Call(
            case_id=str(1000 + number),
            call_id=f"1768000000.{number}",
            caller=Caller(f"+49301234{number:03d}"),
            recording=f"/spool/{number}",
            language="de",
            arrived_at=self._clock.at,
            limits=CallLimits(),
        )
        self._verdicts[call.case_id] = Verdict(urgency=incoming.urgency, category=incoming.category)
        await cases.open_call(call)
        if number % 2 and incoming.urgency is Urgency.EMERGENCY:
            cases.post(call.case_id, HeardCertain(self._verdicts[call.case_id]))
            self._after(SPEAKS_S, partial(self._leaves, call.case_id))
        else:
            self._leaves(call.case_id)

    def _leaves(self, case_id: str) -> None:
        """Let a caller hang up; while we are dead it is found out at the next look."""
        if self._service is not None:
            self._service.cases.post(case_id, CallerLeft(SPEAKS_S))

    def _judge(self, cases: Cases, pending: Pending) -> None:
        """Have a message understood at once."""
        verdict = self._verdicts[pending.case_id]
        cases.post(pending.case_id, Judged(verdict, Transcript(language="de")))

    def _pressed(self, order: RingOrder, outcome: RingOutcome) -> None:
        """Let a technician press a key; while we are dead the dialplan stores the key 1."""
        if outcome is RingOutcome.ACKNOWLEDGED:
            self._audit.pressed(order.case_id, order.technician)
        if self._service is not None:
            self._lines.append(VirtualLine(self._phones, order, outcome))
        else:
            self._screened(order, outcome)

    def _screened(self, order: RingOrder, outcome: RingOutcome) -> None:
        """Let the dialplan's own screening hear a key: the first 1 has the case."""
        if outcome is RingOutcome.ACKNOWLEDGED and order.channel_id in self._phones.legs:
            value = f"{order.technician}/{order.channel_id}/{order.token}"
            owner = self._phones.astdb.setdefault((TAKEN, order.call_id), value)
            if owner.partition("/")[0] == order.technician:
                self._audit.granted(order.case_id, order.technician)
