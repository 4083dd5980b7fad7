"""Find terms, concepts and phrases in the tokens of one message."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise

from pbx_bridge.core.lexicon import Lexicon
from pbx_bridge.core.number_words import numbers
from pbx_bridge.core.pattern import (
    NEAR_WINDOW,
    Element,
    Part,
    Sequence,
    Terms,
    needed,
    number_range,
    rarest,
)
from pbx_bridge.core.text import Token

Span = tuple[int, int]
"""First token and the one after the last."""
Hit = tuple[Span, ...]
"""Where the elements of a phrase stand, in the order of the phrase."""
Spans = Mapping[str, list[Span]]
"""Term or `@concept` to all places where it stands."""
Solid = Mapping[Span, frozenset[int]]
"""The tokens that make up a span, for those that have others between them."""

_HITS_KEPT = 24
"""Places of one phrase that are followed; a caller who repeats himself costs no time."""
_JOINED_TOKENS = 3
"""Pieces into which a recogniser splits a compound at most."""


@dataclass(frozen=True, slots=True)
class Concept:
    """A named list of terms and short phrases that mean one thing."""

    name: str
    """With its `@`; several words in a row are their own name."""
    parts: tuple[Part, ...]


def places(element: Element, spans: Spans) -> list[Span]:
    """Return where any term of *element* stands."""
    if len(element.terms) == 1:
        return spans.get(element.terms[0], [])
    return [span for term in element.terms for span in spans.get(term, ())]


def find(phrase: Sequence, spans: Spans) -> list[Hit]:
    """Return where all elements of *phrase* stand in order within their gaps."""
    if len(phrase) > 1 and spans.keys().isdisjoint(phrase[-1].terms):
        return []
    hits: list[Hit] = [(span,) for span in places(phrase[0], spans)[:_HITS_KEPT]]
    for element in phrase[1:]:
        if not hits:
            break
        following = places(element, spans)
        hits = [
            (*hit, span)
            for hit in hits
            for span in following
            if 0 <= span[0] - hit[-1][1] <= element.gap
        ][:_HITS_KEPT]
    return hits


def find_near(part: Part, spans: Spans) -> list[Hit]:
    """Return where all phrases of *part* stand near each other, in any order."""
    if len(part.phrases) == 1:
        return find(part.phrases[0], spans)
    if spans.keys().isdisjoint(part.phrases[-1][0].terms):
        return []
    hits: list[Hit] = [()]
    for phrase in part.phrases:
        found = find(phrase, spans)
        hits = [(*hit, *other) for hit in hits for other in found if _fits(hit, other)][:_HITS_KEPT]
        if not hits:
            break
    return hits


def _fits(hit: Hit, other: Hit) -> bool:
    """Say whether both lie within the window and share no token."""
    if not hit:
        return True
    both = sorted((*hit, *other))
    if both[-1][1] - both[0][0] > NEAR_WINDOW:
        return False
    return all(left[1] <= right[0] for left, right in pairwise(both))


def covered(hit: Hit, solid: Solid | None = None) -> set[int]:
    """Return the tokens that *hit* stands on, without its gaps and without those in *solid*."""
    tokens: set[int] = set()
    for span in hit:
        tokens.update((solid and solid.get(span)) or range(*span))
    return tokens


Begun = Mapping[str, list[Sequence]]
"""Name of a list to those of its phrases whose first element stands; no other can be found."""


class Phrasebook:
    """Lists of phrases, by the term that begins them."""

    def __init__(self, lists: Mapping[str, Iterable[Sequence]]) -> None:
        self._names = tuple(lists)
        self._starts: defaultdict[str, list[tuple[str, Sequence]]] = defaultdict(list)
        for name, phrases in lists.items():
            for phrase in phrases:
                for term in phrase[0].terms:
                    self._starts[term].append((name, phrase))

    def begun(self, spans: Spans) -> dict[str, list[Sequence]]:
        """Return for each list the phrases that may be found."""
        found: dict[str, dict[int, Sequence]] = {name: {} for name in self._names}
        for term in spans:
            for name, phrase in self._starts.get(term, ()):
                found[name][id(phrase)] = phrase
        return {name: list(phrases.values()) for name, phrases in found.items()}


def places_of(phrases: Iterable[Sequence], spans: Spans) -> list[Span]:
    """Return from where to where each of *phrases* stands."""
    return [(hit[0][0], hit[-1][1]) for phrase in phrases for hit in find(phrase, spans)]


def tokens_of(phrases: Iterable[Sequence], spans: Spans) -> set[int]:
    """Return all tokens from the first to the last word of each phrase found."""
    return {position for at in places_of(phrases, spans) for position in range(*at)}


def starts_of(phrases: Iterable[Sequence], spans: Spans) -> set[int]:
    """Return the first tokens of the phrases found."""
    return {first for first, _ in places_of(phrases, spans)}


def _keep_solid(span: Span, hit: Hit, solid: dict[Span, frozenset[int]]) -> None:
    """Note of which tokens *span* consists; of two concepts at one place, all of both."""
    solid[span] = solid.get(span, frozenset()) | covered(hit, solid)


class Vocabulary:
    """The terms and concepts of one pack, ready to be looked for."""

    def __init__(
        self,
        terms: Iterable[str],
        concepts: Iterable[Concept],
        language: str,
        fillers: set[str],
        same: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        """
        Concepts come in an order in which each only uses earlier ones.

        *same* tells for a folded word which other words it stands for too.
        """
        every = set(terms)
        self._ranges = {term: limits for term in every if (limits := number_range(term))}
        plain = {
            term
            for term in every
            if not term.startswith("@") and " " not in term and term not in self._ranges
        }
        self._lexicon = Lexicon(sorted(plain), language, same or {})
        self._language = language
        self.fillers = frozenset(fillers)
        self._concepts = tuple(concepts)
        self._named: defaultdict[str, list[int]] = defaultdict(list)
        """Term to the concepts that it alone is enough for: most are lists of words."""
        self._needed_by: defaultdict[str, list[tuple[int, Part]]] = defaultdict(list)
        """Term to the concepts, and their parts that cannot be found without it."""
        self._index()

    def _index(self) -> None:
        """Tell for each term which concepts it wakes: by the rarest thing that a part needs."""
        parts: list[tuple[int, Part, list[Terms]]] = []
        for index, concept in enumerate(self._concepts):
            for part in concept.parts:
                needs = needed((part,))
                if len(needs) > 1:
                    parts.append((index, part, needs))
                else:
                    for term in needs[0]:
                        self._named[term].append(index)
        often = Counter(term for _, _, needs in parts for terms in needs for term in terms)
        for index, part, needs in parts:
            for term in rarest(needs, often):
                self._needed_by[term].append((index, part))

    def met_by_chance(self, word: str, *, is_frequent: bool) -> frozenset[str]:
        """Return the terms that the common *word* meets only by its stem or by a slip."""
        return self._lexicon.terms_by_chance(word, is_frequent=is_frequent)

    def spans(
        self, tokens: tuple[Token, ...], solid: dict[Span, frozenset[int]] | None = None
    ) -> dict[str, list[Span]]:
        """Return where every term and concept stands in *tokens*; fill *solid*."""
        found: defaultdict[str, list[Span]] = defaultdict(list)
        for position, token in enumerate(tokens):
            for term in self._lexicon.terms(token):
                found[term].append((position, position + 1))
        self._add_joined(tokens, found)
        for number in numbers(tokens, self._language) if self._ranges else ():
            for term, (low, high) in self._ranges.items():
                if low <= number.value <= high:
                    found[term].append((number.start, number.end))
        self._add_concepts(found, {} if solid is None else solid)
        return dict(found)

    def _add_joined(self, tokens: tuple[Token, ...], found: dict[str, list[Span]]) -> None:
        """Add compounds that the recogniser wrote in pieces, *rohr bruch*."""
        lookup = self._lexicon.joined_terms
        pieces = [token.folded for token in tokens]
        for start in range(len(tokens) - 1):
            for end in range(start + 2, min(start + _JOINED_TOKENS, len(tokens)) + 1):
                for term in lookup(*pieces[start:end]):
                    known = found[term]
                    if not any(start <= span[0] and span[1] <= end for span in known):
                        known.append((start, end))

    def _add_concepts(
        self, found: dict[str, list[Span]], solid: dict[Span, frozenset[int]]
    ) -> None:
        """Add the concepts in their order; only parts of which the rarest term stands are tried."""
        waiting: dict[int, dict[int, Part]] = {}
        named: defaultdict[int, set[Span]] = defaultdict(set)
        order: list[int] = []

        def wake(term: str) -> None:
            for index in self._named.get(term, ()):
                if index not in waiting:
                    waiting[index] = {}
                    heappush(order, index)
                named[index].update(found[term][:_HITS_KEPT])
            for index, part in self._needed_by.get(term, ()):
                if index not in waiting:
                    waiting[index] = {}
                    heappush(order, index)
                waiting[index][id(part)] = part

        for term in list(found):
            wake(term)
        while order:
            index = heappop(order)
            stands = named[index]
            for part in waiting.pop(index).values():
                for hit in find_near(part, found):
                    span = (min(hit)[0], max(end for _, end in hit))
                    stands.add(span)
                    _keep_solid(span, hit, solid)
            if stands:
                name = self._concepts[index].name
                found[name] = sorted(stands)
                wake(name)
