"""Writes the emergency line as a contact (vCard 3.0, which every mobile imports)."""

from collections.abc import Mapping

import icalendar
from icalendar.prop import vN, vOrg, vText

NAMES: Mapping[str, str] = {
    "de": "Notdienst {firm}",
    "en": "Emergency line {firm}",
    "pl": "Numer alarmowy {firm}",
    "ru": "Аварийная служба {firm}",
}
"""As the prompts introduce themselves, by language."""


class Card(icalendar.Component):
    """A vCard is written as a calendar is: the same lines, escapes and folds."""

    name = "VCARD"


def contact_file(firm: str, number: str, language: str) -> bytes:
    """
    Return the card of *firm*'s emergency line, UTF-8.

    Args:
        firm: its name; blanks and line breaks in it become single blanks.
        number: the one that every ring shows, E.164.
        language: one of `NAMES`.
    """
    firm = " ".join(firm.split())
    name = NAMES[language].format(firm=firm)
    card = Card()
    card.add("VERSION", "3.0")
    card.add("FN", vText(name))
    card.add("N", vN((name, "", "", "", "")))
    card.add("ORG", vOrg((firm,)))
    card.add("TEL", number, parameters={"TYPE": "WORK"})
    data: bytes = card.to_ical(sorted=False)
    return data
