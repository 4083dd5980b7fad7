"""A scripted Asterisk and links to it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
from fake_asterisk import FakeAsterisk
from link_ear import Ear, quick

from pbx_bridge.adapters.ami.link import AmiLink


@pytest.fixture
async def server() -> AsyncIterator[FakeAsterisk]:
    """Return an Asterisk that runs."""
    server = FakeAsterisk()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def ear() -> Ear:
    """Return a listener."""
    return Ear()


@pytest.fixture
async def connect(
    server: FakeAsterisk, ear: Ear
) -> AsyncIterator[Callable[..., Awaitable[AmiLink]]]:
    """Return a function that starts a link and waits until it is up."""
    links = []

    async def start(*, wait: bool = True, **more: timedelta) -> AmiLink:
        link = AmiLink(quick(server, **more))
        links.append(link)
        link.listen(ear)
        await link.start()
        if wait:
            await ear.until("restored")
        return link

    yield start
    for link in links:
        await link.stop()
