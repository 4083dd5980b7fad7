"""What is said, by prompt and language: ``pbx_bridge/prompts/LANGUAGE.toml``."""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

from pydantic import ConfigDict, TypeAdapter, ValidationError

from pbx_bridge.config import Config
from pbx_bridge.core.call_in_flow import CATEGORIES
from pbx_bridge.core.case_life import OFFICE, CaseOutcome
from pbx_bridge.errors import PromptError

CALLER = (
    "greeting",
    "recording-notice",
    "confirm-ring",
    "confirm-office",
    "goodbye",
    "one-moment",
    "still-there",
    "fallback-nobody",
)
TECHNICIAN = (
    "ack-announce",
    "ack-keys",
    "ack-urgency-emergency",
    "ack-urgency-urgent",
    "ack-urgency-unknown",
    "ack-caller",
    "ack-anonymous",
    "ack-message",
    "ack-no-message",
    "ack-still-speaking",
    "ack-call-back",
    "ack-accepted",
    "ack-repeat",
    "ack-declined",
    "ack-taken",
    "ack-taken-by",
    f"name-{OFFICE}",
    "ack-goodbye",
)
LIFE = (
    "remind-announce",
    "remind-keys",
    "remind-noted",
    "case-number",
    "case-age-hours",
    "case-age-minutes",
    "outcome-menu",
    *(f"outcome-{outcome}" for outcome in CaseOutcome),
    "outcome-confirm",
    "outcome-saved",
    "note-offer",
    "note-saved",
    "call-in-pin",
    "call-in-wrong",
    "call-in-refused",
    "call-in-none",
    "call-in-keys",
    "call-in-away",
    *(f"category-{category}" for category in (*sorted(CATEGORIES), "other")),
)
"""To the technician, after he accepted: reminder, outcome, note, and when he calls us."""

CHECK = ("check-announce", "check-heard")
"""To the technician whose mobile is checked."""

SCREENING = ("screen", "screen-accepted", "screen-declined")
DIGITS = tuple(f"digit-{digit}" for digit in range(10))
NAME = "name"
"""The text from which one prompt per technician is made: ``name-anna``."""
TONES = ("beep",)

REQUIRED = (*CALLER, *TECHNICIAN, *LIFE, *CHECK, *SCREENING, *DIGITS, *TONES)
"""Every language must have these; the prompts of the technicians' names come on top."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tone:
    """A generated sound."""

    hz: int
    length_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The file of one language."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)

    language: str
    voice: str
    """Voice of espeak-ng."""
    speed_wpm: int
    """Words per minute."""
    texts: dict[str, str]
    tones: dict[str, Tone]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One prompt of one language, ready to be spoken."""

    language: str
    name: str
    """The sound is addressed as ``PROMPTS_DIR/LANGUAGE/NAME``, without extension."""
    voice: str
    speed_wpm: int
    text: str
    """Empty when the prompt is a tone."""
    tone: Tone | None = None


def load_texts(language: str) -> Texts:
    """
    Return the texts of a language.

    Raises:
        PromptError: there are none, or the file has mistakes.
    """
    source = resources.files("pbx_bridge") / "prompts" / f"{language}.toml"
    try:
        table = json.dumps(tomllib.loads(source.read_text("utf-8")), default=str)
        texts = TypeAdapter(Texts).validate_json(table)
    except FileNotFoundError as exc:
        raise PromptError(f"no prompts in {language!r}; choose another language") from exc
    except (tomllib.TOMLDecodeError, ValidationError) as exc:
        reason = " ".join(str(exc).split())
        raise PromptError(f"prompts/{language}.toml: {reason}; install pbx-bridge again") from exc
    present = {*texts.texts, *texts.tones}
    lacking = [name for name in (*REQUIRED, NAME) if name not in present]
    if lacking:
        raise PromptError(f"prompts/{language}.toml lacks {', '.join(lacking)}; add them")
    return texts


def prompts_of(config: Config) -> Iterator[Prompt]:
    """Yield every prompt that the firm's languages need, names of technicians included."""
    people = {f"{NAME}-{person.name}": person.name for person in config.technicians}
    for language in config.languages():
        texts = load_texts(language)
        for name in (*REQUIRED, *people):
            template = texts.texts[NAME] if name in people else texts.texts.get(name, "")
            text = template.replace("{firm}", config.firm.name)
            text = text.replace("{technician}", people.get(name, "").replace("-", " ").title())
            yield Prompt(
                language=language,
                name=name,
                voice=texts.voice,
                speed_wpm=texts.speed_wpm,
                text=text,
                tone=texts.tones.get(name),
            )
