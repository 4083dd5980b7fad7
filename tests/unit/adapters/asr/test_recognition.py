"""What one recording's recogniser said, settled and provisional."""

import json

from pbx_bridge.adapters.asr.recognition import Recognition
from pbx_bridge.core.case import Word


class FakeRecogniser:
    """Says what it was told to, one answer for each chunk; ``.`` ends a segment."""

    def __init__(self, *answers: str) -> None:
        self._answers = list(answers)
        self._said = ""

    def AcceptWaveform(self, data: bytes) -> int:  # noqa: N802 (vosk's spelling)
        self._said = self._answers.pop(0)
        return int(self._said.endswith("."))

    def PartialResult(self) -> str:  # noqa: N802 (vosk's spelling)
        return json.dumps({"partial": self._said})

    def Result(self) -> str:  # noqa: N802 (vosk's spelling)
        words = self._said.rstrip(".").split()
        self._said = ""
        result = [
            {"word": word, "start": number, "end": number + 1, "conf": 0.9}
            for number, word in enumerate(words)
        ]
        return json.dumps({"result": result, "text": " ".join(words)} if words else {"text": ""})

    FinalResult = Result


def word(text: str, number: int) -> Word:
    """Return the word that the fake says at place *number* of a segment."""
    return Word(text=text, start_s=number, end_s=number + 1, confidence=0.9)


def test_news_are_told_once() -> None:
    """The same partial text twice is no news; a changed one is."""
    recognition = Recognition(FakeRecogniser("", "kein", "kein", "kein wasser"), 8_000)

    news = []
    for _ in range(4):
        recognition.feed(bytes(1_600))
        news.append(recognition.has_news and recognition.take_news())

    assert news == [False, ((), "kein"), False, ((), "kein wasser")]


def test_segment_moves_words_from_provisional_to_settled() -> None:
    """Each settled word is told once, the partial text begins anew."""
    recognition = Recognition(FakeRecogniser("rohr", "rohr bruch.", "im"), 8_000)
    recognition.feed(b"")
    recognition.take_news()

    recognition.feed(b"")
    first = recognition.take_news()
    recognition.feed(b"")
    second = recognition.take_news()

    assert first == ((word("rohr", 0), word("bruch", 1)), "")
    assert second == ((), "im")


def test_silence_settles_nothing() -> None:
    """Vosk ends a segment every 5 s of silence, with an empty text and no words."""
    recognition = Recognition(FakeRecogniser("."), 8_000)

    recognition.feed(bytes(16))

    assert not recognition.has_news


def test_end_settles_the_open_segment() -> None:
    """The whole transcript: all segments, the one that was cut too."""
    recognition = Recognition(FakeRecogniser("rohr bruch.", "im keller"), 8_000)
    recognition.feed(b"")
    recognition.feed(b"")

    words = recognition.end()

    assert [each.text for each in words] == ["rohr", "bruch", "im", "keller"]


def test_position_counts_samples() -> None:
    """Two bytes are one sample."""
    recognition = Recognition(FakeRecogniser("", ""), 8_000)

    recognition.feed(bytes(8_000))
    recognition.feed(bytes(8_000))

    assert recognition.position_s == 1.0
