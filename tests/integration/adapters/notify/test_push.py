"""Apprise itself, in its own process, to a real HTTP server on loopback."""

import asyncio
import json
from collections.abc import Iterator

import pytest
from receiver import Receiver, receiving

from pbx_bridge.adapters.notify.push import PushNotifier, make, url_name
from pbx_bridge.errors import NotifyFailed
from pbx_bridge.ports import Notice

pytestmark = pytest.mark.integration

NOTICE = Notice(key="1001-7", case_id="1001", subject="Sprawa 1001: żółw", body="")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Yield a server that takes everything."""
    with receiving() as running:
        yield running


async def test_apprise_delivers_the_words(receiver: Receiver) -> None:
    """Through Apprise's own json:// scheme."""
    await make({"url": receiver.url("json", "/topic")}).send(NOTICE)

    (posted,) = receiver.posted
    assert posted.path == "/topic"
    assert json.loads(posted.body)["message"] == "Sprawa 1001: żółw"


async def test_failure_gives_nothing_of_the_url_away(receiver: Receiver) -> None:
    """Each part of it may be a secret; the log gets the reason all the same."""
    receiver.answers = [500] * 5

    with pytest.raises(NotifyFailed) as caught:
        await PushNotifier(receiver.url("json", "/very-secret-topic")).send(NOTICE)

    assert "500" in str(caught.value)
    assert "very-secret-topic" not in str(caught.value)


async def test_receiver_that_hangs_is_stopped_and_the_process_killed(receiver: Receiver) -> None:
    """Apprise would wait for a minute; our patience is the one that counts."""
    receiver.hangs = True
    patient = PushNotifier(receiver.url("json", "/?rto=60&cto=60"), limit_s=1.0)

    with pytest.raises(NotifyFailed, match="not done in time"):
        async with asyncio.timeout(20):
            await patient.send(NOTICE)


async def test_check_sends_nothing(receiver: Receiver) -> None:
    """`doctor` may look as often as it likes."""
    await PushNotifier(receiver.url("json")).check()

    assert receiver.posted == []


async def test_url_that_apprise_does_not_know_is_said() -> None:
    """Without the URL."""
    with pytest.raises(NotifyFailed, match="does not understand") as caught:
        await PushNotifier("pigeon://secret-loft").check()

    assert "secret-loft" not in str(caught.value)
    assert url_name("pigeon://secret-loft").startswith("pigeon-")
