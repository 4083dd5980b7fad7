"""Virtual nights: whatever happens in them, the promises hold."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbx_bridge.core.escalation_state import EscalationPhase
from pbx_bridge.errors import NotifyFailed, SimulationStuck
from pbx_bridge.ports import Notice
from pbx_bridge.simulation.night import LONGEST_MOMENT, Office, VirtualClock, simulate
from pbx_bridge.simulation.world import FaultKind


@settings(deadline=None)
@given(st.integers(0, 10**9), st.integers(1, 8))
def test_every_promise_is_kept_in_every_night(seed: int, cases: int) -> None:
    """No case lost, one winner, everybody told, ceilings kept, nobody rung by two cases at once."""
    night = asyncio.run(simulate(seed, cases))

    assert night.faults == []
    assert len(night.tables.calls) == cases
    assert EscalationPhase.RINGING not in {esc.phase for esc in night.escalations}


@pytest.mark.parametrize("seed", [9510, 10495, 11273, 12503])
def test_nights_that_were_broken_once(seed: int) -> None:
    """Replies were lost: somebody listened, his case did not know, and another case rang him."""
    assert asyncio.run(simulate(seed)).faults == []


def test_night_goes_on_while_somebody_waits_for_the_end_of_a_message() -> None:
    """He took the case while its caller spoke: the talk takes time, and other things happen."""
    assert asyncio.run(simulate(321)).faults == []


def test_same_seed_is_the_same_night() -> None:
    """A night that went wrong can be looked at again."""
    one, other = (asyncio.run(simulate(7, 4)) for _ in range(2))

    assert one.tables.journal == other.tables.journal
    assert one.tables.journal != asyncio.run(simulate(8, 4)).tables.journal


def test_nights_are_wild_enough_to_prove_something() -> None:
    """A dozen of them see accepted and given up cases, faults, and rings of every kind."""
    nights = [asyncio.run(simulate(seed)) for seed in range(12)]

    phases = {esc.phase for night in nights for esc in night.escalations}
    behaviours = {behaviour for night in nights for _, behaviour in night.phones.rings}
    broken = {fault.kind for night in nights for fault in night.world.faults}
    assert phases == {EscalationPhase.DONE, EscalationPhase.EXHAUSTED}
    assert len(behaviours) == 8
    assert broken == set(FaultKind)


def test_night_that_spins_is_a_broken_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its seed is told with what others broke, and the other nights go on."""
    monkeypatch.setattr("pbx_bridge.simulation.night.LONGEST_MOMENT", 3)

    faults = asyncio.run(simulate(7)).faults

    assert "the night does not get beyond" in faults[0]


def test_clock_that_is_asked_for_ever_ends_the_night() -> None:
    """Something spins: an error instead of a night without end."""
    clock = VirtualClock()
    for _ in range(LONGEST_MOMENT):
        begin = clock.now()

    with pytest.raises(SimulationStuck, match="does not get beyond"):
        clock.now()
    clock.move(begin + timedelta(seconds=1))

    assert clock.now() == begin + timedelta(seconds=1)


def test_clock_never_goes_back() -> None:
    """What was due while we were dead is late, not early."""
    clock = VirtualClock()
    begin = clock.now()

    clock.move(begin - timedelta(seconds=1))

    assert clock.now() == begin


async def test_office_reads_what_its_mail_server_takes() -> None:
    """The server is away now and then; what it refused is not read."""

    class Dice:
        """Throws what the test says."""

        def __init__(self) -> None:
            self.throws = [0.1, 0.9]

        def random(self) -> float:
            """Return the next one."""
            return self.throws.pop(0)

    office = Office(Dice())
    notice = Notice(key="k", case_id="1001", subject="s", body="b")

    with pytest.raises(NotifyFailed):
        await office.send(notice)
    await office.send(notice)

    assert office.read == [notice]
