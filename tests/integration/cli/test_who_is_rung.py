"""``pbx-bridge who-is-rung``: what is printed is what would ring."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fakes import FakeClock
from oncall_desk import ANNAS_WEEK, ROTATIONS, Desk, new_desk, service

from pbx_bridge.config import parse
from pbx_bridge.config.policies import policies_of
from pbx_bridge.core.call_events import Escalate
from pbx_bridge.core.case import Urgency
from pbx_bridge.core.override import Absence, Addition
from pbx_bridge.core.ring_plan import ring_plan
from pbx_bridge.runtime.policies import WhoIsRung

pytestmark = pytest.mark.integration

POLICIES = """
[escalation]
rounds = 1
last_resort = "ben"

[[policy]]
name = "gas"
urgency = ["emergency"]
category = ["gas"]
rounds = 2

[[policy.step]]
who = ["anna", "ben"]
together = true
ring_timeout_s = 15

[[policy]]
name = "weekend"
window = ["weekend"]

[[policy.step]]
who = ["@primary"]
overlap_s = 10
"""
NOON = datetime.combine(ANNAS_WEEK, datetime.min.time(), UTC) + timedelta(hours=10)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a desk of a firm with one rotation and two policies."""
    return new_desk(tmp_path, ROTATIONS + POLICIES)


def test_whole_plan_is_told_by_the_firms_clock(desk: Desk) -> None:
    """A group is rung at one moment; numbers are shortened."""
    gas = ("--urgency", "emergency", "--category", "gas")

    assert desk.told("who-is-rung", "--at", "2026-03-29 01:59", *gas).splitlines() == [
        "Sun 2026-03-29 01:59 (00:59 UTC) Europe/Berlin, closed, weekend",
        "emergency (gas): policy gas",
        "round 1 of 2",
        "  01:59:00  anna  ***567  15 s",
        "       and  ben   ***678  15 s",
        "round 2 of 2",
        "  01:59:30  anna  ***567  15 s",
        "       and  ben   ***678  15 s",
        "last resort",
        "  01:59:45  ben   ***678  15 s",
        "  -- the clock is changed: CEST (UTC+0200)",
        "03:00:00 over, nobody accepted: nobody is told (docs/notifications.md)",
    ]


@pytest.mark.parametrize(
    ("when", "shown"),
    [
        (
            "2026-10-25T02:59:50+02:00",  # the hour from 02:00 to 03:00 begins again
            [
                "  02:59:50  ben  ***678  22 s",
                "last resort",
                "  -- the clock is changed: CET (UTC+0100)",
                "  02:00:12  ben  ***678  22 s",
                "02:00:34 over, nobody accepted: nobody is told (docs/notifications.md)",
            ],
        ),
        (
            "2026-10-24 23:59:30",
            [
                "  23:59:30  ben  ***678  22 s",
                "last resort",
                "  23:59:52  ben  ***678  22 s",
                "  -- Sun 2026-10-25",
                "00:00:14 over, nobody accepted: nobody is told (docs/notifications.md)",
            ],
        ),
    ],
)
def test_midnight_and_the_hour_that_comes_twice_are_told_apart(
    desk: Desk, when: str, shown: list[str]
) -> None:
    """A clock time alone would mean two instants, or yesterday."""
    assert desk.told("who-is-rung", "--at", when).splitlines()[3:] == shown


def test_window_decides_and_the_rest_is_the_default(desk: Desk) -> None:
    """On Saturday the policy of the weekend, on Monday none of the firm's own."""
    saturday = desk.told("who-is-rung", "--at", "2026-01-10 12:00").splitlines()
    monday = desk.told("who-is-rung", "--at", "2026-01-12 12:00").splitlines()

    assert saturday[1] == "urgent (other): policy weekend"
    assert saturday[3:] == [
        "  12:00:00  anna  ***567  22 s",
        "last resort",
        "  12:00:22  ben   ***678  22 s",
        "12:00:44 over, nobody accepted: nobody is told (docs/notifications.md)",
    ]
    assert monday[:2] == [
        "Mon 2026-01-12 12:00 (11:00 UTC) Europe/Berlin, open",
        "urgent (other): policy default",
    ]


def test_same_as_json(desk: Desk) -> None:
    """Times are UTC, numbers are whole."""
    told = desk.json("who-is-rung", "--at", "2026-01-10 12:00")

    first, resort = told.pop("rings")
    assert first == {
        "at": "2026-01-10T11:00:00Z",
        "round": 1,
        "technician": "anna",
        "number": "+491711234567",
        "timeout_s": 22.0,
        "is_last_resort": False,
    }
    assert resort["is_last_resort"]
    assert told == {
        "at": "2026-01-10T11:00:00Z",
        "urgency": "urgent",
        "category": "other",
        "is_open": False,
        "window": "weekend",
        "policy": "weekend",
        "is_makeshift": False,
        "rounds": 1,
        "over_at": "2026-01-10T11:00:44Z",
        "fallback": "nobody-accepted",
    }


