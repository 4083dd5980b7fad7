"""The socket of one AGI session: every reply to its command, none to nobody."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from agi_peer import AsteriskPeer, head

from pbx_bridge.adapters.agi.exchange import AgiExchange
from pbx_bridge.errors import AgiHangup, AgiProtocolError, UnsafeValue

pytestmark = pytest.mark.integration


@pytest.fixture
async def ends() -> AsyncIterator[tuple[AgiExchange, AsteriskPeer]]:
    """Our end and Asterisk's end of a connection that has said nothing yet."""
    ours: asyncio.Future[AgiExchange] = asyncio.get_running_loop().create_future()
    server = await asyncio.start_server(
        lambda reader, writer: ours.set_result(AgiExchange(reader, writer)), "127.0.0.1", 0
    )
    peer = await AsteriskPeer.connect(server.sockets[0].getsockname()[1])
    exchange = await ours
    yield exchange, peer
    await exchange.close()
    peer.close()
    server.close()


async def test_replies_belong_to_their_commands(ends: tuple[AgiExchange, AsteriskPeer]) -> None:
    """Commands may be sent ahead; each gets its own reply, one that was given up none."""
    exchange, peer = ends
    peer.say(head())
    await exchange.introduce()

    with exchange.listening():
        asked = [
            asyncio.create_task(exchange.ask("GET VARIABLE", name, limit_s=5)) for name in "abc"
        ]
        await peer.command()
        asked[0].cancel()
        peer.say(b"200 result=1 (a)\n200 result=1 (b)\nHANGUP\n200 result=1 (c)\n")
        replies = await asyncio.gather(*asked, return_exceptions=True)

    assert [getattr(reply, "extra", None) for reply in replies] == [None, "b", "c"]
    assert exchange.channel_gone
    assert exchange.fault is None


async def test_reply_to_nobody_is_a_fault(ends: tuple[AgiExchange, AsteriskPeer]) -> None:
    """One reply too many means that none can be trusted."""
    exchange, peer = ends
    peer.say(head())
    await exchange.introduce()

    with exchange.listening():
        asked = asyncio.create_task(exchange.ask("NOOP", limit_s=5))
        await peer.answer(b"200 result=0\n200 result=1 (forged)\n")
        await asked
        await peer.rest()

    assert exchange.fault == "an AGI reply that belongs to no command"
    async with asyncio.timeout(5):
        with pytest.raises(AgiHangup):
            await exchange.ask("NOOP", limit_s=60)


async def test_all_who_wait_are_told_of_the_end(ends: tuple[AgiExchange, AsteriskPeer]) -> None:
    """Nobody waits for the deadline when Asterisk is gone."""
    exchange, peer = ends
    peer.say(head())
    await exchange.introduce()

    with exchange.listening():
        asked = [asyncio.create_task(exchange.ask("NOOP", limit_s=60)) for _ in range(3)]
        await peer.command()
        peer.end()
        async with asyncio.timeout(5):
            ended = await asyncio.gather(*asked, return_exceptions=True)
            with pytest.raises(AgiHangup):
                await exchange.ask("NOOP", limit_s=60)

    assert [type(end) for end in ended] == [AgiHangup] * 3


async def test_peer_that_leaves_before_its_head_is_no_asterisk(
    ends: tuple[AgiExchange, AsteriskPeer],
) -> None:
    """The end of the stream ends the wait for the head."""
    exchange, peer = ends
    peer.say(head()[:-1])
    peer.end()

    with pytest.raises(AgiProtocolError, match="closed before"):
        await exchange.introduce()


async def test_unsafe_value_leaves_nothing_to_wait_for(
    ends: tuple[AgiExchange, AsteriskPeer],
) -> None:
    """A refused command is not sent and has no place among the replies."""
    exchange, peer = ends
    peer.say(head())
    await exchange.introduce()

    with exchange.listening():
        with pytest.raises(UnsafeValue):
            await exchange.ask("SET VARIABLE", "X", "a\nb", limit_s=5)
        reply, _ = await asyncio.gather(
            exchange.ask("NOOP", limit_s=5), peer.answer(b"200 result=7\n")
        )

    assert reply.result == "7"
