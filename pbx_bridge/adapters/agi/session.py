"""`AgiLine`: the port `Line` on one AGI session."""

import asyncio
import math
import re
from dataclasses import dataclass
from datetime import timedelta

from pbx_bridge.adapters.agi.exchange import AgiExchange
from pbx_bridge.core.case import MessageEnd
from pbx_bridge.errors import AgiFailed, AgiHangup, UnsafeValue
from pbx_bridge.ports import Recorded
from pbx_bridge.wire.agi import DEAD_CHANNEL, REFUSED, AgiHead, AgiReply

SAMPLES_PER_S = 8_000
"""``endpos`` of a recording counts samples; we record 8 kHz."""

FULL_WITHIN_MS = 100
"""A recording that ended with less than this left was full; the rest ended by silence."""

COPY_VARIABLE = "PBXB_COPY"
"""Channel variable with Asterisk's id of the live copy: it ends only ours, not the firm's own."""

_NUMBER = re.compile(r"\+?[0-9]{1,32}")
_COPY_PATH = re.compile(r"[^,()|^&$\"\\]+")
_FAMILY = re.compile(r"[A-Za-z0-9_.-]+")
_DIGITS = "0123456789*#ABCD"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgiDeadlines:
    """How long Asterisk may take; after that the session is given up."""

    reply_s: float = 5.0
    """For commands that do not wait for anything; measured: 0.1 ms, 6 ms at worst."""
    sound_s: float = 120.0
    """For one sound: we do not know its length; a played-back message may be as long as this."""
    margin_s: float = 10.0
    """On top of a limit that Asterisk itself keeps."""


