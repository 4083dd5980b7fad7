"""An explanation in lines."""

from packs import pack

from pbx_bridge.cli.rules_explain import lines
from pbx_bridge.core.rulepack import Context, Season
from pbx_bridge.core.urgency import explain


def test_everything_heard_is_shown() -> None:
    """Verdict, rules, facts, negations, past parts, asides and silent rules each have a line."""
    text = "letzte woche rohrbruch aber jetzt kein rauch am feuerwehrhaus mit baby angebot"

    shown = list(lines(explain(text, pack(), Context(season=Season.WINTER))))

    assert shown[0] == "routine (other), nobody is rung, by small 7"
    assert [line.split()[0] for line in shown[1:] if not line.startswith("silent")] == [
        *("words:", "rule", "rule", "fact", "fact", "negation", "negation", "not", "aside"),
    ]
    assert any(line.startswith("silent  de.other.burst <rohrbruch>: zone past") for line in shown)
