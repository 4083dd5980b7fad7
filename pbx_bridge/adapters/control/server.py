"""Listens on a Unix socket for commands; the file's mode says who may send them."""

import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog

from pbx_bridge.errors import BridgeError, ControlProtocolError, SocketTaken
from pbx_bridge.wire.control import MAX_LINE, Answer, Request, line, parse

log = structlog.get_logger()

Handler = Callable[[Mapping[str, Any]], Awaitable[object]]
"""Carries out one verb; returns JSON values, raises `BridgeError` to refuse."""

REQUEST_LIMIT_S = 5.0
"""For a whole request to arrive, and for its answer to be taken."""

ANSWER_LIMIT_S = 20.0
"""For a handler; below the client's own limit, so that the service's answer is the one seen."""

MAX_SESSIONS = 16
"""Commands at once; people type them."""


class ControlServer:
    """Answers one request for each connection."""

    def __init__(
        self,
        path: Path,
        handlers: Mapping[str, Handler],
        *,
        request_limit_s: float = REQUEST_LIMIT_S,
        answer_limit_s: float = ANSWER_LIMIT_S,
        patience_s: Mapping[str, float] | None = None,
    ) -> None:
        """*patience_s*: verbs that may take another time than *answer_limit_s*."""
        self._path, self._handlers = path, dict(handlers)
        self._request_limit_s, self._answer_limit_s = request_limit_s, answer_limit_s
        self._patience_s = dict(patience_s or {})
        self._server: asyncio.Server | None = None
        self._sessions: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """
        Listen; what a service that died left at the path is replaced.

        Raises:
            SocketTaken: another service listens there, or the folder cannot be used.
        """
        try:
            listener = _bind(self._path)
            self._server = await asyncio.start_unix_server(
                self._accept, sock=listener, limit=MAX_LINE
            )
        except OSError as exc:
            remedy = f"let this user write in {self._path.parent}, or set [service] socket"
            raise SocketTaken(f"{self._path} cannot be listened on ({exc}): {remedy}") from exc

    async def stop(self) -> None:
        """Stop listening and end the sessions; nothing is left at the path."""
        if self._server is None:
            return
        self._server.close()
        with suppress(OSError):  # somebody else took it away: as wanted
            self._path.unlink()
        for session in self._sessions:
            session.cancel()
        if self._sessions:
            await asyncio.wait(self._sessions, timeout=self._request_limit_s)
        self._server = None

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._sessions) >= MAX_SESSIONS:
            writer.transport.abort()
            return
        session = asyncio.create_task(self._serve(reader, writer))
        self._sessions.add(session)
        session.add_done_callback(self._sessions.discard)
        # One that is cancelled before its first step never comes to its own end.
        session.add_done_callback(lambda _: writer.transport.abort())

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request; a peer that goes or dawdles costs nothing."""
        try:
            async with asyncio.timeout(self._request_limit_s):
                data = await reader.readuntil(b"\n")
            answer = await self._answer(data)
            async with asyncio.timeout(self._request_limit_s):
                writer.write(_line(answer))
                await writer.drain()
        except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError) as exc:
            log.debug("control.session_dropped", reason=str(exc) or type(exc).__name__)
        finally:
            writer.close()
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(self._request_limit_s):
                    await writer.wait_closed()

    async def _answer(self, data: bytes) -> Answer:
        limit_s = self._answer_limit_s
        try:
            request = parse(Request, data)
            handler = self._handler(request.verb)
            limit_s = self._patience_s.get(request.verb, limit_s)
            async with asyncio.timeout(limit_s):
                result = await handler(request.arguments)
            log.info("control.carried_out", verb=request.verb)
            return Answer(result=result)
        except BridgeError as exc:
            log.warning("control.refused", code=exc.code, reason=str(exc))
            return Answer(error=str(exc), code=exc.code)
        except TimeoutError:
            log.error("control.took_too_long", limit_s=limit_s)
            return Answer(error=f"not done within {limit_s:g} s", code="control")
        except Exception:  # the crash boundary of a command: the service must go on
            log.exception("control.crashed")
            return Answer(error="a bug in the service; see its log", code="bug")

    def _handler(self, verb: str) -> Handler:
        handler = self._handlers.get(verb)
        if handler is None:
            known = ", ".join(sorted(self._handlers))
            raise ControlProtocolError(f"{verb!r} is no verb; one of: {known}")
        return handler


def _line(answer: Answer) -> bytes:
    try:
        return line(answer)
    except ControlProtocolError as exc:
        return line(Answer(error=str(exc), code=exc.code))


def _bind(path: Path) -> socket.socket:
    """Return a socket bound to *path*, mode 0600 before anybody can connect."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        try:
            listener.bind(str(path))
        except OSError as exc:
            if exc.errno != errno.EADDRINUSE or _somebody_listens(path):
                raise
            path.unlink()
            listener.bind(str(path))
        path.chmod(0o600)
        listener.setblocking(False)
    except BaseException:
        listener.close()
        raise
    return listener


def _somebody_listens(path: Path) -> bool:
    """Whether *path* is more than what a service that died left behind."""
    if not path.is_socket():
        return True
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            return False
        except OSError:  # it listens and is busy, or we may not know
            return True
    return True
