"""One life of our process in a virtual night, wired as `assemble` does it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pbx_bridge.core.call_events import AdoptOwner, Escalate, LookAfterCall, Transcribe
from pbx_bridge.core.call_flow import Call
from pbx_bridge.core.escalation_events import (
    CancelRing,
    Fallback,
    MarkTaken,
    Ring,
    TakeOver,
    Tell,
    Topic,
)
from pbx_bridge.core.policy import Policy, Technician
from pbx_bridge.errors import NotifyFailed, StoreError
from pbx_bridge.ports import Addressee, Clock, Excerpt, Notifier, Pending, Phones
from pbx_bridge.runtime.acks import Acks
from pbx_bridge.runtime.cases import Cases
from pbx_bridge.runtime.deeds import Deeds, Duty
from pbx_bridge.runtime.delivery import Delivery
from pbx_bridge.runtime.leases import Leases
from pbx_bridge.runtime.lookout import Lookout, Tokens
from pbx_bridge.runtime.notices import Notices
from pbx_bridge.runtime.outcome_talk import OutcomeTalk
from pbx_bridge.runtime.recovery import Recovery
from pbx_bridge.runtime.ringing import Ringing
from pbx_bridge.runtime.switchboard import Switchboard
from pbx_bridge.simulation.memory import MemoryCalls, MemoryEscalations, MemoryOutbox, MemoryTables

KEY = b"a virtual night has no secrets ."


class EmptySpool:
    """The port `Recordings` where no file is."""

    def path(self, recording: str) -> Path:
        """Return a path at which nothing lies."""
        return Path(f"{recording}.wav")

    def message_s(self, recording: str) -> float:  # noqa: ARG002  the port
        """Return 0: there is no audio."""
        return 0.0

    def excerpt(self, recording: str, from_s: float) -> None:
        """Return `None`: there is no audio."""

    def drop_excerpt(self, excerpt: Excerpt) -> None:
        """Do nothing: there is none."""

    def live_path(self, call_id: str) -> Path | None:  # noqa: ARG002
        """Return `None`: there is no live copy."""
        return None

    def drop_live(self, call_id: str) -> None:
        """Do nothing."""

    def notes(self, since: datetime, until: datetime) -> Sequence[str]:  # noqa: ARG002
        """Return nothing."""
        return ()

    def unknown(self, known: Callable[[str], bool], since: datetime) -> Sequence[str]:  # noqa: ARG002
        """Return nothing."""
        return ()


class NoStrangers:
    """Nobody calls past us in a virtual night, so that nothing is there to adopt."""

    async def adopt(
        self,
        call_id: str,
        number: str | None,
        recording: str,
        *,
        arrived_at: datetime | None = None,
    ) -> Call:
        """Raise `StoreError`."""
        raise StoreError(f"call {call_id} ({number}, {recording}, {arrived_at}) came past us")


class VirtualService:
    """
    Cases and all that carries out what they want; nothing runs beside the actor.

    What is slow in the real service is done at once here, so that a night is repeatable.
    """

    def __init__(  # noqa: PLR0913  as in `assemble`, each is named once
        self,
        clock: Clock,
        tables: MemoryTables,
        phones: Phones,
        notifier: Notifier,
        *,
        policy: Callable[[Escalate], Policy],
        roster: Sequence[Technician],
        judge: Callable[[Cases, Pending], None],
    ) -> None:
        self._judge = judge
        calls, escalations = MemoryCalls(tables), MemoryEscalations(tables)
        outbox, tokens, spool = MemoryOutbox(tables), Tokens(KEY), EmptySpool()
        self._calls, self._escalations = calls, escalations
        deeds = Deeds(clock, outbox)
        self.cases = Cases(clock, calls, escalations, outbox, deeds)
        self.switchboard = Switchboard(self.cases.post)
        lookout = Lookout(phones, tokens, roster)
        self._ringing = Ringing(
            self.cases.post,
            self.cases.open_escalation,
            calls=calls,
            escalations=escalations,
            phones=phones,
            recordings=spool,
            lookout=lookout,
            tokens=tokens,
            policy=policy,
        )
        office = _office(notifier)
        self._queue = tables.notices
        self._delivery = Delivery(clock, self._queue, [office])
        self._notices = Notices(
            clock, calls, escalations, self._queue, [office], zone=ZoneInfo("UTC")
        )
        leases = Leases(phones, timedelta(seconds=10))
        self.recovery = self._recovery(clock, phones, lookout, roster, leases)
        self.acks = self._acks(tokens, lookout, leases)
        deeds.assign(self._duties())

    def _acks(self, tokens: Tokens, lookout: Lookout, leases: Leases) -> Acks:
        return Acks(
            cases=self.cases,
            calls=self._calls,
            recordings=EmptySpool(),
            leases=leases,
            tokens=tokens,
            lookout=lookout,
            prompt=lambda sound, _: sound,
            language_of=lambda _: "de",
            talk=OutcomeTalk(self.cases, EmptySpool()),
        )

    def _recovery(
        self,
        clock: Clock,
        phones: Phones,
        lookout: Lookout,
        roster: Sequence[Technician],
        leases: Leases,
    ) -> Recovery:
        return Recovery(
            self.cases.post,
            calls=NoStrangers(),
            call_store=self._calls,
            escalations=self._escalations,
            phones=phones,
            recordings=EmptySpool(),
            leases=leases,
            lookout=lookout,
            ringing=self._ringing,
            on_call=lambda: "&".join(person.number for person in roster),
            clock=clock,
        )

    def _duties(self) -> dict[type, Duty]:
        ringing = self._ringing
        return {
            Escalate: Duty(act=ringing.escalate, tries=None),
            AdoptOwner: Duty(act=ringing.adopt_owner, tries=None),
            LookAfterCall: Duty(act=ringing.look_after, tries=None),
            Ring: Duty(act=ringing.ring, tries=None),
            CancelRing: Duty(act=ringing.cancel, tries=None),
            MarkTaken: Duty(act=ringing.mark_taken, tries=None),
            Transcribe: Duty(act=self._transcribe, tries=None),
            TakeOver: Duty(act=ringing.take_over),
            Fallback: Duty(act=self._fall_back, tries=None),
            Tell: Duty(act=self._notices.tell, tries=6),
        }  # nobody gives an outcome or a note in a virtual night

    async def _fall_back(self, pending: Pending) -> None:
        """Queue it and send it at once; raise `NotifyFailed` while the office cannot be told."""
        await self._notices.fall_back(pending)
        await self._delivery.flush()
        if self._queue.waits:
            raise NotifyFailed("the office is not told yet")

    async def _transcribe(self, pending: Pending) -> None:
        self._judge(self.cases, pending)


def _office(notifier: Notifier) -> Addressee:
    return Addressee(
        name="office",
        notifier=notifier,
        topics=frozenset({Topic.EXHAUSTED, Topic.LINE_DOWN}),
        language="en",
        is_brief=False,
    )
