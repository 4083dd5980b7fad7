"""The figures of many nights."""

import asyncio

from pbx_bridge.simulation.figures import Figures
from pbx_bridge.simulation.night import simulate


def test_nights_are_added_up() -> None:
    """Callers, rings and promises, each as a line and for a machine."""
    figures = Figures()
    nights = [asyncio.run(simulate(seed, 3)) for seed in range(8)]

    for night in nights:
        figures.add(night)

    told = figures.as_dict()
    assert (told["nights"], told["cases"]) == (8, 24)
    assert told["rings"] == sum(len(night.phones.rings) for night in nights)
    assert told["accepted"] > 0
    assert told["fallback told"] > 0
    assert told["broken promises"] == 0
    assert list(figures.lines())[-1].strip() == "0  broken promises"


def test_figures_of_two_processes_are_joined() -> None:
    """Counts are added, broken promises kept."""
    one, other, both = Figures(), Figures(), Figures()
    nights = [asyncio.run(simulate(seed, 2)) for seed in range(4)]
    nights[3].faults.append("case 1001 is lost")
    for night in nights:
        both.add(night)
    for figures, part in ((one, nights[:2]), (other, nights[2:])):
        for night in part:
            figures.add(night)

    one.join(other)

    assert one.as_dict() == both.as_dict()
    assert one.broken == ["seed 3: case 1001 is lost"]


def test_broken_promise_is_named_with_its_seed() -> None:
    """So that the night can be looked at."""
    figures = Figures()
    night = asyncio.run(simulate(4, 1))
    night.faults.append("case 1001 is lost")

    figures.add(night)

    assert figures.broken == ["seed 4: case 1001 is lost"]
    assert figures.as_dict()["broken promises"] == 1
