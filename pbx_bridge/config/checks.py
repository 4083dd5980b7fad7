"""Checks across values; they work on the raw table, so that they run beside other mistakes."""

from collections.abc import Iterator, Mapping

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from pbx_bridge.config.calendar_checks import calendar_mistakes, tables
from pbx_bridge.config.lines import KeyPath
from pbx_bridge.config.notice_checks import notice_advice, notice_mistakes
from pbx_bridge.config.policy_checks import policy_mistakes
from pbx_bridge.config.values import LANGUAGES, is_loopback
from pbx_bridge.core.case_life import OFFICE

Mistake = tuple[KeyPath, str]
"""Where, and what is wrong with the remedy."""

REFUSED_KINDS = {
    PhoneNumberType.PREMIUM_RATE: "a premium number",
    PhoneNumberType.SHARED_COST: "a shared cost number",
    PhoneNumberType.PAGER: "a pager",
    PhoneNumberType.VOICEMAIL: "a mailbox",
}
"""What must never be rung: it costs, or it cannot press a key."""


SAMPLE_NUMBER = "+49301234560"
"""What pbx-bridge.sample.toml shows on mobiles."""

RESERVED = (OFFICE, "mail")
"""Names that commands and lists give to what is no person."""


def cross_mistakes(raw: Mapping[str, object]) -> Iterator[Mistake]:
    """Yield what is wrong between values that look right one by one."""
    yield from _numbers(raw)
    yield from _names(raw)
    yield from _models(raw)
    yield from _mail(raw)
    yield from calendar_mistakes(raw)
    yield from notice_mistakes(raw)
    yield from policy_mistakes(raw)


def advice(raw: Mapping[str, object]) -> Iterator[Mistake]:
    """Yield what works and is still unwise."""
    yield from notice_advice(raw)
    yield from _caller_id_advice(raw)


def _caller_id_advice(raw: Mapping[str, object]) -> Iterator[Mistake]:
    number = _table(raw, "asterisk").get("caller_id")
    country = str(_table(raw, "firm").get("country", "DE"))
    if not isinstance(number, str):
        return
    remedy = "the trunk may refuse such rings; write one of your own"
    prefix = phonenumbers.country_code_for_region(country)
    if number == SAMPLE_NUMBER:
        yield ("asterisk", "caller_id"), f"is still the number of the sample; {remedy}"
    elif prefix and not number.startswith(f"+{prefix}"):
        text = f"{number!r} is no number of the firm's country, {country}; {remedy}"
        yield ("asterisk", "caller_id"), text


def number_mistake(number: str, country: str) -> str | None:
    """Return what is wrong with a number to be rung, `None` when it may be."""
    region = country if country in phonenumbers.SUPPORTED_REGIONS else None
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return 'is no telephone number; write it like "+491711234567"'
    e164 = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    if not phonenumbers.is_valid_number(parsed):
        return f"is no number that exists (read as {e164}); check the digits"
    kind = phonenumbers.number_type(parsed)
    if kind in REFUSED_KINDS:
        return f"is {REFUSED_KINDS[kind]}; give a mobile or landline number"
    return None if number == e164 else f'is not in international form; write "{e164}"'


def _table(raw: Mapping[str, object], key: str) -> Mapping[str, object]:
    table = raw.get(key)
    return table if isinstance(table, dict) else {}


def _numbers(raw: Mapping[str, object]) -> Iterator[Mistake]:
    country = str(_table(raw, "firm").get("country", "DE"))
    found: list[tuple[KeyPath, object]] = [
        (("technician", place, "number"), person.get("number"))
        for place, person in enumerate(tables(raw, "technician"))
    ]
    yield from _shared_numbers(found)
    found.append((("asterisk", "caller_id"), _table(raw, "asterisk").get("caller_id")))
    for path, number in found:
        mistake = number_mistake(number, country) if isinstance(number, str) else None
        if mistake:
            yield path, f"{number!r} {mistake}"


def _shared_numbers(found: list[tuple[KeyPath, object]]) -> Iterator[Mistake]:
    """Yield numbers of two people: one phone would ring for two cases, and a caller be either."""
    seen = set[object]()
    for path, number in found:
        if isinstance(number, str) and number in seen:
            yield path, f"{number!r} is somebody else's already; give each his own number"
        seen.add(str(number))


def _names(raw: Mapping[str, object]) -> Iterator[Mistake]:
    seen: set[object] = set()
    for place, person in enumerate(tables(raw, "technician")):
        name = person.get("name")
        if isinstance(name, str) and name in seen:
            yield ("technician", place, "name"), f"{name!r} is there twice; choose another"
        if name in RESERVED:
            yield ("technician", place, "name"), f"{name!r} is not a person's; choose another"
        seen.add(str(name))


def _models(raw: Mapping[str, object]) -> Iterator[Mistake]:
    language = _table(raw, "firm").get("language", "de")
    models = _table(raw, "speech").get("models")
    if language in LANGUAGES and isinstance(models, dict) and language not in models:
        remedy = f"pbx-bridge model fetch {language}, then name its folder here"
        yield ("speech", "models"), f"has no model for {language!r} (firm.language); {remedy}"


def _mail(raw: Mapping[str, object]) -> Iterator[Mistake]:
    mail = _table(raw, "mail")
    if mail.get("user") and not mail.get("secret_file"):
        yield ("mail", "user"), "needs a password; add secret_file"
    if mail.get("secret_file") and not mail.get("user"):
        yield ("mail", "secret_file"), "is never used without user; add user or take it out"
    sends_secret = mail.get("user") and mail.get("security") == "none"
    if sends_secret and not is_loopback(str(mail.get("host", ""))):
        yield ("mail", "security"), 'would send the password in the clear; use "starttls" or "tls"'
