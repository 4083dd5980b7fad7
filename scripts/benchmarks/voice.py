"""A synthetic voice that says when each of its words ended: espeak-ng's library."""

import array
import ctypes
import ctypes.util
import wave
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from benchmarks.report import NotMeasuredError

WORDS_PER_MINUTE = 150
"""As the box's callers speak."""

_AUDIO_TO_US = 2
_WITH_PHONEMES = 0x0001
_NO_EXIT = 0x8000
_BY_CHARACTER = 1
_UTF8 = 1
_RATE = 1
_PAUSE = ("_:", "_", "_!")


class EventKind(IntEnum):
    """What espeak-ng tells while it speaks. Source: speak_lib.h, espeak_EVENT_TYPE."""

    END_OF_LIST = 0
    WORD = 1
    PHONEME = 7


@dataclass(frozen=True, slots=True)
class VoiceEvent:
    """One of them."""

    kind: int
    at_s: float
    phoneme: str = ""
    place: int = 0
    """Of a word: its first character in the text, counted from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """What was said."""

    text: str
    samples: bytes
    """int16, mono, without the pause at the end."""
    rate_hz: int
    word_ends_s: tuple[float, ...]
    """When each word of *text* ended; words that the voice runs together ended together."""

    @property
    def length_s(self) -> float:
        """How long it takes to say it."""
        return len(self.samples) / 2 / self.rate_hz

    def write(self, path: Path) -> Path:
        """Write it as a wav file and return its path."""
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(self.rate_hz)
            file.writeframes(self.samples)
        return path


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("string", ctypes.c_char * 8),
    )


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


def speak(text: str, voice: str = "de+m3") -> Speech:
    """
    Return *text* spoken, with the end of each word.

    Raises:
        NotMeasuredError: there is no espeak-ng library here, or it tells no ends of words.
    """
    name = ctypes.util.find_library("espeak-ng")
    if name is None:
        raise NotMeasuredError("no espeak-ng library; install libespeak-ng1")
    library = ctypes.CDLL(name)
    rate_hz = library.espeak_Initialize(_AUDIO_TO_US, 0, None, _WITH_PHONEMES | _NO_EXIT)
    if rate_hz <= 0 or library.espeak_SetVoiceByName(voice.encode()) != 0:
        raise NotMeasuredError(f"espeak-ng has no voice {voice!r}; install espeak-ng-data")
    library.espeak_SetParameter(_RATE, WORDS_PER_MINUTE, 0)
    samples, told = array.array("h"), list[VoiceEvent]()
    callback = _Callback(_listener(samples, told))
    library.espeak_SetSynthCallback(callback)
    raw = text.encode()
    library.espeak_Synth(raw, len(raw) + 1, 0, _BY_CHARACTER, 0, _UTF8, None, None)
    ends = word_ends(text, spoken(told, len(samples) / rate_hz))
    return Speech(text=text, samples=samples.tobytes(), rate_hz=rate_hz, word_ends_s=ends)


def spoken(events: Iterable[VoiceEvent], end_s: float) -> tuple[tuple[int, float], ...]:
    """Return place and end of what the voice calls a word: to the next, to a pause or *end_s*."""
    found: list[tuple[int, float]] = []
    place: int | None = None
    for event in events:
        is_word = event.kind == EventKind.WORD
        is_pause = event.kind == EventKind.PHONEME and event.phoneme in _PAUSE
        if place is not None and (is_word or is_pause):
            found.append((place, event.at_s))
            place = None
        place = event.place if is_word else place
    return tuple(found) if place is None else (*found, (place, end_s))


def word_ends(text: str, told: Sequence[tuple[int, float]]) -> tuple[float, ...]:
    """
    Return when each word of *text* ended, from places and ends that the voice told.

    The voice runs some words together (*in the*) and takes others apart (*can't*): a word ends
    with the last part that begins in it, and with the words before it when none does.

    Raises:
        NotMeasuredError: nothing was told of the first word.
    """
    starts, position = [], 1
    for word in text.split():
        starts.append(position)
        position += len(word) + 1
    ends: dict[int, float] = {}
    for place, end_s in told:
        ends[bisect_right(starts, place) - 1] = end_s
    if 0 not in ends:
        raise NotMeasuredError(f"espeak-ng does not tell when it speaks the words of {text!r}")
    all_ends: list[float] = []
    for number in range(len(starts)):
        all_ends.append(ends.get(number, all_ends[-1] if all_ends else 0.0))
    return tuple(all_ends)


def _listener(samples: "array.array[int]", told: list[VoiceEvent]) -> Callable[..., int]:
    def listen(data: object, count: int, events: object) -> int:
        if data and count > 0:
            samples.extend(data[:count])  # type: ignore[index]  # a pointer
        for event in events:  # type: ignore[attr-defined]  # ends with END_OF_LIST
            if event.type == EventKind.END_OF_LIST:
                break
            phoneme = event.string.decode() if event.type == EventKind.PHONEME else ""
            if event.type == EventKind.WORD and event.length == 0:  # the end of the text
                continue
            at_s, place = event.audio_position / 1000, event.text_position
            told.append(VoiceEvent(event.type, at_s, phoneme, place))
        return 0

    return listen
