"""Put an explanation into lines that a person can follow."""

from collections.abc import Iterator

from pbx_bridge.core.urgency import Explanation


def lines(explanation: Explanation) -> Iterator[str]:
    """Yield the verdict, the rules that spoke, and everything that was set aside."""
    verdict, heard = explanation.verdict, explanation.heard
    ring = "somebody is rung" if verdict.rings else "nobody is rung"
    yield f"{verdict.urgency.value} ({verdict.category}), {ring}, by {verdict.pack}"
    yield "words: " + " ".join(token.folded for token in heard.tokens)
    for reason in verdict.reasons:
        yield f"rule  {reason.weight:4.1f}  {reason.rule}: {reason.text} <{reason.words}>"
    for fact, words in explanation.facts:
        yield f"fact  #{fact} <{words or 'calendar'}>"
    for denial in heard.denials:
        reach = " ".join(heard.tokens[position].text for position in sorted(denial.reach))
        yield f"negation  '{heard.words((denial.at,))}' reaches <{reach}>"
    for zone, inside in heard.zones.items():
        words = " ".join(heard.tokens[position].text for position in sorted(inside))
        yield f"not now ({zone})  <{words}>"
    if heard.asides:
        words = " ".join(heard.tokens[position].text for position in sorted(heard.asides))
        yield f"aside  <{words}>"
    for silent in explanation.silenced:
        yield f"silent  {silent.rule} <{silent.words}>: {silent.cause}"
