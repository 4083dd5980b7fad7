"""How far a past marker reaches: within its clause, and over what was told before it."""

import pytest
from packs import pack

EAR = pack(
    """
[zones.past]
markers = ["letzte woche", "wurde .. repariert", "hatten gestern", "es war nur"]
breaks = ["aber"]
verbs = ["=hatten", "=war", "=wurde", "=gab"]
acts = ["=bezahlt", "rechnung", "=repariert"]
joins = ["=wegen"]
openers = ["=wir", "=ich", "=und"]
ahead = 4
behind = 2

[[rule]]
id = "a"
urgency = "emergency"
reason = "a"
patterns = ["rohrbruch", "rauch"]
"""
).ear


@pytest.mark.parametrize(
    ("text", "past"),
    [
        ("letzte woche rauch", False),  # no verb: it belonged to what came before
        ("rauch letzte woche", True),
        ("letzte woche hatten wir rauch", True),
        ("letzte woche da gab es rauch", True),
        ("hatten gestern im keller rauch", True),
        ("hatten gestern im keller unten rechts hinten rauch", False),  # `ahead`
        ("hatten gestern keinen termin und rauch", False),  # a clause of its own
        ("wir hatten letzte woche einen rohrbruch", True),
        ("wir hatten letzte woche hier im keller rauch", False),  # `behind`
        ("die rechnung von letzte woche rauch", False),
        ("wir hatten letzte woche bezahlt rauch", False),  # the act was all
        ("bezahlt letzte woche wegen rohrbruch", True),
        ("die heizung wurde neulich repariert rauch", False),
        ("rauch wurde neulich repariert", True),
        ("es war nur rauch", True),
        ("war das schön und ich letzte woche rauch", False),
    ],
)
def test_marker_reaches_within_its_clause(text: str, *, past: bool) -> None:
    """What stands before it is past; ahead, only the clause whose verb it has."""
    heard = EAR.hear(text)
    place = next(
        number
        for number, token in enumerate(heard.tokens)
        if token.folded in {"rauch", "rohrbruch"}
    )

    assert (heard.zone_of(((place, place + 1),)) == "past") is past
