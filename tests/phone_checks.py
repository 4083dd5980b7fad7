"""Lets somebody ask for a check of a mobile, and the mobile do something."""

import asyncio

from lines import FakeLine
from night import Night

from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.phone_check import PhoneCheck

Checking = asyncio.Task[PhoneCheck]


async def begun(night: Night, technician: str = "anna") -> Checking:
    """Let somebody ask for a check; return it as it goes on."""
    task = asyncio.create_task(night.daemon.checks.check(technician))
    await night.settle()
    return task


async def picks_up(night: Night, token: str | None = None, **script: object) -> FakeLine:
    """Let the mobile that is checked be answered; its script says what is pressed."""
    order = night.phones.rings[-1]
    night.phones.answers(order.channel_id)
    line = FakeLine(
        phones=night.phones,
        channel=night.phones.channels[order.channel_id].channel,
        variables={
            "PBXB_ATTEMPT": str(order.attempt),
            "PBXB_TOKEN": order.token if token is None else token,
        },
        **script,
    )
    await night._session(night.daemon.checks.answered, line)
    return line


async def leaves(night: Night, outcome: RingOutcome = RingOutcome.NO_ANSWER) -> None:
    """Let the mobile that is checked hang up, or the network end the ring."""
    night.phones.ends(night.phones.rings[-1].channel_id, outcome)
    await night.settle()
