"""Several cases and few technicians: nobody is rung twice, nobody is forgotten."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from daemon import World, policy_of
from night import CALL_ID, Night

from pbx_bridge.core.call_events import HeardCertain
from pbx_bridge.core.case import RingOutcome, Urgency, Verdict
from pbx_bridge.core.escalation_events import CaseDone, MarkTaken, RingEnded, Topic
from pbx_bridge.core.escalation_state import EscalationPhase
from pbx_bridge.core.policy import Step
from pbx_bridge.ports import Pending
from pbx_bridge.runtime.lookout import TAKEN

FIRST, SECOND, THIRD = "1768000000.1", "1768000000.2", "1768000000.3"


@pytest.fixture
async def alone() -> AsyncIterator[Night]:
    """Anna alone, one round."""
    on_call = Night("anna", rounds=1)
    await on_call.begin()
    yield on_call
    await on_call.end()


def in_parallel(night: Night) -> None:
    """Let Anna and Ben be rung together from now on."""
    people = night.world.policy.people()
    night.world.policy = replace(
        night.world.policy, steps=(Step(technicians=people, is_parallel=True),)
    )


async def test_three_cases_with_two_technicians_all_get_an_owner(night: Night) -> None:
    """The third waits, and rings whoever is free first, though he has a case already."""
    for call_id in (FIRST, SECOND, THIRD):
        await night.open_case(call_id)
    rang_at_first = night.rang()

    await night.presses("anna", "1")
    await night.presses("anna", "1")
    await night.presses("ben", "1")

    assert rang_at_first == ["anna", "ben"]
    assert night.rang() == ["anna", "ben", "anna"]
    owners = [(await night.case(case_id)).owner for case_id in ("1001", "1002", "1003")]
    assert owners == ["anna", "ben", "anna"]


async def test_key_on_two_mobiles_in_one_moment_has_one_winner(night: Night) -> None:
    """Both are posted before anything else happens: one owner, the other's phone stops."""
    in_parallel(night)
    await night.open_case()

    for attempt in (2, 1):
        night.daemon.cases.post("1001", RingEnded(attempt, RingOutcome.ACKNOWLEDGED))
    await night.settle()

    assert (await night.case()).owner == "ben"
    assert night.rang() == ["anna", "ben"]
    assert "1001-1" in night.phones.cancelled


async def test_waiting_case_rings_when_a_mobile_is_silent(alone: Night) -> None:
    """Anna sleeps through the first case: then her mobile rings for the second."""
    await alone.open_case(FIRST)
    await alone.open_case(SECOND)

    await alone.hangs_up("anna")

    assert alone.rang() == ["anna", "anna"]
    assert alone.phones.rings[1].case_id == "1002"
    assert len(alone.told()) == 1
    await alone.presses("anna", "1")


async def test_two_cases_wait_for_the_line_without_waking_each_other(night: Night) -> None:
    """Nobody's mobile rang, so nobody is free: two cases may not drive each other on."""
    night.phones.goes_down()
    await night.open_case(FIRST)
    await night.open_case(SECOND)

    await night.pass_time(seconds=60)

    attempts = [len((await night.case(case_id)).attempts) for case_id in ("1001", "1002")]
    assert max(attempts) < 8
    assert len(night.told()) == 2
    assert night.rang() == []


async def test_line_that_is_back_rings_at_once(night: Night) -> None:
    """However long the pause between two tries has grown."""
    night.phones.goes_down()
    await night.open_case()
    await night.pass_time(seconds=300)
    night.told()

    night.phones.comes_back()
    await night.settle()

    assert night.rang() == ["anna"]


async def test_more_urgent_case_takes_over_an_unanswered_ring(alone: Night) -> None:
    """Anna's mobile stops for the radiator and rings for the burst pipe; then for the radiator."""
    alone.world.transcriber.says = "heizung kalt"
    await alone.open_case(FIRST)
    alone.world.transcriber.says = "rohrbruch im keller"
    await alone.open_case(SECOND)
    rung_for = [order.case_id for order in alone.phones.rings]

    await alone.presses("anna", "1")
    await alone.presses("anna", "1")

    assert rung_for == ["1001", "1002"]
    assert alone.phones.cancelled == ["1001-1"]
    assert [order.case_id for order in alone.phones.rings] == ["1001", "1002", "1001"]
    assert alone.rang() == ["anna"] * 3
    assert (await alone.case("1001")).owner == (await alone.case("1002")).owner == "anna"


async def test_case_done_by_the_office_stops_the_ring_and_frees_the_person(alone: Night) -> None:
    """The second case need not wait until the first one's time is over."""
    await alone.open_case(FIRST)
    await alone.open_case(SECOND)

    alone.daemon.cases.post("1001", CaseDone("office"))
    await alone.settle()

    assert [order.case_id for order in alone.phones.rings] == ["1001", "1002"]
    assert (await alone.case("1001")).phase is EscalationPhase.DONE
    assert alone.rang()
    await alone.presses("anna", "1")


async def test_reminder_reaches_the_owner_and_then_the_others(night: Night) -> None:
    """He confirms the first, and sleeps through the second: Ben is rung, though AstDB names him."""
    night.world.policy = replace(night.world.policy, remind_after=timedelta(hours=1))
    await night.open_case()
    await night.presses("anna", "1")

    await night.pass_time(seconds=3600)
    await night.presses("anna", "1")
    confirmed = (await night.case()).owner
    await night.pass_time(seconds=3600)
    await night.hangs_up("anna")

    assert confirmed == "anna"
    assert night.rang() == ["anna", "anna", "anna", "ben"]
    assert (await night.case()).owner is None
    await night.presses("ben", "1")