def test_what_rings_nobody_is_said(desk: Desk) -> None:
    """Routine waits for the office."""
    told = desk.told("who-is-rung", "--urgency", "routine")
    whole = desk.json("who-is-rung", "--urgency", "none")

    assert told.splitlines()[1:] == ["routine: rings nobody, and waits for the office"]
    assert (whole["policy"], whole["rings"], whole["fallback"]) == (None, [], None)


def test_everybody_who_is_told_in_the_end_is_named(tmp_path: Path) -> None:
    """The office in every way, and technicians of the policy; not who hears of other things."""
    urls = tmp_path / "some.urls"
    urls.write_text("json://office/x\njson://office/y\n")
    told = """
notify_file = "{urls}"
[[technician]]
name = "clara"
number = "+491731234567"
notify_file = "{urls}"
notify_topics = ["accepted"]
[mail]
host = "mx"
from = "a@example.com"
to = ["office@example.com", "boss@example.com"]
[[webhook]]
name = "crm"
url = "https://example.com/hook"
secret_file = "{urls}"
[[webhook]]
name = "done"
url = "https://example.com/hook"
secret_file = "{urls}"
topics = ["done"]
[apprise]
urls_file = "{urls}"
"""
    desk = new_desk(tmp_path, "")
    text = desk.config.read_text(encoding="utf-8")
    ben = 'language = "pl"'
    assert ben in text
    desk.config.write_text(text.replace(ben, ben + told.format(urls=urls)), encoding="utf-8")

    _, _, said = desk.told("who-is-rung").splitlines()[-1].partition("nobody accepted: ")

    assert said == (
        "mail to office@example.com, boss@example.com, webhook crm, push to the office, push to ben"
    )


def test_technician_who_is_not_rung_is_not_told(tmp_path: Path) -> None:
    """He is in no step of the policy, and it is not his night."""
    urls = tmp_path / "ben.urls"
    urls.write_text("json://ben/x\n")
    desk = new_desk(tmp_path, '[[policy]]\nname = "one"\n[[policy.step]]\nwho = ["anna"]\n')
    text = desk.config.read_text(encoding="utf-8")
    ben = f'language = "pl"\nnotify_file = "{urls}"'
    desk.config.write_text(text.replace('language = "pl"', ben), encoding="utf-8")

    assert desk.told("who-is-rung").rstrip().endswith("nobody is told (docs/notifications.md)")


async def test_gap_rings_everybody_and_is_shouted(desk: Desk) -> None:
    """Both are away at once."""
    async with service(desk) as running:
        for name in ("anna", "ben"):
            away = Absence(technician=name, start=NOON, end=NOON + timedelta(days=1))
            await running.add(away, made_by="eva", reason="")

    told = desk.told("who-is-rung", "--at", f"{ANNAS_WEEK} 12:00").splitlines()

    assert told[2] == "nobody is on call for it: everybody is rung"
    assert [line.split()[1] for line in told if "***" in line] == ["anna", "ben", "ben"]


@pytest.mark.parametrize(
    "when",
    [
        NOON,
        NOON + timedelta(hours=3),
        NOON + timedelta(days=5),
        NOON + timedelta(days=7),
        datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
        datetime(2027, 12, 25, 20, 0, tzinfo=UTC),
    ],
)
@pytest.mark.parametrize(
    "case", [Escalate(Urgency.EMERGENCY, "gas"), Escalate(Urgency.UNKNOWN, "other")]
)
async def test_service_rings_exactly_that(desk: Desk, when: datetime, case: Escalate) -> None:
    """With an override, on a weekend, after a handoff, in a DST night and on a holiday."""
    second = Addition(substitute="ben", layer="primary", start=NOON, end=NOON + timedelta(hours=1))
    config = parse(desk.config.read_text(encoding="utf-8"), source="c")
    async with service(desk) as running:
        await running.add(second, made_by="eva", reason="")
        policy = WhoIsRung(FakeClock(when), running, policies_of(config)).policy(case)

    words = ("--urgency", case.urgency.value, "--category", case.category)
    told = desk.json("who-is-rung", "--at", when.isoformat(), *words)

    planned = ring_plan(when, case.urgency, policy)
    rings = [(datetime.fromisoformat(r["at"]), r["technician"]) for r in told["rings"]]
    assert rings == [(ring.at, ring.technician) for ring in planned.rings]
    assert told["policy"] == policy.name
