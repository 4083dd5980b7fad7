"""Every language says everything, and says it for this firm."""

import re

import pytest
from configs import SMALLEST

from pbx_bridge.adapters.prompts import REQUIRED, load_texts, prompts_of
from pbx_bridge.config import LANGUAGES, parse
from pbx_bridge.errors import PromptError

PLACEHOLDERS = {
    **{
        name: {"{firm}"}
        for name in ("greeting", "ack-announce", "remind-announce", "call-in-pin", "check-announce")
    },
    "name": {"{technician}"},
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_prompt_and_no_other(language: str) -> None:
    """A missing text would be silence on the telephone."""
    texts = load_texts(language)

    assert {*texts.texts, *texts.tones} == {*REQUIRED, "name"}
    assert texts.language == language
    assert all(text.strip() == text != "" for text in texts.texts.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_stand_where_they_are_filled(language: str) -> None:
    """A misspelt placeholder would be read out."""
    for name, text in load_texts(language).texts.items():
        assert set(re.findall(r"[{}][^{}]*[{}]?", text)) == PLACEHOLDERS.get(name, set())


def test_unknown_language_is_one_clear_error() -> None:
    """Nobody sees a missing file of ours as a traceback."""
    with pytest.raises(PromptError, match="no prompts in 'xx'"):
        load_texts("xx")


def test_prompts_of_speaks_the_firms_and_the_technicians_languages() -> None:
    """Each language is complete, with the names of all technicians."""
    config = parse(SMALLEST.replace("Muster", 'Müller \\"24\\"'), source="f")

    prompts = {(prompt.language, prompt.name): prompt for prompt in prompts_of(config)}

    names = {*REQUIRED, "name-anna", "name-ben"}
    assert "name-office" in names  # who took a case by hand: "taken by", and then?
    assert set(prompts) == {(language, name) for language in ("de", "pl") for name in names}
    assert 'Müller "24" Haustechnik' in prompts["de", "greeting"].text
    assert prompts["pl", "name-ben"].text == "Ben."
    assert prompts["de", "beep"].tone is not None
