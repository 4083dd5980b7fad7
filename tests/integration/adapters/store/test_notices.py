"""The queue of notices on disk: what stays of a notice, and rows that cannot be read."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from examples import opened_call
from structlog.testing import capture_logs

from pbx_bridge.adapters.store.reading import show_case
from pbx_bridge.adapters.store.store import open_store
from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.ports import Notice, Queueing

pytestmark = pytest.mark.integration

NOW = datetime(2026, 1, 9, 22, tzinfo=UTC)


def queueing(addressee: str) -> Queueing:
    """Return a notice with a number in it."""
    notice = Notice(key="k", case_id="1001", subject="s", body="Caller: +4930123456")
    return Queueing(addressee=addressee, topic=Topic.EXHAUSTED, notice=notice)


def rows(path: Path) -> list[tuple]:
    """Return what is on disk."""
    with sqlite3.connect(path) as connection:
        return connection.execute(
            "SELECT addressee, status, data, error FROM notice ORDER BY seq"
        ).fetchall()


async def test_text_goes_when_it_is_sent_or_given_up(tmp_path: Path) -> None:
    """The number of a caller is not kept in one more place."""
    async with open_store(tmp_path / "c.db") as store:
        await store.notices.queue(NOW, [queueing("mail"), queueing("web")])
        mail, web = await store.notices.due(NOW)
        await store.notices.mark_sent(mail.seq, NOW)
        await store.notices.give_up(web.seq, NOW, "refused")

    assert rows(tmp_path / "c.db") == [
        ("mail", "sent", None, None),
        ("web", "given-up", None, "refused"),
    ]


@pytest.mark.parametrize("change", ["data = '{}'", "topic = 'of-tomorrow'"])
async def test_row_that_cannot_be_read_does_not_block_the_others(
    tmp_path: Path, change: str
) -> None:
    """It is given up and said; a newer release may have written it."""
    path = tmp_path / "c.db"
    async with open_store(path) as store:
        await store.notices.queue(NOW, [queueing("mail"), queueing("web")])
    with sqlite3.connect(path) as connection:
        connection.execute(f"UPDATE notice SET {change} WHERE addressee = 'mail'")

    async with open_store(path) as store:
        with capture_logs() as lines:
            (left,) = await store.notices.due(NOW)

    assert left.addressee == "web"
    assert [(line["event"], line["to"]) for line in lines] == [("notify.unreadable", "mail")]
    assert rows(path)[0][1] == "given-up"


async def test_key_is_known_after_a_restart(tmp_path: Path) -> None:
    """A shift that was told before the restart is not told after it."""
    async with open_store(tmp_path / "c.db") as store:
        await store.notices.queue(NOW, [queueing("mail")])
        (mail,) = await store.notices.due(NOW)
        await store.notices.mark_sent(mail.seq, NOW)

    async with open_store(tmp_path / "c.db") as store:
        assert await store.notices.queue(NOW, [queueing("mail")]) == 0


async def test_case_shows_who_was_told(tmp_path: Path) -> None:
    """Also without the text, which is gone."""
    path = tmp_path / "c.db"
    async with open_store(path) as store:
        await store.calls.open(NOW, opened_call())
        await store.notices.queue(NOW, [queueing("mail"), queueing("web")])
        mail, _ = await store.notices.due(NOW)
        await store.notices.mark_sent(mail.seq, NOW)

    file = show_case(path, "1001")

    assert file is not None
    assert [(each.addressee, each.status, each.ended_at) for each in file.told] == [
        ("mail", "sent", NOW),
        ("web", "open", None),
    ]
