"""One life of our process over memory stores and fakes, wired as `assemble` does it."""

import asyncio
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from fakes import FakeClock, FakePhones, MemoryStore
from faults import Fate, Fragile
from listeners import ALARMS, FakeNotifier, FakeTranscriber, MemoryRecordings, addressee

from pbx_bridge.assemble.duties import duties
from pbx_bridge.core.call_flow import CallLimits
from pbx_bridge.core.case import Transcript, Urgency, Verdict
from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.core.policy import Policy, Step, Technician
from pbx_bridge.runtime.acks import Acks
from pbx_bridge.runtime.call_in import CallInPeople, CallIns
from pbx_bridge.runtime.calls import Calls
from pbx_bridge.runtime.case_commands import CaseCommands
from pbx_bridge.runtime.case_deeds import CaseDeeds
from pbx_bridge.runtime.cases import Cases
from pbx_bridge.runtime.deeds import Deeds
from pbx_bridge.runtime.delivery import Delivery
from pbx_bridge.runtime.leases import Leases
from pbx_bridge.runtime.lookout import Lookout, Tokens
from pbx_bridge.runtime.notices import Notices
from pbx_bridge.runtime.outcome_talk import OutcomeTalk
from pbx_bridge.runtime.phone_checks import PhoneChecks
from pbx_bridge.runtime.recovery import Recovery
from pbx_bridge.runtime.ringing import Ringing
from pbx_bridge.runtime.switchboard import Switchboard
from pbx_bridge.runtime.transcripts import Transcripts

PINS = {"anna": "274951"}
NUMBERS = {"anna": "+49170111", "ben": "+49170222", "clara": "+49170333"}


def policy_of(*names: str, rounds: int = 2) -> Policy:
    """Return the default policy over these technicians."""
    people = tuple(Technician(name, NUMBERS[name]) for name in names)
    steps = (Step(technicians=people),)
    return Policy(steps=steps, rounds=rounds, listen_alone=timedelta(), vary_order=True)


def judge(transcript: Transcript, language: str) -> Verdict:
    """Stand in for the rules: a burst pipe, an invoice, and everything else."""
    if "rohrbruch" in transcript.text:
        return Verdict(urgency=Urgency.EMERGENCY, category="water")
    if "rechnung" in transcript.text:
        return Verdict(urgency=Urgency.ROUTINE, category="office")
    return Verdict(urgency=Urgency.UNKNOWN)


def certain(before: Transcript, now: Transcript, language: str) -> Verdict | None:
    """Stand in for the certain rules: a burst pipe that was heard twice."""
    both = "rohrbruch" in before.text and "rohrbruch" in now.text
    return judge(now, language) if both else None


@dataclass(kw_only=True)
class World:
    """Everything that outlives our process: disk, telephones, people."""

    policy: Policy
    clock: FakeClock = field(default_factory=FakeClock)
    store: MemoryStore = field(default_factory=MemoryStore)
    phones: FakePhones = field(default_factory=FakePhones)
    recordings: MemoryRecordings = field(default_factory=MemoryRecordings)
    transcriber: FakeTranscriber = field(default_factory=FakeTranscriber)
    notifier: FakeNotifier = field(default_factory=FakeNotifier)
    fate: Fate = field(default_factory=Fate)
    pins: Mapping[str, str] = field(default_factory=lambda: dict(PINS))
    topics: frozenset[Topic] = frozenset()
    """Turns of a case that somebody wants to hear of."""

    def __post_init__(self) -> None:
        """Put everything that our process can act on behind its fate."""
        self.calls = Fragile(self.store.calls, self.fate)
        self.escalations = Fragile(self.store.escalations, self.fate)
        self.outbox = Fragile(self.store.outbox, self.fate)
        self.line = Fragile(self.phones, self.fate)
        self.notices = Fragile(self.store.notices, self.fate)
        self.pin_locks = Fragile(self.store.pin_locks, self.fate)
        self.post = Fragile(self.notifier, self.fate)

    def break_disk(self, fault: Exception | None) -> None:
        """Let every question to the store fail with *fault*, until it is mended with `None`."""
        for part in (self.calls, self.escalations, self.outbox, self.notices, self.pin_locks):
            part.fault = fault


