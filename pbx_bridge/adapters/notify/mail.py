"""Sends notices by mail through the firm's own mail server."""

import asyncio
import hashlib
import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

from pydantic import TypeAdapter, ValidationError

from pbx_bridge.adapters.notify.lone_thread import in_lone_thread
from pbx_bridge.config import MailConfig, MailSecurity, read_secret
from pbx_bridge.errors import ConfigError, NotifyFailed
from pbx_bridge.ports import Notice, Notifier

TIMEOUT_S = 15.0
"""For the connection and for each answer; a mail server that needs longer is tried again."""

LIMIT_S = 90.0
"""For the whole mail; a server that answers each line at the last moment ends here."""

_PERMANENT = range(500, 600)


def make(options: Mapping[str, object]) -> Notifier:
    """
    Build the notifier from the keys and values of the section ``[mail]``.

    Raises:
        ConfigError: an option is missing or wrong.
    """
    try:
        return MailNotifier(TypeAdapter(MailConfig).validate_python(dict(options)))
    except ValidationError as exc:
        mistakes = [f"mail.{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in exc.errors()]
        raise ConfigError(mistakes) from exc


class MailNotifier:
    """One connection per mail; mails are rare and a kept connection dies unseen."""

    def __init__(
        self, mail: MailConfig, *, tls: ssl.SSLContext | None = None, timeout_s: float = TIMEOUT_S
    ) -> None:
        self._mail, self._timeout_s = mail, timeout_s
        self._tls = tls or ssl.create_default_context()
        self._left: dict[str, list[str]] = {}
        """Recipients still to be told, of notices that only some could be told."""

    async def send(self, notice: Notice) -> None:
        """
        Send it; returns when the server has taken it for every recipient.

        Raises:
            NotifyFailed: it may work later; ``permanent`` in the text means that the server
                will say the same again until somebody changes something.
        """
        message = compose(notice, self._mail)
        to = self._left.get(notice.key, list(self._mail.to))
        where = f"mail through {self._mail.host}:{self._mail.port}"
        try:
            async with asyncio.timeout(LIMIT_S):
                refused = await in_lone_thread("mail", lambda: self._deliver(message, to))
        except smtplib.SMTPRecipientsRefused as exc:
            raise NotifyFailed(f"{where}: {_refusals(exc.recipients)}; check mail.to") from exc
        except smtplib.SMTPResponseException as exc:
            text = _reason(exc.smtp_code, exc.smtp_error)
            raise NotifyFailed(f"{where}: {text}; check [mail]") from exc
        except smtplib.SMTPNotSupportedError as exc:
            text = f"permanent: {exc}; check mail.security and mail.user"
            raise NotifyFailed(f"{where}: {text}") from exc
        except ConfigError as exc:
            raise NotifyFailed(f"{where}: {exc}") from exc
        except TimeoutError as exc:
            raise NotifyFailed(f"{where}: no answer in time; check host and port") from exc
        except (smtplib.SMTPException, OSError) as exc:
            raise NotifyFailed(f"{where}: {exc}; check host, port and security") from exc
        if refused:
            self._left[notice.key] = list(refused)
            raise NotifyFailed(f"{where}: {_refusals(refused)}; check mail.to")
        self._left.pop(notice.key, None)

    def _deliver(self, message: EmailMessage, to: list[str]) -> dict[str, tuple[int, bytes]]:
        """Hand the mail over; return the recipients that were refused while others were not."""
        mail = self._mail
        server = self._connect()
        try:
            if mail.security is MailSecurity.STARTTLS:
                server.starttls(context=self._tls)
            if mail.user and mail.secret_file:
                server.login(mail.user, read_secret(mail.secret_file))
            refused: dict[str, tuple[int, bytes]] = server.send_message(message, mail.sender, to)
            with suppress(smtplib.SMTPException, OSError):
                server.quit()  # the mail is out: a bad goodbye must not send it again
        finally:
            server.close()
        return refused

    def _connect(self) -> smtplib.SMTP:
        mail = self._mail
        if mail.security is MailSecurity.TLS:
            return smtplib.SMTP_SSL(
                mail.host, mail.port, timeout=self._timeout_s, context=self._tls
            )
        return smtplib.SMTP(mail.host, mail.port, timeout=self._timeout_s)


def compose(notice: Notice, mail: MailConfig) -> EmailMessage:
    """
    Return the mail; the same notice gives the same Message-ID, so that readers fold repeats.

    Raises:
        NotifyFailed: a header would hold a line break: caller data is hostile.
    """
    if not notice.subject.isprintable():
        text = f"subject of case {notice.case_id} holds a line break or control character"
        raise NotifyFailed(f"permanent: {text}; not sent")
    message = EmailMessage()
    message["From"] = mail.sender
    message["To"] = ", ".join(mail.to)
    message["Subject"] = notice.subject
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = message_id(notice.key, mail.sender)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(notice.body, charset="utf-8", cte="quoted-printable")
    return message


def message_id(key: str, sender: str) -> str:
    """Return the Message-ID of an idempotency key; hashed, as a key may hold anything."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    return f"<{digest}@{sender.rpartition('@')[2]}>"


def _reason(code: int, answer: bytes | str) -> str:
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    kind = "permanent: " if code in _PERMANENT else ""
    return f"{kind}{code} {' '.join(text.split())}"


def _refusals(recipients: dict[str, tuple[int, bytes]]) -> str:
    return ", ".join(f"{to} {_reason(*answer)}" for to, answer in recipients.items())
