"""What a virtual night is made of: a firm, mobiles, callers and faults, all from one seed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from pbx_bridge.core.case import Urgency
from pbx_bridge.simulation.firm import CATEGORIES, Firm, random_firm

HOURS = 8
"""Within which callers ring and things break; after that the night runs out."""


class Behaviour(StrEnum):
    """What a mobile does with one ring."""

    ACCEPTS = "accepts"
    DECLINES = "declines"
    BUSY = "busy"
    UNREACHABLE = "unreachable"
    SILENT = "silent"
    MAILBOX = "mailbox"
    HANGS_UP = "hangs-up"
    """Picks up and presses nothing."""
    LOST = "lost"
    """Rings, and nothing is ever told of it."""


class FaultKind(StrEnum):
    """What can break."""

    LINK = "link"
    """The manager login to Asterisk is gone."""
    TRUNK = "trunk"
    """No mobile can be reached."""
    PROCESS = "process"
    """We are killed between two things, and started again at the end."""
    CRASH = "crash"
    """We are killed in the middle of one: before or after a write or an order."""
    ASTERISK = "asterisk"
    """Asterisk is killed: every channel is gone, and what AstDB holds is not."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A caller who left a message."""

    at_s: float
    """Seconds after the beginning of the night."""
    urgency: Urgency
    category: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Something is broken for a while."""

    kind: FaultKind
    at_s: float
    for_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One night before it begins."""

    firm: Firm
    tempers: Mapping[str, Mapping[Behaviour, float]]
    """Weights of what each technician's mobile does."""
    incoming: tuple[Incoming, ...]
    faults: tuple[Fault, ...] = field(default=())
    lost_replies: float = 0.0
    """How likely an order is carried out and its reply lost."""
    late_keys: float = 0.0
    """How likely somebody who listens presses his key in the moment in which we hang up."""


def random_world(chance: Random, cases: int | None = None) -> World:
    """
    Return a night.

    Args:
        chance: where all of it comes from.
        cases: how many callers; without it one to six, mostly close together.
    """
    firm = random_firm(chance)
    return World(
        firm=firm,
        tempers={name: _temper(chance) for name in firm.names},
        incoming=_incoming(chance, cases or chance.randint(1, 6)),
        faults=_faults(chance),
        lost_replies=chance.choice([0, 0, 0.05, 0.3]),
        late_keys=chance.choice([0, 0.1, 0.5]),
    )


def _temper(chance: Random) -> Mapping[Behaviour, float]:
    """Return how likely each behaviour is; some people sleep like stones."""
    return {behaviour: chance.random() ** 3 for behaviour in Behaviour}


def _incoming(chance: Random, count: int) -> tuple[Incoming, ...]:
    urgencies = list(Urgency)
    at_s, callers = chance.uniform(0, 3600), []
    for _ in range(count):
        callers.append(Incoming(at_s, chance.choice(urgencies), chance.choice(CATEGORIES)))
        at_s += chance.choice([0, chance.uniform(0, 60), chance.uniform(0, 3600)])
    return tuple(callers)


def _faults(chance: Random) -> tuple[Fault, ...]:
    return tuple(
        Fault(kind, chance.uniform(0, 2 * 3600), chance.choice([1, 20, chance.uniform(0, 5400)]))
        for kind in FaultKind
        for _ in range(chance.choice([0, 0, 0, 1, 1, 3]))
    )
