"""The port `Phones` over the AMI link: rings mobiles, follows each ring to its end."""

import asyncio
import re
from collections.abc import Coroutine
from datetime import timedelta
from math import ceil
from typing import assert_never

from pbx_bridge.adapters.ami.legs import Leg, Legs
from pbx_bridge.adapters.ami.link import AmiLink
from pbx_bridge.adapters.ami.orders import RingConfig, checked_id, errand, ring_order
from pbx_bridge.errors import AmiError, AmiRejected, AmiUnavailable, UnsafeValue
from pbx_bridge.ports import LiveChannel, PhoneEvents, RingOrder
from pbx_bridge.wire.ami import (
    ChannelStatus,
    Fields,
    HungUp,
    OriginateResult,
    UserSignal,
    read_event,
    read_status,
)

__all__ = ["AmiPhones", "RingConfig"]

REPORT, REMEMBER, TAKEN = "pbxb-report", "pbxb-remember", "pbxb-taken"
"""Contexts of our dialplan; see dialplan/README.md."""

REPLY_DEADLINE = timedelta(seconds=5)
"""Asterisk answers within milliseconds; what takes seconds is a stopped Asterisk."""

_JOIN_S = 0.5
"""Between OriginateResponse and Hangup of one ring; measured: below 5 ms, in either order."""

_GONE = ("No such channel", "Channel does not exist")
"""What Hangup, Setvar and Status say, and what Redirect says."""

_FAMILY = re.compile(r"pbxb-[a-z]{1,20}")
_KEY = re.compile(r"[A-Za-z0-9._-]{1,80}")


