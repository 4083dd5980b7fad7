"""
The auditor of the nights sees what is wrong: the core is broken on purpose, then nights are played.

Each sabotage breaks one promise. A clean run of `make proof` proves something because these are
found.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from pbx_bridge.core import escalation, escalation_rounds
from pbx_bridge.core.ack_flow import Granted
from pbx_bridge.core.escalation_events import TakenElsewhere
from pbx_bridge.core.escalation_state import Escalation, EscalationPhase, EscalationTransition
from pbx_bridge.core.lineup import ALONE, Others
from pbx_bridge.ports import Pending
from pbx_bridge.runtime import cases
from pbx_bridge.runtime.acks import Acks
from pbx_bridge.runtime.lookout import Lookout
from pbx_bridge.runtime.ringing import Ringing
from pbx_bridge.simulation.memory import MemoryCalls
from pbx_bridge.simulation.night import simulate

ENOUGH = 150
"""Nights within which each sabotage is found; most are in the first ten."""


def found(text: str) -> str:
    """Play nights until a fault with *text* is found; return the first."""
    return next((fault for fault in faults() if text in fault), f"nothing in {ENOUGH} nights")


def faults() -> Iterator[str]:
    """Yield what is found, night after night."""
    for seed in range(ENOUGH):
        yield from asyncio.run(simulate(seed)).faults


def test_two_winners(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever presses 1 gets the case, also when it has an owner."""
    honest = escalation._pressed_one

    def greedy(now: datetime, esc: Escalation, n: int, others: object) -> EscalationTransition:
        free = replace(esc, phase=EscalationPhase.RINGING, owner=None)
        return honest(now, free, n, others)

    monkeypatch.setattr(escalation, "_pressed_one", greedy)

    assert "won a case that had an owner" in found("won a case")


def test_two_are_told_that_it_is_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The state is right, and what is said on the telephone is not."""

    async def generous(*_: object) -> Granted:
        return Granted()

    monkeypatch.setattr(Acks, "_claim", generous)

    assert "were told it is theirs" in found("were told")


def test_case_for_somebody_who_pressed_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Picking up counts as a key, as with a mailbox."""
    honest = escalation._answered

    def gullible(now: datetime, esc: Escalation, n: int, others: Others) -> EscalationTransition:
        answered = honest(now, esc, n, others).state
        return escalation._acknowledge(now, answered, esc.attempts[n - 1].technician)

    monkeypatch.setattr(escalation, "_answered", gullible)

    assert "and pressed 1 0" in found("and pressed 1")


def test_listener_who_holds_the_next_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mailbox costs the answer limit, as it once did."""
    honest = escalation._answered

    def patient(now: datetime, esc: Escalation, n: int, others: Others) -> EscalationTransition:
        for_ever = replace(esc, policy=replace(esc.policy, listen_alone=None))
        moved = honest(now, for_ever, n, others)
        return replace(moved, state=replace(moved.state, policy=esc.policy))

    monkeypatch.setattr(escalation, "_answered", patient)

    assert "rang nobody for too long" in found("for too long")


def test_listener_who_holds_the_next_round_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mailbox is the last of its round, and everybody waits for it."""
    monkeypatch.setattr(escalation_rounds, "_others_follow", lambda _: False)

    assert "rang nobody for too long" in found("for too long")


def test_listener_who_is_waited_for_in_his_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """He is left over of the second round, and the next one waits until he has hung up."""
    monkeypatch.setattr(escalation_rounds, "_only_listeners_left", lambda *_: False)

    assert "rang nobody for too long" in found("for too long")


def test_rung_by_two_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    """No case knows of the others."""
    monkeypatch.setattr(cases, "others_of", lambda *_: ALONE)
    monkeypatch.setattr(Ringing, "_is_on_the_phone", _nothing)

    assert "rings at once" in found("rings at once")
    assert "rung by two cases at once" in found("rung by two")


def test_rung_twice_after_a_lost_reply(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bookkeeping is right and the mobile rings twice: only the mobiles can tell."""
    monkeypatch.setattr(Ringing, "_is_on_the_phone", _nothing)

    assert "rung by two cases at once" in found("rung by two")


def test_case_that_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The call is committed, and gone."""
    honest = MemoryCalls.open

    async def forgetful(self: MemoryCalls, now: datetime, opening: object) -> object:
        stored = await honest(self, now, opening)
        if stored.state.case_id == "1003":
            del self._tables.calls["1003"]
        return stored

    monkeypatch.setattr(MemoryCalls, "open", forgetful)

    assert "cases are kept" in found("cases are kept")


def test_case_that_rings_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """The order to escalate counts as carried out, and was not."""
    monkeypatch.setattr(Ringing, "escalate", _nothing)

    assert "is urgent and nobody is rung" in found("nobody is rung")
    assert "is lost" in found("is lost")


def test_ceiling_that_is_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every round gives the case more time."""
    honest = escalation_rounds.begin_round

    def patient(now: datetime, esc: Escalation, *args: object, **more: object) -> object:
        return honest(now, replace(esc, give_up_at=now + timedelta(hours=9)), *args, **more)

    monkeypatch.setattr(escalation_rounds, "begin_round", patient)

    assert "rings beyond its ceiling" in found("ceiling")


def test_end_that_nobody_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A case is given up in silence."""
    honest = escalation_rounds.exhaust

    def silent(*args: object) -> EscalationTransition:
        return EscalationTransition(honest(*args).state)

    monkeypatch.setattr(escalation_rounds, "exhaust", silent)
    monkeypatch.setattr(escalation, "exhaust", silent)

    assert "given up and nobody was told" in found("nobody was told")


def test_old_mark_that_takes_a_case_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who did not answer the reminder has it again, by the key that he pressed hours ago."""
    honest = Lookout.press_of

    def careless(self: Lookout, esc: Escalation, stored: str) -> object:
        who = self.believe(stored)
        return honest(self, esc, stored) or (TakenElsewhere(who) if who else None)

    monkeypatch.setattr(Lookout, "press_of", careless)
    monkeypatch.setattr(Ringing, "_mark", _nothing)

    assert "and pressed 1" in found("and pressed 1")


async def _nothing(*_: Pending) -> None:
    """Do nothing."""
