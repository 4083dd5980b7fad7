"""Read the tables of rule files into one pack, with all mistakes at once."""

from collections.abc import Callable, Mapping

from pbx_bridge.core.case import Urgency
from pbx_bridge.core.negation import LISTS as NEGATION_LISTS
from pbx_bridge.core.pattern import settling_parts
from pbx_bridge.core.rule_assembly import assemble
from pbx_bridge.core.rule_draft import Draft, Table
from pbx_bridge.core.rulepack import CERTAIN_AFTER, WEIGHTS, Clause, Rule, RulePack
from pbx_bridge.core.text import LANGUAGES, fold
from pbx_bridge.core.zones import LISTS as ZONE_LISTS
from pbx_bridge.errors import RulePackError

CATEGORIES = frozenset(
    {"water", "heating", "gas", "electricity", "lock", "drain", "roof", "refrigeration", "lift"}
    | {"pv", "other", "office"}
)
"""Trades a rule or topic may name."""
_TABLES = frozenset(
    {"pack", "concepts", "negation", "zones", "asides", "same", "hold", "topics"} | {"fact", "rule"}
)
_LABELS = tuple(urgency.value for urgency in Urgency if urgency is not Urgency.UNKNOWN)
_UNMATCHED = ("unmatched", "unmatched_trade")
_PACK_KEYS = frozenset({"name", "version", "language", "trade", "fillers", "off", *_UNMATCHED})
_ZONE_REACHES = ("ahead", "behind")
_CLAUSE_KEYS = frozenset({"id", "patterns", "unless", "anytime", "as_said"})
_RULE_KEYS = _CLAUSE_KEYS | {"urgency", "weight", "category", "reason", "certain", "settles"}
_MAX_WEIGHT = 100.0
_MOST_AFTER = 20


def _pack_table(draft: Draft, file: str, table: Table) -> str:
    """Read `[pack]` and return the trade that rules of this file belong to."""
    where = f"{file}: [pack]"
    draft.unknown(where, table, _PACK_KEYS)
    for key in ("name", "version", *_UNMATCHED):
        text = draft.texts(where, table, key)
        if text and key in _UNMATCHED and text not in _LABELS:
            draft.wrong(where, f"{key} is one of {', '.join(_LABELS)}")
        elif text:
            draft.header.setdefault(key, text)
    language = draft.texts(where, table, "language", draft.language)
    if language != draft.language:
        draft.wrong(where, f"language is {language}, but the pack is {draft.language}")
    for filler in draft.strings(where, table.get("fillers", [])):
        draft.fillers |= {filler.casefold(), fold(filler, draft.language)}
    draft.off += [(file, rule) for rule in draft.strings(where, table.get("off", []))]
    return draft.texts(where, table, "trade", "other")


def _negation_table(draft: Draft, file: str, table: Table) -> None:
    where = f"{file}: [negation]"
    spans = ("right_span", "left_span")
    draft.unknown(where, table, (*NEGATION_LISTS, *spans, "nouns"))
    draft.nouns += draft.strings(where, table.get("nouns", []))
    for key in NEGATION_LISTS:
        draft.negation.setdefault(key, []).extend(draft.phrases(where, table.get(key, [])))
    for key in spans:
        draft.spans |= _word_count(draft, where, table, key)


def _word_count(draft: Draft, where: str, table: Table, key: str) -> dict[str, int]:
    """Return *key* with its number of words, or nothing when it is not given or wrong."""
    value = table.get(key)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10:
        return {key: value}
    if value is not None:
        draft.wrong(where, f"{key} is a number of words from 0 to 10")
    return {}


def _same_table(draft: Draft, file: str, table: Table) -> None:
    """Read `[same]`: a word, and what dialect or the recogniser make of it."""
    for word, value in table.items():
        for variant in draft.strings(f"{file}: [same] {word}", value):
            heard = fold(variant, draft.language).replace(" ", "")
            draft.same.setdefault(heard, set()).add(fold(word, draft.language))


def _zones_table(draft: Draft, file: str, table: Table) -> None:
    for zone_id, value in table.items():
        where = f"{file}: [zones.{zone_id}]"
        zone = draft.table(where, value)
        draft.unknown(where, zone, (*ZONE_LISTS, *_ZONE_REACHES))
        lists = draft.zones.setdefault(zone_id, {key: [] for key in ZONE_LISTS})
        for key in ZONE_LISTS:
            lists[key] += draft.phrases(where, zone.get(key, []))
        reaches = draft.reaches.setdefault(zone_id, {})
        for key in _ZONE_REACHES:
            reaches |= _word_count(draft, where, zone, key)


def _topics_table(draft: Draft, file: str, table: Table) -> None:
    for category, value in table.items():
        where = f"{file}: [topics] {category}"
        if category not in CATEGORIES:
            draft.wrong(where, f"no category; one of {', '.join(sorted(CATEGORIES))}")
        draft.topics.setdefault(category, []).extend(draft.patterns(where, value))


def _clause(draft: Draft, where: str, clause_id: str, table: Table, *, anytime: bool) -> Clause:
    patterns = draft.patterns(where, table.get("patterns", []))
    if not patterns:
        draft.wrong(where, 'patterns is empty; give at least one, for example "rohrbruch"')
    return Clause(
        clause_id=clause_id,
        patterns=patterns,
        unless=draft.patterns(where, table.get("unless", [])),
        anytime=draft.flag(where, table, "anytime", default=anytime),
        as_said=draft.flag(where, table, "as_said", default=False),
    )


