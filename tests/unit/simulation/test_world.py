"""Where virtual nights come from."""

from random import Random

from pbx_bridge.simulation.world import HOURS, random_world


def test_every_night_can_be_played() -> None:
    """A temper for each person, all within the night."""
    for seed in range(200):
        world = random_world(Random(seed))

        assert set(world.tempers) == set(world.firm.names)
        assert all(0 <= caller.at_s < HOURS * 3600 for caller in world.incoming)
        assert 1 <= len(world.incoming) <= 6


def test_number_of_callers_can_be_chosen() -> None:
    """Three cases and two technicians are looked for by hand."""
    assert len(random_world(Random(1), 9).incoming) == 9
