"""Point at patterns that say something else than their author probably meant."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pbx_bridge.core.pattern import parse
from pbx_bridge.core.rule_draft import Table
from pbx_bridge.core.rulepack import RulePack

_PHRASES = re.compile(r"\s[+&]\s")
_GAP = re.compile(r"\s\.\.\.?\s")
_SAMPLES = 3
"""Patterns named for one term; the others are found by its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """One pattern that is worth a second look; the pack works as it stands."""

    file: str
    where: str
    """For example ``rule de.water.cistern`` or ``concept pipe``."""
    source: str
    text: str
    """What it finds, and what to write instead."""


def suspicions(
    files: Mapping[str, Table], pack: RulePack, common: Sequence[str], own: str = ""
) -> list[Suspicion]:
    """
    Return what looks wrong in *files*, which are part of *pack*.

    Args:
        files: name to parsed TOML, as `rulefile.read` takes them.
        pack: what they were read into; it says which words meet which term.
        common: words that callers say often, the most frequent first.
        own: name of the firm's file, whose concepts are meant to add to those of others.
    """
    sources = list(_sources(files, pack.language))
    twice = _concepts_of_two_files({name: files[name] for name in files if name != own})
    return [*twice, *_broken_lists(sources), *_chance_words(sources, pack, common)]


_Source = tuple[str, str, str]
"""File, place in it, pattern."""


def _sources(files: Mapping[str, Table], language: str) -> Iterator[_Source]:
    for file, tables in files.items():
        trade = _table(tables, "pack").get("trade", "other")
        for name, value in _table(tables, "concepts").items():
            yield from ((file, f"concept {name}", text) for text in _texts(value))
        for name in ("negation", "zones", "asides", "hold", "topics"):
            yield from ((file, f"[{name}]", text) for text in _texts(_table(tables, name)))
        for kind, before in (("fact", ""), ("rule", f"{language}.{trade}.")):
            for entry in _entries(tables, kind):
                where = f"{kind} {before}{entry.get('id', '')}"
                clause = [*_texts(entry.get("patterns")), *_texts(entry.get("unless"))]
                yield from ((file, where, text) for text in clause)


def _table(tables: Table, name: str) -> Table:
    value = tables.get(name, {})
    return value if isinstance(value, dict) else {}


def _entries(tables: Table, kind: str) -> list[Table]:
    """Return the tables of one kind; `[rule]` is a list of one, as for the reader of the files."""
    value = tables.get(kind, [])
    return value if isinstance(value, list) else [_table(tables, kind)]


def _texts(value: object) -> Iterator[str]:
    """Yield all texts in lists, at any depth."""
    if isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        yield from (each for each in value if isinstance(each, str))


def _concepts_of_two_files(files: Mapping[str, Table]) -> Iterator[Suspicion]:
    """Yield concepts that add up though their authors may not know of each other."""
    first: dict[str, str] = {}
    for file, tables in files.items():
        for name, value in _table(tables, "concepts").items():
            other = first.setdefault(name, file)
            if other != file:
                text = f"{other} has a concept of this name too, both lists add up; rename one"
                source = next(_texts(value), "")
                yield Suspicion(file=file, where=f"concept {name}", source=source, text=text)


def _broken_lists(sources: list[_Source]) -> Iterator[Suspicion]:
    """Yield lists of alternatives that a gap mark cuts in two."""
    for file, where, source in sources:
        for phrase in _PHRASES.split(source):
            for left, right in pairwise(_GAP.split(phrase)):
                cut = _cut_alternative(left.split(" . ")[-1], right.split(" . ")[0])
                if cut:
                    text = (
                        f"the gap mark ends the list, so {cut} stands alone in it; when you meant"
                        " one alternative with a gap, write it as a pattern of its own"
                    )
                    yield Suspicion(file=file, where=where, source=source, text=text)


def _cut_alternative(left: str, right: str) -> str:
    """Return the alternative beside the gap that was probably meant to go on behind it."""
    if "|" not in left or "|" not in right:
        return ""
    before, after = _alternatives(left), _alternatives(right)
    begun = before[-1]
    if begun in after or any(other.startswith(f"{begun} ") for other in before[:-1]):
        return repr(begun)
    ended = after[0]
    return repr(ended) if ended in before else ""


def _alternatives(group: str) -> list[str]:
    return [each.strip() for each in group.split("|")]


def _chance_words(
    sources: list[_Source], pack: RulePack, common: Sequence[str]
) -> Iterator[Suspicion]:
    """Yield terms that a common word meets only by its stem or by a slip."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for rank, word in enumerate(common):
        if not pack.ear.hear(word).asides:
            for term in pack.ear.vocabulary.met_by_chance(word, is_frequent=rank < _FREQUENT):
                found[term].append(word)
    for file, where, source in sources if found else ():
        for term in sorted(_words(source) & found.keys()):
            words = ", ".join(found[term][:_SAMPLES])
            text = (
                f"{term!r} is also met by {words}, which callers often say and may mean something"
                f' else; write "={term}" and the forms you mean, or put "={found[term][0]}"'
                " in [asides]"
            )
            yield Suspicion(file=file, where=where, source=source, text=text)
            del found[term]  # the first place is enough


_FREQUENT = 200
"""The most frequent words are asked for their stems too; most others are plain inflections."""


def _words(source: str) -> set[str]:
    phrases = (phrase for part in parse(source).parts for phrase in part.phrases)
    terms = (term for phrase in phrases for element in phrase for term in element.terms)
    return {word for term in terms for word in term.split()}
