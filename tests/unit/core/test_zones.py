"""How far a past marker reaches: within its clause, and over what was told before it."""

import pytest
from packs import pack

EAR = pack(
    """
[zones.past]
markers = ["letzte woche", "wurde .. repariert", "hat .. repariert", "hatten gestern", "es war nur"]
breaks = ["aber"]
verbs = ["=hat", "=hatten", "=war", "=wurde", "=gab"]
acts = ["=bezahlt", "rechnung", "=repariert"]
joins = ["=wegen"]
openers = ["=wir", "=ich", "=und"]
subjects = ["=der", "=die"]
deeds = ["*kam"]
tales = ["=stand"]
pointers = ["=das . wurde|hat"]
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


@pytest.mark.parametrize(
    ("text", "past"),
    [
        ("rauch letzte woche", True),  # no verb: it is of the same clause
        ("es riecht nach rauch der kollege war letzte woche hier", False),
        ("im keller rauch war letzte woche", True),
        ("rauch im keller es war nur staub", False),
        ("der rauch im keller war letzte woche", True),  # of its clause
        ("rauch im keller letzte woche hatten wir einen termin", False),  # its verb follows
        ("rauch im keller letzte woche bekam ich post", False),  # known by its ending
        ("rauch im keller letzte woche die heizung bekam luft", False),  # a subject, then the verb
        ("rauch stand im keller der kollege war letzte woche hier", True),  # told as past itself
        ("rauch im keller die heizung wurde neulich repariert", False),  # another thing
        ("rauch im keller leitung wurde neulich repariert", False),
        ("rauch im keller das wurde neulich repariert", True),  # settles what was told
        ("rauch im keller das hat der kollege letzte woche repariert", True),
        ("rauch im keller die rechnung von letzte woche", False),
        ("rauch im keller rechnung von letzte woche", False),  # the act begins it
    ],
)
def test_marker_reaches_back_to_the_subject_of_its_clause(text: str, *, past: bool) -> None:
    """*It was repaired* settles the story; *your man was here last week* tells of a visit."""
    heard = EAR.hear(text)
    place = [token.folded for token in heard.tokens].index("rauch")

    assert (heard.zone_of(((place, place + 1),)) == "past") is past
