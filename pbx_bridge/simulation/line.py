"""The AGI session of a mobile in a virtual night: the talk, squeezed into the moment of the key."""

from datetime import timedelta

from pbx_bridge.core.ack_flow import ACCEPT, DECLINE
from pbx_bridge.core.case import RingOutcome
from pbx_bridge.errors import AgiFailed, AgiHangup
from pbx_bridge.ports import Recorded, RingOrder
from pbx_bridge.simulation.phones import VirtualPhones

ACCEPTED = "ack-accepted"
"""The words after which a technician gets dressed."""


class VirtualLine:
    """The port `Line` for somebody who has pressed a key; nobody records here."""

    caller_number: str | None = None

    def __init__(self, phones: VirtualPhones, order: RingOrder, outcome: RingOutcome) -> None:
        self._phones, self.order, self.outcome = phones, order, outcome
        self.channel = f"PJSIP/{order.channel_id}"
        self._keys = [ACCEPT if outcome is RingOutcome.ACKNOWLEDGED else DECLINE]
        self.is_granted = False
        """Whether he was told that the case is his."""

    async def play(self, sound: str, keys: str = "") -> str | None:
        """Have the key pressed while the first words are said."""
        if sound == ACCEPTED:
            self.is_granted = True
        if keys and self._keys:
            return self._keys.pop()
        if self.order.channel_id not in self._phones.legs:
            raise AgiHangup("he has hung up, or was")
        return None

    async def digit(self, limit: timedelta) -> str | None:  # noqa: ARG002  the port
        """Return nothing, he has pressed his key; raise `AgiHangup` when he is gone."""
        if self.order.channel_id not in self._phones.legs:
            raise AgiHangup("he has hung up, or was")
        return None

    async def variable(self, name: str) -> str | None:
        """Return what we gave to the leg with the order."""
        order = self.order
        values = {
            "PBXB_CASE": order.case_id,
            "PBXB_ATTEMPT": str(order.attempt),
            "PBXB_TECHNICIAN": order.technician,
            "PBXB_TOKEN": order.token,
        }
        return values.get(name)

    async def set_variable(self, name: str, value: str) -> None:
        """Do nothing: the dialplan would read it."""

    async def stored(self, family: str, key: str) -> str | None:
        """Return a value from AstDB, also while AMI is away."""
        return self._phones.astdb.get((family, key))

    async def remember(self, family: str, key: str, value: str) -> None:
        """Store a value in AstDB, also while AMI is away."""
        self._phones.astdb[family, key] = value

    async def forget(self, family: str, key: str) -> None:
        """Delete a value from AstDB."""
        self._phones.astdb.pop((family, key), None)

    async def stored_keys(self, family: str) -> list[str]:
        """Return the keys of a family."""
        return [key for kept, key in self._phones.astdb if kept == family]

    async def record(
        self,
        path: str,
        *,
        keys: str,  # noqa: ARG002  the port
        limit: timedelta,  # noqa: ARG002
        silence: timedelta,  # noqa: ARG002
    ) -> Recorded:
        """Raise `AgiFailed`: this is no caller."""
        raise AgiFailed(f"a technician is not recorded: {path}")

    async def start_copy(self, path: str) -> None:
        """Raise `AgiFailed`: this is no caller."""
        raise AgiFailed(f"a technician is not recorded: {path}")

    async def stop_copy(self) -> None:
        """Do nothing."""
