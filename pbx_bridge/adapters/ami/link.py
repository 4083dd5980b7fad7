"""The login to Asterisk's manager interface: supervised, restored for ever, never acting late."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Protocol

import structlog

from pbx_bridge.adapters.ami.session import Session
from pbx_bridge.config.values import is_loopback
from pbx_bridge.errors import (
    AmiAuthRejected,
    AmiError,
    AmiRejected,
    AmiUnavailable,
    ConfigError,
)
from pbx_bridge.wire.ami import Fields, Reply, read_reply
from pbx_bridge.wire.ami_action import Action

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class AmiConfig:
    """Where Asterisk is and how patient we are with it."""

    user: str
    secret: str = field(repr=False)
    host: str = "127.0.0.1"
    port: int = 5038
    connect_deadline: timedelta = timedelta(seconds=5)
    """For the connection, and for the answer to the login."""
    boot_deadline: timedelta = timedelta(seconds=60)
    """Asterisk takes logins while it still starts, and refuses or loses orders to ring then."""
    ping_interval: timedelta = timedelta(seconds=10)
    ping_deadline: timedelta = timedelta(seconds=5)
    """A stopped Asterisk, or a link that is open on our side only, shows in no other way."""
    first_pause: timedelta = timedelta(seconds=1)
    longest_pause: timedelta = timedelta(seconds=5)
    """Between two attempts to connect; doubled from the first one up to this."""


class LinkListener(Protocol):
    """Who is told what the link sees, on the event loop."""

    def heard(self, fields: Fields) -> None:
        """Take one event."""
        ...

    def restored(self) -> None:
        """Take note of a new login; what happened before it was not heard."""
        ...

    def lost(self) -> None:
        """Take note that the login is gone."""
        ...


class AmiLink:
    """
    One login that survives Asterisk's restarts.

    Sends while logged in, otherwise refuses: an order to ring that is late is worse than one
    that failed. Nothing it does raises into the event loop.
    """

    def __init__(self, settings: AmiConfig) -> None:
        """Raise `ConfigError` when Asterisk is not on this machine: AMI has no encryption."""
        if not is_loopback(settings.host):
            raise ConfigError([f"asterisk.ami_host: {settings.host} is not this machine"])
        self._settings = settings
        self._listener: LinkListener | None = None
        self._session: Session | None = None
        self._task: asyncio.Task[None] | None = None
        self._reported = ""
        self.logins = 0
        """How many logins there were; tells events before a loss from those after."""

    @property
    def is_up(self) -> bool:
        """Whether actions are sent now."""
        return self._session is not None and not self._session.lost.is_set()

    def listen(self, listener: LinkListener) -> None:
        """Set the one who is told; call it before `start`."""
        self._listener = listener

    async def start(self) -> None:
        """Connect, and again after every loss, until `stop`."""
        if self._task is None:
            self._task = asyncio.create_task(self._supervise(), name="ami-link")

    async def stop(self) -> None:
        """End the login and stay out; waits for nothing from Asterisk."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    async def send(self, action: Action, deadline: timedelta) -> Reply:
        """
        Send one action and return Asterisk's consent.

        Raises:
            AmiUnavailable: not logged in, then nothing was sent; or no answer in time.
            AmiRejected: Asterisk refused.
            UnsafeValue: nothing was sent.
        """
        return _consent(action, await self._up().ask(action, deadline))

    async def send_list(self, action: Action, deadline: timedelta) -> list[Fields]:
        """
        Send one action and return the events it lists, without the one that ends the list.

        Raises:
            AmiUnavailable, AmiRejected, UnsafeValue: as `send`.
        """
        answer, *items = await self._up().ask_list(action, deadline)
        _consent(action, answer)
        return items[:-1]

    def _up(self) -> Session:
        if self._session is None or self._session.lost.is_set():
            raise AmiUnavailable("not logged in to Asterisk; nothing was sent")
        return self._session

    # ---------------------------------------------------------------- supervision

    async def _supervise(self) -> None:
        pause = self._settings.first_pause
        while True:
            logins = self.logins
            try:
                await self._one_session()
            except AmiError as exc:
                self._report(exc)
            except Exception:  # a bug; the line must come back all the same
                log.exception("ami.supervisor_crashed")
            if self.logins > logins:
                pause = self._settings.first_pause
            await asyncio.sleep(pause.total_seconds())
            pause = min(2 * pause, self._settings.longest_pause)

    async def _one_session(self) -> None:
        """Connect, log in, watch; raise `AmiError` with the reason why it is over."""
        session = Session(self._heard)
        try:
            await self._connect(session)
            await self._log_in(session)
            await self._wait_for_boot(session)
            self._session, self._reported = session, ""
            self.logins += 1
            log.info("ami.connected", host=self._settings.host, port=self._settings.port)
            self._tell(self._listener.restored if self._listener else None)
            await self._watch(session)
        finally:
            was_up, self._session = self._session is not None, None
            session.abort()
            if was_up:
                self._tell(self._listener.lost if self._listener else None)

    async def _connect(self, session: Session) -> None:
        host, port = self._settings.host, self._settings.port
        try:
            async with asyncio.timeout(self._settings.connect_deadline.total_seconds()):
                await session.open(host, port)
        except OSError as exc:  # TimeoutError is one
            raise AmiUnavailable(
                f"Asterisk cannot be reached at {host}:{port}: is it running, and does"
                " manager.conf say enabled = yes?"
            ) from exc

    async def _log_in(self, session: Session) -> None:
        settings = self._settings
        login = {
            "Action": "Login",
            "Username": settings.user,
            "Secret": settings.secret,
            "Events": "on",
        }
        try:
            reply = read_reply(await session.ask(login, settings.connect_deadline))
        except AmiUnavailable as exc:
            raise AmiUnavailable(
                f"{settings.host}:{settings.port} takes connections but answers no login:"
                " is it Asterisk's manager interface?"
            ) from exc
        if not reply.is_success:
            raise AmiAuthRejected(
                f"Asterisk refuses user {settings.user!r}: wrong user or secret, or manager.conf"
                " does not permit 127.0.0.1; compare it with asterisk.ami_secret_file, then"
                " `asterisk -rx 'manager reload'`"
            )

    async def _wait_for_boot(self, session: Session) -> None:
        """Return when Asterisk has loaded everything that an order to ring needs."""
        seconds = self._settings.boot_deadline.total_seconds()
        booted = asyncio.create_task(session.is_booted.wait())
        lost = asyncio.create_task(session.lost.wait())
        try:
            await asyncio.wait((booted, lost), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            booted.cancel()
            lost.cancel()
        if session.lost.is_set():
            raise AmiUnavailable("Asterisk closed the connection while it was starting")
        if not session.is_booted.is_set():
            raise AmiUnavailable(
                f"Asterisk has not said within {seconds:g} s that it is fully booted; if it is,"
                " manager.conf must give our user: read = system,call,user"
            )

    async def _watch(self, session: Session) -> None:
        """Ping until the connection is lost; raise `AmiUnavailable` then."""
        settings = self._settings
        while True:
            try:
                async with asyncio.timeout(settings.ping_interval.total_seconds()):
                    await session.lost.wait()
            except TimeoutError:
                await session.ask({"Action": "Ping"}, settings.ping_deadline)
            else:
                raise AmiUnavailable("Asterisk closed the connection; it may be restarting")

    # ---------------------------------------------------------------- telling

    def _heard(self, fields: Fields) -> None:
        if self._listener is not None:
            self._tell(partial(self._listener.heard, fields))

    def _tell(self, call: Callable[[], None] | None) -> None:
        """Call a listener; its mistakes must not cost us the line, nor be lost."""
        if call is None:
            return
        try:
            call()
        except Exception:
            log.exception("ami.event_crashed")

    def _report(self, cause: AmiError) -> None:
        """Log why there is no line: each cause once, not once a second."""
        text = str(cause)
        if text == self._reported:
            return
        self._reported = text
        if isinstance(cause, AmiAuthRejected):
            log.error("ami.rejected", code=cause.code, reason=text)
        else:
            log.error("ami.lost", code=cause.code, reason=text)


def _consent(action: Action, answer: Fields) -> Reply:
    reply = read_reply(answer)
    if not reply.is_success:
        raise AmiRejected(f"Asterisk refused {action['Action']}: {reply.message}")
    return reply
