"""A caller's number as trunks spell it, and the international form of the roster."""

import phonenumbers
from phonenumbers import PhoneNumberFormat


def e164_spellings(number: str, country: str) -> frozenset[str]:
    """
    Return the E.164 numbers that *number* may stand for.

    Args:
        number: digits with an optional plus: ``+491711234567``, ``491711234567``,
            ``00491711234567`` or ``01711234567``.
        country: ISO code of the firm's country, for a number in its national form.
    """
    region = country if country in phonenumbers.SUPPORTED_REGIONS else None
    tried = ((number, region), (f"+{number.lstrip('+')}", None))
    found = set()
    for text, where in tried:
        try:
            parsed = phonenumbers.parse(text, where)
        except phonenumbers.NumberParseException:
            continue
        found.add(phonenumbers.format_number(parsed, PhoneNumberFormat.E164))
    return frozenset(found)
