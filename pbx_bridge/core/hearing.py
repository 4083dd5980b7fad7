"""Decide which words of a message count: negations, asides, past and hypothetical parts."""

from collections.abc import Sequence as Listing
from dataclasses import dataclass, field

from pbx_bridge.core.finding import Hit, Solid, Span, Vocabulary, begun, covered, find
from pbx_bridge.core.pattern import Sequence
from pbx_bridge.core.text import Token, tokenise

ZONE_REACH = 14
"""Words before and after a marker that it can put into a zone: about one sentence each."""

_VERB_WITHIN = 3
"""Words after a marker among which the verb of its clause is looked for."""
_CLAUSE = 6
"""Words before a marker that may be of its clause."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A kind of talk in which troubles are not present ones: past, what if."""

    zone_id: str
    markers: tuple[Sequence, ...]
    """Phrases that put the part of the message around them into the zone."""
    breaks: tuple[Sequence, ...]
    """Words at which a new part begins: *but now*."""
    verbs: tuple[Sequence, ...] = ()
    """Verbs by which talk stays in the zone: *was*, *had*; empty: it goes on as far as it can."""
    acts: tuple[Sequence, ...] = ()
    """Words that say what was done, *you fitted*, *the invoice*; nothing after them is put aside."""
    joins: tuple[Sequence, ...] = ()
    """Words that go on with the clause: *for*, *because of*."""
    openers: tuple[Sequence, ...] = ()
    """Words that begin a clause of its own, to which no marker reaches forward."""
    ahead: int = ZONE_REACH
    """Words after the verb of its clause that a marker reaches."""
    behind: int = 0
    """Words after the marker that it reaches when the verb stood before it."""


@dataclass(frozen=True, slots=True)
class Denial:
    """One negation at work."""

    at: Span
    reach: frozenset[int]


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
        for zone_id, inside in self.zones.items():
            if mine & inside:
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

    def hear(self, text: str) -> Heard:
        """Prepare *text* for the rules of the pack."""
        tokens = tokenise(text, self.language, self.vocabulary.fillers)
        solid: dict[Span, frozenset[int]] = {}
        spans = self.vocabulary.spans(tokens, solid)
        aside = _tokens(self.asides, spans)
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
            denials=_denials(self.negation, spans, tokens),
            zones={},
            solid=solid,
            is_held=any(find(phrase, spans) for phrase in begun(self.holds, spans)),
        )
        for zone in self.zones:
            inside = _inside(zone, heard)
            if inside:
                heard.zones[zone.zone_id] = inside
        return heard


def _tokens(phrases: Listing[Sequence], spans: dict[str, list[Span]]) -> set[int]:
    """Return all tokens from the first to the last word of each phrase found."""
    return {
        position
        for phrase in begun(phrases, spans)
        for hit in find(phrase, spans)
        for position in range(hit[0][0], hit[-1][1])
    }


def _starts(phrases: Listing[Sequence], spans: dict[str, list[Span]]) -> set[int]:
    return {hit[0][0] for phrase in begun(phrases, spans) for hit in find(phrase, spans)}


def _denials(
    negation: Negation, spans: dict[str, list[Span]], tokens: tuple[Token, ...]
) -> tuple[Denial, ...]:
    inert = _tokens(negation.inert, spans)
    stops = _starts(negation.stops, spans)
    found = _of_predicates(negation, spans, tokens, stops, inert)
    for phrases, step, span in (
        (negation.right, 1, negation.right_span),
        (negation.near, 1, 1),
        (negation.left, -1, negation.left_span),
    ):
        for at in _places(phrases, spans, inert):
            first = at[1] if step == 1 else at[0] - 1
            reach = _reach(range(first, first + step * span, step), len(tokens), stops)
            if reach:
                found.append(Denial(at, reach))
    return tuple(found)


