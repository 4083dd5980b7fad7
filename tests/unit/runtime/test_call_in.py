"""A technician calls us."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from daemon import NUMBERS, PINS
from lines import FakeLine
from night import Night

from pbx_bridge.core.call_events import HeardCertain
from pbx_bridge.core.call_flow import advance
from pbx_bridge.core.case import Urgency, Verdict
from pbx_bridge.core.case_life import CaseOutcome, OutcomeGiven
from pbx_bridge.core.escalation_events import TakenByHand
from pbx_bridge.core.pin_lock import DELAY, TRIES_OF_ALL, PinLock, missed
from pbx_bridge.errors import StoreError
from pbx_bridge.runtime.call_in import LONGEST_PIN
from pbx_bridge.runtime.voice import Voice

ANNA, BEN = NUMBERS["anna"], NUMBERS["ben"]
RIGHT = (*PINS["anna"], "#")
WRONG = (*"111222", "#")


async def accepted(night: Night, call_id: str = "1768000000.1", by: str = "anna") -> str:
    """Open a case that somebody takes; return its id."""
    call = await night.open_case(call_id)
    night.daemon.cases.post(call.case_id, TakenByHand(by))
    await night.settle()
    night.rang()
    return call.case_id


async def test_he_hears_his_cases_and_ends_one(night: Night) -> None:
    """PIN, his case, outcome, yes; then it is over."""
    case_id = await accepted(night)
    await night.pass_time(3 * 60)

    line = await night.calls_in(ANNA, *RIGHT, "1", "3", "1")

    assert line.played[0] == "call-in-pin"
    assert "case-age-minutes" in line.played
    assert line.played[-2:] == ["note-offer", "ack-goodbye"]
    assert line.variables["PBXB_DONE"] == "1"
    assert (await night.call(case_id)).life.outcome is CaseOutcome.FIXED
    assert (await night.call(case_id)).life.by == "anna"


async def test_only_his_own_open_cases_are_told(night: Night) -> None:
    """Neither Ben's, nor what is done."""
    await accepted(night, "1768000000.1", by="ben")
    done = await accepted(night, "1768000000.2")
    await night.calls_in(ANNA, *RIGHT, "1", "3", "1")

    line = await night.calls_in(ANNA, *RIGHT)

    assert (await night.call(done)).life.outcome is not None
    assert line.played == ["call-in-pin", "call-in-none", "ack-goodbye"]


async def test_case_is_not_told_between_its_outcome_and_its_end(night: Night) -> None:
    """The outcome is committed, the escalation not yet closed."""
    case_id = await accepted(night)
    stored = await night.store.calls.load(case_id)
    assert stored is not None
    done = OutcomeGiven(CaseOutcome.FIXED, "anna")
    after = advance(night.clock.at, stored.state, done)
    await night.store.calls.save(night.clock.at, stored, done, replace(after, effects=()))

    line = await night.calls_in(ANNA, *RIGHT)

    assert line.played == ["call-in-pin", "call-in-none", "ack-goodbye"]


async def test_nothing_is_told_before_the_pin(night: Night) -> None:
    """Silence, and wrong PINs: three tries, then good-bye."""
    await accepted(night)

    line = await night.calls_in(ANNA, *WRONG, "", *WRONG)

    assert line.played == [
        "call-in-pin",
        *("call-in-wrong", "call-in-pin") * 2,
        "call-in-refused",
    ]


async def test_lock_holds_over_calls_and_ends(night: Night) -> None:
    """The right PIN does not help while it is closed."""
    await night.calls_in(ANNA, *WRONG, *WRONG, *WRONG)

    locked = await night.calls_in(ANNA, *RIGHT)
    await night.pass_time(DELAY.total_seconds())
    opened = await night.calls_in(ANNA, *RIGHT)

    assert locked.played == ["call-in-refused"]
    assert opened.played == ["call-in-pin", "call-in-none", "ack-goodbye"]


async def test_lock_holds_over_a_restart(night: Night) -> None:
    """Whoever makes the service restart gets no more tries."""
    await night.calls_in(ANNA, *WRONG, *WRONG, *WRONG)

    await night.restart()
    locked = await night.calls_in(ANNA, *RIGHT)

    assert locked.played == ["call-in-refused"]


