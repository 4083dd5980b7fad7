"""Judge a message by a rule pack; the verdict can only fail upwards."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pbx_bridge.core.case import Reason, Transcript, Urgency, Verdict
from pbx_bridge.core.clause_index import Begun
from pbx_bridge.core.finding import Hit, find, find_near
from pbx_bridge.core.hearing import Heard
from pbx_bridge.core.pattern import Part, Pattern, settling_parts
from pbx_bridge.core.rulepack import Clause, Context, Rule, RulePack

ASIDE_WEIGHT = 5.0
"""Weight of *routine* for a trouble that is past or only feared: below any rule of ours."""
MIN_WORDS = 3
"""A shorter message is not judged as quiet: `unknown`."""
MIN_CONFIDENCE = 0.55
"""Mean confidence of the words below which a quiet verdict is not believed: `unknown`."""
TALE_WORDS = 9
"""Words from which a trade on which no rule spoke is a tale of trouble, not a short order."""
SETTLEMENTS = 3
"""Settling words that are looked behind one by one; then the last ones found are gone to."""
REPEATS = 8
"""Looks behind settling words after which each skips half of what is left at least."""
NO_CONTEXT = Context()
UNMATCHED = "unmatched"
"""Rule id of the reason given when no rule spoke."""
NOT_NOW = ":not-now"
"""End of the rule id of a reason that tells of a past or possible trouble."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silenced:
    """A rule that found its words but did not speak."""

    rule: str
    words: str
    cause: str
    """For example ``negated by 'kein'`` or ``zone past``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A verdict with everything that led to it, and everything that was set aside."""

    verdict: Verdict
    heard: Heard
    facts: tuple[tuple[str, str], ...]
    """Fact id and the words that show it; no words for a fact of the calendar."""
    silenced: tuple[Silenced, ...]


@dataclass(slots=True)
class _Hearing:
    """One message under judgement."""

    heard: Heard
    facts: dict[str, str]
    silenced: list[Silenced]
    hints: list[Silenced] = field(default_factory=list)
    """As `silenced`, of patterns whose other words were not said."""
    held: dict[str, Pattern] = field(default_factory=dict)
    """Clause to the pattern by which it holds."""

    def words_for(self, clause: Clause, begun: Iterable[int]) -> str | None:
        """Return the words by which *clause* holds, or None; its patterns *begun* are tried."""
        for number in sorted(begun):
            words = self._pattern(clause.patterns[number], clause)
            if words is not None:
                blocker = self._blocker(clause)
                if blocker is None:
                    self.held[clause.clause_id] = clause.patterns[number]
                    return words
                self.silenced.append(_silenced(clause, words, f"unless {blocker}"))
                return None
        return None

    def _blocker(self, clause: Clause) -> str | None:
        standing = self.heard.spans.keys()
        for pattern in clause.unless:
            first = pattern.parts[0]
            is_word = first.phrases and not first.absent
            if is_word and standing.isdisjoint(first.phrases[0][0].terms):
                continue  # most patterns: no more is looked at
            if self._pattern(pattern, _ANYTIME) is not None:
                return pattern.source
        return None

    def _pattern(self, pattern: Pattern, clause: Clause) -> str | None:
        """Return the words of all parts of *pattern*, or None when one does not hold."""
        words: list[str] = []
        silenced: Silenced | None = None
        for part in pattern.parts:
            found, cause = self._part(part, _ANYTIME if part.absent else clause)
            if found is not None and cause and not part.absent:
                silenced = silenced or _silenced(clause, found, cause)
            elif (found is None or bool(cause)) is not part.absent:
                if silenced is not None:
                    self.hints.append(silenced)
                return None
            words.append(found or "")
        if silenced is None:
            return " … ".join(filter(None, words))
        if clause is not _ANYTIME:
            self.silenced.append(silenced)
        return None

    def _part(self, part: Part, clause: Clause) -> tuple[str | None, str]:
        """Return the words of *part*, None when they do not stand, and what is against them."""
        if part.fact:
            return self.facts.get(part.fact), ""
        phrases = part.phrases
        spans = self.heard.spans
        hits = find(phrases[0], spans) if len(phrases) == 1 else find_near(part, spans)
        cause = ""
        for hit in hits:
            cause = self._objection(hit, clause)
            if not cause:
                return self.heard.words(hit), ""
        return (self.heard.words(hits[0]), cause) if hits else (None, "")

    def settled_at(self, clause: Clause) -> Iterator[int]:
        """Yield the tokens behind which *clause*, which holds, has settled what was told."""
        for part in settling_parts(self.held[clause.clause_id]):
            for hit in find_near(part, self.heard.spans):
                if not self._objection(hit, clause):
                    yield max(end for _, end in hit)

    def _objection(self, hit: Hit, clause: Clause) -> str:
        """Return why *hit* does not count, empty when it does."""
        if not clause.as_said and (at := self.heard.denied_by(hit)) is not None:
            return f"negated by '{self.heard.words((at,))}'"
        if not clause.anytime and (zone := self.heard.zone_of(hit)) is not None:
            return f"zone {zone}"
        return ""


