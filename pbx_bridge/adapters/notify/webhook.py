"""Posts notices, signed, to a program of the firm."""

import asyncio
import http.client
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from pbx_bridge import __version__
from pbx_bridge.adapters.notify.lone_thread import in_lone_thread
from pbx_bridge.adapters.notify.payload import SIGNATURE, payload, signature
from pbx_bridge.config import WebhookConfig, read_secret
from pbx_bridge.errors import ConfigError, NotifyFailed, NotifyRefused
from pbx_bridge.ports import Notice, Notifier

NEVER = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.GONE,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)
"""
Answers about this text, or for good. Every other may pass: a receiver that is being deployed
says 404, one whose key is being changed 401 or 403, and what it was to be told is an emergency.
"""


def make(options: Mapping[str, object]) -> Notifier:
    """
    Build the notifier from the keys and values of one ``[[webhook]]``.

    Raises:
        ConfigError: an option is missing or wrong.
    """
    try:
        return WebhookNotifier(TypeAdapter(WebhookConfig).validate_python(dict(options)))
    except ValidationError as exc:
        mistakes = [f"webhook.{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in exc.errors()]
        raise ConfigError(mistakes) from exc


class WebhookNotifier:
    """
    One connection for each notice, from a thread of its own.

    The standard library's client follows no redirects and asks no proxy, which is what we
    want: a signed text goes to whom it is meant for, or nowhere.
    """

    def __init__(
        self,
        webhook: WebhookConfig,
        *,
        tls: ssl.SSLContext | None = None,
        now: Callable[[], float] = time.time,
        limit_s: float | None = None,
    ) -> None:
        self._webhook, self._tls, self._now = webhook, tls, now
        self._limit_s = limit_s or 3.0 * webhook.timeout_s
        """For all of it; a receiver that answers byte by byte ends here."""
        self._open: http.client.HTTPConnection | None = None
        self._url = urlsplit(webhook.url)
        self._where = f"webhook {webhook.name} ({self._url.hostname})"
        """The path is left out: many receivers have their key in it."""

    async def send(self, notice: Notice) -> None:
        """
        Post it; returns when the receiver has answered 2xx.

        Raises:
            NotifyRefused: the receiver will say the same again; see `NEVER`.
            NotifyFailed: it may work later.
        """
        body = payload(notice)
        try:
            secret = read_secret(self._webhook.secret_file)
            async with asyncio.timeout(self._limit_s):
                status = await in_lone_thread(
                    "webhook", lambda: self._post(notice.key, body, secret)
                )
        except ConfigError as exc:
            raise NotifyFailed(f"{self._where}: {exc}") from exc
        except TimeoutError as exc:
            raise NotifyFailed(f"{self._where}: no answer in time; is it running?") from exc
        except (http.client.HTTPException, OSError, ValueError) as exc:
            raise NotifyFailed(f"{self._where}: {exc or type(exc).__name__}; check url") from exc
        finally:
            self._cut()  # also when cancelled: the thread must not go on with it
        self._judge(status)

    def _judge(self, status: int) -> None:
        if 200 <= status < 300:
            return
        text = f"{self._where}: answered {status} {http.client.responses.get(status, '')}".rstrip()
        if status in NEVER:
            raise NotifyRefused(f"permanent: {text}; check url and secret_file")
        remedy = {3: "; redirects are not followed, check url", 4: "; check url and secret_file"}
        raise NotifyFailed(f"{text}{remedy.get(status // 100, '')}")

    def _post(self, key: str, body: bytes, secret: str) -> int:
        """Send the request and return the status of the answer; the rest is not read."""
        connection = self._connection()
        self._open = connection
        try:
            headers = {
                "Content-Type": "application/json",
                "User-Agent": f"pbx-bridge/{__version__}",
                "Idempotency-Key": key,
                SIGNATURE: signature(secret, int(self._now()), body),
                "Connection": "close",
            }
            target = self._url.path or "/"
            if self._url.query:
                target = f"{target}?{self._url.query}"
            connection.request("POST", target, body, headers)
            return connection.getresponse().status
        finally:
            self._open = None
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        host, port = str(self._url.hostname), self._url.port
        timeout_s = self._webhook.timeout_s
        if self._url.scheme == "https":
            tls = self._tls or ssl.create_default_context()
            return http.client.HTTPSConnection(host, port, timeout=timeout_s, context=tls)
        return http.client.HTTPConnection(host, port, timeout=timeout_s)

    def _cut(self) -> None:
        """Wake the thread that waits for a receiver which never comes to an end."""
        connection = self._open
        sock = connection.sock if connection is not None else None
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