async def test_disk_that_is_away_neither_opens_nor_closes(night: Night) -> None:
    """The lock holds in memory, and is not replaced by an old one from disk later."""
    night.world.pin_locks.fault = StoreError("the disk is full")
    await night.calls_in(ANNA, *WRONG, *WRONG, *WRONG)
    night.world.pin_locks.fault = None

    locked = await night.calls_in(ANNA, *RIGHT)

    assert locked.played == ["call-in-refused"]


async def test_lock_closes_calls_that_are_under_way(night: Night) -> None:
    """Many calls at once get no more tries than one: the right PIN comes too late here."""
    line = await night.calls_in(ANNA, *WRONG, *WRONG, *RIGHT, on_last=_others_miss(night))

    assert line.played[-1] == "call-in-refused"


async def test_all_callers_together_are_locked(night: Night) -> None:
    """A caller's number can be forged: also who never erred must wait."""
    for n in range(TRIES_OF_ALL):
        lock = night.store.pin_locks.lock
        night.store.pin_locks.lock = missed(night.clock.at, lock, f"t{n}")

    line = await night.calls_in(ANNA, *RIGHT)

    assert line.played == ["call-in-refused"]


@pytest.mark.parametrize("number", [None, "+4930999", BEN])
async def test_strangers_and_those_without_a_pin_are_refused(
    night: Night, number: str | None
) -> None:
    """Without a configured PIN the extension is off; nobody is even asked."""
    line = await night.calls_in(number, *RIGHT)

    assert line.played == ["call-in-refused"]
    assert line.variables["PBXB_DONE"] == "1"


async def test_stuck_key_is_a_wrong_pin(night: Night) -> None:
    """It is not collected for ever."""
    line = await night.calls_in(ANNA, *"5" * (LONGEST_PIN + 1) * 3)

    assert line.played[-1] == "call-in-refused"


async def test_case_that_was_taken_meanwhile_is_not_his(night: Night) -> None:
    """It rang again and Ben has it: Anna hears so, and changes nothing."""
    case_id = await accepted(night, by="ben")
    line = FakeLine(phones=night.phones)

    await night.daemon.call_ins._talk_about(Voice(line, lambda name, _: name, "de"), case_id, ANNA)

    assert line.played == ["ack-taken"]
    assert (await night.call(case_id)).life.outcome is None


async def test_case_whose_caller_still_speaks_takes_no_outcome_and_he_hears_so(
    night: Night,
) -> None:
    """It rang early, Anna accepted it and hung up: what would not be kept is not asked for."""
    await night.serve(night.caller(stands_still_at="speaking"))
    night.daemon.cases.post("1001", HeardCertain(Verdict(urgency=Urgency.EMERGENCY)))
    await night.settle()
    await night.answers("anna", keys={"ack-announce": "1"}, hangs_up_at="ack-still-speaking")

    line = await night.calls_in(ANNA, *RIGHT, "1", "3", "1")

    assert line.played[-2:] == ["ack-still-speaking", "ack-goodbye"]
    assert (await night.call()).life.outcome is None
    assert night.rang() == ["anna"]


@pytest.mark.parametrize(("keys", "is_reminded"), [(RIGHT, False), (WRONG, True)])
async def test_owner_who_has_called_us_is_not_reminded_meanwhile(
    night: Night, keys: tuple[str, ...], is_reminded: bool
) -> None:
    """Her mobile would be busy, and the others woken; but a forged number stops no reminder."""
    night.world.policy = replace(night.world.policy, remind_after=timedelta(minutes=30))
    await accepted(night)
    await night.pass_time(29 * 60)
    pressed = (*keys, "1", "3")
    at = "outcome-confirm" if keys == RIGHT else "call-in-wrong"
    await night.calls_in(ANNA, *pressed, stands_still_at=at)

    await night.pass_time(70)
    during = night.rang()[1:]
    for session in night._sessions:
        session.cancel()
    await night.pass_time(10)

    assert during == (["anna"] if is_reminded else [])
    assert night.rang()[1:] == ["anna"]


async def test_hang_up_is_no_fault(night: Night) -> None:
    """The dialplan has nothing to do either."""
    line = await night.calls_in(ANNA, *RIGHT, hangs_up_at="call-in-none")

    assert "PBXB_DONE" not in line.variables


def _others_miss(night: Night) -> Callable[[], None]:
    """Return what lets another call with his number be wrong three times."""

    def miss() -> None:
        for _ in range(3):
            lock: PinLock = night.daemon.call_ins._lock
            night.daemon.call_ins._lock = missed(night.clock.at, lock, "anna")

    return miss