async def test_look_around_does_not_give_a_resumed_case_back(night: Night) -> None:
    """We are restarted while Ben's mobile rings: what AstDB says of Anna is old."""
    night.world.policy = replace(night.world.policy, remind_after=timedelta(hours=1))
    await night.open_case()
    await night.presses("anna", "1")
    await night.pass_time(seconds=3600)
    await night.hangs_up("anna")

    await night.restart()
    await night.daemon.ringing.look("1001")
    await night.settle()

    assert night.ringing == ["ben"]
    assert (await night.case()).phase is EscalationPhase.RINGING
    assert night.rang()


async def test_turns_are_told_to_whoever_asked_for_them() -> None:
    """One mail each, and none for what nobody wants to hear of."""
    wanted = frozenset({Topic.ACCEPTED, Topic.DONE})
    night = Night(world=World(policy=policy_of("anna"), topics=wanted))
    await night.begin()
    await night.open_case()

    await night.presses("anna", "1")
    night.daemon.cases.post("1001", CaseDone("office"))
    await night.settle()

    assert [subject.partition("): ")[2] for subject in night.told()] == [
        "accepted by anna",
        "done, says office",
    ]
    assert night.rang()
    await night.end()


async def test_ring_given_up_without_a_link_is_stopped_before_anybody_is_rung(
    alone: Night,
) -> None:
    """A mailbox picked up while nobody could be told: it must not be busy for the next case."""
    await alone.open_case(FIRST)
    await alone.open_case(SECOND)
    alone.phones.goes_down()
    alone.phones.answers("1001-1")
    await alone.pass_time(seconds=27)

    alone.phones.comes_back()
    await alone.settle()

    assert alone.phones.cancelled[0] == "1001-1"
    assert list(alone.phones.channels) == ["1002-" + str(alone.phones.rings[-1].attempt)]
    assert alone.rang() == ["anna", "anna"]
    alone.told()
    await alone.presses("anna", "1")


async def resumed(night: Night) -> None:
    """Let Anna take a case and not answer the reminder an hour later; Ben is rung."""
    night.world.policy = replace(night.world.policy, remind_after=timedelta(hours=1))
    await night.open_case()
    await night.presses("anna", "1")
    await night.pass_time(seconds=3600 + 26)


async def test_resumed_case_belongs_to_whoever_presses_1_now(night: Night) -> None:
    """AstDB still knew of Anna's key: it must not take the case again."""
    await resumed(night)
    mark = night.phones.astdb[TAKEN, CALL_ID]

    line = await night.presses("ben", "1")

    assert mark == ""  # so that the dialplan's own screening accepts somebody too
    assert "ack-accepted" in line.played
    assert (await night.case()).owner == "ben"
    assert night.rang() == ["anna", "anna", "ben"]


async def test_mark_that_could_not_be_taken_away_takes_no_case(night: Night) -> None:
    """Anna's own key, counted once, or our mark with her name: both are old."""
    await resumed(night)
    order = night.phones.rings[0]
    night.phones.astdb[TAKEN, CALL_ID] = f"anna/{order.channel_id}/{order.token}"

    await night.presses("ben", "1")

    assert (await night.case()).owner == "ben"
    assert night.rang() == ["anna", "anna", "ben"]


async def test_key_that_the_dialplan_stored_meanwhile_is_not_wiped_off(night: Night) -> None:
    """The case is free again, and Ben has pressed 1 already when we come to say so."""
    await resumed(night)
    night.stores_key("ben")
    late = Pending(seq=99, case_id="1001", effect=MarkTaken(None))

    await night.daemon.ringing.mark_taken(late)
    await night.settle()

    assert (await night.case()).owner == "ben"
    assert night.rang() == ["anna", "anna", "ben"]


async def test_late_mark_names_who_has_the_case_now(night: Night) -> None:
    """Anna's mark was held up until Ben had it."""
    await resumed(night)
    await night.presses("ben", "1")
    late = Pending(seq=99, case_id="1001", effect=MarkTaken("anna"))

    await night.daemon.ringing.mark_taken(late)

    assert night.daemon.lookout.believe(night.phones.astdb[TAKEN, CALL_ID]) == "ben"
    assert night.rang() == ["anna", "anna", "ben"]


async def test_who_waits_for_the_rest_is_not_rung_by_another_case(alone: Night) -> None:
    """Anna accepted while the caller speaks, and follows him: the second case waits for her."""
    await alone.serve(alone.caller(stands_still_at="speaking"))
    alone.daemon.cases.post("1001", HeardCertain(Verdict(urgency=Urgency.EMERGENCY)))
    await alone.settle()
    keys = {"ack-announce": "1"}
    await alone.answers("anna", keys=keys, stands_still_at="waits for the rest")

    await alone.open_case(SECOND)
    await alone.pass_time(150)

    assert alone.ringing == ["anna"]
    assert [order.case_id for order in alone.phones.rings] == ["1001"]
    assert alone.rang() == ["anna"]


async def test_who_speaks_a_note_is_not_rung_by_another_case(alone: Night) -> None:
    """The first case is done, and Anna still on the phone with us: the second waits for her."""
    await alone.open_case(FIRST)
    said = {"ack-announce": "1", "ack-repeat": "4", "outcome-menu": "3", "outcome-confirm": "1"}
    keys = said | {"note-offer": "1"}
    await alone.answers("anna", keys=keys, stands_still_at="speaking")
    assert (await alone.case()).phase is EscalationPhase.DONE

    await alone.open_case(SECOND)
    beside = [order.case_id for order in alone.phones.rings]
    await alone.hangs_up("anna")
    await alone.pass_time(10)

    assert beside == ["1001"]
    assert [order.case_id for order in alone.phones.rings] == ["1001", "1002"]
    assert alone.rang() == ["anna", "anna"]
