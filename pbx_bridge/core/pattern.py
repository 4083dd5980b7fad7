"""Read the small pattern language of the rule packs; finding is in `finding`."""

import re
from collections import Counter
from collections.abc import Iterable
from collections.abc import Sequence as Listing
from dataclasses import dataclass
from functools import lru_cache

from pbx_bridge.errors import RulePackError

NEAR_WINDOW = 14
"""Tokens that the parts joined by `+` may span: about one spoken sentence."""
GAPS = {".": 0, "..": 4, "...": 9}
"""Tokens that may stand between two elements."""
_NUMBER = re.compile(r"\{(-?\d*)\.\.(-?\d*)\}")
_TOGETHER = re.compile(r"(?:^|\s)\+(?=\s|$)")
_TERM = re.compile(r"=?\*?\w+\*?")


@dataclass(frozen=True, slots=True)
class Element:
    """What stands at one place: any of *terms*, after at most *gap* other tokens."""

    terms: tuple[str, ...]
    """`word`, `=word`, `pre*`, `*suf`, `*in*`, `@concept`, `{5..14}`, or several in a row."""
    gap: int = 0
    optional: bool = False


Sequence = tuple[Element, ...]
"""Elements in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One condition of a pattern: a fact of the message, or phrases near each other."""

    phrases: tuple[Sequence, ...] = ()
    fact: str = ""
    """Id of a fact; then there are no phrases."""
    absent: bool = False
    """The condition must not hold (`!`)."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """All parts must hold, anywhere in the message."""

    source: str
    parts: tuple[Part, ...]


def number_range(term: str) -> tuple[int, int] | None:
    """Return the inclusive limits of `{low..high}`, or None when *term* is no range."""
    found = _NUMBER.fullmatch(term)
    if found is None:
        return None
    low, high = found.groups()
    return int(low) if low else -(10**9), int(high) if high else 10**9


def _is_term(word: str) -> bool:
    if word.startswith("@"):
        return word[1:].replace("-", "").replace("_", "").isalnum()
    return bool(_TERM.fullmatch(word) or number_range(word))


@lru_cache(maxsize=50_000)
def _plain(term: str) -> str | None:
    """Return *term* with single spaces, None when it is none; packs repeat most of theirs."""
    row = term.split()
    return " ".join(row) if row and all(map(_is_term, row)) else None


def _check_term(term: str, source: str) -> str:
    """Return *term* with single spaces; it may be several words."""
    plain = _plain(term)
    if plain is not None:
        return plain
    wrong = next((word for word in term.split() if not _is_term(word)), None)
    if wrong is None:
        raise RulePackError(f"pattern {source!r}: nothing stands beside a | or a ?")
    raise RulePackError(
        f"pattern {source!r}: {wrong!r} is no term; write word, =word, pre*, *suf, *in*,"
        " @concept, {5..14}, alternatives with |, a gap with .. or ..."
    )


def _group(text: str, gap: int, source: str) -> list[Element]:
    """Return the elements between two gaps: words in a row, or one list of alternatives."""
    if "|" in text:
        return [Element(tuple([_check_term(term, source) for term in text.split("|")]), gap)]
    if " " not in text and text[-1] != "?":
        return [Element((_check_term(text, source),), gap)]
    return [
        Element(
            (_check_term(word.removesuffix("?"), source),), 0 if place else gap, word[-1] == "?"
        )
        for place, word in enumerate(text.split())
    ]


def sequence(text: str, source: str) -> Sequence:
    """Parse elements in order; raise `RulePackError` that names the wrong term."""
    words = text.split()
    if len(words) == 1 and words[0] not in GAPS and words[0][-1] != "?":  # a word, or a list
        return tuple(_group(words[0], 0, source))
    elements: list[Element] = []
    gap, row = 0, list[str]()
    for word in [*words, "."]:
        if word not in GAPS:
            row.append(word)
            continue
        if not row:
            raise RulePackError(f"pattern {source!r}: a gap stands between two words")
        elements += _group(" ".join(row), gap, source)
        gap, row = GAPS[word], []
    if "?" in text and all(element.optional for element in elements):
        raise RulePackError(f"pattern {source!r}: nothing to look for in {text!r}")
    return tuple(elements)


def _part(text: str, source: str) -> Part:
    absent = text.startswith("!")
    bare = text.removeprefix("!").strip()
    if bare.startswith("#"):
        return Part(fact=bare[1:], absent=absent)
    if "+" not in bare:
        return Part(phrases=(sequence(bare, source),), absent=absent)
    phrases = tuple(sequence(each, source) for each in _TOGETHER.split(bare))
    return Part(phrases=phrases, absent=absent)


def parse(source: str) -> Pattern:
    """
    Parse one pattern such as `@pipe .. burst + @water & !#past`.

    Raises:
        RulePackError: the pattern has a mistake; the text quotes it.
    """
    parts = tuple([_part(each.strip(), source) for each in source.split("&")])
    if "!" in source and all(part.absent for part in parts):
        raise RulePackError(f"pattern {source!r}: only says what must be absent")
    return Pattern(source, parts)


def spelled_out(elements: Sequence) -> tuple[Sequence, ...]:
    """Return *elements* once with and once without each optional element."""
    if not any(element.optional for element in elements):
        return (elements,)
    variants: list[tuple[Element, ...]] = [()]
    for element in elements:
        plain = Element(element.terms, element.gap)
        longer = [(*variant, plain) for variant in variants]
        variants = longer + variants if element.optional else longer
    return tuple(variants)


def settling_parts(pattern: Pattern) -> list[Part]:
    """
    Return the conditions of *pattern* that settle a matter: those that name a concept.

    *sister|alone & @all_well* settles by its second; where none names one it is the first.
    No condition means that the pattern only asks for facts.
    """
    said = [part for part in pattern.parts if part.phrases and not part.absent]
    return [part for part in said if _names_concept(part)] or said[:1]


def _names_concept(part: Part) -> bool:
    terms = (term for phrase in part.phrases for element in phrase for term in element.terms)
    return any("@" in term for term in terms)


Terms = tuple[str, ...]
"""One of these must stand."""


def needed(parts: Iterable[Part]) -> list[Terms]:
    """Return of what all *parts* need one: the terms of each element, or the `#fact`."""
    found: list[Terms] = []
    for part in parts:
        if part.fact:
            found.append((f"#{part.fact}",))
        else:
            found += [element.terms for phrase in part.phrases for element in phrase]
    return found


def rarest(each: Listing[Terms], often: Counter[str]) -> Terms:
    """Return the element that stands in fewest messages, by how often its terms are written."""
    if len(each) == 1:
        return each[0]
    return min(each, key=lambda terms: sum(often[term] for term in terms))
