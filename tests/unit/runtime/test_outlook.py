"""The loop that looks at the plan: what it found is told once, over restarts too."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from fakes import FakeClock, MemoryStore
from listeners import addressee
from structlog.testing import capture_logs

from pbx_bridge.core.calendar import Plan
from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.core.hours import Days, OpeningHours
from pbx_bridge.core.override import Absence, Takeover
from pbx_bridge.core.rotation import Rotation
from pbx_bridge.errors import StoreError
from pbx_bridge.runtime.notices import Notices
from pbx_bridge.runtime.outlook import Outlook
from pbx_bridge.simulation.threads import InlineThreads

BERLIN = ZoneInfo("Europe/Berlin")
HANDOFF = datetime(2026, 1, 12, 8, tzinfo=BERLIN)


SHIFTS = frozenset({Topic.SHIFT_BEGINS, Topic.SHIFT_WITHDRAWN})


class Watch:
    """An outlook on a plan: Ben's shift begins, then both are away."""

    def __init__(self) -> None:
        self.clock, self.store = FakeClock(HANDOFF), MemoryStore()
        self.people = [
            addressee(name="mail", topics=frozenset({Topic.GAP_AHEAD})),
            *(addressee(name=name, technician=name, topics=SHIFTS) for name in ("anna", "ben")),
        ]
        gone = {"start": HANDOFF + timedelta(days=2), "end": HANDOFF + timedelta(days=3)}
        self.plan = Plan(
            hours=OpeningHours(Days(zone=BERLIN)),
            technicians=("anna", "ben"),
            rotations=(
                Rotation(
                    layer="primary",
                    order=("anna", "ben"),
                    starts_at=HANDOFF.replace(tzinfo=None, day=5),
                    shift=timedelta(weeks=1),
                ),
            ),
            overrides=tuple(Absence(technician=name, **gone) for name in ("anna", "ben")),
        )
        self.outlook = self.born()

    def born(self, on_begun: Callable | None = None) -> Outlook:
        """Return the outlook of the next life."""
        asyncio.get_running_loop().set_default_executor(InlineThreads(max_workers=1))
        store = self.store
        notices = Notices(
            self.clock, store.calls, store.escalations, store.notices, self.people, zone=BERLIN
        )
        return Outlook(
            self.clock,
            store.notices,
            notices,
            lambda: self.plan,
            rung_of=frozenset,
            shift_ahead=timedelta(hours=24),
            gap_ahead=timedelta(days=7),
            on_begun=on_begun,
        )

    @property
    def told(self) -> list[str]:
        """Who is told, in order."""
        return [row.queued.addressee for row in self.store.notices.rows]


async def test_each_is_told_what_is_his() -> None:
    """Ben of his shift, the office of the gap, Anna of nothing."""
    watch = Watch()

    await watch.outlook.look()

    assert watch.told == ["ben", "mail"]


async def test_restart_tells_nothing_twice() -> None:
    """Keys and gaps are on disk."""
    watch = Watch()
    await watch.outlook.look()

    watch.clock.move(60)
    await watch.born().look()

    assert watch.told == ["ben", "mail"]


async def test_shift_that_is_taken_away_is_told_to_him_alone_over_a_restart() -> None:
    """The process that told it ahead is gone; the next one sees that Anna takes it over."""
    watch = Watch()
    watch.clock.at = HANDOFF - timedelta(hours=20)
    await watch.outlook.look()
    takeover = Takeover(
        substitute="anna", layer="primary", start=HANDOFF, end=HANDOFF + timedelta(days=7)
    )
    watch.plan = replace(watch.plan, overrides=(takeover,))

    for _ in range(2):
        watch.clock.move(60)
        await watch.born().look()

    assert [name for name in watch.told if name != "mail"] == ["ben", "ben"]
    assert watch.store.notices.rows[-1].queued.topic is Topic.SHIFT_WITHDRAWN


async def test_killed_between_gap_and_queue_is_told_by_the_next_life() -> None:
    """The gap was kept, the notice was not: the look finds it again under the same key."""
    watch = Watch()
    queue, watch.store.notices.queue = watch.store.notices.queue, _broken
    with capture_logs() as lines:
        loop = asyncio.create_task(watch.outlook.run())
        for _ in range(20):
            await asyncio.sleep(0)
        loop.cancel()
    watch.store.notices.queue = queue

    await watch.born().look()

    assert [line["event"] for line in lines] == ["store.unusable"]
    assert watch.told == ["ben", "mail"]


async def test_gap_gets_its_name_before_it_is_told_under_it() -> None:
    """It goes on and begins "now" at each look; a disk that is full makes no second one."""
    watch = Watch()
    watch.clock.at = HANDOFF + timedelta(days=2, hours=5)
    keep, watch.store.notices.keep_known = watch.store.notices.keep_known, _broken
    with pytest.raises(StoreError):
        await watch.outlook.look()
    watch.store.notices.keep_known = keep

    for _ in range(3):
        watch.clock.move(60)
        await watch.born().look()

    assert watch.told.count("mail") == 1


async def test_bug_does_not_end_the_loop() -> None:
    """The next look may go better; the service goes on."""
    watch = Watch()
    watch.plan = None

    with capture_logs() as lines:
        loop = asyncio.create_task(watch.outlook.run())
        for _ in range(20):
            await asyncio.sleep(0)

    assert [line["event"] for line in lines] == ["outlook.crashed"]
    assert not loop.done()
    loop.cancel()


async def _broken(*_: object) -> None:
    raise StoreError("the disk is full")


async def test_shift_that_begins_is_handed_on_once_over_a_restart() -> None:
    """Whoever checks mobiles rings Ben once, whatever happens to the process."""
    watch = Watch()
    begun: list[str] = []

    for _ in range(3):
        outlook = watch.born(lambda shifts: begun.extend(one.technician for one in shifts))
        await outlook.look()
        watch.clock.move(60)
        await outlook.look()

    assert begun == ["ben"]


async def test_shift_is_not_handed_on_before_that_is_on_disk() -> None:
    """Rather no check than one at each restart: at night they ring."""
    watch = Watch()
    begun: list[object] = []
    watch.store.notices.keep_known = _broken

    with pytest.raises(StoreError):
        await watch.born(begun.append).look()

    assert begun == []
