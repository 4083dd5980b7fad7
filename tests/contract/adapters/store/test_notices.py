"""What every `NoticeStore` promises."""

from dataclasses import replace
from datetime import timedelta

from examples import NOW
from fakes import MemoryStore

from pbx_bridge.adapters.store.store import SqliteStore
from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.core.news import GapFacts, News
from pbx_bridge.core.outlook import NOTHING_KNOWN, Known, KnownGap
from pbx_bridge.core.shift_news import KnownShift
from pbx_bridge.ports import Notice, Queueing

Store = MemoryStore | SqliteStore
LATER = NOW + timedelta(seconds=30)
GAP = GapFacts(layer="primary", start=NOW, end=LATER)


def queueing(key: str = "k", addressee: str = "mail") -> Queueing:
    """Return a notice about a gap for somebody."""
    news = News(key=key, topic=Topic.GAP_AHEAD, at=NOW, gap=GAP)
    notice = Notice(key=key, subject="nobody", body="at all", news=news)
    return Queueing(addressee=addressee, topic=Topic.GAP_AHEAD, notice=notice)


async def test_queued_comes_back_as_it_was(store: Store) -> None:
    """News and all: a program gets its facts after a restart too."""
    await store.notices.queue(NOW, [queueing()])

    (found,) = await store.notices.due(NOW)

    assert found.notice == queueing().notice
    assert (found.addressee, found.topic) == ("mail", Topic.GAP_AHEAD)
    assert (found.queued_at, found.failures) == (NOW, 0)


async def test_key_is_queued_once_for_each_addressee(store: Store) -> None:
    """The same news found again is told to nobody twice, also when it was sent or given up."""
    assert await store.notices.queue(NOW, [queueing(), queueing(), queueing(addressee="web")]) == 2
    mail, web = await store.notices.due(NOW)
    await store.notices.mark_sent(mail.seq, NOW)
    await store.notices.give_up(web.seq, NOW, "refused")

    assert await store.notices.queue(LATER, [queueing(), queueing(addressee="web")]) == 0
    assert await store.notices.due(LATER) == []


async def test_failed_comes_back_at_its_time(store: Store) -> None:
    """No sooner than asked, and it remembers how often it failed; the others go on."""
    await store.notices.queue(NOW, [queueing(), queueing(addressee="web")])
    mail, web = await store.notices.due(NOW)

    await store.notices.mark_failed(mail.seq, "away", LATER)

    assert await store.notices.due(LATER - timedelta(microseconds=1)) == [web]
    again = (await store.notices.due(LATER))[0]
    assert (again.seq, again.failures) == (mail.seq, 1)


async def test_late_failure_does_not_undo_what_is_sent(store: Store) -> None:
    """Whatever comes after the end changes nothing."""
    await store.notices.queue(NOW, [queueing()])
    (mail,) = await store.notices.due(NOW)
    await store.notices.mark_sent(mail.seq, NOW)

    await store.notices.mark_failed(mail.seq, "away", LATER)
    await store.notices.give_up(mail.seq, LATER, "away")

    assert await store.notices.due(LATER) == []


async def test_gaps_of_the_last_look_are_kept(store: Store) -> None:
    """None before the first look; then those of the last one only."""
    gap = KnownGap(layer="primary", told_as=NOW, end=LATER)
    shift = KnownShift(layer="primary", technician="ben", start=LATER, is_his=False, turn=2)
    assert await store.notices.known() == NOTHING_KNOWN

    again = replace(gap, goes_on=True, told_at=NOW)

    await store.notices.keep_known(NOW, Known(gaps=(gap, gap)))
    await store.notices.keep_known(NOW, Known(gaps=(gap, again), shifts=(shift,)))

    assert await store.notices.known() == Known(gaps=(gap, again), shifts=(shift,))
