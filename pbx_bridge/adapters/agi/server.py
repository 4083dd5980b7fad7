"""FastAGI listener: lets Asterisk in and nobody else, one task for each session."""

import asyncio
import errno
import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address

import structlog

from pbx_bridge.adapters.agi.exchange import AgiExchange
from pbx_bridge.adapters.agi.session import AgiDeadlines, AgiLine
from pbx_bridge.errors import AgiHangup, AgiPortTaken, AgiProtocolError
from pbx_bridge.wire.agi import AgiHead

log = structlog.get_logger()

Handler = Callable[[AgiLine], Awaitable[None]]

BACKLOG = 512
"""Connections that the kernel keeps while we are busy; a full backlog costs Asterisk 2 s."""

STOP_LIMIT_S = 5.0
"""How long a cancelled session may take to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgiPort:
    """Where we listen and whom we let in."""

    host: str = "127.0.0.1"
    """A loopback address; AGI has neither password nor encryption."""
    port: int = 4573
    """0: any free one, see `AgiServer.port`."""
    secret: str | None = None
    """What the dialplan must pass as first AGI argument; `None` or empty: nothing."""
    max_sessions: int = 400
    """At most so many at once, those included that have not introduced themselves."""
    head_limit_s: float = 5.0
    """How long a peer may take to introduce itself."""


class AgiServer:
    """
    Gives each session to the handler that is registered for its script.

    A handler may end in any way: the caller's dialplan goes on behind ``AGI()``.
    """

    def __init__(
        self,
        handlers: Mapping[str, Handler],
        port: AgiPort,
        *,
        beep_sound: str | None = None,
        deadlines: AgiDeadlines | None = None,
    ) -> None:
        """
        Remember what to do; `start` does it.

        Args:
            handlers: by script, the path of the AGI URL without slash, for example ``incoming``.
            port: where to listen and whom to let in.
            beep_sound: see `AgiLine`.
            deadlines: see `AgiLine`.
        """
        self._handlers = dict(handlers)
        self._listen_on = port
        self._beep_sound = beep_sound
        self._deadlines = deadlines
        self._server: asyncio.Server | None = None
        self._sessions: set[asyncio.Task[None]] = set()
        self._stopping = False

    @property
    def port(self) -> int:
        """The port number that is listened on; 0 when not started."""
        sockets = self._server.sockets if self._server is not None else ()
        return int(sockets[0].getsockname()[1]) if sockets else 0

    async def start(self) -> None:
        """
        Listen.

        Raises:
            AgiPortTaken: the port is in use or not allowed, or the address is no loopback address.
        """
        self._stopping = False
        where = f"{self._listen_on.host}:{self._listen_on.port}"
        if not _is_loopback(self._listen_on.host):
            raise AgiPortTaken(f"AGI on {where}: only 127.0.0.1 or ::1, as AGI has no password")
        try:
            self._server = await asyncio.start_server(
                self._accept, self._listen_on.host, self._listen_on.port, backlog=BACKLOG
            )
        except OSError as exc:
            if exc.errno == errno.EADDRINUSE:
                remedy = "another program listens there; stop it, or choose another agi_port"
            else:
                remedy = f"{exc.strerror}; choose another agi_port"
            raise AgiPortTaken(f"cannot listen for AGI on {where}: {remedy}") from exc

    async def stop(self, limit_s: float = STOP_LIMIT_S) -> None:
        """Stop listening, cancel the sessions and wait for them, but not for ever."""
        if self._server is None:
            return
        self._stopping = True
        self._server.close()
        for session in self._sessions:
            session.cancel()
        if self._sessions:
            await asyncio.wait(self._sessions, timeout=limit_s)
        self._server = None

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._stopping:  # it came in while the port was being closed
            writer.transport.abort()
            return
        session = asyncio.create_task(self._serve(reader, writer))
        self._sessions.add(session)
        session.add_done_callback(self._sessions.discard)
        # One that is cancelled before its first step never comes to its own end.
        session.add_done_callback(lambda _: writer.transport.abort())

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        exchange = AgiExchange(reader, writer)
        try:
            try:
                self._check_peer(writer)
                head = await self._introduce(exchange)
                handler = self._admit(head)
            except AgiProtocolError as exc:
                log.warning("agi.session_refused", reason=str(exc), code=exc.code)
                return
            line = AgiLine(exchange, head, beep_sound=self._beep_sound, deadlines=self._deadlines)
            with exchange.listening():
                await self._run(handler, line, head.script)
            if exchange.fault is not None:
                log.error("agi.session_crashed", script=head.script, reason=exchange.fault)
        finally:
            await exchange.close()

    async def _run(self, handler: Handler, line: AgiLine, script: str) -> None:
        """Run one handler; whatever it raises ends this session and nothing else."""
        log.info("agi.session_opened", script=script, channel_id=line.channel_id)
        try:
            await handler(line)
        except AgiHangup:
            pass  # how most sessions end; the runtime has logged the call
        except Exception:
            log.exception("agi.session_crashed", script=script)

    def _check_peer(self, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("peername")
        if peer and not _is_loopback(str(peer[0])):  # no address: it has gone already
            raise AgiProtocolError("the peer is on another machine")
        if len(self._sessions) > self._listen_on.max_sessions:
            raise AgiProtocolError(f"more than {self._listen_on.max_sessions} sessions at once")

    async def _introduce(self, exchange: AgiExchange) -> AgiHead:
        limit_s = self._listen_on.head_limit_s
        try:
            async with asyncio.timeout(limit_s):
                return await exchange.introduce()
        except TimeoutError as exc:
            raise AgiProtocolError(f"no AGI head within {limit_s:g} s") from exc

    def _admit(self, head: AgiHead) -> Handler:
        expected = self._listen_on.secret
        given = head.arguments[0] if head.arguments else ""
        if expected and not hmac.compare_digest(given.encode(), expected.encode()):
            raise AgiProtocolError("wrong secret: run `pbx-bridge dialplan install` again")
        handler = self._handlers.get(head.script)
        if handler is None:
            known = ", ".join(sorted(self._handlers))
            raise AgiProtocolError(f"the dialplan asks for a script that is not one of {known}")
        return handler


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
