"""Check what rule files refer to and compile them into one pack."""

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from pbx_bridge.core.case import Urgency
from pbx_bridge.core.finding import Concept, Vocabulary
from pbx_bridge.core.hearing import Ear
from pbx_bridge.core.negation import LISTS as NEGATION_LISTS
from pbx_bridge.core.negation import Negation
from pbx_bridge.core.pattern import Element, Part, Pattern, Sequence
from pbx_bridge.core.rule_draft import Draft
from pbx_bridge.core.rulepack import CALENDAR_FACTS, WINDOW_FACT, Clause, RulePack
from pbx_bridge.core.zones import LISTS as ZONE_LISTS
from pbx_bridge.core.zones import ZONE_REACH, Zone


def assemble(draft: Draft) -> RulePack | None:
    """Return the pack, or None with more lines in ``draft.mistakes``."""
    terms = {term for _, phrase in _all_phrases(draft) for each in phrase for term in each.terms}
    _check_concepts(draft, terms)
    _check_facts(draft)
    off = _switched_off(draft)
    concepts = _ordered_concepts(draft, terms)
    facts = _ordered_facts(draft)
    if draft.mistakes:
        return None
    return RulePack(
        name=draft.header.get("name", draft.language),
        version=draft.header.get("version", "0"),
        language=draft.language,
        ear=_ear(draft, concepts, terms),
        facts=facts,
        rules=tuple(rule for key, (_, rule) in draft.rules.items() if key not in off),
        topics=tuple((name, tuple(patterns)) for name, patterns in draft.topics.items()),
        unmatched=Urgency(draft.header.get("unmatched", Urgency.NONE.value)),
        unmatched_trade=Urgency(draft.header.get("unmatched_trade", Urgency.ROUTINE.value)),
    )


def _ear(draft: Draft, concepts: tuple[Concept, ...], terms: set[str]) -> Ear:
    words = {word for term in terms for word in term.split()}
    same = {word: frozenset(meant) for word, meant in draft.same.items()}
    lists = {name: tuple(phrases) for name, phrases in draft.negation.items()}
    return Ear(
        language=draft.language,
        vocabulary=Vocabulary(words, concepts, draft.language, draft.fillers, same),
        negation=Negation(
            **{name: lists.get(name, ()) for name in NEGATION_LISTS},
            nouns=tuple(draft.nouns),
            right_span=draft.spans.get("right_span", 3),
            left_span=draft.spans.get("left_span", 2),
        ),
        zones=tuple(
            _zone(zone_id, lists, draft.reaches.get(zone_id, {}))
            for zone_id, lists in draft.zones.items()
        ),
        asides=tuple(draft.asides),
        holds=tuple(draft.holds),
    )


def _zone(zone_id: str, lists: Mapping[str, list[Sequence]], reaches: Mapping[str, int]) -> Zone:
    return Zone(
        zone_id=zone_id,
        **{name: tuple(lists.get(name, ())) for name in ZONE_LISTS},
        ahead=reaches.get("ahead", ZONE_REACH),
        behind=reaches.get("behind", 0),
    )


def _pattern_phrases(where: str, patterns: Iterable[Pattern]) -> Iterator[tuple[str, Sequence]]:
    for pattern in patterns:
        for part in pattern.parts:
            for phrase in part.phrases:
                yield where, phrase


def _clauses(draft: Draft) -> list[tuple[str, Clause]]:
    rules: list[tuple[str, Clause]] = [(where, rule.clause) for where, rule in draft.rules.values()]
    return [*draft.facts.values(), *rules]


def _all_phrases(draft: Draft) -> Iterator[tuple[str, Sequence]]:
    """Yield every phrase of the pack with the place that names it in a message."""
    for name, parts in draft.concepts.items():
        yield from ((f"concept {name[1:]}", phrase) for part in parts for phrase in part.phrases)
    for key, phrases in draft.negation.items():
        yield from ((f"[negation] {key}", phrase) for phrase in phrases)
    for zone_id, lists in draft.zones.items():
        for phrases in lists.values():
            yield from ((f"[zones.{zone_id}]", phrase) for phrase in phrases)
    yield from (("[asides]", phrase) for phrase in draft.asides)
    yield from (("[hold]", phrase) for phrase in draft.holds)
    for category, patterns in draft.topics.items():
        yield from _pattern_phrases(f"[topics] {category}", patterns)
    for where, clause in _clauses(draft):
        yield from _pattern_phrases(where, (*clause.patterns, *clause.unless))


def _check_concepts(draft: Draft, terms: set[str]) -> None:
    named = {word for term in terms if "@" in term for word in term.split() if word[0] == "@"}
    unknown = named - set(draft.concepts)
    for where, phrase in _all_phrases(draft) if unknown else ():
        words = (word for element in phrase for term in element.terms for word in term.split())
        for word in unknown.intersection(words):
            draft.wrong(where, f"{word} is not defined; add it under [concepts]")


def _check_facts(draft: Draft) -> None:
    known = set(draft.facts) | CALENDAR_FACTS
    for where, clause in _clauses(draft):
        for fact in sorted(_facts_of(clause) - known):
            if fact.startswith(WINDOW_FACT):
                continue
            draft.wrong(where, f"#{fact} is not defined; add a [[fact]] with this id")
    for zone_topic, patterns in draft.topics.items():
        if any(part.fact for pattern in patterns for part in pattern.parts):
            draft.wrong(f"[topics] {zone_topic}", "a topic cannot ask for a #fact")


def _facts_of(clause: Clause) -> set[str]:
    every = (*clause.patterns, *clause.unless)
    return {part.fact for pattern in every for part in pattern.parts if part.fact}


def _switched_off(draft: Draft) -> set[str]:
    for file, rule_id in draft.off:
        if rule_id not in draft.rules:
            draft.wrong(f"{file}: [pack] off", f"there is no rule {rule_id}; see rules lint")
    return {rule_id for _, rule_id in draft.off}


def _ordered_concepts(draft: Draft, terms: set[str]) -> tuple[Concept, ...]:
    """Return the concepts, and words in a row, each after those it is made of."""
    rows = {
        term: [Part(phrases=(tuple(Element((word,)) for word in term.split()),))]
        for term in terms
        if " " in term
    }
    made_of = draft.concepts | rows
    uses = {
        name: {
            term
            for part in parts
            for phrase in part.phrases
            for element in phrase
            for term in element.terms
            if term in made_of
        }
        for name, parts in made_of.items()
    }
    try:
        order = list(TopologicalSorter(uses).static_order())
    except CycleError as exc:
        draft.wrong("[concepts]", f"concepts are made of each other: {' '.join(exc.args[1])}")
        return ()
    return tuple(Concept(name, tuple(made_of[name])) for name in order)


def _ordered_facts(draft: Draft) -> tuple[Clause, ...]:
    """Return the facts, each after those it asks for."""
    uses = {fact_id: _facts_of(clause) for fact_id, (_, clause) in draft.facts.items()}
    try:
        order = list(TopologicalSorter(uses).static_order())
    except CycleError as exc:
        draft.wrong("[[fact]]", f"facts ask for each other: {' '.join(exc.args[1])}")
        return ()
    return tuple(draft.facts[fact_id][1] for fact_id in order if fact_id in draft.facts)
