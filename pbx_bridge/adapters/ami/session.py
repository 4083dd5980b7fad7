"""
One connection to Asterisk's manager interface: panoramisk 1.4 with its traps closed.

A session is used for one connection and then thrown away. So nothing of a lost connection is
left that panoramisk could send again: it keeps unanswered actions in its Manager, and an
Originate from before the loss would ring a mobile after it.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from panoramisk import Manager
from panoramisk import actions as panoramisk_actions
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.message import Message

from pbx_bridge.errors import AmiUnavailable
from pbx_bridge.wire.ami import Fields, is_list_part, is_sound, read_message
from pbx_bridge.wire.ami_action import Action, checked

MAX_MESSAGE_BYTES = 1 << 18
"""More without the end of a message is not Asterisk; the longest real ones have some KiB."""

_QUIET = logging.getLogger("pbx_bridge.panoramisk")
_QUIET.disabled = True
"""panoramisk would log whole messages: names and numbers of callers, and our secret."""

Listener = Callable[[Fields], None]


class _Protocol(AMIProtocol):  # type: ignore[misc]  # panoramisk has no types
    """panoramisk's book of unanswered actions, with a parser that cannot be fooled."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self.buffer = b""
        self.open_list: str | None = None

    def data_received(self, data: bytes) -> None:
        """Cut the stream into messages; panoramisk would decode pieces, and lose characters."""
        *blocks, self.buffer = (self.buffer + data).split(b"\r\n\r\n")
        for block in blocks:
            fields = read_message(block)
            if self.factory is not None and is_sound(fields):
                self.handle_message(Message(fields))
        if len(self.buffer) > MAX_MESSAGE_BYTES:
            self.transport.abort()

    def handle_message(self, message: Message) -> None:
        """
        Drop what comes in the middle of a list and is no part of it.

        Asterisk writes a list in one go. An event inside one is text that a caller put into his
        SIP From: the list shows callers whom no dialplan has cleaned yet, and no filter sees it.
        """
        if self.open_list is None:
            if message.eventlist.lower() == "start":
                self.open_list = message.id
        elif message.id != self.open_list or not is_list_part(_fields(message)):
            return
        elif message.event.endswith("Complete"):
            self.open_list = None
        super().handle_message(message)

    def connection_lost(self, exc: Exception | None) -> None:
        """Pass it on, if panoramisk knows of this connection yet."""
        if self.factory is not None:
            super().connection_lost(exc)

    def close(self) -> None:
        """Tell every waiting action that its answer will not come, and keep none of them."""
        waiting = {id(action): action for action in self.responses.values()}
        self.responses.clear()
        for action in waiting.values():
            if not action.future.done():
                action.future.set_exception(ConnectionResetError("the connection is gone"))
        super().close()


class Session(Manager):  # type: ignore[misc]  # panoramisk has no types
    """One connection; `lost` is set when it is over, whoever ended it."""

    def __init__(self, on_event: Listener) -> None:
        super().__init__(loop=asyncio.get_running_loop(), log=_QUIET, ping_delay=1 << 30)
        self.lost = asyncio.Event()
        self.is_booted = asyncio.Event()
        self._hear = on_event

    async def open(self, host: str, port: int) -> None:
        """Connect, without a login; raises `OSError`."""
        connection = await self.loop.create_connection(_Protocol, host, port)
        opened = self.loop.create_future()
        opened.set_result(connection)
        self.connection_made(opened)
        if connection[0].is_closing():  # gone before panoramisk knew of it
            self.lost.set()

    async def ask(self, action: Action, deadline: timedelta) -> Fields:
        """
        Send one action and return the answer, be it yes or no.

        Raises:
            AmiUnavailable: no answer in time, or the connection went.
            UnsafeValue: nothing was sent.
        """
        message = await self._exchange(checked(action), deadline, is_list=False)
        return _fields(message[0] if isinstance(message, list) else message)

    async def ask_list(self, action: Action, deadline: timedelta) -> list[Fields]:
        """
        Send one action and return the answer and the events that follow it.

        A connection whose list does not end in time is closed: it could not be trusted further.

        Raises:
            AmiUnavailable, UnsafeValue: as `ask`.
        """
        try:
            messages = await self._exchange(checked(action), deadline, is_list=True)
        except AmiUnavailable:
            self.abort()
            raise
        return [_fields(m) for m in (messages if isinstance(messages, list) else [messages])]

    def abort(self) -> None:
        """End the connection at once, whatever the other side does."""
        self.close()
        if self.protocol is not None:
            self.protocol.transport.abort()
        self.lost.set()

    # ---------------------------------------------------------------- what panoramisk calls

    def dispatch(self, event: Message) -> list[str]:
        """Pass an event on; panoramisk would close the connection when a listener fails."""
        if event.event == "FullyBooted":
            self.is_booted.set()
        else:
            self._hear(_fields(event))
        return []

    def connection_lost(self, _exc: object) -> None:
        """Say so; panoramisk would connect again by itself, even after it was closed."""
        self.close()
        self.lost.set()

    def ping(self) -> None:
        """Send nothing: panoramisk would not look for the answer. `AmiLink` pings."""

    async def _exchange(
        self, action: dict[str, str | list[str]], deadline: timedelta, *, is_list: bool
    ) -> Any:
        name = action["Action"]
        if self.lost.is_set() or self.protocol is None:
            raise AmiUnavailable(f"{name} was not sent: the connection to Asterisk is gone")
        # As a list only when Asterisk announces one; else the acknowledgement is the answer.
        sent = panoramisk_actions.Action(action)
        self.send_action(sent, as_list=None if is_list else False)
        try:
            async with asyncio.timeout(deadline.total_seconds()):
                return await sent.future
        except TimeoutError as exc:
            seconds = deadline.total_seconds()
            raise AmiUnavailable(f"Asterisk did not answer {name} within {seconds:g} s") from exc
        except ConnectionError as exc:
            raise AmiUnavailable(f"the connection to Asterisk went during {name}") from exc
        finally:
            self.protocol.responses.pop(sent.id, None)


def _fields(message: Message) -> Fields:
    """Return a message as a plain mapping, in which a header that is missing is missing."""
    return {str(name).lower(): value for name, value in message.items()}