class Daemon:
    """One life of our process, wired as `assemble` does it."""

    def __init__(self, world: World) -> None:
        phones, clock = world.line, world.clock
        self.tokens = Tokens(b"0123456789abcdef0123456789abcdef")
        self.deeds = Deeds(clock, world.outbox)
        stores = world.calls, world.escalations, world.outbox
        self.cases = Cases(clock, *stores, self.deeds, on_call=self._call_came)
        self.switchboard = Switchboard(self.cases.post)
        self.leases = Leases(phones, timedelta(seconds=10))
        self.lookout = Lookout(phones, self.tokens, itertools.starmap(Technician, NUMBERS.items()))
        self.callers: list[str] = []
        self.has_looked = asyncio.Event()
        self.checks = self._checks(world)
        self.ringing = Ringing(
            self.cases.post,
            self.cases.open_escalation,
            calls=world.calls,
            escalations=world.escalations,
            phones=phones,
            recordings=world.recordings,
            lookout=self.lookout,
            tokens=self.tokens,
            policy=lambda _: world.policy,
            callers=self.callers,
            make_way=self.checks.give_way,
            end_check=self.checks.end_stray,
        )
        self.transcripts = Transcripts(
            self.cases.submit_call,
            clock=clock,
            calls=world.calls,
            outbox=world.outbox,
            recordings=world.recordings,
            transcriber=world.transcriber,
            judge=judge,
            certain=certain,
        )
        self.delivery, self.notices = self._told(world)
        self._talk_with_people(world)

    def _call_came(self) -> None:
        self.checks.call_came()  # it is built later than the cases

    def _talk_with_people(self, world: World) -> None:
        self.calls = self._calls(world)
        self.talk = OutcomeTalk(self.cases, world.recordings)
        self.acks = self._acks(world)
        self.call_ins = self._call_ins(world)
        self.commands = CaseCommands(
            self.cases, world.calls, NUMBERS, policy=lambda _: world.policy
        )
        self.case_deeds = self._case_deeds(world)
        self.recovery = self._recovery(world)
        self.switchboard.connect(self.recovery, self.checks)
        self._assign()

    def _told(self, world: World) -> tuple[Delivery, Notices]:
        office = addressee(notifier=world.post, topics=ALARMS | world.topics)
        delivery = Delivery(world.clock, world.notices, [office])
        notices = Notices(
            world.clock,
            world.calls,
            world.escalations,
            world.notices,
            [office],
            zone=ZoneInfo("Europe/Berlin"),
            on_queued=delivery.hurry,
        )
        return delivery, notices

    def _calls(self, world: World) -> Calls:
        return Calls(
            clock=world.clock,
            cases=self.cases,
            store=world.calls,
            recordings=world.recordings,
            transcripts=self.transcripts,
            leases=self.leases,
            limits=CallLimits(),
            language="de",
            prompt=_prompt,
        )

    def _acks(self, world: World) -> Acks:
        return Acks(
            cases=self.cases,
            calls=world.calls,
            recordings=world.recordings,
            leases=self.leases,
            tokens=self.tokens,
            lookout=self.lookout,
            prompt=_prompt,
            language_of=lambda _: "de",
            talk=self.talk,
        )

    def _recovery(self, world: World) -> Recovery:
        return Recovery(
            self.cases.post,
            calls=self.calls,
            call_store=world.calls,
            escalations=world.escalations,
            phones=world.line,
            recordings=world.recordings,
            leases=self.leases,
            lookout=self.lookout,
            ringing=self.ringing,
            on_call=lambda: "&".join(person.number for person in world.policy.people()),
            clock=world.clock,
            end_check=self.checks.end_stray,
            has_looked=self.has_looked,
        )

    def _checks(self, world: World) -> PhoneChecks:
        return PhoneChecks(
            clock=world.clock,
            calls=world.calls,
            escalations=world.escalations,
            phones=world.line,
            has_looked=self.has_looked,
            leases=self.leases,
            tokens=self.tokens,
            prompt=_prompt,
            language_of=lambda _: "de",
            roster=NUMBERS,
            ring_timeout=timedelta(seconds=22),
            callers=self.callers,
        )

    def _call_ins(self, world: World) -> CallIns:
        names = {number: name for name, number in NUMBERS.items()}
        people = CallInPeople(technician_of=names.get, language_of=lambda _: "de", pins=world.pins)
        return CallIns(
            people,
            clock=world.clock,
            calls=world.calls,
            escalations=world.escalations,
            pin_locks=world.pin_locks,
            leases=self.leases,
            talk=self.talk,
            prompt=_prompt,
            callers=self.callers,
        )

    def _case_deeds(self, world: World) -> CaseDeeds:
        return CaseDeeds(
            self.cases,
            calls=world.calls,
            recordings=world.recordings,
            transcriber=world.transcriber,
            language_of=lambda _: "de",
            policy=lambda _: world.policy,
        )

    def _assign(self) -> None:
        all_duties = duties(self.ringing, self.transcripts, self.notices, self.case_deeds)
        self.deeds.assign(all_duties)


def _prompt(name: str, language: str) -> str:
    return f"/prompts/{language}/{name}"
