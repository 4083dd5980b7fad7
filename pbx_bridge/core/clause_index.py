"""Tell which patterns of which clauses are worth looking for; most have no word in a message."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from pbx_bridge.core.pattern import Pattern

Begun = dict[int, set[int]]
"""Number of a clause to the numbers of its patterns that may be found."""


class ClauseIndex:
    """The patterns of all clauses of one kind, by what they cannot be found without."""

    def __init__(self, clauses: Iterable[tuple[Pattern, ...]]) -> None:
        """*clauses*: the patterns of each, in their order."""
        self._begun_by: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for clause, patterns in enumerate(clauses):
            for number, pattern in enumerate(patterns):
                for term in begins(pattern):
                    self._begun_by[term].append((clause, number))

    def add(self, begun: Begun, standing: Iterable[str]) -> None:
        """Add to *begun* what the terms, concepts and `#facts` in *standing* begin."""
        table: Mapping[str, list[tuple[int, int]]] = self._begun_by
        for term in standing:
            for clause, number in table.get(term, ()):
                begun.setdefault(clause, set()).add(number)


def begins(pattern: Pattern) -> tuple[str, ...]:
    """Return the terms of which one must stand for *pattern* to be found, or its `#fact`."""
    first = next(part for part in pattern.parts if not part.absent)
    return (f"#{first.fact}",) if first.fact else first.phrases[0][0].terms
