"""Which patterns are worth looking for."""

from pbx_bridge.core.clause_index import Begun, ClauseIndex
from pbx_bridge.core.pattern import parse

INDEX = ClauseIndex(
    [
        (parse("rohr|leitung"), parse("!#übung & #kalt"), parse("rohr geplatzt")),
        (parse("rohr + wasser"), parse("rohr & dach")),
    ]
)


def begun(*standing: str) -> Begun:
    found: Begun = {}
    INDEX.add(found, standing)
    return found


def test_patterns_are_found_by_the_rarest_thing_they_need() -> None:
    """*rohr* is written often, so it alone makes nobody look for *rohr geplatzt*."""
    assert begun("rohr") == {0: {0}}
    assert begun("leitung", "#kalt") == {0: {0, 1}}
    assert begun("wasser", "geplatzt") == {0: {2}, 1: {0}}
    assert begun("dach") == {1: {1}}
    assert begun("#übung", "keller") == {}
