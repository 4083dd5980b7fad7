"""Which patterns are worth looking for."""

from pbx_bridge.core.clause_index import Begun, ClauseIndex
from pbx_bridge.core.pattern import parse

INDEX = ClauseIndex([(parse("rohr|leitung"), parse("!#übung & #kalt")), (parse("rohr + wasser"),)])


def begun(*standing: str) -> Begun:
    found: Begun = {}
    INDEX.add(found, standing)
    return found


def test_patterns_are_found_by_what_begins_them() -> None:
    """A word, one of several, or a fact; what must be absent begins nothing."""
    assert begun("rohr") == {0: {0}, 1: {0}}
    assert begun("leitung", "#kalt") == {0: {0, 1}}
    assert begun("wasser", "geplatzt", "#übung") == {}
