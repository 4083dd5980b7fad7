"""Turn what a recogniser wrote into words that can be compared."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer
from rapidfuzz.distance import OSA

LANGUAGES = {"de": "german", "en": "english", "pl": "polish", "ru": "russian"}
"""Language code of a pack to the name of its snowball algorithm."""

_STEM_WITH_MARKS = frozenset({"pl"})
"""Languages whose endings carry marks; there a word without marks has another stem."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SPOKEN_TAILS = {"ll": "will", "re": "are", "ve": "have", "d": "would", "m": "am"}
"""English endings that are words of their own; ``n't`` and ``'s`` stay on the word."""
_PLAIN = str.maketrans({"ß": "ss", "ł": "l", "ё": "е", "æ": "ae", "ø": "o", "đ": "d"})
_GERMAN_PAIRS = (("ae", "a"), ("oe", "o"), ("ue", "u"))
_ONE_SLIP_FROM = 6
"""Letters a word needs before one wrong letter is forgiven: *gas* must not meet *das*."""
_TWO_SLIPS_FROM = 11


@dataclass(frozen=True, slots=True)
class Token:
    """One word as said and as it is compared."""

    text: str
    folded: str
    """Lower case, no diacritics, Russian yo as ye, German `ae` as `a`."""


@lru_cache(maxsize=50_000)
def fold(text: str, language: str) -> str:
    """
    Return *text* in lower case with all spellings of one sound made one.

    `ü`, `ue` and `u` meet in German, `ß` and `ss`, Polish letters lose their marks and
    Russian yo is ye; so a text typed without marks is found too.
    """
    lowered = text.casefold().translate(_PLAIN)
    if language != "ru" and not lowered.isascii():
        decomposed = unicodedata.normalize("NFKD", lowered)
        lowered = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    if language == "de":
        for pair, one in _GERMAN_PAIRS:
            lowered = lowered.replace(pair, one)
    return lowered


@lru_cache(maxsize=50_000)
def stems(word: str, language: str) -> frozenset[str]:
    """
    Return the folded stems of *word*: of the folded word and, in Polish, as written.

    Stemming before folding serves a text with diacritics, after it a text without.
    An unknown *language* is not stemmed.
    """
    algorithm = LANGUAGES.get(language)
    if algorithm is None:
        return frozenset({fold(word, language)})
    stemmer = snowballstemmer.stemmer(algorithm)  # keeps state: never shared between threads
    found = {fold(stemmer.stemWord(fold(word, language)), language)}
    if language in _STEM_WITH_MARKS:
        found.add(fold(stemmer.stemWord(word.casefold()), language))
    return frozenset(found)


def words(text: str) -> list[str]:
    """Split *text* at everything that is no letter, digit or inner apostrophe."""
    found: list[str] = []
    for raw in _WORD.findall(unicodedata.normalize("NFC", text)):
        head, *tails = raw.replace("’", "'").split("'")
        for tail in tails:
            if tail.lower() not in _SPOKEN_TAILS:
                head += tail
        found.append(head)
        found += [_SPOKEN_TAILS[tail.lower()] for tail in tails if tail.lower() in _SPOKEN_TAILS]
    return found


def tokenise(text: str, language: str, fillers: frozenset[str] = frozenset()) -> tuple[Token, ...]:
    """
    Return the tokens of *text* without *fillers*, lower case.

    They are compared with their marks: *hält* is a word, *halt* says nothing.
    """
    said = (word for word in words(text) if word.casefold() not in fillers)
    return tuple(Token(word, fold(word, language)) for word in said)


def slips_allowed(length: int) -> int:
    """Return how many wrong letters a term of *length* letters forgives."""
    if length < _ONE_SLIP_FROM:
        return 0
    return 1 if length < _TWO_SLIPS_FROM else 2


def sounds_like(heard: str, term: str) -> bool:
    """Say whether *heard* is *term* with few wrong letters; both are folded."""
    allowed = slips_allowed(len(term))
    if not allowed or abs(len(heard) - len(term)) > allowed or heard[0] != term[0]:
        return False
    return OSA.distance(heard, term, score_cutoff=allowed) <= allowed
