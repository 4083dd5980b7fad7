"""How a language says no, and which words of a message its negations deny."""

from dataclasses import dataclass

from pbx_bridge.core.finding import Begun, Span, Spans, places_of, starts_of, tokens_of
from pbx_bridge.core.pattern import Sequence
from pbx_bridge.core.text import Token

LISTS = ("right", "near", "left", "stops", "inert", "predicates", "prepositions", "carriers")
"""The lists of phrases in `[negation]`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Negation:
    """How a language says no."""

    right: tuple[Sequence, ...] = ()
    """Words that deny what follows them."""
    right_span: int = 3
    """Tokens after such a word that it reaches."""
    near: tuple[Sequence, ...] = ()
    """Words that deny only the next word."""
    left: tuple[Sequence, ...] = ()
    """Words that deny what stands before them."""
    left_span: int = 2
    stops: tuple[Sequence, ...] = ()
    """Words no negation reaches beyond: *but*, *only*."""
    predicates: tuple[Sequence, ...] = ()
    """Words that deny one noun, before them or after them: *nie ma*."""
    nouns: tuple[str, ...] = ()
    """Endings of such a noun: where the word before has one, that is it, and nothing follows."""
    prepositions: tuple[Sequence, ...] = ()
    """Words whose noun is no other word's: *at home there is no*."""
    carriers: tuple[Sequence, ...] = ()
    """Words before the noun that are denied with it: *smell of gas there is none*."""
    inert: tuple[Sequence, ...] = ()
    """Phrases whose negation denies nothing: *does not stop*, *not only*."""


@dataclass(frozen=True, slots=True)
class Denial:
    """One negation at work."""

    at: Span
    reach: frozenset[int]


def denials(
    negation: Negation, begun: Begun, spans: Spans, tokens: tuple[Token, ...]
) -> tuple[Denial, ...]:
    """Return the negations at work; *begun* has the phrases of `[negation]` that may stand."""
    said = _Said(negation, begun, spans, tokens)
    found = said.of_predicates()
    for name, step, span in (
        ("right", 1, negation.right_span),
        ("near", 1, 1),
        ("left", -1, negation.left_span),
    ):
        for at in said.places(name):
            first = at[1] if step == 1 else at[0] - 1
            reach = said.reach(range(first, first + step * span, step))
            if reach:
                found.append(Denial(at, reach))
    return tuple(found)


class _Said:
    """The words of one message as far as they deny."""

    def __init__(
        self, negation: Negation, begun: Begun, spans: Spans, tokens: tuple[Token, ...]
    ) -> None:
        self._negation, self._begun = negation, begun
        self._spans, self._tokens = spans, tokens
        self._inert = tokens_of(begun["inert"], spans)
        self._stops = starts_of(begun["stops"], spans)

    def places(self, name: str) -> list[Span]:
        """Return where a phrase of the list *name* stands and means what it says."""
        found = places_of(self._begun[name], self._spans)
        return [at for at in found if self._inert.isdisjoint(range(*at))]

    def reach(self, wanted: range) -> frozenset[int]:
        """Return the tokens of *wanted* up to the first that no negation reaches beyond."""
        reach: set[int] = set()
        for position in wanted:
            if not 0 <= position < len(self._tokens) or position in self._stops:
                break
            reach.add(position)
        return frozenset(reach)

    def of_predicates(self) -> list[Denial]:
        """Return what each *there is no* denies: the noun before it, or else what follows."""
        found: list[Denial] = []
        taken = -1
        for at in sorted(self.places("predicates")):
            reach = self._noun_before(at[0], taken)
            if not reach:
                reach = self.reach(range(at[1], at[1] + self._negation.right_span))
                taken = at[1]  # its noun is not that of the next one
            if reach:
                found.append(Denial(at, reach))
        return found

    def _noun_before(self, first: int, taken: int) -> frozenset[int]:
        noun = first - 1
        if noun <= taken or noun in self._stops:
            return frozenset()
        if not self._tokens[noun].text.lower().endswith(self._negation.nouns):
            return frozenset()
        if noun - 1 in starts_of(self._begun["prepositions"], self._spans):
            return frozenset()
        carriers = starts_of(self._begun["carriers"], self._spans)
        start = noun
        while start - 1 in carriers:
            start -= 1
        return frozenset(range(start, first))
