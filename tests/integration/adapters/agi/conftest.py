"""A call in our hands, and the Asterisk that handed it to us."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from agi_peer import AsteriskPeer, Call, InHands, head

from pbx_bridge.adapters.agi.server import AgiPort, AgiServer
from pbx_bridge.adapters.agi.session import AgiDeadlines, AgiLine


@pytest.fixture
async def call() -> AsyncIterator[Call]:
    """Return a function that lets one call in; its arguments change the head."""
    lines: asyncio.Queue[AgiLine] = asyncio.Queue()
    peers: list[AsteriskPeer] = []

    async def hold(line: AgiLine) -> None:
        lines.put_nowait(line)
        await asyncio.Event().wait()

    deadlines = AgiDeadlines(reply_s=0.3, sound_s=0.3, margin_s=0.3)
    server = AgiServer(
        {"incoming": hold}, AgiPort(port=0), beep_sound="/p/beep", deadlines=deadlines
    )
    await server.start()

    async def let_in(**changed: str) -> InHands:
        peers.append(await AsteriskPeer.connect(server.port, head(**changed)))
        return InHands(await lines.get(), peers[-1])

    yield let_in
    await server.stop()
    for peer in peers:
        peer.close()
