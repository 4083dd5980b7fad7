"""How a language says no, and which words of a message its negations deny."""

from collections.abc import Sequence as Listing
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
    inert = tokens_of(begun["inert"], spans)
    stops = starts_of(begun["stops"], spans)
    found = _of_predicates(negation, begun, spans, tokens, stops, inert)
    for name, step, span in (
        ("right", 1, negation.right_span),
        ("near", 1, 1),
        ("left", -1, negation.left_span),
    ):
        for at in _places(begun[name], spans, inert):
            first = at[1] if step == 1 else at[0] - 1
            reach = _reach(range(first, first + step * span, step), len(tokens), stops)
            if reach:
                found.append(Denial(at, reach))
    return tuple(found)


def _places(phrases: Listing[Sequence], spans: Spans, inert: set[int]) -> list[Span]:
    """Return where one of *phrases* stands and means what it says."""
    return [at for at in places_of(phrases, spans) if inert.isdisjoint(range(*at))]


def _reach(wanted: range, length: int, stops: set[int]) -> frozenset[int]:
    reach: set[int] = set()
    for position in wanted:
        if not 0 <= position < length or position in stops:
            break
        reach.add(position)
    return frozenset(reach)


def _of_predicates(
    negation: Negation,
    begun: Begun,
    spans: Spans,
    tokens: tuple[Token, ...],
    stops: set[int],
    inert: set[int],
) -> list[Denial]:
    """Return what each *there is no* denies: the noun before it, or else what follows."""
    places = _places(begun["predicates"], spans, inert)
    if not places:
        return []
    prepositions = starts_of(begun["prepositions"], spans)
    carriers = starts_of(begun["carriers"], spans)
    found: list[Denial] = []
    taken = -1
    for at in sorted(places):
        noun = at[0] - 1
        is_noun = noun > taken and tokens[noun].text.lower().endswith(negation.nouns)
        if is_noun and noun not in stops and noun - 1 not in prepositions:
            reach = {noun}
            while noun - 1 in carriers:
                noun -= 1
                reach.add(noun)
            found.append(Denial(at, frozenset(reach)))
            continue
        right = _reach(range(at[1], at[1] + negation.right_span), len(tokens), stops)
        taken = at[1]
        if right:
            found.append(Denial(at, right))
    return found
