"""One recording in the recogniser: what is settled, what may still change."""

import json
from typing import Protocol

from pbx_bridge.core.case import Word


class Recogniser(Protocol):
    """The part of `vosk.KaldiRecognizer` that we use; its method names are vosk's."""

    def AcceptWaveform(self, data: bytes) -> int:  # noqa: N802 (vosk's spelling)
        """Decode *data*; true when a pause ended a segment."""
        ...

    def Result(self) -> str:  # noqa: N802 (vosk's spelling)
        """Return the segment that just ended, as JSON."""
        ...

    def PartialResult(self) -> str:  # noqa: N802 (vosk's spelling)
        """Return the open segment so far, as JSON."""
        ...

    def FinalResult(self) -> str:  # noqa: N802 (vosk's spelling)
        """End the open segment and return it, as JSON."""
        ...


class Recognition:
    """
    The words of one recording, growing as samples are fed.

    Vosk's word times count from the recording's start, across segments (measured, 0.3.45).
    """

    def __init__(self, recogniser: Recogniser, rate_hz: int) -> None:
        self._recogniser, self._rate_hz = recogniser, rate_hz
        self._samples = 0
        self._words: list[Word] = []
        self._partial = ""
        self._reported: tuple[int, str] = (0, "")

    @property
    def position_s(self) -> float:
        """How much has been fed, in seconds of audio."""
        return self._samples / self._rate_hz

    @property
    def has_news(self) -> bool:
        """Whether words came or changed since `take_news`."""
        return self._reported != (len(self._words), self._partial)

    def feed(self, pcm: bytes) -> None:
        """Decode *pcm*: whole samples, int16 little-endian mono at the recording's rate."""
        self._samples += len(pcm) // 2
        if self._recogniser.AcceptWaveform(pcm):
            self._settle(self._recogniser.Result())
        else:
            self._partial = str(json.loads(self._recogniser.PartialResult())["partial"])

    def take_news(self) -> tuple[tuple[Word, ...], str]:
        """Return the words settled since the last time, and the text that may still change."""
        settled = tuple(self._words[self._reported[0] :])
        self._reported = (len(self._words), self._partial)
        return settled, self._partial

    def end(self) -> tuple[Word, ...]:
        """Settle what is open and return all words; feed nothing after it."""
        self._settle(self._recogniser.FinalResult())
        return tuple(self._words)

    def _settle(self, result: str) -> None:
        self._partial = ""
        self._words += (
            Word(
                text=word["word"],
                start_s=word["start"],
                end_s=word["end"],
                confidence=word["conf"],
            )
            for word in json.loads(result).get("result", [])
        )