def _fact(draft: Draft, file: str, table: Table) -> None:
    fact_id = draft.texts(f"{file}: [[fact]]", table, "id")
    where = f"{file}: fact {fact_id or '(no id)'}"
    draft.unknown(where, table, _CLAUSE_KEYS)
    if not fact_id or fact_id in draft.facts:
        draft.wrong(where, "every fact has an id of its own")
    draft.facts[fact_id] = (where, _clause(draft, where, fact_id, table, anytime=False))


def _rule(draft: Draft, file: str, trade: str, table: Table) -> None:
    short = draft.texts(f"{file}: [[rule]]", table, "id")
    rule_id = f"{draft.language}.{trade}.{short}"
    where = f"{file}: rule {rule_id if short else '(no id)'}"
    draft.unknown(where, table, _RULE_KEYS)
    if not short or rule_id in draft.rules:
        draft.wrong(where, "every rule has an id of its own")
    spoken = draft.texts(where, table, "urgency")
    urgency = next((each for each in Urgency if each.value == spoken), Urgency.UNKNOWN)
    if urgency is Urgency.UNKNOWN:
        draft.wrong(where, "urgency is emergency, urgent, routine or none")
    category = draft.texts(where, table, "category", trade if trade in CATEGORIES else "")
    if category and category not in CATEGORIES:
        draft.wrong(where, f"category is one of {', '.join(sorted(CATEGORIES))}, or empty")
    weight = table.get("weight", WEIGHTS[urgency] or 1)
    if not isinstance(weight, int | float) or not 0 < weight <= _MAX_WEIGHT:
        draft.wrong(where, f"weight is a number above 0 up to {_MAX_WEIGHT:.0f}")
        weight = WEIGHTS[urgency]
    if not draft.texts(where, table, "reason"):
        draft.wrong(where, "reason is missing; say in a few words what the rule has heard")
    clause = _clause(draft, where, rule_id, table, anytime=not urgency.rings)
    draft.rules[rule_id] = (
        where,
        Rule(
            clause=clause,
            urgency=urgency,
            weight=float(weight),
            category=category,
            reason=draft.texts(where, table, "reason"),
            certain_after=_certain(draft, where, table, urgency),
            settles=_settles(draft, where, table, urgency, clause),
        ),
    )


def _certain(draft: Draft, where: str, table: Table, urgency: Urgency) -> int | None:
    """Read ``certain``: false, true, or how many words must follow the match."""
    value = table.get("certain", False)
    if value is not False and urgency is not Urgency.EMERGENCY:
        draft.wrong(where, "only an emergency can be certain; take the line out")
    if isinstance(value, bool):
        return CERTAIN_AFTER if value else None
    if isinstance(value, int) and 1 <= value <= _MOST_AFTER:
        return value
    draft.wrong(where, f"certain is true, false or a number of words from 1 to {_MOST_AFTER}")
    return None


def _settles(draft: Draft, where: str, table: Table, urgency: Urgency, clause: Clause) -> bool:
    settles = draft.flag(where, table, "settles", default=False)
    if settles and urgency.rings:
        draft.wrong(where, "only a routine or none rule can settle; take the line out")
    for pattern in clause.patterns if settles else ():
        if not settling_parts(pattern):
            what = "a fact has no place in the message; to settle, write the words themselves"
            draft.wrong(where, f"pattern {pattern.source!r}: {what}")
    return settles


def _read_file(draft: Draft, file: str, tables: Table) -> None:
    draft.unknown(file, tables, _TABLES)
    trade = _pack_table(draft, file, draft.table(f"{file}: [pack]", tables.get("pack", {})))
    for name, value in draft.table(f"{file}: [concepts]", tables.get("concepts", {})).items():
        found = draft.parts(f"{file}: concept {name}", value)
        draft.concepts.setdefault(f"@{name}", []).extend(found)
    _negation_table(draft, file, draft.table(f"{file}: [negation]", tables.get("negation", {})))
    _same_table(draft, file, draft.table(f"{file}: [same]", tables.get("same", {})))
    _zones_table(draft, file, draft.table(f"{file}: [zones]", tables.get("zones", {})))
    _topics_table(draft, file, draft.table(f"{file}: [topics]", tables.get("topics", {})))
    for key, phrases in (("asides", draft.asides), ("hold", draft.holds)):
        where = f"{file}: [{key}]"
        table = draft.table(where, tables.get(key, {}))
        draft.unknown(where, table, ("phrases",))
        phrases.extend(draft.phrases(where, table.get("phrases", [])))
    readers: tuple[tuple[str, Callable[[Table], None]], ...] = (
        ("fact", lambda table: _fact(draft, file, table)),
        ("rule", lambda table: _rule(draft, file, trade, table)),
    )
    for key, read in readers:
        entries = tables.get(key, [])
        for entry in entries if isinstance(entries, list) else [entries]:
            read(draft.table(f"{file}: [[{key}]]", entry))


def read(files: Mapping[str, Table], language: str) -> RulePack:
    """
    Merge the tables of all *files* (name to parsed TOML) into the pack of *language*.

    Concepts, zones and lists of the same name are added up; `off` in any file
    switches rules of any file off, so a firm's own file needs no copy of ours.

    Raises:
        RulePackError: one line for each mistake, with file, rule and remedy.
    """
    draft = Draft(language)
    if language not in LANGUAGES:
        draft.wrong("language", f"{language} is not known; one of {', '.join(LANGUAGES)}")
    for file, tables in files.items():
        _read_file(draft, file, tables)
    pack = None if draft.mistakes else assemble(draft)
    if pack is None or draft.mistakes:
        raise RulePackError("\n".join(draft.mistakes))
    return pack
