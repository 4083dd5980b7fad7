"""The Asterisk end of an AGI session: says what the test tells it, byte for byte."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from pbx_bridge.adapters.agi.session import AgiLine

HEAD = {
    "agi_network": "yes",
    "agi_network_script": "incoming",
    "agi_request": "agi://127.0.0.1:4573/incoming",
    "agi_channel": "PJSIP/trunk-00000000",
    "agi_language": "en",
    "agi_type": "PJSIP",
    "agi_uniqueid": "pbx-1795320543.0",
    "agi_version": "22.10.1",
    "agi_callerid": "493099999",
    "agi_calleridname": "unknown",
    "agi_callingpres": "0",
    "agi_dnid": "2500",
    "agi_rdnis": "unknown",
    "agi_context": "pbxb-incoming",
    "agi_extension": "s",
    "agi_priority": "3",
    "agi_enhanced": "0.0",
    "agi_accountcode": "",
    "agi_threadid": "140128949520064",
}
"""As Asterisk 22.10 sent it, a few lines that nobody reads left out."""


def head(script: str = "incoming", *arguments: str, **changed: str) -> bytes:
    """Return a head; *changed* variables are named without ``agi_``."""
    lines = HEAD | {"agi_network_script": script}
    lines |= {f"agi_{name}": value for name, value in changed.items()}
    lines |= {f"agi_arg_{number}": text for number, text in enumerate(arguments, 1)}
    return "".join(f"{name}: {value}\n" for name, value in lines.items()).encode() + b"\n"


class AsteriskPeer:
    """One connection to the AGI port."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def connect(cls, port: int, first: bytes = b"") -> "AsteriskPeer":
        """Connect and send *first*, mostly a head."""
        peer = cls(*await asyncio.open_connection("127.0.0.1", port))
        peer.say(first)
        return peer

    def say(self, data: bytes) -> None:
        """Send *data* in one piece."""
        self._writer.write(data)

    async def command(self) -> bytes:
        """Return the next command, without its line feed; ``b""`` when we were hung up on."""
        async with asyncio.timeout(5):
            return (await self._reader.readline()).rstrip(b"\n")

    async def answer(self, *replies: bytes) -> list[bytes]:
        """Answer as many commands as there are *replies*; return the commands."""
        commands = []
        for reply in replies:
            commands.append(await self.command())
            self.say(reply)
        return commands

    async def rest(self) -> bytes:
        """Return all that is still sent until the session is closed."""
        async with asyncio.timeout(5):
            with suppress(ConnectionError):
                return await self._reader.read()
        return b""

    def end(self) -> None:
        """Say that nothing more will come; what we sent is delivered first."""
        self._writer.write_eof()

    def close(self) -> None:
        """Go away."""
        self._writer.close()


class InHands:
    """A channel in our hands, and the Asterisk that handed it to us."""

    def __init__(self, line: AgiLine, peer: AsteriskPeer) -> None:
        self.line = line
        self.peer = peer


Call = Callable[..., Awaitable[InHands]]
"""Lets one call in; the arguments change its head."""