class AgiLine:
    """
    One channel in our hands; see `pbx_bridge.ports.Line`.

    One command at a time: a second caller waits. A command that is cancelled goes on in Asterisk
    (nothing can stop it), and the next one waits behind it.
    """

    def __init__(
        self,
        exchange: AgiExchange,
        head: AgiHead,
        *,
        beep_sound: str | None = None,
        deadlines: AgiDeadlines | None = None,
    ) -> None:
        """
        Wrap the session that began with *head*.

        Args:
            exchange: the session's socket.
            head: how Asterisk introduced the channel.
            beep_sound: our own beep, without extension; `None`: record without a beep.
            deadlines: only tests need others.
        """
        self._exchange = exchange
        self._head = head
        self._beep_sound = beep_sound
        self._deadlines = deadlines or AgiDeadlines()
        self._lock = asyncio.Lock()

    @property
    def channel(self) -> str:
        """Asterisk's name of the channel."""
        return self._head.variables["channel"]

    @property
    def channel_id(self) -> str:
        """Asterisk's uniqueid of the channel."""
        return self._head.variables["uniqueid"]

    @property
    def caller_number(self) -> str | None:
        """The number as the dialplan cleaned it; `None` when withheld, or no number at all."""
        number = self._head.variables["callerid"]
        return number if _NUMBER.fullmatch(number) else None

    async def play(self, sound: str, keys: str = "") -> str | None:
        """Play one sound, named without extension; return the digit that stopped it."""
        async with self._lock:
            return await self._play(sound, keys)

    async def digit(self, limit: timedelta) -> str | None:
        """Wait for one key."""
        limit_s = limit.total_seconds()
        async with self._lock:
            reply = await self._on_channel(
                "WAIT FOR DIGIT",
                max(1, round(limit_s * 1000)),
                limit_s=limit_s + self._deadlines.margin_s,
            )
            if reply.result == "-1":
                raise await self._cause(AgiFailed("Asterisk cannot wait for a digit"))
            return _digit(reply)

    async def record(
        self, path: str, *, keys: str, limit: timedelta, silence: timedelta
    ) -> Recorded:
        """
        Beep, then record 8 kHz WAV to ``path.wav``.

        The beep is best effort: without its sound the caller is recorded all the same. A channel
        that Asterisk takes away (lost lease) looks like a hang-up.
        """
        limit_s = limit.total_seconds()
        async with self._lock:
            if not await self._beep():
                return Recorded(MessageEnd.HANGUP, 0.0)
            reply = await self._on_channel(
                "RECORD FILE",
                path,
                "wav",
                keys,
                round(limit_s * 1000),
                f"s={max(1, math.ceil(silence.total_seconds()))}",
                limit_s=limit_s + self._deadlines.margin_s,
            )
            return await self._recorded(reply, path)

    async def start_copy(self, path: str) -> None:
        """
        Let Asterisk write a live copy of what the caller says to *path*, extension included.

        Asterisk does not tell whether it could open the file. What we play is not in it: MixMonitor
        with ``r()`` and without a file name of its own writes the received audio only (measured).
        """
        if not _COPY_PATH.fullmatch(path):
            raise UnsafeValue(
                "the path of a live copy holds a character with a meaning in Asterisk"
            )
        async with self._lock:
            await self._execute("MixMonitor", f",r({path})i({COPY_VARIABLE})")

    async def stop_copy(self) -> None:
        """End the live copy; other recordings of the channel go on."""
        async with self._lock:
            copy = await self._variable(COPY_VARIABLE)
            if copy:
                await self._execute("StopMixMonitor", copy)

    async def variable(self, name: str) -> str | None:
        """Return a channel variable, cut by Asterisk at about 1000 characters; `None`: not set."""
        async with self._lock:
            return await self._variable(name)

    async def set_variable(self, name: str, value: str) -> None:
        """Set a channel variable."""
        async with self._lock:
            await self._anytime("SET VARIABLE", name, value)

    async def stored_keys(self, family: str) -> list[str]:
        """Return the keys of an AstDB family (at most some dozens at a time)."""
        if not _FAMILY.fullmatch(family):
            raise UnsafeValue("an AstDB family has letters, digits, _ . - only")
        async with self._lock:
            reply = await self._anytime("GET FULL VARIABLE", f"${{DB_KEYS({family})}}")
            return [key for key in (reply.extra or "").split(",") if key]

    async def stored(self, family: str, key: str) -> str | None:
        """Return a value from AstDB; `None` when there is none."""
        async with self._lock:
            reply = await self._anytime("DATABASE GET", family, key)
            return reply.extra if reply.result == "1" else None

    async def remember(self, family: str, key: str, value: str) -> None:
        """Store a value in AstDB; `AgiFailed` when Asterisk did not."""
        async with self._lock:
            reply = await self._anytime("DATABASE PUT", family, key, value)
        if reply.result != "1":
            raise AgiFailed(f"DATABASE PUT {family}: Asterisk did not store it; is its disk full?")

    async def forget(self, family: str, key: str) -> None:
        """Delete a value from AstDB; one that is not there is no error."""
        async with self._lock:
            await self._anytime("DATABASE DEL", family, key)

    # ------------------------------------------------------------ with the lock held

    async def _play(self, sound: str, keys: str) -> str | None:
        reply = await self._on_channel("STREAM FILE", sound, keys, limit_s=self._deadlines.sound_s)
        is_missing = reply.result == "0" and reply.endpos == 0  # so says Asterisk 16
        if reply.result == "-1" or is_missing:
            missing = f"Asterisk cannot play {sound}: missing, or in no format that is loaded"
            raise await self._cause(AgiFailed(missing))
        return _digit(reply)

    async def _beep(self) -> bool:
        """Play the beep if there is one; return whether the caller is still there."""
        self._check_channel()
        if self._beep_sound is not None:
            try:
                await self._play(self._beep_sound, "")
            except AgiHangup:
                if not self._exchange.channel_gone:  # Asterisk is gone, not the caller
                    raise
                return False
            except AgiFailed:
                pass
        return True

    async def _recorded(self, reply: AgiReply, path: str) -> Recorded:
        message_s = max(0, reply.endpos or 0) / SAMPLES_PER_S
        match reply.extra:
            case "dtmf":
                return Recorded(MessageEnd.DIGIT, message_s)
            case "hangup" | "waitfor":
                self._exchange.channel_gone = True
                return Recorded(MessageEnd.HANGUP, message_s)
            case "timeout":  # of silence too; the result is what was left of the limit
                left_ms = int(reply.result) if reply.result.isdecimal() else 0
                is_full = left_ms < FULL_WITHIN_MS
                return Recorded(MessageEnd.FULL if is_full else MessageEnd.SILENCE, message_s)
            case "writefile":
                remedy = "check the folder's owner and space"
                raise await self._cause(AgiFailed(f"Asterisk cannot write {path}.wav: {remedy}"))
            case _:
                raise await self._cause(AgiFailed("Asterisk failed to record"))

    async def _variable(self, name: str) -> str | None:
        reply = await self._anytime("GET VARIABLE", name)
        return reply.extra if reply.result == "1" else None

    async def _execute(self, application: str, arguments: str) -> None:
        reply = await self._on_channel(
            "EXEC", application, arguments, limit_s=self._deadlines.reply_s
        )
        if reply.result == "-2":
            raise AgiFailed(f"Asterisk has no application {application}: load its module")
        if reply.result == "-1":
            raise await self._cause(AgiFailed(f"Asterisk refused {application}"))

    async def _cause(self, failure: AgiFailed) -> AgiFailed:
        """
        Return *failure* when the channel lives, raise `AgiHangup` when it does not.

        Asterisk says -1 for both, so it is asked.
        """
        await self._on_channel("CHANNEL STATUS", limit_s=self._deadlines.reply_s)
        return failure

    async def _on_channel(self, verb: str, *arguments: str | int, limit_s: float) -> AgiReply:
        """Send a command that needs a living channel."""
        self._check_channel()
        return await self._ask(verb, *arguments, limit_s=limit_s)

    async def _anytime(self, verb: str, *arguments: str | int) -> AgiReply:
        """Send a command that Asterisk carries out after a hang-up too, if it still listens."""
        return await self._ask(verb, *arguments, limit_s=self._deadlines.reply_s)

    async def _ask(self, verb: str, *arguments: str | int, limit_s: float) -> AgiReply:
        reply = await self._exchange.ask(verb, *arguments, limit_s=limit_s)
        if reply.code == DEAD_CHANNEL:
            self._exchange.channel_gone = True
            raise AgiHangup("the channel is hung up")
        if reply.code in REFUSED:
            raise AgiFailed(f"Asterisk refused {verb} with {reply.code}")
        return reply

    def _check_channel(self) -> None:
        if self._exchange.channel_gone:
            raise AgiHangup("the channel is hung up")


def _digit(reply: AgiReply) -> str | None:
    """Return the digit whose character code is the result; 0 stands for none."""
    if reply.result == "0":
        return None
    code = int(reply.result) if reply.result.isdecimal() and len(reply.result) < 4 else 0
    if chr(code) not in _DIGITS:
        raise AgiFailed("Asterisk reported something that is no digit")
    return chr(code)
