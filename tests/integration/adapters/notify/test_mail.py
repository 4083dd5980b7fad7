"""Mail through a real SMTP server on loopback."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from pbx_bridge.adapters.notify.mail import MailNotifier, make
from pbx_bridge.config import MailConfig, MailSecurity
from pbx_bridge.errors import NotifyFailed
from pbx_bridge.ports import Notice

pytestmark = pytest.mark.integration

NOTICE = Notice(key="17-3", case_id="17", subject="Fall 17: Müller", body="Rohrbruch, żółw\n")


class Sink:
    """Keeps what it is given; refuses the recipients it is told to refuse."""

    def __init__(self) -> None:
        self.mails: list[Envelope] = []
        self.refused: dict[str, str] = {}
        self.answer = "250 OK"
        self.vanishes = False

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name and arguments
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Take or refuse one recipient."""
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep the mail."""
        if self.answer.startswith("2"):
            self.mails.append(envelope)
        return self.answer

    async def handle_QUIT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: Session, _envelope: Envelope
    ) -> str:
        """Say goodbye, or vanish instead."""
        if self.vanishes and server.transport is not None:
            server.transport.abort()
        return "221 Bye"

    @property
    def recipients(self) -> list[list[str]]:
        """Return who got each mail."""
        return [mail.rcpt_tos for mail in self.mails]


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def sink() -> Sink:
    """Return the mailbox of the server."""
    return Sink()


@pytest.fixture
def port(sink: Sink) -> Iterator[int]:
    """Run a server without encryption; return its port."""
    controller = Controller(sink, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller.port
    controller.stop()


def plain(port: int, *to: str) -> MailConfig:
    """Return a configuration without encryption and login."""
    recipients = to or ("boss@example.com",)
    return MailConfig(
        host="127.0.0.1",
        port=port,
        security=MailSecurity.NONE,
        sender="line@example.com",
        to=recipients,
    )


async def test_send_delivers_to_every_recipient(sink: Sink, port: int) -> None:
    """One mail, built from the options of the file, umlauts and all."""
    options = plain(port, "boss@example.com", "office@example.com").options()

    await make(options).send(NOTICE)

    assert sink.recipients == [["boss@example.com", "office@example.com"]]
    assert sink.mails[0].mail_from == "line@example.com"
    content = bytes(sink.mails[0].content or b"")
    assert b"Rohrbruch, =C5=BC=C3=B3=C5=82w" in content
    assert b"Message-ID: <" in content


async def test_bad_goodbye_is_no_failure(sink: Sink, port: int) -> None:
    """The mail is out; taking this for a failure would send it again."""
    sink.vanishes = True

    await make(plain(port).options()).send(NOTICE)

    assert len(sink.mails) == 1


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("451 come back later", ": 451 come back later"),
        ("554 looks like spam", ": permanent: 554 looks like spam"),
    ],
)
async def test_send_reports_what_the_server_said(
    sink: Sink, port: int, answer: str, expected: str
) -> None:
    """A refusal that will not change is marked: somebody must change something."""
    sink.answer = answer

    with pytest.raises(NotifyFailed, match=expected):
        await make(plain(port).options()).send(NOTICE)

    assert sink.mails == []


async def test_refused_recipient_alone_is_tried_again(sink: Sink, port: int) -> None:
    """Who has read it once is not told again because a colleague's mailbox is full."""
    sink.refused = {"full@example.com": "452 mailbox full"}
    notifier = MailNotifier(plain(port, "boss@example.com", "full@example.com"))

    with pytest.raises(NotifyFailed, match=r"full@example.com 452 mailbox full"):
        await notifier.send(NOTICE)
    sink.refused = {}
    await notifier.send(NOTICE)

    assert sink.recipients == [["boss@example.com"], ["full@example.com"]]
    assert notifier._left == {}


async def test_all_recipients_refused_is_a_failure(sink: Sink, port: int) -> None:
    """An address with a typo is found out by the first mail."""
    sink.refused = {"boss@example.com": "550 no such mailbox"}

    with pytest.raises(NotifyFailed, match="permanent: 550 no such mailbox"):
        await make(plain(port).options()).send(NOTICE)


async def test_no_server_is_a_failure_that_may_pass() -> None:
    """The mail server is down more often than the telephone."""
    with pytest.raises(NotifyFailed, match="check host, port and security"):
        await make(plain(free_port()).options()).send(NOTICE)


