"""The calls in our hands: Asterisk takes back what we do not renew."""

import asyncio
from datetime import timedelta

import pytest
from fakes import FakePhones

from pbx_bridge.errors import UnsafeValue
from pbx_bridge.ports import LiveChannel
from pbx_bridge.runtime.leases import RENEWALS_PER_LEASE, Leases

LEASE = timedelta(seconds=10)


@pytest.fixture
def phones() -> FakePhones:
    """Two channels are alive."""
    phones = FakePhones()
    for name in ("A", "B"):
        phones.channels[name] = LiveChannel(channel=name, channel_id=name, call_id="", is_up=True)
    return phones


@pytest.fixture
def leases(phones: FakePhones) -> Leases:
    """Nothing is held yet."""
    return Leases(phones, LEASE)


def renewed(phones: FakePhones) -> list[str]:
    """Return the channels whose lease was renewed."""
    return [channel for channel, _ in phones.extended]


async def test_held_channel_is_renewed_until_its_session_ends(
    leases: Leases, phones: FakePhones
) -> None:
    """At once and then again; no longer, or a hung session would keep him from the fallback."""
    async with leases.held("A"):
        await leases.renew()
    await leases.renew()

    assert phones.extended == [("A", LEASE)] * 2


async def test_channel_held_twice_is_held_until_both_end(
    leases: Leases, phones: FakePhones
) -> None:
    """The session before may end after the next has begun."""
    async with leases.held("A"):
        async with leases.held("A"):
            phones.extended.clear()
        await leases.renew()

    assert renewed(phones) == ["A"]


async def test_adopted_channel_is_renewed_until_its_next_session(
    leases: Leases, phones: FakePhones
) -> None:
    """After a restart a caller speaks on; when his session comes again it holds the lease."""
    await leases.adopt("A")
    await leases.renew()
    async with leases.held("A"):
        phones.extended.clear()
        await leases.adopt("A")
    await leases.renew()

    assert renewed(phones) == []


async def test_released_channel_is_not_renewed(leases: Leases, phones: FakePhones) -> None:
    """The dialplan has it, and knows no lease."""
    await leases.adopt("A")
    leases.release("A")
    phones.extended.clear()

    await leases.renew()

    assert renewed(phones) == []


async def test_channel_that_is_gone_is_dropped(leases: Leases, phones: FakePhones) -> None:
    """And the others are renewed all the same."""
    await leases.adopt("gone")
    await leases.adopt("B")
    phones.extended.clear()

    await leases.renew()

    assert renewed(phones) == ["B"]
    assert leases._adopted == {"B"}


async def test_unsafe_name_does_not_stop_the_others(leases: Leases, phones: FakePhones) -> None:
    """A channel name that no protocol line can hold costs its own lease only."""
    asked = phones.extend

    async def extend(channel: str, lease: timedelta) -> None:
        if channel == "A\n":
            raise UnsafeValue(channel)
        await asked(channel, lease)

    phones.extend = extend
    async with leases.held("A\n"), leases.held("B"):
        phones.extended.clear()
        await leases.renew()

    assert renewed(phones) == ["B"]


async def test_line_that_is_down_is_tried_again(leases: Leases, phones: FakePhones) -> None:
    """A lost renewal is no lost lease: there are three of them."""
    await leases.adopt("A")
    phones.is_up = False
    await leases.renew()
    phones.is_up = True
    phones.extended.clear()

    await leases.renew()

    assert renewed(phones) == ["A"]


async def test_lease_that_ran_out_is_never_renewed(phones: FakePhones) -> None:
    """Frozen for too long: the dialplan has the caller, perhaps in a talk with somebody."""
    leases = Leases(phones, timedelta(milliseconds=1))
    async with leases.held("A"):
        await leases.adopt("B")
        await asyncio.sleep(0.005)  # the loop's own clock is what counts
        phones.extended.clear()

        await leases.renew()

    assert renewed(phones) == []
    assert leases._adopted == set()


async def test_loop_renews_several_times_within_a_lease(phones: FakePhones) -> None:
    """Three renewals in the time of one lease."""
    leases = Leases(phones, timedelta(seconds=0.3))
    await leases.adopt("A")

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(leases.run(), timeout=0.45)

    assert len(renewed(phones)) >= RENEWALS_PER_LEASE