class AmiPhones:
    """Implements `Phones`; tells `PhoneEvents` what becomes of each ring."""

    def __init__(self, link: AmiLink, events: PhoneEvents, settings: RingConfig) -> None:
        self._link, self._settings, self._events = link, settings, events
        self._legs = Legs(answered=events.ring_answered, ended=events.ring_ended)
        self._errands: dict[str, asyncio.Future[bool]] = {}
        self._looks: set[asyncio.Task[None]] = set()
        link.listen(self)

    async def ring(self, order: RingOrder) -> None:
        """Let a mobile ring; an order whose leg is alive already is fulfilled."""
        action, login = ring_order(order, self._settings), self._link.logins
        if not self._link.is_up:
            raise AmiUnavailable("not logged in to Asterisk; the ring was not ordered")
        leg = self._legs.get(order.channel_id)
        if leg is not None and leg.login == login:
            return
        self._legs.order(order.channel_id, str(action["ActionID"]), login)
        try:
            await self._link.send(action, REPLY_DEADLINE)
        except (AmiRejected, UnsafeValue):
            self._legs.forget(order.channel_id)
            raise
        self._legs.placed(order.channel_id)

    async def cancel(self, channel_id: str) -> None:
        """Hang up a leg, also one that Asterisk is only just making."""
        leg = self._legs.get(channel_id)
        if leg is not None:
            leg.is_cancelled = True
        hangup = {"Action": "Hangup", "Channel": checked_id(channel_id), "Cause": "16"}
        for pause_s in (0.02, 0.1, 0.3, None):
            if await self._done_if_there(hangup):
                return
            if channel_id not in self._legs or pause_s is None:
                return
            await asyncio.sleep(pause_s)  # ordered, and its channel is not there yet

    async def dismiss(self, channel_id: str, taken_by: str) -> None:
        """
        Send a leg to our dialplan, which tells who has the case and hangs up.

        Hanging up would be simpler. But he may have pressed 1 a moment after the owner, and
        would not know whether it counted.
        """
        leg = checked_id(channel_id)
        name = {"Action": "Setvar", "Channel": leg, "Variable": "PBXB_OWNER"}
        away = {"Action": "Redirect", "Channel": leg, "Context": TAKEN, "Exten": "s"}
        value = taken_by if _KEY.fullmatch(taken_by) else ""
        if await self._done_if_there({**name, "Value": value}):
            await self._done_if_there({**away, "Priority": "1"})

    async def extend(self, channel: str, lease: timedelta) -> None:
        """Renew a lease; raises `AmiRejected` when the channel is gone."""
        action = {
            "Action": "Setvar",
            "Channel": channel,
            "Variable": "TIMEOUT(absolute)",
            "Value": str(ceil(lease.total_seconds())),
        }
        await self._link.send(action, REPLY_DEADLINE)

    async def live(self) -> list[LiveChannel]:
        """Return our channels; reports legs that ended while we were not logged in."""
        login = self._link.logins
        action = {"Action": "Status", "Variables": "PBXB_CALL,PBXB_CASE,PBXB_ATTEMPT"}
        items = await self._link.send_list(action, REPLY_DEADLINE)
        found = [_ours(status) for fields in items if (status := read_status(fields))]
        live = [channel for channel in found if channel is not None]
        legs = {channel.channel_id: channel for channel in live if not channel.call_id}
        for channel_id, channel in legs.items():
            self._legs.adopt(channel_id, login, is_up=channel.is_up)
        self._legs.gone_unheard(login, legs)
        return live

    async def remember(
        self, family: str, key: str, value: str, *, expected: str | None = None
    ) -> None:
        """
        Store a value in AstDB; with *expected* only while that stands there ("": nothing).

        Asterisk forbids DB() over AMI (it could write Asterisk's own settings), so our
        dialplan stores it, on a Local channel that answers when that is done.

        Raises:
            AmiUnavailable, AmiRejected: it is not known to be stored.
            UnsafeValue: the value holds more than `variables` allows.
        """
        if not (_FAMILY.fullmatch(family) and _KEY.fullmatch(key)):
            raise UnsafeValue(f"AstDB {family!r}/{key!r}: not a family and key of ours")
        values = {"PBXB_FAMILY": family, "PBXB_KEY": key, "PBXB_VALUE": value}
        if expected is not None:
            values["PBXB_EXPECTED"] = f"was/{expected}"
        action = errand(REMEMBER, "store", REPLY_DEADLINE, values)
        stored: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        action_id = str(action["ActionID"])
        self._errands[action_id] = stored
        try:
            await self._link.send(action, REPLY_DEADLINE)
            async with asyncio.timeout(REPLY_DEADLINE.total_seconds()):
                is_stored = await stored
        except TimeoutError as exc:
            raise AmiUnavailable(f"Asterisk did not say that {family}/{key} is stored") from exc
        finally:
            self._errands.pop(action_id, None)
        if is_stored:
            return
        if expected not in (None, await self.recall(family, key) or ""):
            raise AmiRejected(f"{family}/{key} was changed meanwhile; it is not overwritten unread")
        raise AmiRejected(
            f"Asterisk did not store {family}/{key}: context {REMEMBER} is missing;"
            " run `pbx-bridge dialplan install` and reload the dialplan"
        )

    async def recall(self, family: str, key: str) -> str | None:
        """Return a value from AstDB; raises `AmiUnavailable`, `AmiRejected`."""
        action = {"Action": "DBGet", "Family": family, "Key": key}
        try:
            items = await self._link.send_list(action, REPLY_DEADLINE)
        except AmiRejected as exc:
            if "not found" in str(exc):
                return None
            raise AmiRejected(f"{exc}; manager.conf must give us write = reporting") from exc
        values = [item["val"] for item in items if item.get("event") == "DBGetResponse"]
        return values[0] if values and isinstance(values[0], str) else None

    async def ask_for_report(self) -> None:
        """Let Asterisk call our AGI; returns when it took the order."""
        await self._link.send(errand(REPORT, "s", timedelta(minutes=1), {}), REPLY_DEADLINE)

    # ---------------------------------------------------------------- what the link tells

    def heard(self, fields: Fields) -> None:
        """Take one event of Asterisk."""
        match event := read_event(fields):
            case OriginateResult():
                errand = self._errands.get(event.action_id)
                if errand is not None and not errand.done():
                    errand.set_result(event.is_answered)
                self._expect_other_half(self._legs.originated(event))
            case HungUp():
                self._expect_other_half(self._legs.hung_up(event))
            case UserSignal(name="PBXBKey"):
                self._events.key_stored(event.channel_id)
            case UserSignal(name="PBXBFallback"):
                self._events.fallback_moved(event.text("call"))
            case UserSignal() | None:
                pass
            case _:
                assert_never(event)

    def restored(self) -> None:
        """Pass it on."""
        self._events.line_restored()

    def lost(self) -> None:
        """Pass it on; errands under way cannot be confirmed any more."""
        for stored in self._errands.values():
            if not stored.done():
                stored.set_exception(AmiUnavailable("the connection to Asterisk is gone"))
        self._events.line_lost()

    def _expect_other_half(self, leg: Leg | None) -> None:
        if leg is not None:
            self._spawn(self._end_soon(leg))

    async def _end_soon(self, leg: Leg) -> None:
        """Give the other event half a second, then look whether there is a channel at all."""
        await asyncio.sleep(_JOIN_S)
        if not leg.is_half_told or self._legs.get(leg.channel_id) is not leg:
            return
        if leg.hung_up is None:
            try:
                status = await self._find(leg.channel_id)
            except AmiError:
                return  # `live` will tell when the line is back
            if status is not None:
                self._legs.adopt(leg.channel_id, self._link.logins, is_up=status.is_up)
                return
        self._legs.end(leg)

    async def _find(self, channel_id: str) -> ChannelStatus | None:
        try:
            items = await self._link.send_list(
                {"Action": "Status", "Channel": channel_id}, REPLY_DEADLINE
            )
        except AmiRejected as exc:
            if any(gone in str(exc) for gone in _GONE):
                return None
            raise
        return next((status for item in items if (status := read_status(item))), None)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        look = asyncio.create_task(work)
        self._looks.add(look)
        look.add_done_callback(self._looks.discard)

    # ---------------------------------------------------------------- what is sent

    async def _done_if_there(self, action: dict[str, str]) -> bool:
        """Send an action to a channel; return whether there was one."""
        try:
            await self._link.send(action, REPLY_DEADLINE)
        except AmiRejected as exc:
            if any(gone in str(exc) for gone in _GONE):
                return False
            raise
        return True


def _ours(status: ChannelStatus) -> LiveChannel | None:
    """Return a channel of ours; `None` for others, and for the far half of a Local channel."""
    case_id, attempt = (status.variables.get(f"PBXB_{n}", "") for n in ("CASE", "ATTEMPT"))
    is_leg = bool(case_id) and status.channel_id == f"{case_id}-{attempt}"
    call_id = "" if is_leg else status.variables.get("PBXB_CALL", "")
    if status.channel_id.endswith(";2") or not (is_leg or call_id):
        return None
    return LiveChannel(
        channel=status.channel,
        channel_id=status.channel_id,
        call_id=call_id,
        is_up=status.is_up,
    )
