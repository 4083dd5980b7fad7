"""One AGI session's socket: commands out, replies in, each to its own command."""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from pbx_bridge.errors import AgiHangup, AgiProtocolError
from pbx_bridge.wire.agi import (
    AgiDecoder,
    AgiEvent,
    AgiHead,
    AgiReply,
    EndOfStream,
    HangupLine,
)
from pbx_bridge.wire.agi_command import encode_command

READ_BYTES = 4_096
"""How much is decoded at once; a forged second line comes in the same piece and is found out."""

CLOSE_LIMIT_S = 1.0
"""How long the last bytes may take to leave before the socket is cut."""


class AgiExchange:
    """
    Sends commands in order and gives each the reply that belongs to it.

    Asterisk answers in order, so a command whose waiter was cancelled keeps its place: its reply
    is dropped when it comes. A reply that no command asked for ends the session.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._decoder = AgiDecoder()
        self._waiting: deque[asyncio.Future[AgiReply | None]] = deque()
        self._head: AgiHead | None = None
        self._end: str | None = None
        self.channel_gone = False
        """Whether Asterisk has said that the channel is hung up; variables still work a while."""
        self.fault: str | None = None
        """Why we gave the session up, without any values; `None`: we did not."""

    async def introduce(self) -> AgiHead:
        """
        Return the head; the caller sets the deadline.

        Raises:
            AgiProtocolError: the peer is not Asterisk, or left before it said who it is.
        """
        while self._head is None:
            try:
                data = await self._reader.read(READ_BYTES)
            except OSError:
                data = b""
            self._take(data)
            if self._head is None and self._end is not None:
                raise AgiProtocolError("closed before the end of the AGI head")
        return self._head

    async def listen(self) -> None:
        """Take what Asterisk sends, until the session ends."""
        try:
            while self._end is None:
                self._take(await self._reader.read(READ_BYTES))
        except AgiProtocolError as exc:
            self.give_up(str(exc))
        except OSError:
            self._finish("the connection to Asterisk broke")
        finally:
            self._finish("the AGI session was closed")

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen in a task of its own while the body runs."""
        listener = asyncio.create_task(self.listen())
        try:
            yield
        finally:
            listener.cancel()

    async def ask(self, verb: str, *arguments: str | int, limit_s: float) -> AgiReply:
        """
        Send one command and return its reply.

        Raises:
            AgiHangup: the session is over, or there was no reply within *limit_s* (then it is
                over too, as nobody knows what Asterisk is doing).
            UnsafeValue: an argument would break the line; nothing was sent.
        """
        line = encode_command(verb, *arguments)
        if self._end is not None:
            raise AgiHangup(self._end)
        waiter: asyncio.Future[AgiReply | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            async with asyncio.timeout(limit_s):
                self._writer.write(line)
                await self._writer.drain()
                reply = await waiter
        except TimeoutError as exc:
            self.give_up(f"no reply to {verb} within {limit_s:g} s")
            raise AgiHangup(f"Asterisk did not reply to {verb} within {limit_s:g} s") from exc
        except OSError as exc:
            self._finish("the connection to Asterisk broke")
            raise AgiHangup("the connection to Asterisk broke") from exc
        if reply is None:
            raise AgiHangup(self._end or "the AGI session was closed")
        return reply

    def give_up(self, fault: str) -> None:
        """End the session at once because of *fault*; Asterisk goes on in the dialplan."""
        self.fault = self.fault or fault
        self._finish(fault)
        self._writer.transport.abort()

    async def close(self) -> None:
        """Close the socket; what was sent goes out first."""
        self._finish("the AGI session was closed")
        self._writer.close()
        with suppress(OSError):  # a TimeoutError is one too
            async with asyncio.timeout(CLOSE_LIMIT_S):
                await self._writer.wait_closed()
        self._writer.transport.abort()

    def _take(self, data: bytes) -> None:
        for event in self._decoder.receive_data(data):
            self._dispatch(event)

    def _dispatch(self, event: AgiEvent) -> None:
        match event:
            case AgiHead():
                self._head = event
            case HangupLine():
                self.channel_gone = True
            case AgiReply() if not self._waiting:
                raise AgiProtocolError("an AGI reply that belongs to no command")
            case AgiReply():
                waiter = self._waiting.popleft()
                if not waiter.done():
                    waiter.set_result(event)
            case EndOfStream():
                self._finish("Asterisk closed the AGI session")

    def _finish(self, reason: str) -> None:
        """Let nobody wait any longer; the first reason counts."""
        self._end = self._end or reason
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