def _silenced(clause: Clause, words: str, cause: str) -> Silenced:
    return Silenced(rule=clause.clause_id, words=words, cause=cause)


_ANYTIME = Clause(clause_id="", patterns=(), anytime=True)
"""How conditions of absence are looked at: a denied trouble blocks nothing, a past one does."""


def explain(text: str, pack: RulePack, context: Context = NO_CONTEXT) -> Explanation:
    """Judge *text* and keep everything a person needs to follow the verdict."""
    hearing, spoken = _listen(text, pack, context)
    verdict = _verdict(spoken, hearing, pack)
    return Explanation(
        verdict=_told_after(verdict, spoken, hearing, pack, context) or verdict,
        heard=hearing.heard,
        facts=tuple(hearing.facts.items()),
        silenced=tuple(dict.fromkeys(hearing.silenced)),
    )


def classify(message: str | Transcript, pack: RulePack, context: Context = NO_CONTEXT) -> Verdict:
    """
    Return the verdict on the words of *message*: one of the four labels, never `unknown`.

    An empty text is `none`: nothing was said. Use `judge` where a caller may have
    spoken and nothing was understood.
    """
    text = message if isinstance(message, str) else message.text
    return explain(text, pack, context).verdict


def judge(transcript: Transcript, pack: RulePack, context: Context = NO_CONTEXT) -> Verdict:
    """
    Return the verdict on a call: as `classify`, but doubt is `unknown`, never quiet.

    Doubt is a transcript of fewer than `MIN_WORDS` words, a mean confidence below
    `MIN_CONFIDENCE`, or words on which no rule spoke. A verdict that rings stands.
    """
    verdict = classify(transcript, pack, context)
    if verdict.rings:
        return verdict
    words = transcript.words
    doubt = ""
    if len(words) < MIN_WORDS:
        doubt = f"only {len(words)} words understood"
    elif sum(word.confidence for word in words) / len(words) < MIN_CONFIDENCE:
        doubt = "recognition is not sure of the words"
    elif any(reason.rule == UNMATCHED for reason in verdict.reasons):
        doubt = "no rule spoke"
    if not doubt:
        return verdict
    reason = Reason(rule="doubt", text=doubt, words=transcript.text, weight=0.0)
    return Verdict(
        urgency=Urgency.UNKNOWN,
        category=verdict.category,
        reasons=(reason, *verdict.reasons),
        pack=pack.title,
    )


def _listen(text: str, pack: RulePack, context: Context) -> tuple[_Hearing, list[tuple[Rule, str]]]:
    """Return what was heard in *text*, and the rules that speak with their words."""
    hearing = _Hearing(pack.ear.hear(text), dict.fromkeys(context.facts(), ""), [])
    _find_facts(hearing, pack)
    begun: Begun = {}
    pack.rule_index.add(begun, hearing.heard.spans)
    pack.rule_index.add(begun, (f"#{fact}" for fact in hearing.facts))
    spoken = [
        (rule, words)
        for number, rule in enumerate(pack.rules)
        if number in begun and (words := hearing.words_for(rule.clause, begun[number])) is not None
    ]
    return hearing, spoken


def _find_facts(hearing: _Hearing, pack: RulePack) -> None:
    begun: Begun = {}
    pack.fact_index.add(begun, hearing.heard.spans)
    pack.fact_index.add(begun, [f"#{fact}" for fact in hearing.facts])
    for number, fact in enumerate(pack.facts):
        if number in begun:
            words = hearing.words_for(fact, begun[number])
            if words is not None:
                hearing.facts[fact.clause_id] = words
                pack.fact_index.add(begun, (f"#{fact.clause_id}",))


