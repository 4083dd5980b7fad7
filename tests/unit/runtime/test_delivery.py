"""Each addressee by itself, with limits, over restarts."""

import asyncio
from datetime import timedelta

import pytest
from fakes import FakeClock
from listeners import FakeNotifier, addressee
from structlog.testing import capture_logs

from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.errors import NotifyFailed, NotifyRefused, StoreError
from pbx_bridge.ports import Notice, Queueing
from pbx_bridge.runtime.delivery import Delivery
from pbx_bridge.simulation.memory_notices import MemoryNotices


class Desk:
    """A queue, a clock and two people who are to be told."""

    def __init__(self, **options: object) -> None:
        self.clock, self.queue = FakeClock(), MemoryNotices()
        self.mail, self.web = FakeNotifier(), FakeNotifier()
        self.people = [
            addressee(name="mail", notifier=self.mail),
            addressee(name="web", notifier=self.web),
        ]
        self.options = options
        self.delivery = self.born()

    def born(self) -> Delivery:
        """Return the delivery of the next life."""
        return Delivery(self.clock, self.queue, self.people, **self.options)

    async def tell(self, *names: str, key: str = "1001-7", topic: Topic = Topic.ACCEPTED) -> None:
        """Queue a notice for *names*."""
        notice = Notice(key=key, case_id="1001", subject="s", body="b")
        wanted = [Queueing(addressee=name, topic=topic, notice=notice) for name in names]
        await self.queue.queue(self.clock.now(), wanted)

    async def try_until_it_ends(self) -> timedelta:
        """Let time pass from try to try; return how long that took."""
        start = self.clock.now()
        while self.queue.waits:
            await self.delivery.flush()
            retries = [row.retry_at for row in self.queue.rows if row.status == "open"]
            self.clock.at = min(retries, default=self.clock.at)
        return self.clock.now() - start

    @property
    def ends(self) -> list[str]:
        """How each notice stands."""
        return [row.status for row in self.queue.rows]


async def test_one_that_fails_does_not_make_the_others_send_twice() -> None:
    """The mail server is away for two tries: the program is told once."""
    desk = Desk()
    desk.mail.faults = [NotifyFailed("away"), NotifyFailed("away")]
    await desk.tell("mail", "web")

    await desk.try_until_it_ends()

    assert (len(desk.mail.sent), len(desk.web.sent)) == (1, 1)


async def test_one_that_hangs_holds_up_nobody_and_is_put_off() -> None:
    """The mail hangs: the program is told meanwhile, and the mail is stopped at its limit."""
    desk = Desk(send_limit_s=0.01)
    desk.mail.send = lambda _: asyncio.Event().wait()
    await desk.tell("mail", "web")

    await desk.delivery.flush()

    assert desk.ends == ["open", "sent"]
    assert "hangs" in desk.queue.rows[0].error


async def test_one_that_hangs_is_not_asked_again_meanwhile() -> None:
    """The loop comes by every few seconds; he has his notice already."""
    desk = Desk()
    asked: list[object] = []

    async def hang(notice: Notice) -> None:
        asked.append(notice)
        await asyncio.Event().wait()

    desk.mail.send = hang
    await desk.tell("mail")

    for _ in range(3):
        await desk.delivery.turn()
        await asyncio.sleep(0)
    await desk.delivery.stop()

    assert len(asked) == 1
    assert desk.ends == ["open"]


@pytest.mark.parametrize(
    ("topic", "kept"),
    [
        (Topic.ACCEPTED, timedelta(hours=1)),
        (Topic.SHIFT_BEGINS, timedelta(hours=12)),
        (Topic.SHIFT_WITHDRAWN, timedelta(hours=12)),
        (Topic.PHONE_CHECK, timedelta(hours=12)),
        (Topic.EXHAUSTED, timedelta(days=3)),
    ],
)
async def test_given_up_within_its_limit_with_one_line(topic: Topic, kept: timedelta) -> None:
    """A warning when it fails first, an error when nobody tries any more, nothing between."""
    desk = Desk()
    desk.mail.faults = [NotifyFailed("away")] * 1000
    await desk.tell("mail", topic=topic)

    with capture_logs() as lines:
        took = await desk.try_until_it_ends()

    assert desk.ends == ["given-up"]
    assert kept - timedelta(minutes=10) <= took <= kept
    assert [line["event"] for line in lines] == ["notify.failed", "notify.given_up"]


async def test_refused_is_given_up_at_once() -> None:
    """The receiver says that it will say no again."""
    desk = Desk()
    desk.web.faults = [NotifyRefused("404")]
    await desk.tell("web")

    await desk.delivery.flush()

    assert desk.ends == ["given-up"]


async def test_plug_in_that_raises_anything_is_tried_again() -> None:
    """A bug of a stranger is a failure like others."""
    desk = Desk()
    desk.web.faults = [ZeroDivisionError("a bug")]
    await desk.tell("web")

    await desk.try_until_it_ends()

    assert desk.ends == ["sent"]


async def test_killed_while_it_sends_is_sent_after_the_restart() -> None:
    """What was not sent is in the queue; what was sent stays sent."""
    desk = Desk()
    patient, desk.mail.send = desk.mail.send, lambda _: asyncio.Event().wait()
    await desk.tell("mail", "web")
    await desk.delivery.turn()
    await asyncio.sleep(0)
    await desk.delivery.stop()
    desk.mail.send = patient

    desk.delivery = desk.born()
    await desk.delivery.flush()

    assert (len(desk.mail.sent), len(desk.web.sent)) == (1, 1)


async def test_who_is_no_longer_configured_is_given_up() -> None:
    """His row must not stay open for ever."""
    desk = Desk()
    await desk.tell("pigeon")

    await desk.delivery.flush()

    assert desk.ends == ["given-up"]


async def test_sent_but_not_booked_is_not_sent_again() -> None:
    """The disk is full for a moment: the mail is out all the same."""
    desk = Desk()
    await desk.tell("mail")
    book, desk.queue.mark_sent = desk.queue.mark_sent, _broken

    await desk.delivery.flush()
    desk.queue.mark_sent = book
    await desk.delivery.flush()

    assert len(desk.mail.sent) == 1
    assert desk.ends == ["sent"]


async def test_queue_that_cannot_be_read_is_asked_again() -> None:
    """A broken disk is said, and does not end the loop."""
    desk = Desk()
    await desk.tell("mail")
    due, desk.queue.due = desk.queue.due, _broken

    with capture_logs() as lines:
        await desk.delivery.flush()
    desk.queue.due = due
    await desk.delivery.flush()

    assert [line["event"] for line in lines] == ["store.unusable"]
    assert len(desk.mail.sent) == 1


async def test_hurry_wakes_the_loop() -> None:
    """What is queued now is not left until somebody happens to look."""
    desk = Desk()
    loop = asyncio.create_task(desk.delivery.run())
    await asyncio.sleep(0)
    await desk.tell("mail")

    desk.delivery.hurry()
    for _ in range(20):
        await asyncio.sleep(0)
    loop.cancel()

    assert len(desk.mail.sent) == 1


async def _broken(*_: object) -> None:
    raise StoreError("the disk is full")
