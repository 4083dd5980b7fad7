"""Asks Asterisk, over a login of its own, what `pbx-bridge doctor` wants to know."""

import asyncio
from datetime import timedelta

from pbx_bridge.adapters.ami.link import AmiConfig
from pbx_bridge.adapters.ami.orders import errand
from pbx_bridge.adapters.ami.session import Session
from pbx_bridge.core.dialplan_needs import APPLICATIONS, FUNCTIONS
from pbx_bridge.core.self_call import Enquiry, Login, Report, SelfCall
from pbx_bridge.errors import AmiUnavailable
from pbx_bridge.wire.ami import (
    Fields,
    HungUp,
    OriginateResult,
    UserSignal,
    read_event,
    read_reply,
)

CONTEXT = "pbxb-doctor"
"""Our test context; it sends ``PBXBDoctor`` at its begin, and twice more when it goes well."""

BOOT_LIMIT = timedelta(seconds=3)
"""Asterisk says that it is ready together with its consent, unless it still starts."""

CALL_LIMIT = timedelta(seconds=5)
"""The test context gives the service 3 s."""


async def enquire(config: AmiConfig, check: str, *, with_call: bool) -> Enquiry:
    """
    Log in, look what we may do, and let Asterisk ring its own test context.

    Args:
        config: where and as whom.
        check: hexadecimal digits that nobody can guess; they mark this call's events.
        with_call: whether to ring.

    Returns:
        Whatever was learnt; nothing that Asterisk does or leaves undone is an error here.
    """
    where = f"{config.host}:{config.port}"
    ear = _Ear(check)
    session = Session(ear.hear)
    try:
        login = await _log_in(session, config)
        if login is not Login.ACCEPTED:
            return Enquiry(where=where, user=config.user, login=login)
        actions = await session.ask({"Action": "ListCommands"}, config.connect_deadline)
        return Enquiry(
            where=where,
            user=config.user,
            login=login,
            actions=frozenset(actions),
            call=await _ring(session, ear, check) if with_call else None,
        )
    except AmiUnavailable:  # the connection went in the middle of it
        return Enquiry(where=where, user=config.user, login=Login.SILENT)
    finally:
        session.abort()


async def _log_in(session: Session, config: AmiConfig) -> Login:
    deadline = config.connect_deadline
    try:
        async with asyncio.timeout(deadline.total_seconds()):
            await session.open(config.host, config.port)
    except OSError:  # TimeoutError is one
        return Login.UNREACHABLE
    login = {"Action": "Login", "Username": config.user, "Secret": config.secret, "Events": "on"}
    reply = read_reply(await session.ask(login, deadline))
    if not reply.is_success:
        return Login.REFUSED
    try:
        async with asyncio.timeout(BOOT_LIMIT.total_seconds()):
            await session.is_booted.wait()
    except TimeoutError:
        return Login.NOT_BOOTED
    return Login.ACCEPTED


async def _ring(session: Session, ear: "_Ear", check: str) -> SelfCall:
    order = errand(CONTEXT, "s", CALL_LIMIT, {"PBXB_CHECK": check})
    ear.action_id = str(order["ActionID"])
    reply = read_reply(await session.ask(order, CALL_LIMIT))
    if not reply.is_success:
        return SelfCall(refusal=reply.message)
    try:
        async with asyncio.timeout(CALL_LIMIT.total_seconds()):
            await ear.over.wait()
    except TimeoutError:
        pass  # what came until now says enough
    return ear.heard()


class _Ear:
    """Follows one call of the test context."""

    def __init__(self, check: str) -> None:
        self._check = check
        self._begun: UserSignal | None = None
        self._done: UserSignal | None = None
        self._modules: UserSignal | None = None
        self._is_answered = False
        self.action_id = ""
        self.over = asyncio.Event()
        """Set when nothing more can come."""

    def hear(self, fields: Fields) -> None:
        """Take one event."""
        match read_event(fields):
            case OriginateResult(action_id=self.action_id, is_answered=is_answered):
                self._is_answered = is_answered
                if not is_answered:
                    self.over.set()
            case UserSignal(name="PBXBDoctor") as signal if signal.text("check") == self._check:
                self._take(signal)
            case HungUp(channel_id=channel_id) if self._is_ours(channel_id):
                self.over.set()
            case _:
                pass

    def _take(self, signal: UserSignal) -> None:
        match signal.text("stage"):
            case "begun":
                self._begun = signal
            case "done":
                self._done = signal
            case _:
                self._modules = signal
                self.over.set()

    def heard(self) -> SelfCall:
        """Return what was heard so far."""
        return SelfCall(
            is_answered=self._is_answered or self._begun is not None,
            version=self._begun.text("version") if self._begun else None,
            report=_report(self._done, self._check) if self._done else None,
            lacking=_lacking(self._modules) if self._modules else None,
        )

    def _is_ours(self, channel_id: str) -> bool:
        return self._begun is not None and self._begun.channel_id == channel_id


def _lacking(signal: UserSignal) -> tuple[str, ...]:
    said = signal.text("applications").split("&")
    applications = (name for name in APPLICATIONS if f"{name}-NOAPP" in said)
    return (*applications, *(name for name in FUNCTIONS if not signal.text(name)))


def _report(signal: UserSignal, check: str) -> Report:
    return Report(
        agi=signal.text("agi"),
        is_answered=signal.text("pong") == "1",
        has_lock=signal.text("lock") == "1",
        writes_recordings=signal.text("written") == check,
        reads_prompts=signal.text("prompt") == "RIFF",
    )
