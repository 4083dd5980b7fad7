"""Tell which terms of a rule pack one word may stand for; compiled once per pack."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from pbx_bridge.core.text import Token, fold, slips_allowed, sounds_like, stems

_MEMO_LIMIT = 20_000
"""Words remembered per pack; a caller cannot fill the memory with invented words."""
_JOINED_FROM = 6
"""Letters two joined tokens need before they are tried as one word."""
_JOINED_SLIP_FROM = 10
"""Letters from which joined tokens may be a misheard compound: *sicherungs kosten*."""
_JOINED_PREFIX = 5
"""Letters of a prefix that may begin in the first piece: *во дворе* is not *вод*-anything."""
_SHORT = 4
"""Letters up to which a term is compared by its first three letters, else by four."""

_ENDING = 3
"""Letters by which an inflected compound differs from its term at most."""

_EDGE = 3
"""First or last letters by which prefixes and suffixes are told apart; they have two or more."""

_NOTHING: frozenset[str] = frozenset()
_NO_LENGTHS: frozenset[int] = frozenset()
_NO_SAME: Mapping[str, frozenset[str]] = {}


def _longest(lengths: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Return for each edge of a term how long the longest with it is."""
    found: dict[str, int] = {}
    for edge, length in lengths:
        found[edge] = max(found.get(edge, 0), length)
    return found