def _places(phrases: Listing[Sequence], spans: dict[str, list[Span]], inert: set[int]) -> list[Span]:
    """Return where one of *phrases* stands and means what it says."""
    hits = (hit for phrase in begun(phrases, spans) for hit in find(phrase, spans))
    every = ((hit[0][0], hit[-1][1]) for hit in hits)
    return [at for at in every if inert.isdisjoint(range(*at))]


def _reach(wanted: range, length: int, stops: set[int]) -> frozenset[int]:
    reach: set[int] = set()
    for position in wanted:
        if not 0 <= position < length or position in stops:
            break
        reach.add(position)
    return frozenset(reach)


def _of_predicates(
    negation: Negation,
    spans: dict[str, list[Span]],
    tokens: tuple[Token, ...],
    stops: set[int],
    inert: set[int],
) -> list[Denial]:
    """Return what each *there is no* denies: the noun before it, or else what follows."""
    places = _places(negation.predicates, spans, inert)
    if not places:
        return []
    prepositions = _starts(negation.prepositions, spans)
    carriers = _starts(negation.carriers, spans)
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


def _inside(zone: Zone, heard: Heard) -> frozenset[int]:
    """Return the tokens of all parts of the message that hold a marker not denied."""
    edges = sorted({0, len(heard.tokens), *_starts(zone.breaks, heard.spans)})
    clauses: _Clauses | None = None
    inside: set[int] = set()
    for phrase in begun(zone.markers, heard.spans):
        for hit in find(phrase, heard.spans):
            if heard.denied_by(hit) is None:
                first, last = hit[0][0], hit[-1][1]
                start = max(first - ZONE_REACH, *(edge for edge in edges if edge <= first))
                end = min(last + ZONE_REACH, *(edge for edge in edges if edge > first))
                if zone.verbs:
                    clauses = clauses or _Clauses.of(zone, heard.spans)
                    end = min(end, clauses.end_after(first, last))
                inside.update(range(max(start, 0), end))
    return frozenset(inside)


@dataclass(frozen=True, slots=True)
class _Clauses:
    """Where the clauses of a message end, as far as its verbs tell."""

    zone: Zone
    verbs: set[int]
    acts: set[int]
    joins: set[int]
    openers: set[int]

    @classmethod
    def of(cls, zone: Zone, spans: dict[str, list[Span]]) -> "_Clauses":
        lists = (zone.verbs, zone.acts, zone.joins, zone.openers)
        return cls(zone, *(_starts(phrases, spans) for phrases in lists))

    def end_after(self, first: int, last: int) -> int:
        """
        Return how far forward the marker in the tokens from *first* up to *last* reaches.

        One that ends with the verb of its clause, or is followed by it, has the clause before it;
        one that holds its verb, *was repaired*, has said all; one whose verb stood before it has
        a few words left at most.
        """
        told = self.verbs | self.acts
        inner = [place for place in range(first, last) if place in told]
        if len(inner) > 1 or (inner and inner[0] < last - 2):
            return last
        earlier = None if inner else self._told_before(first, told)
        if earlier is not None:
            if not self.joins.isdisjoint((last, last + 1)):
                return self._until_opener(last, self.zone.ahead)
            return last if earlier in self.acts else self._until_opener(last, self.zone.behind)
        verb = next((at for at in range(last - 2, last + _VERB_WITHIN) if at in told), None)
        if verb is None or verb in self.acts:
            return last
        return self._until_opener(verb + 1, self.zone.ahead)

    def _told_before(self, first: int, told: set[int]) -> int | None:
        """Return the last verb or act before *first* in its clause."""
        for place in range(first - 1, max(first - 1 - _CLAUSE, -1), -1):
            if place in told:
                return place
            if place in self.openers and place - 1 not in told:
                return None
        return None

    def _until_opener(self, start: int, many: int) -> int:
        """Return the end of *many* words from *start*; the first may be the subject, *had we*."""
        for place in range(start, start + many):
            if place in self.acts:
                return place + 1
            if place > start and place in self.openers:
                return place
        return start + many
