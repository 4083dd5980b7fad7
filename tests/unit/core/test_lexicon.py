"""Which terms a word stands for."""

import pytest

from pbx_bridge.core import lexicon
from pbx_bridge.core.lexicon import Lexicon
from pbx_bridge.core.text import tokenise


def terms(book: Lexicon, word: str) -> set[str]:
    return set(book.terms(tokenise(word, "de")[0]))


@pytest.mark.parametrize(
    ("term", "word", "found"),
    [
        ("heizung", "heizungen", True),
        ("=heizung", "heizungen", False),
        ("gas*", "gasgeruch", True),
        ("*rohr", "abflussrohr", True),
        ("*rohr", "rohrbruch", False),
        ("*wasser*", "abwasserrohr", True),
        ("*wasser*", "abfluss", False),
        ("heizung", "heizumg", True),
        ("gas", "das", False),
    ],
)
def test_terms_match_as_written(term: str, word: str, *, found: bool) -> None:
    """A plain word matches its stem and small slips, a star any letters, `=` the word alone."""
    assert (term in terms(Lexicon([term], "de"), word)) is found


def test_slips_only_when_nothing_is_spelled_so() -> None:
    """A word of the pack is never taken for another one."""
    book = Lexicon(["leitung", "heitung"], "de")

    assert terms(book, "leitung") == {"leitung"}


def test_joined_pieces_find_the_compound() -> None:
    """What the recogniser split is found as one word, inflected too."""
    book = Lexicon(["rohrbruch", "spülkasten"], "de")

    assert book.joined_terms("rohr", "bruch") == {"rohrbruch"}
    assert book.joined_terms("spul", "kastens") == {"spülkasten"}


def test_a_short_prefix_does_not_begin_in_another_word() -> None:
    """*во дворе* is no water: what ends in the second piece needs five letters."""
    book = Lexicon(["вод*", "водопровод*"], "ru")

    assert book.joined_terms("во", "дворе") == set()
    assert book.joined_terms("водо", "проводный") == {"водопровод*"}


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Invented words do not fill the memory."""
    monkeypatch.setattr(lexicon, "_MEMO_LIMIT", 2)
    book = Lexicon(["wasser"], "de")

    for word in ("a", "b", "c"):
        terms(book, word)

    assert len(book._memo) <= 2


def test_word_of_dialect_stands_for_the_other_one_too() -> None:
    """The word keeps its own meaning; what the recogniser split is joined first."""
    book = Lexicon(
        ["nicht", "heiz*", "ned"],
        "de",
        {"ned": frozenset({"nicht"}), "reizung": frozenset({"heizung"})},
    )

    assert terms(book, "ned") == {"ned", "nicht"}
    assert book.joined_terms("rei", "zung") == {"heiz*"}


def test_joined_pieces_forgive_a_slip_in_a_long_compound() -> None:
    """*sicherungs kosten* is a fuse box; shorter joins must be spelled right."""
    book = Lexicon(["sicherungskasten", "rohrbruch", "hinbekommen"], "de")

    assert book.joined_terms("sicherungs", "kosten") == {"sicherungskasten"}
    assert book.joined_terms("hilfe", "kommen") == frozenset()
    assert book.joined_terms("rohrbrach") == frozenset()


def test_one_piece_alone_is_no_compound() -> None:
    """*Wasser* in *wasser an* is found by the word itself, not once more by both."""
    book = Lexicon(["wasser*", "*hahn", "wasserhahn"], "de")

    assert book.joined_terms("wasser", "an") == frozenset()
    assert book.joined_terms("am", "hahn") == frozenset()
    assert book.joined_terms("wasser", "hahn") == {"wasserhahn"}


def test_part_of_a_word_is_one_of_those_within_it() -> None:
    """Of two such terms only the one that is in the word."""
    assert terms(Lexicon(["*brand*", "*rauch*"], "de"), "schwelbrandes") == {"*brand*"}
