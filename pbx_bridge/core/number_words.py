"""Read spoken numbers: temperatures, ages and meter values decide urgency."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pbx_bridge.core.text import Token, fold

_UNITS = {
    "de": "null|ein,eins,eine,einen,einem,einer|zwei,zwo|drei|vier|funf|sechs|sieben|acht|neun|"
    "zehn|elf|zwolf|dreizehn|vierzehn|funfzehn|sechzehn|siebzehn|achtzehn|neunzehn",
    "en": "zero,nought|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|"
    "fourteen|fifteen|sixteen|seventeen|eighteen|nineteen",
    "pl": "zero,zera|jeden,jedna,jedno,jednego,jednym|dwa,dwie,dwoch,dwom|trzy,trzech|"
    "cztery,czterech|piec,pieciu|szesc,szesciu|siedem,siedmiu|osiem,osmiu|dziewiec,dziewieciu|"
    "dziesiec,dziesieciu|jedenascie,jedenastu|dwanascie,dwunastu|trzynascie,trzynastu|"
    "czternascie,czternastu|pietnascie,pietnastu|szesnascie,szesnastu|siedemnascie,siedemnastu|"
    "osiemnascie,osiemnastu|dziewietnascie,dziewietnastu",
    "ru": "ноль,нуль,нуля|один,одна,одно,одного,одной|два,две,двух|три,трех|четыре,четырех|"
    "пять,пяти|шесть,шести|семь,семи|восемь,восьми|девять,девяти|десять,десяти|"
    "одиннадцать,одиннадцати|двенадцать,двенадцати|тринадцать,тринадцати|"
    "четырнадцать,четырнадцати|пятнадцать,пятнадцати|шестнадцать,шестнадцати|"
    "семнадцать,семнадцати|восемнадцать,восемнадцати|девятнадцать,девятнадцати",
}
_TENS = {
    "de": "zwanzig|dreissig|vierzig|funfzig|sechzig|siebzig|achtzig|neunzig",
    "en": "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety",
    "pl": "dwadziescia,dwudziestu|trzydziesci,trzydziestu|czterdziesci,czterdziestu|"
    "piecdziesiat,piecdziesieciu|szescdziesiat,szescdziesieciu|"
    "siedemdziesiat,siedemdziesieciu|osiemdziesiat,osiemdziesieciu|"
    "dziewiecdziesiat,dziewiecdziesieciu",
    "ru": "двадцать,двадцати|тридцать,тридцати|сорок,сорока|пятьдесят,пятидесяти|"
    "шестьдесят,шестидесяти|семьдесят,семидесяти|восемьдесят,восьмидесяти|"
    "девяносто,девяноста",
}
_HUNDREDS = {
    "de": "hundert",
    "en": "hundred",
    "pl": "sto,stu|dwiescie,dwustu|trzysta,trzystu|czterysta|piecset|szescset",
    "ru": "сто,ста|двести,двухсот|триста,трехсот|четыреста|пятьсот|шестьсот",
}
_MINUS = {"de": "minus", "en": "minus", "pl": "minus", "ru": "минус"}
_COUNTED_HUNDREDS = frozenset({"de", "en"})
"""Languages where *hundred* multiplies what stands before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number said in the tokens from *start* up to *end*."""

    start: int
    end: int
    value: int


def _table(listing: str, first: int, step: int) -> dict[str, int]:
    """Return word to value; *listing* has `|` between values, `,` between inflections."""
    return {
        word: first + position * step
        for position, forms in enumerate(listing.split("|"))
        for word in forms.split(",")
    }


@lru_cache(maxsize=8)
def _values(language: str) -> dict[str, int]:
    if language not in _UNITS:
        return {}
    values = _table(_UNITS[language], 0, 1) | _table(_TENS[language], 20, 10)
    return values | _table(_HUNDREDS[language], 100, 100)


@lru_cache(maxsize=20_000)
def _german(word: str) -> int | None:
    """Read a German number written as one word, `einundneunzig` or `hundertachtzig`."""
    values = _values("de")
    if word in values:
        return values[word]
    head, hundred, tail = word.partition("hundert")
    if hundred:
        many, rest = _german(head) if head else 1, _german(tail) if tail else 0
        if many is not None and rest is not None and 0 < many < 10:
            return 100 * many + rest
        return None
    unit, und, ten = word.partition("und")
    if und and 0 < values.get(unit, 0) < 10 and 20 <= values.get(ten, 0) < 100:
        return values[unit] + values[ten]
    return None


def value(folded: str, language: str) -> int | None:
    """Return the number that one *folded* word says, or None."""
    if folded.isdecimal() and len(folded) < 7:
        return int(folded)
    if language == "de":
        return _german(folded)
    return _values(language).get(folded)


def _joined(total: int, following: int, language: str) -> int | None:
    """Return the number that *total* and *following* form, or None when they are two."""
    if following == 100 and 0 < total < 10 and language in _COUNTED_HUNDREDS:
        return total * 100
    if total >= 100 and total % 100 == 0 and 0 < following < 100:
        return total + following
    if total % 100 >= 20 and total % 10 == 0 and 0 < following < 10:
        return total + following
    return None


def numbers(tokens: Sequence[Token], language: str) -> tuple[Number, ...]:
    """Return all numbers in *tokens*, each as long as it goes, with its sign."""
    found: list[Number] = []
    minus = fold(_MINUS.get(language, "minus"), language)
    position = 0
    while position < len(tokens):
        total = value(tokens[position].folded, language)
        if total is None:
            position += 1
            continue
        start, end = position, position + 1
        while end < len(tokens):
            following = value(tokens[end].folded, language)
            joined = None if following is None else _joined(total, following, language)
            if joined is None:
                break
            total, end = joined, end + 1
        if start and tokens[start - 1].folded == minus:
            start, total = start - 1, -total
        found.append(Number(start=start, end=end, value=total))
        position = end
    return tuple(found)
