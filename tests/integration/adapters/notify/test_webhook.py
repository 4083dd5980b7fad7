"""Webhooks to a real HTTP server on loopback."""

import asyncio
import json
import re
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from receiver import Receiver, receiving

from pbx_bridge.adapters.notify.webhook import WebhookNotifier
from pbx_bridge.config import WebhookConfig
from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.core.news import CaseFacts, News
from pbx_bridge.errors import NotifyFailed, NotifyRefused
from pbx_bridge.ports import Notice

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[4]
AT = datetime(2026, 1, 9, 22, tzinfo=UTC)
CASE = CaseFacts(
    case_id="1001",
    arrived_at=AT,
    urgency="emergency",
    category="water",
    message_s=4.2,
    recording="/spool/1",
    technician="anna",
    caller_number="+4930123456",
)
NOTICE = Notice(
    key="1001-7",
    case_id="1001",
    subject="Fall 1001: angenommen von anna, żółw",
    body="",
    news=News(key="1001-7", topic=Topic.ACCEPTED, at=AT, case=CASE),
)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Yield a server that takes everything."""
    with receiving() as running:
        yield running


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """Return a file with the secret."""
    path = tmp_path / "hook.secret"
    path.write_text("s3cret\n")
    return path


def notifier(url: str, secret: Path, **options: object) -> WebhookNotifier:
    """Return a notifier for *url*."""
    return WebhookNotifier(WebhookConfig(url=url, secret_file=secret, name="crm"), **options)


async def test_request_says_what_the_page_says(receiver: Receiver, secret: Path) -> None:
    """Path and query as configured, the key of the notice, JSON in UTF-8."""
    await notifier(receiver.url(path="/hook?tenant=1"), secret).send(NOTICE)

    (posted,) = receiver.posted
    assert posted.path == "/hook?tenant=1"
    assert posted.headers["idempotency-key"] == "1001-7"
    assert posted.headers["content-type"] == "application/json"
    assert json.loads(posted.body)["case"]["technician"] == "anna"
    assert "żółw".encode() in posted.body


async def test_example_of_the_page_verifies_it(receiver: Receiver, secret: Path) -> None:
    """Whoever copies the ten lines of docs/notifications.md can trust them."""
    await notifier(receiver.url(), secret, now=lambda: 1768000000.9).send(NOTICE)
    page = (ROOT / "docs" / "notifications.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    place: dict = {}
    exec(example, place)
    (posted,) = receiver.posted
    header, verify = posted.headers["pbxb-signature"], place["verify"]

    assert verify("s3cret", header, posted.body, now=1768000100)
    assert not verify("s3cret", "t=1768000000,v1=é", posted.body, now=1768000100)
    assert not verify("another", header, posted.body, now=1768000100)
    assert not verify("s3cret", header, posted.body + b" ", now=1768000100)
    assert not verify("s3cret", header, posted.body, now=1768000000 + 301)
    late = header.replace("1768000000", "1768000200")
    assert not verify("s3cret", late, posted.body, now=1768000200)


@pytest.mark.parametrize("status", [200, 201, 204])
async def test_2xx_is_done(receiver: Receiver, secret: Path, status: int) -> None:
    """The receiver has it."""
    receiver.answers = [status]

    await notifier(receiver.url(), secret).send(NOTICE)

    assert len(receiver.posted) == 1


@pytest.mark.parametrize("status", [400, 410, 413, 422])
async def test_no_to_this_text_is_permanent(receiver: Receiver, secret: Path, status: int) -> None:
    """The receiver will say no again."""
    receiver.answers = [status]

    with pytest.raises(NotifyRefused, match=f"permanent: .*crm.*{status}"):
        await notifier(receiver.url(), secret).send(NOTICE)


@pytest.mark.parametrize("status", [401, 403, 404, 408, 425, 429, 500, 502, 503, 302])
async def test_others_are_tried_again(receiver: Receiver, secret: Path, status: int) -> None:
    """It may work later: also 404 and 401, when the receiver is deployed or its key changed."""
    receiver.answers = [status]

    with pytest.raises(NotifyFailed, match=str(status)) as caught:
        await notifier(receiver.url(), secret).send(NOTICE)

    assert not isinstance(caught.value, NotifyRefused)


async def test_redirect_is_not_followed(receiver: Receiver, secret: Path) -> None:
    """What is signed for one address goes to no other."""
    receiver.answers, receiver.location = [307], receiver.url(path="/elsewhere")

    with pytest.raises(NotifyFailed, match="redirects are not followed"):
        await notifier(receiver.url(), secret).send(NOTICE)

    assert [posted.path for posted in receiver.posted] == ["/hook"]


@pytest.mark.parametrize("behaviour", ["hangs", "drips"])
async def test_receiver_without_end_is_cut_and_the_next_notice_goes_out(
    receiver: Receiver, secret: Path, behaviour: str
) -> None:
    """Neither silence nor a byte now and then holds the thread."""
    setattr(receiver, behaviour, True)
    hook = notifier(receiver.url(), secret, limit_s=0.2)
    with pytest.raises(NotifyFailed, match="no answer in time"):
        await hook.send(NOTICE)
    receiver.hangs = receiver.drips = False

    async with asyncio.timeout(5):
        await hook.send(NOTICE)

    assert len(receiver.posted) == 2


async def test_nobody_there_is_tried_again(secret: Path) -> None:
    """The receiver is being restarted."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/token-in-path"
        with pytest.raises(NotifyFailed, match="crm") as caught:
            await notifier(url, secret).send(NOTICE)

    assert "token-in-path" not in str(caught.value)


async def test_plain_text_where_tls_is_expected_fails(receiver: Receiver, secret: Path) -> None:
    """An https address is never served in the clear, nor by a wrong certificate."""
    with pytest.raises(NotifyFailed, match="check url"):
        await notifier(receiver.url("https"), secret).send(NOTICE)

    assert receiver.posted == []


async def test_trusted_certificate_is_enough(secret: Path, certificate: Path) -> None:
    """The receiver is whom the address names, and only then is it told."""
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=str(certificate) + ".crt")
    with receiving(server_side) as receiver:
        await notifier(receiver.url("https"), secret, tls=trusting).send(NOTICE)
        with pytest.raises(NotifyFailed, match="certificate verify failed"):
            await notifier(receiver.url("https"), secret).send(NOTICE)

    assert len(receiver.posted) == 1


async def test_secret_that_went_away_is_named(receiver: Receiver, tmp_path: Path) -> None:
    """The file is read for each notice, so that it can be changed; without it nothing is sent."""
    with pytest.raises(NotifyFailed, match="gone cannot be read"):
        await notifier(receiver.url(), tmp_path / "gone").send(NOTICE)

    assert receiver.posted == []
