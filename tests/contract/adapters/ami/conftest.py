"""The fake phones and the real ones, under one name."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from fake_asterisk import FakeAsterisk
from phone_worlds import AmiWorld, FakeWorld, World

from pbx_bridge.adapters.ami.link import AmiConfig, AmiLink


@pytest.fixture
async def ami_world() -> AsyncIterator[AmiWorld]:
    """Return the real one, logged in."""
    server = FakeAsterisk()
    await server.start()
    pause = timedelta(milliseconds=10)
    config = AmiConfig(
        user="u", secret="right", port=server.port, first_pause=pause, longest_pause=pause
    )
    link = AmiLink(config)
    world = AmiWorld(server, link)
    await link.start()
    await world.told.until("restored")
    world.told.said.clear()
    yield world
    await link.stop()
    await server.stop()


@pytest.fixture(params=["fake", "ami"])
def world(request: pytest.FixtureRequest) -> World:
    """Return one of the two."""
    return FakeWorld() if request.param == "fake" else request.getfixturevalue("ami_world")
