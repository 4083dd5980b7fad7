"""Say whether the words so far are a certain emergency, while the caller still speaks."""

from collections.abc import Sequence

from pbx_bridge.core.case import UNKNOWN_WORD, Reason, Transcript, Urgency, Verdict, Word
from pbx_bridge.core.rulepack import CERTAIN_AFTER, Context, Rule, RulePack
from pbx_bridge.core.urgency import NO_CONTEXT, NOT_NOW, classify, explain

MIN_SURE = 0.5
"""Confidence below which a settled word that a rule needs starts no early ring."""


def certain_verdict(
    before: Transcript, now: Transcript, pack: RulePack, context: Context = NO_CONTEXT
) -> Verdict | None:
    """
    Return the verdict on *now* when nothing that may still come will take it back, else None.

    That is an emergency by a rule marked *certain* which (1) spoke already on words that stood
    in *before* too or are final, (2) still speaks when as many words have followed as it asks
    for (a pause stands for one word), (3) rests on words heard with `MIN_SURE`; and nothing
    quiet, past or hypothetical and no `hold` phrase has been heard.

    Args:
        before: the growing transcript of the report before.
        now: the growing transcript; it may end in words that are not final.
        pack: the rules of its language.
        context: what the calendar knows.
    """
    words = _understood(now)
    whole = explain(_text(words), pack, context)
    verdict = whole.verdict
    rules = _certain_rules(verdict, pack)
    if not rules or whole.heard.is_held or _is_doubted(verdict, pack):
        return None
    steady = _steady(_understood(before), words)
    is_pause = steady == len(words) and all(word.is_final for word in words)
    for after in sorted({rule.certain_after or CERTAIN_AFTER for rule in rules}):
        end = len(words) if is_pause and after <= CERTAIN_AFTER else len(words) - after
        end = min(end, steady)  # words often come in twos: more than asked for may have followed
        if end <= 0:
            continue
        earlier = classify(_text(words[:end]), pack, context)
        ripe = {rule.rule_id for rule in _certain_rules(earlier, pack) & rules}
        wanted = {rule.rule_id for rule in rules if rule.certain_after == after}
        if any(
            reason.rule in ripe & wanted and _is_sure(reason, words) for reason in earlier.reasons
        ):
            return verdict
    return None


def certain_at(text: str, pack: RulePack, context: Context = NO_CONTEXT) -> int | None:
    """Return after how many words of *text*, spoken one by one, it is certain; None: never."""
    every = tuple(
        Word(text=word, start_s=0.0, end_s=0.0, confidence=1.0, is_final=False)
        for word in text.split()
    )
    before = Transcript()
    for count in range(1, len(every) + 1):
        now = Transcript(words=every[:count])
        if certain_verdict(before, now, pack, context) is not None:
            return count
        before = now
    return None


def is_certain_at_pause(text: str, pack: RulePack, context: Context = NO_CONTEXT) -> bool:
    """Whether *text* is certain when the caller pauses after it."""
    words = (
        Word(text=word, start_s=0.0, end_s=0.0, confidence=1.0, is_final=True)
        for word in text.split()
    )
    return certain_verdict(Transcript(), Transcript(words=tuple(words)), pack, context) is not None


def _understood(transcript: Transcript) -> tuple[Word, ...]:
    return tuple(word for word in transcript.words if word.text != UNKNOWN_WORD)


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


def _steady(before: Sequence[Word], now: Sequence[Word]) -> int:
    """Return how many words from the start of *now* the recogniser has said twice, or settled."""
    for place, word in enumerate(now):
        is_same = place < len(before) and before[place].text == word.text
        if not (word.is_final or is_same):
            return place
    return len(now)


def _certain_rules(verdict: Verdict, pack: RulePack) -> frozenset[Rule]:
    if verdict.urgency is not Urgency.EMERGENCY:
        return frozenset()
    spoke = {reason.rule for reason in verdict.reasons}
    certain = (rule for rule in pack.rules if rule.certain_after is not None)
    return frozenset(rule for rule in certain if rule.rule_id in spoke)


def _is_doubted(verdict: Verdict, pack: RulePack) -> bool:
    """Whether something quiet spoke too, or a trouble that is past or only feared."""
    quiet = {rule.rule_id for rule in pack.rules if not rule.urgency.rings}
    return any(each.rule in quiet or each.rule.endswith(NOT_NOW) for each in verdict.reasons)


def _is_sure(reason: Reason, words: Sequence[Word]) -> bool:
    """Whether the settled words of *reason* were heard well; others have no confidence yet."""
    needed = set(reason.words.split())
    found = (word.confidence for word in words if word.is_final and word.text in needed)
    return min(found, default=1.0) >= MIN_SURE
