"""The rules of one language, compiled; read from TOML by `rulefile`."""

from dataclasses import dataclass, field
from enum import StrEnum

from pbx_bridge.core.case import Urgency
from pbx_bridge.core.clause_index import ClauseIndex
from pbx_bridge.core.hearing import Ear
from pbx_bridge.core.pattern import Pattern

WEIGHTS = {
    Urgency.EMERGENCY: 10.0,
    Urgency.URGENT: 8.0,
    Urgency.ROUTINE: 6.0,
    Urgency.NONE: 6.0,
    Urgency.UNKNOWN: 0.0,
}
"""Weight of a rule that names none; the heaviest rule wins, on a tie the more urgent."""


CERTAIN_AFTER = 1
"""What ``certain = true`` means: one more word, in which *nicht* or *keiner* would have come."""


class Season(StrEnum):
    """What the calendar knows; the rules may ask for it as `#winter` or `#summer`."""

    WINTER = "winter"
    SUMMER = "summer"


@dataclass(frozen=True, slots=True)
class Context:
    """What is known about the moment of the call, apart from the message."""

    season: Season | None = None
    office_opens_in_h: float | None = None
    """Hours until the office opens; None when not known."""
    window: str | None = None
    """Name of the firm's duty window; None outside all of them, and when not known."""

    def facts(self) -> frozenset[str]:
        """Return the facts that hold by the calendar: `winter`, `office-soon`, ..."""
        found = set() if self.season is None else {self.season.value}
        if self.office_opens_in_h is not None:
            if self.office_opens_in_h <= OFFICE_SOON_H:
                found.add("office-soon")
            elif self.office_opens_in_h >= OFFICE_FAR_H:
                found.add("office-far")
        if self.window is not None:
            found.add(f"{WINDOW_FACT}{self.window}")
        return frozenset(found)


OFFICE_SOON_H = 2.0
"""Hours in which waiting for the office is no hardship."""
OFFICE_FAR_H = 36.0
"""Hours after which a thing that could wait for the morning cannot wait any more."""
WINDOW_FACT = "window-"
"""Before the name of a duty window; which ones there are only the firm knows."""
CALENDAR_FACTS = frozenset({"winter", "summer", "office-soon", "office-far"})
"""All facts that `Context.facts` may give, apart from the duty window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """What facts and rules share: when they hold."""

    clause_id: str
    patterns: tuple[Pattern, ...]
    """One of them must be found."""
    unless: tuple[Pattern, ...] = ()
    """None of them may be found."""
    anytime: bool = False
    """Holds in past and hypothetical parts too."""
    as_said: bool = False
    """Negations around it are not looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One pattern list with what it says about the message."""

    clause: Clause
    urgency: Urgency
    weight: float
    category: str
    """Empty when the topic words of the message decide."""
    reason: str
    certain_after: int | None = None
    """Words that must follow before the first mobile rings while the caller speaks; None: never."""
    settles: bool = False
    """A quiet rule that speaks of what was told before its words only."""

    @property
    def rule_id(self) -> str:
        """Return the full id, `de.water.burst-pipe`."""
        return self.clause.clause_id


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePack:
    """All that is needed to judge messages of one language."""

    name: str
    version: str
    language: str
    ear: Ear
    facts: tuple[Clause, ...]
    """In an order in which each only uses earlier ones."""
    rules: tuple[Rule, ...]
    topics: tuple[tuple[str, tuple[Pattern, ...]], ...]
    """Category to the patterns that hint at it."""
    unmatched: Urgency = Urgency.NONE
    """What a text is on which no rule speaks and that names no trade."""
    unmatched_trade: Urgency = Urgency.ROUTINE
    """What a text is on which no rule speaks though it has topic words of a trade."""
    fact_index: ClauseIndex = field(init=False, repr=False, compare=False)
    rule_index: ClauseIndex = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        facts = ClauseIndex(fact.patterns for fact in self.facts)
        rules = ClauseIndex(rule.clause.patterns for rule in self.rules)
        object.__setattr__(self, "fact_index", facts)
        object.__setattr__(self, "rule_index", rules)

    @property
    def title(self) -> str:
        """Return name and version as they stand in a verdict."""
        return f"{self.name} {self.version}"
