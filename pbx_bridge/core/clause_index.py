"""Tell which patterns of which clauses are worth looking for; most have no word in a message."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from pbx_bridge.core.pattern import Pattern, needed, rarest

Begun = dict[int, set[int]]
"""Number of a clause to the numbers of its patterns that may be found."""


class ClauseIndex:
    """The patterns of all clauses of one kind, by the rarest thing they cannot be found without."""

    def __init__(self, clauses: Iterable[tuple[Pattern, ...]]) -> None:
        """*clauses*: the patterns of each, in their order."""
        needs = [
            (clause, number, needed(part for part in pattern.parts if not part.absent))
            for clause, patterns in enumerate(clauses)
            for number, pattern in enumerate(patterns)
        ]
        often = Counter(term for _, _, each in needs for terms in each for term in terms)
        self._needed_by: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for clause, number, each in needs:
            for term in rarest(each, often):
                self._needed_by[term].append((clause, number))

    def add(self, begun: Begun, standing: Iterable[str]) -> None:
        """Add to *begun* the patterns that need one of the terms and `#facts` in *standing*."""
        for term in standing:
            for clause, number in self._needed_by.get(term, ()):
                begun.setdefault(clause, set()).add(number)
