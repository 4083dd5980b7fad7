"""Sends notices through Apprise, in a process of its own, started for each."""

import asyncio
import hashlib
import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec

from pbx_bridge.errors import ConfigError, NotifyFailed, PluginNotFound
from pbx_bridge.ports import Notice, Notifier

LIMIT_S = 45.0
"""For one notice to one URL, with the start of the process."""

REQUIREMENT = "apprise>=2.3,<3"
"""As in setup.cfg."""

PROGRAM = "pbx_bridge.adapters.notify.push_process"


def make(options: Mapping[str, object]) -> Notifier:
    """
    Build the notifier for the Apprise URL under ``url``.

    Raises:
        PluginNotFound: Apprise is not installed.
        ConfigError: there is no URL.
    """
    if not is_installed():
        # Our own pip and no name of ours: another pip would ask a package index for it.
        remedy = f"{sys.executable} -m pip install '{REQUIREMENT}'"
        raise PluginNotFound(f"Apprise is not installed: {remedy}")
    url = options.get("url")
    if not isinstance(url, str):
        raise ConfigError(["apprise: url is missing"])
    return PushNotifier(url)


def is_installed() -> bool:
    """Whether Apprise is there; it is not imported."""
    return find_spec("apprise") is not None


def url_name(url: str) -> str:
    """Return a name for a URL that stays the same and gives nothing of it away but its scheme."""
    digest = hashlib.sha256(url.encode()).hexdigest()[:6]
    return f"{url.partition('://')[0].lower()}-{digest}"


class PushNotifier:
    """
    One URL; several are several notifiers, so that one that fails does not repeat the others.

    In the service itself Apprise would take 22 MB for good and threads that nobody can stop;
    a process gives the memory back and can be killed.
    """

    def __init__(self, url: str, *, limit_s: float = LIMIT_S) -> None:
        self._url, self._limit_s = url, limit_s
        self._where = f"push {url_name(url)}"

    async def send(self, notice: Notice) -> None:
        """Send it; raise `NotifyFailed` when it may work later."""
        title, body = (notice.subject, notice.body) if notice.body else ("", notice.subject)
        await self._ask({"do": "send", "url": self._url, "title": title, "body": body})

    async def check(self) -> None:
        """See that Apprise understands the URL, without sending; raise `NotifyFailed`."""
        await self._ask({"do": "check", "url": self._url})

    async def _ask(self, order: Mapping[str, str]) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-m",
            PROGRAM,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # it may hold the URL
        )
        try:
            async with asyncio.timeout(self._limit_s):
                # Not as an argument: everybody may read those.
                answer, _ = await process.communicate(json.dumps(order).encode())
        except TimeoutError as exc:
            raise NotifyFailed(f"{self._where}: not done in time") from exc
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        self._judge(answer, process.returncode)

    def _judge(self, answer: bytes, status: int | None) -> None:
        try:
            reason = json.loads(answer)["reason"]
        except (ValueError, KeyError, TypeError) as exc:
            text = f"{self._where}: Apprise ended with status {status} and no answer"
            raise NotifyFailed(text) from exc
        if reason:
            raise NotifyFailed(f"{self._where}: {reason}")
