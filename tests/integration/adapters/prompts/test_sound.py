"""One sound at a time."""

import wave
from pathlib import Path

import pytest

from pbx_bridge.adapters.prompts import Prompt, load_texts
from pbx_bridge.adapters.prompts.sound import speak
from pbx_bridge.config import LANGUAGES
from pbx_bridge.errors import PromptError

pytestmark = pytest.mark.integration


def seconds(text: str, wav: Path, voice: str = "de") -> float:
    """Return how long a text is when it is spoken."""
    speak(Prompt(language="de", name="x", voice=voice, speed_wpm=160, text=text), wav)
    with wave.open(str(wav)) as sound:
        return sound.getnframes() / sound.getframerate()


def test_text_is_never_an_option_or_a_command(tmp_path: Path) -> None:
    """A firm name may hold anything that a shell or a program could misread."""
    text = "--version; touch owned $(touch owned) <mark/> -w owned"

    assert seconds(text, tmp_path / "x.wav") > 1
    assert {file.name for file in tmp_path.iterdir()} == {"x.wav"}


def test_longer_texts_are_longer(tmp_path: Path) -> None:
    """The whole text is spoken, umlauts too."""
    assert seconds("Müller und Söhne Straßenbau", tmp_path / "a.wav") > 2 * seconds(
        "Müller", tmp_path / "b.wav"
    )


def test_unknown_voice_is_an_error(tmp_path: Path) -> None:
    """Another voice is not taken silently."""
    with pytest.raises(PromptError, match="espeak-ng failed"):
        seconds("x", tmp_path / "x.wav", voice="xx")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_voice_of_every_language_is_there(tmp_path: Path, language: str) -> None:
    """Debian's espeak-ng has them all."""
    assert seconds("Test", tmp_path / "x.wav", voice=load_texts(language).voice) > 0.1