@asynccontextmanager
async def answering(first: bytes | None) -> AsyncIterator[int]:
    """Run a server that says *first*, or nothing, and then hangs; yield its port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if first is not None:
            writer.write(first)
        ended = asyncio.create_task(reader.read())
        await asyncio.wait([ended, closing], return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        writer.close()
        served.release()

    closing = asyncio.get_running_loop().create_future()
    served = asyncio.Semaphore(0)
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        closing.set_result(None)
        await served.acquire()


async def test_server_that_hangs_is_given_up() -> None:
    """Nothing waits for ever."""
    async with answering(None) as hanging:
        with pytest.raises(NotifyFailed, match="timed out"):
            await MailNotifier(plain(hanging), timeout_s=0.1).send(NOTICE)


async def test_server_that_is_slow_in_each_answer_is_given_up_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The limit for the whole mail holds, however often the limit for an answer begins anew."""
    monkeypatch.setattr("pbx_bridge.adapters.notify.mail.LIMIT_S", 0.05)

    async with answering(None) as hanging:
        with pytest.raises(NotifyFailed, match="no answer in time"):
            await MailNotifier(plain(hanging), timeout_s=0.5).send(NOTICE)


@pytest.mark.parametrize("first", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\xff\xfe\r\n"])
async def test_server_that_is_none_is_a_failure(first: bytes) -> None:
    """A wrong port may belong to anything."""
    async with answering(first) as wrong:
        with pytest.raises(NotifyFailed):
            await MailNotifier(plain(wrong), timeout_s=0.2).send(NOTICE)


# ---------------------------------------------------------------- encryption and login


@pytest.fixture
def secure(sink: Sink, certificate: Path) -> Iterator[int]:
    """Run a server that takes mail only after STARTTLS and login; return its port."""
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(certificate)
    controller = Controller(
        sink,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=server_side,
        require_starttls=True,
        auth_required=True,
        authenticator=lambda _server, _session, _envelope, _mechanism, data: AuthResult(
            success=(data.login, data.password) == (b"line", b"s3cret"), handled=False
        ),
    )
    controller.start()
    yield controller.port
    controller.stop()


@pytest.fixture
def login(secure: int, tmp_path: Path, certificate: Path) -> Callable[[str], MailNotifier]:
    """Return a function that builds a notifier with a password and trust in the certificate."""

    def build(password: str) -> MailNotifier:
        (tmp_path / "secret").write_text(password + "\n", encoding="utf-8")
        mail = MailConfig(
            host="127.0.0.1",
            port=secure,
            sender="line@example.com",
            to=("boss@example.com",),
            user="line",
            secret_file=tmp_path / "secret",
        )
        trusting = ssl.create_default_context(cafile=str(certificate) + ".crt")
        return MailNotifier(mail, tls=trusting)

    return build


async def test_send_logs_in_after_starttls(
    sink: Sink, login: Callable[[str], MailNotifier]
) -> None:
    """The usual way through a provider's server."""
    await login("s3cret").send(NOTICE)

    assert sink.recipients == [["boss@example.com"]]


async def test_wrong_password_is_permanent_and_not_repeated_in_the_text(
    sink: Sink, login: Callable[[str], MailNotifier]
) -> None:
    """The error says what is wrong without giving the secret away."""
    with pytest.raises(NotifyFailed, match="permanent: 535") as caught:
        await login("wr0ng").send(NOTICE)

    assert "wr0ng" not in str(caught.value)
    assert sink.mails == []


async def test_certificate_that_nobody_vouches_for_gets_no_mail(sink: Sink, secure: int) -> None:
    """Whoever stands between us and the server does not read the mail."""
    mail = MailConfig(host="127.0.0.1", port=secure, sender="a@b.example", to=("c@d.example",))

    with pytest.raises(NotifyFailed, match="certificate verify failed"):
        await MailNotifier(mail).send(NOTICE)

    assert sink.mails == []


async def test_starttls_is_not_given_up_silently(sink: Sink, port: int) -> None:
    """A server without it gets no mail in the clear."""
    mail = MailConfig(host="127.0.0.1", port=port, sender="a@b.example", to=("c@d.example",))

    with pytest.raises(NotifyFailed, match="permanent: STARTTLS"):
        await MailNotifier(mail).send(NOTICE)

    assert sink.mails == []


async def test_missing_secret_file_is_a_failure_with_its_remedy(
    secure: int, tmp_path: Path, certificate: Path
) -> None:
    """A secret that disappears at run time does not crash the outbox."""
    mail = MailConfig(
        host="127.0.0.1",
        port=secure,
        sender="a@b.example",
        to=("c@d.example",),
        user="line",
        secret_file=tmp_path / "gone",
    )
    trusting = ssl.create_default_context(cafile=str(certificate) + ".crt")

    with pytest.raises(NotifyFailed, match="gone cannot be read"):
        await MailNotifier(mail, tls=trusting).send(NOTICE)