def _verdict(spoken: list[tuple[Rule, str]], hearing: _Hearing, pack: RulePack) -> Verdict:
    if not hearing.heard.tokens:
        return Verdict(urgency=Urgency.NONE, pack=pack.title)
    reasons = [
        Reason(rule=rule.rule_id, text=rule.reason, words=words, weight=rule.weight)
        for rule, words in spoken
    ]
    claims = [(rule.weight, rule.urgency, rule.category) for rule, _ in spoken]
    zoned = _not_now(hearing, pack, {rule.rule_id for rule, _ in spoken})
    if zoned is not None:
        reasons.append(zoned[0])
        claims.append((ASIDE_WEIGHT, Urgency.ROUTINE, zoned[1]))
    if not claims:
        return _unmatched(hearing.heard, pack)
    urgency = _heaviest(claims)
    winners = [(weight, category) for weight, each, category in claims if each is urgency]
    best = max(weight for weight, _ in winners)
    category = next((name for weight, name in winners if weight == best and name), "")
    if urgency is Urgency.NONE:
        category = "other"
    order = {rule.rule_id: rule.urgency is not urgency for rule, _ in spoken}
    reasons.sort(key=lambda reason: (order.get(reason.rule, True), -reason.weight))
    return Verdict(
        urgency=urgency,
        category=category or _topic(hearing.heard, pack),
        reasons=tuple(reasons),
        pack=pack.title,
    )


def _told_after(
    verdict: Verdict,
    spoken: list[tuple[Rule, str]],
    hearing: _Hearing,
    pack: RulePack,
    context: Context,
) -> Verdict | None:
    """
    Return the emergency told after the words that settled another matter, or None.

    *It was repaired* answers what was told before it; what follows is heard for itself.
    A caller who says so a hundred times is not heard a hundred times: a few looks, then halves,
    so that the work grows with the words and not with their square.
    """
    done = 0
    while not verdict.rings:
        settling = (rule.clause for rule, _ in spoken if rule.settles)
        ends = [end for clause in settling for end in hearing.settled_at(clause)]
        if not ends:
            return None
        tokens = hearing.heard.tokens
        behind = min(ends) if done < SETTLEMENTS else max(ends)
        if done >= REPEATS:
            behind = max(behind, len(tokens) // 2)
        rest = " ".join(token.text for token in tokens[behind:])
        hearing, spoken = _listen(rest, pack, context)
        verdict = _verdict(spoken, hearing, pack)
        done += 1
    return verdict if done and verdict.urgency is Urgency.EMERGENCY else None


def _unmatched(heard: Heard, pack: RulePack) -> Verdict:
    """Return the verdict on words on which no rule spoke."""
    category = _topic(heard, pack)
    urgency = pack.unmatched if category == "other" else pack.unmatched_trade
    if urgency.rings and len(heard.tokens) < TALE_WORDS:
        urgency = Urgency.ROUTINE
    reason = Reason(rule=UNMATCHED, text="no rule spoke", words="", weight=0.0)
    return Verdict(urgency=urgency, category=category, reasons=(reason,), pack=pack.title)


def _heaviest(claims: Iterable[tuple[float, Urgency, str]]) -> Urgency:
    """Return the urgency of the greatest weight: first ring or not, then which; ties go up."""
    best: dict[Urgency, float] = {}
    for weight, urgency, _ in claims:
        best[urgency] = max(best.get(urgency, 0.0), weight)
    ring = (Urgency.EMERGENCY, Urgency.URGENT)
    quiet = (Urgency.ROUTINE, Urgency.NONE)
    loudest = max(best.get(each, 0.0) for each in ring)
    calmest = max(best.get(each, 0.0) for each in quiet)
    pair = ring if loudest >= calmest else quiet
    return max(pair, key=lambda each: (best.get(each, 0.0), each is pair[0]))


def _not_now(hearing: _Hearing, pack: RulePack, spoke: set[str]) -> tuple[Reason, str] | None:
    """
    Return the claim of a trouble that was told as past or possible, and its category.

    A rule of which only some words were said claims too, but names no trouble and no category.
    """
    trouble = {rule.rule_id: rule for rule in pack.rules if rule.urgency.rings}
    for told in (hearing.silenced, hearing.hints):
        for silent in told:
            rule = trouble.get(silent.rule)
            if rule is None or silent.rule in spoke or not silent.cause.startswith("zone "):
                continue
            is_whole = told is hearing.silenced
            what = rule.reason if is_whole else "something"
            reason = Reason(
                rule=f"{rule.rule_id}{NOT_NOW}",
                text=f"{what}, but not now ({silent.cause.removeprefix('zone ')})",
                words=silent.words,
                weight=ASIDE_WEIGHT,
            )
            return reason, rule.category if is_whole else ""
    return None


def _topic(heard: Heard, pack: RulePack) -> str:
    """Return the category with most topic words, `other` when there are none."""
    count = {
        category: len(
            {
                hit
                for pattern in patterns
                for part in pattern.parts
                for hit in find_near(part, heard.spans)
            }
        )
        for category, patterns in pack.topics
    }
    best = max(count.values(), default=0)
    if not best:
        return "other"
    return next(category for category, many in count.items() if many == best)
