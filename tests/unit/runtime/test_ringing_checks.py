"""A case rings whose mobile was just checked: no leg of a check is left, and it is released."""

import asyncio

import pytest
from night import Night
from phone_checks import begun

from pbx_bridge.runtime import phone_checks


class Carrier:
    """Stands for `asyncio` in the checks: notes who rings while it lets nobody wait."""

    def __init__(self) -> None:
        self.waited: list[float] = []

    def __getattr__(self, name: str) -> object:
        """Return everything else as it is."""
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None:
        """Note it."""
        self.waited.append(seconds)
        await asyncio.sleep(0)

    @property
    def has_released(self) -> bool:
        """Whether one ring waited for about as long as a release takes."""
        return any(waited > 0.5 * phone_checks.RELEASE_S for waited in self.waited)


@pytest.fixture
def carrier(monkeypatch: pytest.MonkeyPatch) -> Carrier:
    """Let nobody wait."""
    carrier = Carrier()
    monkeypatch.setattr(phone_checks, "asyncio", carrier)
    return carrier


async def left_over(night: Night) -> str:
    """Have a check's leg that rings Anna, and that nobody waits for."""
    check = await begun(night)
    [leg] = night.phones.channels
    ringing = night.phones.channels[leg]
    check.cancel()
    await night.settle()
    night.phones.channels[leg] = ringing
    night.phones.cancelled.clear()
    return leg


async def test_leg_that_was_left_over_ends_before_a_case_rings(
    night: Night, carrier: Carrier
) -> None:
    """Reply and cancel were lost: it would make her busy, for the case that must reach her."""
    leg = await left_over(night)

    await night.open_case()

    assert night.phones.cancelled == [leg]
    assert night.rang() == ["anna", "anna"]
    assert list(night.phones.channels) == ["1001-1"]
    assert carrier.has_released


async def test_leg_of_the_life_before_is_released_before_a_case_rings(
    night: Night, carrier: Carrier
) -> None:
    """The first look ends it; the case rings in the same moment."""
    leg = await left_over(night)
    await night.restart()

    assert night.phones.cancelled == [leg]
    assert carrier.waited == []
    await night.open_case()

    assert night.rang() == ["anna", "anna"]
    assert carrier.has_released


async def test_mobile_that_a_caller_freed_is_released_before_it_rings(
    night: Night, carrier: Carrier
) -> None:
    """His call ended the check already."""
    check = await begun(night)

    await night.open_case()

    assert (await check).reason == "somebody calls"
    assert night.rang() == ["anna", "anna"]
    assert carrier.has_released


async def test_nobody_waits_for_the_mobile_of_another(night: Night, carrier: Carrier) -> None:
    """Ben's was checked, Anna is rung."""
    await begun(night, "ben")

    await night.open_case()

    assert night.rang() == ["ben", "anna"]
    assert not carrier.has_released


async def test_check_that_rang_nobody_costs_no_time(night: Night, carrier: Carrier) -> None:
    """It was put off."""
    night.daemon.has_looked.clear()
    await (await begun(night))

    await night.open_case()

    assert night.rang() == ["anna"]
    assert not carrier.has_released


async def test_second_ring_of_a_case_waits_for_a_mobile_that_the_first_freed(
    night: Night, carrier: Carrier
) -> None:
    """Ben and Anna are rung at once, and Anna's was being checked."""
    check = await begun(night)

    await night.daemon.checks.give_way("ben")
    before = carrier.has_released
    await night.daemon.checks.give_way("anna")

    assert night.rang() == ["anna"]
    assert (await check).reason == "a case rings"
    assert (before, carrier.has_released) == (False, True)