class Lexicon:
    """All single-word terms of one pack, by how they match."""

    def __init__(
        self,
        terms: Iterable[str],
        language: str,
        same: Mapping[str, frozenset[str]] = _NO_SAME,
    ) -> None:
        """*same* tells for a folded word which other words it stands for too: *ned*, *nicht*."""
        self._language = language
        self._same = same
        self._exact: defaultdict[str, set[str]] = defaultdict(set)
        self._by_head: defaultdict[str, list[str]] = defaultdict(list)
        self._joined_lengths: defaultdict[str, set[int]] = defaultdict(set)
        self._stems_of_head: dict[str, dict[str, set[str]]] = {}
        self._prefix: defaultdict[str, set[str]] = defaultdict(set)
        self._suffix: defaultdict[str, set[str]] = defaultdict(set)
        self._infix: defaultdict[str, set[str]] = defaultdict(set)
        self._long: defaultdict[str, set[str]] = defaultdict(set)
        for term in terms:
            self._add(term)
        self._long_words: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
        for word in self._long:
            self._long_words[word[0], len(word)].append(word)
        self._longest_prefix = _longest((part[:_EDGE], len(part)) for part in self._prefix)
        self._longest_suffix = _longest((part[-_EDGE:], len(part)) for part in self._suffix)
        self._any_infix = re.compile("|".join(map(re.escape, self._infix)) or "(?!)")
        self._memo: dict[str, frozenset[str]] = {}
        self._memo_joined: dict[str, frozenset[str]] = {}

    def _add(self, term: str) -> None:
        folded = fold(term.strip("=*"), self._language)
        if term.startswith("="):
            self._exact[folded].add(term)
        elif term.startswith("*") and term.endswith("*"):
            self._infix[folded].add(term)
        elif term.endswith("*"):
            self._prefix[folded].add(term)
        elif term.startswith("*"):
            self._suffix[folded].add(term)
        else:
            self._exact[folded].add(term)
            self._by_head[folded[: 3 if len(folded) <= _SHORT else 4]].append(term)
            if len(folded) >= _JOINED_FROM:
                self._joined_lengths[folded[:_JOINED_FROM]].add(len(folded))
            if slips_allowed(len(folded)):
                self._long[folded].add(term)

    def terms(self, token: Token) -> frozenset[str]:
        """Return the terms that *token* matches, by slips of the recogniser only if by none."""
        known = self._memo.get(token.text)
        if known is None:
            found = self._spelled(token.folded) | self._stemmed(token.text, token.folded)
            found |= self._meant(token.folded)
            known = frozenset(found or self._misheard(token.folded))
            self._remember(self._memo, token.text, known)
        return known

    def terms_by_chance(self, word: str, *, is_frequent: bool) -> frozenset[str]:
        """
        Return the terms that *word* meets though it may be another word.

        That is by a slip; when it *is_frequent* also by a stem that it shares with a term of
        other letters.
        """
        folded = fold(word, self._language)
        if self._spelled(folded) or self._meant(folded):
            return _NOTHING
        stemmed = self._stemmed(word, folded)
        if not stemmed:
            return frozenset(self._misheard(folded))
        return frozenset(stemmed) if is_frequent else _NOTHING

    def joined_terms(self, *pieces: str) -> frozenset[str]:
        """Return the terms that two or three tokens match when written together, not by less."""
        key = " ".join(pieces)
        known = self._memo_joined.get(key)
        if known is None:
            folded = "".join(pieces)
            found: set[str] = set()
            if len(folded) >= _JOINED_FROM:
                prefix = max(_JOINED_PREFIX, len(folded) - len(pieces[-1]) + 1)
                found = self._spelled(folded, prefix, len(folded) - len(pieces[0]) + 1)
            lengths = self._joined_lengths.get(folded[:_JOINED_FROM], _NO_LENGTHS)
            if any(abs(len(folded) - length) <= _ENDING for length in lengths):
                found |= self._stemmed(folded, folded)
            found |= self._meant(folded)
            if not found and len(folded) >= _JOINED_SLIP_FROM:
                found = self._misheard(folded, most=1)
            known = frozenset(found)
            self._remember(self._memo_joined, key, known)
        return known

    def _meant(self, folded: str) -> set[str]:
        """Return the terms of the words that *folded* stands for besides itself."""
        return {
            term
            for word in self._same.get(folded, _NOTHING)
            for term in self._spelled(word) | self._stemmed(word, word)
        }

    def _spelled(self, folded: str, prefix: int = 2, suffix: int = 2) -> set[str]:
        """Return the terms by letters; *prefix* and *suffix* are how many are needed at least."""
        found = set(self._exact.get(folded, _NOTHING))
        longest = max(
            self._longest_prefix.get(folded[:_EDGE], 0), self._longest_prefix.get(folded[:2], 0)
        )
        for length in range(prefix, min(len(folded), longest) + 1):
            if (terms := self._prefix.get(folded[:length])) is not None:
                found |= terms
        longest = max(
            self._longest_suffix.get(folded[-_EDGE:], 0), self._longest_suffix.get(folded[-2:], 0)
        )
        for length in range(suffix, min(len(folded), longest) + 1):
            if (terms := self._suffix.get(folded[-length:])) is not None:
                found |= terms
        if self._any_infix.search(folded):
            for part, terms in self._infix.items():
                if part in folded:
                    found |= terms
        return found

    def _stemmed(self, word: str, folded: str) -> set[str]:
        """Return the terms with a stem of *word*; stemming is slow, so heads are compared first."""
        heads = [head for head in {folded[:3], folded[:4]} if head in self._by_head]
        return {
            term
            for stem in (stems(word, self._language) if heads else ())
            for head in heads
            for term in self._stems_of(head).get(stem, _NOTHING)
        }

    def _stems_of(self, head: str) -> dict[str, set[str]]:
        """Return stem to terms for the terms that begin with *head*, stemmed when first asked."""
        if head not in self._stems_of_head:
            table: defaultdict[str, set[str]] = defaultdict(set)
            for term in self._by_head[head]:
                for stem in stems(term, self._language):
                    table[stem].add(term)
            self._stems_of_head[head] = dict(table)
        return self._stems_of_head[head]

    def _misheard(self, folded: str, most: int = 2) -> set[str]:
        """Return the terms nearest to *folded*, within *most* slips and their length."""
        if not slips_allowed(len(folded) + 1):
            return set()
        lengths = range(len(folded) - most, len(folded) + most + 1)
        words = [word for many in lengths for word in self._long_words.get((folded[0], many), ())]
        near = extract(folded, words, scorer=OSA.distance, score_cutoff=most, limit=8)
        kept = [(slips, word) for word, slips, _ in near if sounds_like(folded, word)]
        nearest = min(kept, default=(0, ""))[0]
        return {term for slips, word in kept if slips == nearest for term in self._long[word]}

    @staticmethod
    def _remember(memo: dict[str, frozenset[str]], word: str, terms: frozenset[str]) -> None:
        if len(memo) >= _MEMO_LIMIT:
            memo.clear()
        memo[word] = terms
