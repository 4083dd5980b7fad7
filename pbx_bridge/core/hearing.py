"""Decide which words of a message count: negations, asides, past and hypothetical parts."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pbx_bridge.core.finding import (
    Begun,
    Hit,
    Phrasebook,
    Solid,
    Span,
    Vocabulary,
    covered,
    find,
    tokens_of,
)
from pbx_bridge.core.negation import LISTS as NEGATION_LISTS
from pbx_bridge.core.negation import Denial, Negation, denials
from pbx_bridge.core.pattern import Sequence
from pbx_bridge.core.text import Token, tokenise
from pbx_bridge.core.zones import LISTS as ZONE_LISTS
from pbx_bridge.core.zones import Zone, inside


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One message, prepared for the rules."""

    tokens: tuple[Token, ...]
    spans: dict[str, list[Span]]
    """Terms and concepts, without those in an aside."""
    asides: frozenset[int]
    """Tokens in names, streets and figures of speech."""
    denials: tuple[Denial, ...]
    zones: dict[str, frozenset[int]]
    solid: Solid = field(default_factory=dict)
    """The tokens of concepts that have other words between theirs."""
    is_held: bool = False
    """Whether something was said after which the end of the message is waited for."""

    def denied_by(self, hit: Hit) -> Span | None:
        """Return the negation that takes *hit* back, unless *hit* contains it itself."""
        mine = covered(hit, self.solid)
        for denial in self.denials:
            if mine & denial.reach and not mine & set(range(*denial.at)):
                return denial.at
        return None

    def zone_of(self, hit: Hit) -> str | None:
        """Return the zone that *hit* reaches into, or None when it is about now."""
        mine = covered(hit, self.solid)
        for zone_id, tokens in self.zones.items():
            if mine & tokens:
                return zone_id
        return None

    def words(self, hit: Hit) -> str:
        """Return the words of *hit* as the caller said them."""
        return " ".join(self.tokens[position].text for position in sorted(covered(hit)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ear:
    """What a pack says about listening, apart from its rules."""

    language: str
    vocabulary: Vocabulary
    negation: Negation
    zones: tuple[Zone, ...] = ()
    asides: tuple[Sequence, ...] = ()
    holds: tuple[Sequence, ...] = ()
    """Phrases after which more must be heard before anybody is rung early."""
    book: Phrasebook = field(init=False, repr=False, compare=False)
    """All phrases above, by list."""

    def __post_init__(self) -> None:
        lists = {"asides": self.asides, "holds": self.holds}
        lists |= {name: getattr(self.negation, name) for name in NEGATION_LISTS}
        for zone in self.zones:
            lists |= {f"{zone.zone_id}.{name}": getattr(zone, name) for name in ZONE_LISTS}
        object.__setattr__(self, "book", Phrasebook(lists))

    def hear(self, text: str) -> Heard:
        """Prepare *text* for the rules of the pack."""
        tokens = tokenise(text, self.language, self.vocabulary.fillers)
        solid: dict[Span, frozenset[int]] = {}
        spans = self.vocabulary.spans(tokens, solid)
        begun = self.book.begun(spans)
        aside = tokens_of(begun["asides"], spans)
        if aside:
            spans = {
                term: kept
                for term, found in spans.items()
                if (kept := [span for span in found if aside.isdisjoint(range(*span))])
            }
        heard = Heard(
            tokens=tokens,
            spans=spans,
            asides=frozenset(aside),
            denials=denials(self.negation, begun, spans, tokens),
            zones={},
            solid=solid,
            is_held=any(find(phrase, spans) for phrase in begun["holds"]),
        )
        for zone in self.zones:
            mine: Begun = {name: begun[f"{zone.zone_id}.{name}"] for name in ZONE_LISTS}
            markers = tuple(_said(mine["markers"], heard))
            if markers:
                heard.zones[zone.zone_id] = inside(zone, mine, markers, spans, len(tokens))
        return heard


def _said(markers: list[Sequence], heard: Heard) -> Iterator[Span]:
    """Yield where *markers* stand that are not denied."""
    for phrase in markers:
        for hit in find(phrase, heard.spans):
            if heard.denied_by(hit) is None:
                yield hit[0][0], hit[-1][1]
