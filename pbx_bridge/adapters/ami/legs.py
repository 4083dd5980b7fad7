"""The rings under way: joins what Asterisk says of each into one answer and one end."""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass

from pbx_bridge.core.case import RingOutcome
from pbx_bridge.wire.ami import HungUp, OriginateResult, ring_outcome


@dataclass(slots=True, kw_only=True)
class Leg:
    """One ring, from the order until its channel is gone."""

    channel_id: str
    action_id: str
    """Of our order; empty for a leg that was ordered before our restart."""
    login: int
    """Login during which it was ordered or last seen; an older one may have hidden its end."""
    is_placed: bool = False
    """Asterisk said that it took the order; else whoever ordered it knows that it is in doubt."""
    is_answered: bool = False
    is_cancelled: bool = False
    result: OriginateResult | None = None
    """The failure of our order."""
    hung_up: HungUp | None = None

    @property
    def is_half_told(self) -> bool:
        """Whether one of two events came, in either order, and the other is due at once."""
        return (self.result is None) != (self.hung_up is None)


class Legs:
    """
    Bookkeeping without waiting; the two callbacks are called once for each leg.

    Asterisk tells the end of an unanswered ring twice, in either order: OriginateResponse has our
    order's `ActionID` but no cause, Hangup has the cause but only the channel. A failed order
    carries the `ChannelId` that we asked for even when another channel has it, so a failure
    alone never ends a leg: somebody must look.
    """

    def __init__(
        self, *, answered: Callable[[str], None], ended: Callable[[str, RingOutcome], None]
    ) -> None:
        self._answered, self._ended = answered, ended
        self._legs: dict[str, Leg] = {}

    def __contains__(self, channel_id: object) -> bool:
        return channel_id in self._legs

    def __iter__(self) -> Iterator[Leg]:
        return iter(tuple(self._legs.values()))

    def get(self, channel_id: str) -> Leg | None:
        """Return a leg that is not over."""
        return self._legs.get(channel_id)

    def order(self, channel_id: str, action_id: str, login: int) -> None:
        """Remember an order that is about to be sent."""
        self._legs[channel_id] = Leg(channel_id=channel_id, action_id=action_id, login=login)

    def placed(self, channel_id: str) -> None:
        """Remember that Asterisk took the order."""
        if channel_id in self._legs:
            self._legs[channel_id].is_placed = True

    def gone_unheard(self, login: int, alive: Container[str]) -> None:
        """Report the ends that fell into a time without a login; *alive* was seen in *login*."""
        for leg in self:
            if leg.login >= login or leg.channel_id in alive:
                continue
            if leg.is_placed or leg.is_answered:
                self.end(leg)
            else:
                self.forget(leg.channel_id)

    def forget(self, channel_id: str) -> None:
        """Drop an order that Asterisk did not take."""
        self._legs.pop(channel_id, None)

    def adopt(self, channel_id: str, login: int, *, is_up: bool) -> None:
        """Take note of a leg that was seen alive, whoever ordered it."""
        leg = self._legs.get(channel_id)
        if leg is None:
            leg = self._legs[channel_id] = Leg(channel_id=channel_id, action_id="", login=login)
        leg.login, leg.is_placed = login, True
        if leg.result is not None:  # our order failed because this leg lives already
            leg.result, leg.action_id = None, ""
        if is_up:
            self._answer(leg)

    def originated(self, result: OriginateResult) -> Leg | None:
        """Take an OriginateResponse; return the leg when the other event must be waited for."""
        leg = self._legs.get(result.channel_id)
        if leg is None or (leg.action_id != result.action_id and not result.is_answered):
            return None
        if result.is_answered:
            self._answer(leg)
        elif not leg.is_answered:
            leg.result = result
        return self._settled(leg)

    def hung_up(self, event: HungUp) -> Leg | None:
        """Take a Hangup; return the leg when the other event must be waited for."""
        leg = self._legs.get(event.channel_id)
        if leg is None:
            return None
        leg.hung_up = event
        return self._settled(leg)

    def end(self, leg: Leg) -> None:
        """Report the end of a leg with what is known; once."""
        if self._legs.get(leg.channel_id) is not leg:
            return
        del self._legs[leg.channel_id]
        if leg.is_answered or leg.is_cancelled:
            self._ended(leg.channel_id, RingOutcome.NO_ANSWER)
        else:
            self._ended(leg.channel_id, ring_outcome(leg.result, leg.hung_up))

    def _answer(self, leg: Leg) -> None:
        if not leg.is_answered:
            leg.is_answered = True
            self._answered(leg.channel_id)

    def _settled(self, leg: Leg) -> Leg | None:
        over = leg.hung_up is not None and (
            leg.is_answered or leg.result is not None or not leg.action_id
        )
        if over:
            self.end(leg)
        return leg if not over and leg.is_half_told else None
