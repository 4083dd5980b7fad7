"""Phones and what can happen to them: the fake, and the real ones with a scripted Asterisk."""

import asyncio
from datetime import timedelta
from typing import Protocol

from fake_asterisk import WAIT_S, FakeAsterisk, FakeChannel
from fakes import FakePhones

from pbx_bridge.adapters.ami.link import AmiLink
from pbx_bridge.adapters.ami.phones import AmiPhones, RingConfig
from pbx_bridge.core.case import RingOutcome
from pbx_bridge.ports import LiveChannel, Phones, RingOrder

LEG = "17-1"

ORDER = RingOrder(
    channel_id=LEG,
    token="a1b2",
    number="+491711",
    timeout=timedelta(seconds=25),
    case_id="17",
    attempt=1,
    technician="anna",
    call_id="pbx-1.7",
    caller_number="49301",
    recording="/var/spool/pbx-1.7",
    language="de",
)

CALLER = "PJSIP/trunk-caller"

CAUSES = {RingOutcome.BUSY: 17, RingOutcome.NO_ANSWER: 19, RingOutcome.UNREACHABLE: 34}


class Told:
    """Implements `PhoneEvents`: a list, and a way to wait for it."""

    def __init__(self, limit_s: float = WAIT_S) -> None:
        self.said: list[tuple[str, ...]] = []
        self._limit_s = limit_s
        self._changed = asyncio.Event()

    def _say(self, *words: str) -> None:
        self.said.append(words)
        self._changed.set()

    def ring_answered(self, channel_id: str) -> None:
        """Note it."""
        self._say("answered", channel_id)

    def ring_ended(self, channel_id: str, outcome: RingOutcome) -> None:
        """Note it."""
        self._say("ended", channel_id, outcome)

    def key_stored(self, channel_id: str) -> None:
        """Note it."""
        self._say("key", channel_id)

    def fallback_moved(self, call_id: str) -> None:
        """Note it."""
        self._say("fallback", call_id)

    def line_restored(self) -> None:
        """Note it."""
        self._say("restored")

    def line_lost(self) -> None:
        """Note it."""
        self._say("lost")

    async def until(self, *words: str) -> None:
        """Wait until this was said."""
        async with asyncio.timeout(self._limit_s):
            while words not in self.said:
                self._changed.clear()
                await self._changed.wait()


class World(Protocol):
    """Phones and what can happen to them."""

    phones: Phones
    told: Told

    def rung(self) -> list[str]:
        """Return which orders made a mobile ring."""
        ...

    def answers(self, channel_id: str) -> None:
        """Let somebody, or a mailbox, pick up."""
        ...

    def ends(self, channel_id: str, outcome: RingOutcome) -> None:
        """Let a leg go."""
        ...

    def caller(self, call_id: str) -> None:
        """Let a caller be on the line."""
        ...

    async def goes_down(self) -> None:
        """Let the login be lost and stay away."""
        ...

    async def comes_back(self) -> None:
        """Let the login be possible again."""
        ...


class FakeWorld:
    """`FakePhones`."""

    def __init__(self) -> None:
        self.told = Told()
        self.phones = FakePhones(self.told)
        self.phones.numbers = frozenset({ORDER.number})
        self.answers, self.ends = self.phones.answers, self.phones.ends

    def rung(self) -> list[str]:
        """Return which orders made a mobile ring."""
        return [order.channel_id for order in self.phones.rings]

    def caller(self, call_id: str) -> None:
        """Let a caller be on the line."""
        self.phones.channels[call_id] = LiveChannel(
            channel=CALLER, channel_id=call_id, call_id=call_id, is_up=True
        )

    async def goes_down(self) -> None:
        """Let the login be lost."""
        self.phones.goes_down()

    async def comes_back(self) -> None:
        """Let the login be restored."""
        self.phones.comes_back()


class AmiWorld:
    """`AmiPhones` with a scripted Asterisk."""

    def __init__(self, server: FakeAsterisk, link: AmiLink) -> None:
        self.server, self.link, self.told = server, link, Told()
        roster = frozenset({ORDER.number, "+491719"})
        config = RingConfig(dial="PJSIP/{number}@trunk", roster=roster)
        self.phones = AmiPhones(link, self.told, config)
        self.answers = server.answers

    def rung(self) -> list[str]:
        """Return which orders made a mobile ring."""
        orders = self.server.named("Originate")
        return [order["channelid"][0] for order in orders if "channelid" in order]

    def ends(self, channel_id: str, outcome: RingOutcome) -> None:
        """Let a leg go."""
        reason = 3 if outcome is RingOutcome.NO_ANSWER else 0
        self.server.ends(channel_id, reason=reason, cause=CAUSES[outcome])

    def caller(self, call_id: str) -> None:
        """Let a caller be on the line, and a stranger whose call is none of ours."""
        ours = FakeChannel(name=CALLER, state=6, variables={"PBXB_CALL": call_id})
        self.server.channels |= {call_id: ours, "1.99": FakeChannel(name="PJSIP/x", state=6)}

    async def goes_down(self) -> None:
        """Stop the server."""
        await self.server.stop()
        await self.told.until("lost")

    async def comes_back(self) -> None:
        """Start it again."""
        self.told.said = [words for words in self.told.said if words != ("restored",)]
        await self.server.start()
        await self.told.until("restored")
