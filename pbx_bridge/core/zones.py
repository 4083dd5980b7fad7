"""Talk of what is past or only feared: how far a marker such as *last week* reaches."""

from collections.abc import Iterable
from dataclasses import dataclass

from pbx_bridge.core.finding import Begun, Span, Spans, starts_of
from pbx_bridge.core.pattern import Sequence

_OF_CLAUSES = ("verbs", "acts", "joins", "openers", "subjects", "deeds", "tales", "pointers")
LISTS = ("markers", "breaks", *_OF_CLAUSES)
"""The lists of phrases in `[zones.NAME]`."""
ZONE_REACH = 14
"""Words before and after a marker that it can put into a zone: about one sentence each."""
_VERB_WITHIN = 4
"""Words after a marker among which the verb of its clause is looked for."""
_BEGINS_WITHIN = 3
"""Words after a marker among which a verb shows that its clause begins with it."""
_CLAUSE = 6
"""Words before a marker that may be of its clause."""
_BACK = 8
"""Words before a marker, and before its clause, that are looked at."""
_SUBJECT = 2
"""Words before a marker that begins with its verb, *was mended*, that are its subject."""
_POINTS_WITHIN = 2
"""Words before the clause of a marker in which *it was*, *was at once* may stand."""


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
    """Words that say what was done, *you fitted*, *the invoice*; what follows counts."""
    joins: tuple[Sequence, ...] = ()
    """Words that go on with the clause: *for*, *because of*."""
    openers: tuple[Sequence, ...] = ()
    """Words that begin a clause of its own, to which no marker reaches forward."""
    subjects: tuple[Sequence, ...] = ()
    """Words that begin a clause of somebody: *your firm*; a marker in it reaches back to them."""
    deeds: tuple[Sequence, ...] = ()
    """Verbs of the past tense, by their endings: behind a marker its clause begins with it."""
    tales: tuple[Sequence, ...] = ()
    """Verbs by which what stands before the clause of a marker is past too: *it was*, *flooded*."""
    pointers: tuple[Sequence, ...] = ()
    """Words that speak of what was told before them: *that was*, *mended it*."""
    ahead: int = ZONE_REACH
    """Words after the verb of its clause that a marker reaches."""
    behind: int = 0
    """Words after the marker that it reaches when the verb stood before it."""


def inside(
    zone: Zone, begun: Begun, markers: Iterable[Span], spans: Spans, length: int
) -> frozenset[int]:
    """Return the tokens of all parts of a message of *length* tokens around its *markers*."""
    edges = sorted({0, length, *starts_of(begun["breaks"], spans)})
    clauses = None
    if zone.verbs:
        clauses = _Clauses(zone, **{name: starts_of(begun[name], spans) for name in _OF_CLAUSES})
    found: set[int] = set()
    for first, last in markers:
        start = max(first - ZONE_REACH, *(edge for edge in edges if edge <= first))
        end = min(last + ZONE_REACH, *(edge for edge in edges if edge > first))
        if clauses is not None:
            end = min(end, clauses.end_after(first, last))
            start = max(start, clauses.start_before(first, last))
        found.update(range(max(start, 0), end))
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Clauses:
    """Where the clauses of a message end, as far as its verbs tell."""

    zone: Zone
    verbs: set[int]
    acts: set[int]
    joins: set[int]
    openers: set[int]
    subjects: set[int]
    deeds: set[int]
    tales: set[int]
    pointers: set[int]

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

    def start_before(self, first: int, last: int) -> int:
        """
        Return how far back the marker in the tokens from *first* up to *last* reaches.

        It has what was told before its clause only when that is told as past too, or when
        its clause speaks of it: *that was*, *mended it*.
        """
        start = self._clause_start(first, last)
        if start is None:
            return 0
        clause = range(start - _POINTS_WITHIN, last + _CLAUSE)
        if not self.pointers.isdisjoint(clause) and not self.acts.isdisjoint(clause):
            return 0
        if not self.tales.isdisjoint(range(start - _BACK, start)):
            return 0
        return start

    def _clause_start(self, first: int, last: int) -> int | None:
        """Return where the clause of the marker begins, or None when all before it is of it."""
        told = self.verbs | self.acts | self.deeds
        if last in self.subjects and not told.isdisjoint(range(last, last + _CLAUSE)):
            return first
        near = range(first, max(first - 1 - _BACK, -1), -1)
        act = next((place for place in near if place in self.acts - self.tales), None)
        subject = next((place for place in near if place in self.subjects), None)
        if subject is not None:
            return max(subject, act or 0)
        if first in self.verbs:
            return first - _SUBJECT
        if not told.isdisjoint(range(first, last + _BEGINS_WITHIN)):
            return first
        verb = self._told_before(first, self.verbs | self.acts)
        return act if verb is None else verb - _SUBJECT

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
