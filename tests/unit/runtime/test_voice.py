"""Prompts to a technician, and his keys."""

from collections.abc import Callable

from lines import FakeLine, KeyLine

from pbx_bridge.runtime.voice import Voice


def voice(line: FakeLine, on_missing: Callable[[str], object] = str) -> Voice:
    """Return a voice that speaks Polish on *line*."""
    return Voice(line, lambda name, language: f"/prompts/{language}/{name}", "pl", on_missing)


async def test_a_key_stops_what_is_said() -> None:
    """The second sound is not played any more."""
    line = FakeLine(keys={"one": "5"})

    assert await voice(line).ask(("one", "two")) == "5"
    assert line.played == ["one"]


async def test_a_key_counts_after_the_last_word_too() -> None:
    """He has a moment to find it."""
    line = KeyLine(pressed=["7"])

    assert await voice(line).ask(("one",)) == "7"
    assert await voice(line).ask(("two",)) is None


async def test_missing_sound_costs_a_sentence() -> None:
    """The others are said."""
    line = FakeLine(missing=frozenset({"one"}))
    missing: list[str] = []

    await voice(line, missing.append).say(("one", "two"))

    assert line.played == ["two"]
    assert missing == ["one"]
