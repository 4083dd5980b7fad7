"""What many virtual nights came to, as figures."""

from collections import Counter
from collections.abc import Iterator

from pbx_bridge.core.escalation_events import Fallback, FallbackReason, TakeOver, Tell, Topic
from pbx_bridge.simulation.night import Night


class Figures:
    """Counts nights as they come; keeps none of them."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        """By what is counted, in words."""
        self.broken: list[str] = []
        """Each promise that was broken, with its seed; empty when all is well."""

    def add(self, night: Night) -> None:
        """Count one night."""
        counts = self.counts
        counts["nights"] += 1
        counts["cases"] += len(night.tables.calls)
        counts["cases that ring"] += len(night.escalations)
        counts["rings"] += len(night.phones.rings)
        counts["faults of link, trunk and process"] += len(night.world.faults)
        for row in night.tables.outbox:
            match row.pending.effect:
                case Tell(topic=Topic.ACCEPTED):
                    counts["accepted"] += 1
                case Tell(topic=Topic.RESUMED):
                    counts["resumed after a silent reminder"] += 1
                case Fallback(reason=FallbackReason.LINE_DOWN):
                    counts["line down told"] += 1
                case Fallback():
                    counts["fallback told"] += 1
                case TakeOver():
                    counts["rings asked for by a more urgent case"] += 1
                case _:
                    pass
        self.broken += [f"seed {night.seed}: {fault}" for fault in night.faults]

    def join(self, others: "Figures") -> None:
        """Add what was counted elsewhere."""
        self.counts += others.counts
        self.broken += others.broken

    def lines(self) -> Iterator[str]:
        """Yield one line for each figure, the promises last."""
        for name, count in self.counts.items():
            yield f"{count:>10,}  {name}"
        yield f"{len(self.broken):>10,}  broken promises"

    def as_dict(self) -> dict[str, int]:
        """Return the same for a machine."""
        return {**self.counts, "broken promises": len(self.broken)}
