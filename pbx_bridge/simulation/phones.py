"""Asterisk and the technicians' mobiles in a virtual night."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from pbx_bridge.core.case import RingOutcome
from pbx_bridge.errors import AmiRejected, AmiUnavailable
from pbx_bridge.ports import LiveChannel, PhoneEvents, RingOrder
from pbx_bridge.simulation.world import Behaviour

DISMISSAL_S = 3
"""So long takes the sentence who has the case."""

After = Callable[[float, Callable[[], None]], None]
"""Lets something happen that many seconds from now."""


KEYS = {Behaviour.ACCEPTS: RingOutcome.ACKNOWLEDGED, Behaviour.DECLINES: RingOutcome.DECLINED}
"""What the key means that somebody presses."""


@dataclass(slots=True)
class Leg:
    """One mobile that rings or talks."""

    order: RingOrder
    behaviour: Behaviour
    is_up: bool = False
    is_up_told: bool = False
    has_pressed: bool = False
    taken_by: str | None = None
    """He hears that this one has the case."""


class VirtualPhones:
    """The port `Phones`: each ring gets a behaviour by chance, and plays it out in time."""

    def __init__(
        self,
        chance: Random,
        tempers: Mapping[str, Mapping[Behaviour, float]],
        after: After,
        pressed: Callable[[RingOrder, RingOutcome], None],
    ) -> None:
        self._chance, self._tempers, self._after, self._pressed = chance, tempers, after, pressed
        self.lost_replies = self.late_keys = 0.0
        """See `World`."""
        self.moment: Callable[[], None] = lambda: None
        """Called before and after each order: there a process can die."""
        self.events: PhoneEvents | None = None
        """Who hears of it; `None` while we are dead."""
        self.is_up, self.has_trunk = True, True
        self.legs: dict[str, Leg] = {}
        self.astdb: dict[tuple[str, str], str] = {}
        self.rings: list[tuple[RingOrder, Behaviour]] = []
        self.doubles: list[str] = []
        """Rings of a mobile that was ringing or talking for another case already."""

    async def ring(self, order: RingOrder) -> None:
        """Let a mobile ring; raise `AmiUnavailable` while the login is gone."""
        self._require_link()
        self.moment()
        if order.channel_id in self.legs:
            return
        others = [leg.order for leg in self.legs.values() if leg.order.number == order.number]
        self.doubles += [f"{order.channel_id} beside {other.channel_id}" for other in others]
        behaviour = self._behaviour(order, is_taken=bool(others))
        self.rings.append((order, behaviour))
        self.legs[order.channel_id] = Leg(order, behaviour)
        self._play(order, behaviour)
        self.moment()
        if self._chance.random() < self.lost_replies:
            raise AmiUnavailable("Asterisk rings, and its reply was lost")

    def restart(self) -> None:
        """Let Asterisk die: nobody rings or talks any more, and nobody tells of it."""
        self.is_up = False
        self.legs.clear()

    async def cancel(self, channel_id: str) -> None:
        """End a leg; raise `AmiUnavailable` while the login is gone."""
        self._require_link()
        self._press_late(channel_id)
        self._end(channel_id, RingOutcome.NO_ANSWER)

    async def dismiss(self, channel_id: str, taken_by: str) -> None:
        """Let a leg hear who has the case, which takes a moment; nothing he presses counts."""
        self._require_link()
        self._press_late(channel_id)
        if leg := self.legs.get(channel_id):
            leg.taken_by = taken_by
            self._after(DISMISSAL_S, lambda: self._end(channel_id, RingOutcome.NO_ANSWER))

    def _press_late(self, channel_id: str) -> None:
        """Let somebody now and then press his key at the very moment in which he is stopped."""
        leg = self.legs.get(channel_id)
        is_human = leg is not None and leg.is_up and leg.behaviour is not Behaviour.MAILBOX
        if leg and is_human and self._chance.random() < self.late_keys:
            self._press(channel_id, KEYS.get(leg.behaviour, RingOutcome.ACKNOWLEDGED))

    async def extend(self, channel: str, lease: timedelta) -> None:
        """Do nothing: these legs outlive their leases."""

    async def live(self) -> list[LiveChannel]:
        """Return the mobiles that ring or talk; tell of those that were answered unheard."""
        self._require_link()
        for name, leg in self.legs.items():
            if leg.is_up:
                self._tell_answered(name, leg)
        return [
            LiveChannel(channel=name, channel_id=name, call_id="", is_up=leg.is_up)
            for name, leg in self.legs.items()
        ]

    async def remember(
        self, family: str, key: str, value: str, *, expected: str | None = None
    ) -> None:
        """Store it, unless something else stands there than *expected*."""
        self._require_link()
        if expected not in (None, self.astdb.get((family, key), "")):
            raise AmiRejected("something else stands there by now")
        self.astdb[family, key] = value

    async def recall(self, family: str, key: str) -> str | None:
        """Return it."""
        self._require_link()
        return self.astdb.get((family, key))

    async def ask_for_report(self) -> None:
        """Do nothing: no call waits in this dialplan."""

    def _behaviour(self, order: RingOrder, *, is_taken: bool) -> Behaviour:
        if not self.has_trunk:
            return Behaviour.UNREACHABLE
        if is_taken:
            return Behaviour.BUSY
        temper = self._tempers[order.technician]
        return self._chance.choices(list(temper), list(temper.values()))[0]

    def _play(self, order: RingOrder, behaviour: Behaviour) -> None:
        """Let happen what follows from a behaviour."""
        leg, timeout_s = order.channel_id, order.timeout.total_seconds()
        picks_up_s = self._chance.uniform(1, timeout_s)
        listens_s = self._chance.uniform(0.1, 60)
        match behaviour:
            case Behaviour.UNREACHABLE:
                self._after(0.3, lambda: self._end(leg, RingOutcome.UNREACHABLE))
            case Behaviour.BUSY:
                self._after(0.5, lambda: self._end(leg, RingOutcome.BUSY))
            case Behaviour.SILENT:
                self._after(timeout_s, lambda: self._end(leg, RingOutcome.NO_ANSWER))
            case Behaviour.LOST:
                self._after(timeout_s, lambda: self._vanish(leg))
            case Behaviour.MAILBOX | Behaviour.HANGS_UP:
                self._after(picks_up_s, lambda: self._answer(leg))
                talks_s = picks_up_s + 2 * listens_s
                self._after(talks_s, lambda: self._end(leg, RingOutcome.NO_ANSWER))
            case Behaviour.ACCEPTS | Behaviour.DECLINES:
                outcome = KEYS[behaviour]
                self._after(picks_up_s, lambda: self._answer(leg))
                self._after(picks_up_s + listens_s, lambda: self._press(leg, outcome))
                bye_s = picks_up_s + listens_s + 2
                self._after(bye_s, lambda: self._end(leg, RingOutcome.NO_ANSWER))

    def _answer(self, leg: str) -> None:
        if leg in self.legs:
            self.legs[leg].is_up = True
            self._tell_answered(leg, self.legs[leg])

    def _tell_answered(self, name: str, leg: Leg) -> None:
        if self.is_up and self.events and not leg.is_up_told:
            leg.is_up_told = True
            self.events.ring_answered(name)

    def _press(self, leg: str, outcome: RingOutcome) -> None:
        found = self.legs.get(leg)
        if found and not found.has_pressed and found.taken_by is None:
            found.has_pressed = True
            self._pressed(found.order, outcome)

    def _end(self, leg: str, outcome: RingOutcome) -> None:
        if self.legs.pop(leg, None) and self.is_up and self.events:
            self.events.ring_ended(leg, outcome)

    def _vanish(self, leg: str) -> None:
        self.legs.pop(leg, None)

    def _require_link(self) -> None:
        if not self.is_up:
            raise AmiUnavailable("not logged in to Asterisk; nothing was sent")
