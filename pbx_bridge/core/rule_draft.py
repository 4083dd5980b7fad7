"""What rule files add up to while they are read, and every mistake in them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pbx_bridge.core.pattern import Part, Pattern, Sequence, parse, sequence, spelled_out
from pbx_bridge.core.rulepack import Clause, Rule
from pbx_bridge.errors import RulePackError

Table = Mapping[str, object]
"""One TOML table as `tomllib` gives it."""


@dataclass(slots=True)
class Draft:
    """What the files read so far add up to, and every mistake in them."""

    language: str
    mistakes: list[str] = field(default_factory=list)
    header: dict[str, str] = field(default_factory=dict)
    fillers: set[str] = field(default_factory=set)
    """With their marks and without; a text may have none."""
    same: dict[str, set[str]] = field(default_factory=dict)
    off: list[tuple[str, str]] = field(default_factory=list)
    concepts: dict[str, list[Part]] = field(default_factory=dict)
    negation: dict[str, list[Sequence]] = field(default_factory=dict)
    spans: dict[str, int] = field(default_factory=dict)
    nouns: list[str] = field(default_factory=list)
    zones: dict[str, dict[str, list[Sequence]]] = field(default_factory=dict)
    """Zone to its lists: markers, breaks, verbs, openers."""
    reaches: dict[str, dict[str, int]] = field(default_factory=dict)
    """Zone to its numbers of words: ahead, behind."""
    asides: list[Sequence] = field(default_factory=list)
    holds: list[Sequence] = field(default_factory=list)
    topics: dict[str, list[Pattern]] = field(default_factory=dict)
    facts: dict[str, tuple[str, Clause]] = field(default_factory=dict)
    rules: dict[str, tuple[str, Rule]] = field(default_factory=dict)

    def wrong(self, where: str, what: str) -> None:
        self.mistakes.append(f"{where}: {what}")

    def strings(self, where: str, value: object) -> list[str]:
        """Return *value* when it is a list of texts, else note the mistake."""
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return [str(each) for each in value]
        self.wrong(where, 'write a list of texts, for example ["rohrbruch"]')
        return []

    def texts(self, where: str, table: Table, key: str, default: str = "") -> str:
        value = table.get(key, default)
        if isinstance(value, str):
            return value
        self.wrong(where, f"{key} is a text in quotes")
        return default

    def flag(self, where: str, table: Table, key: str, *, default: bool) -> bool:
        value = table.get(key, default)
        if isinstance(value, bool):
            return value
        self.wrong(where, f"{key} is true or false")
        return default

    def table(self, where: str, value: object) -> Table:
        if isinstance(value, dict):
            return value
        self.wrong(where, "write a table")
        return {}

    def unknown(self, where: str, table: Table, known: Iterable[str]) -> None:
        for key in sorted(set(table) - set(known)):
            self.wrong(where, f"{key} is not known; known are {', '.join(sorted(known))}")

    def phrases(self, where: str, value: object) -> list[Sequence]:
        found: list[Sequence] = []
        for source in self.strings(where, value):
            try:
                found += spelled_out(sequence(source, source))
            except RulePackError as exc:
                self.wrong(where, str(exc))
        return found

    def parts(self, where: str, value: object) -> list[Part]:
        """Return what a concept is made of: phrases, or phrases near each other."""
        found: list[Part] = []
        for pattern in self.patterns(where, value):
            part = pattern.parts[0]
            if len(pattern.parts) > 1 or part.fact or part.absent:
                self.wrong(where, f"{pattern.source!r}: no & and no # inside a concept")
            else:
                found.append(part)
        return found

    def patterns(self, where: str, value: object) -> tuple[Pattern, ...]:
        found: list[Pattern] = []
        for source in self.strings(where, value):
            try:
                found.append(parse(source))
            except RulePackError as exc:
                self.wrong(where, str(exc))
        return tuple(each for pattern in found for each in variants(pattern))


def variants(pattern: Pattern) -> tuple[Pattern, ...]:
    """Return *pattern* without optional elements, once for every way to read it."""
    if "?" not in pattern.source:
        return (pattern,)
    versions: list[tuple[Part, ...]] = [()]
    for part in pattern.parts:
        choices: list[tuple[Sequence, ...]] = [()]
        for phrase in part.phrases:
            choices = [(*done, each) for done in choices for each in spelled_out(phrase)]
        versions = [
            (*version, Part(phrases=choice, fact=part.fact, absent=part.absent))
            for version in versions
            for choice in choices
        ]
    return tuple(Pattern(pattern.source, version) for version in versions)
