"""Who judges transcripts, also when a rule file has a mistake."""

from collections.abc import Callable
from pathlib import Path

import structlog

from pbx_bridge.adapters.packs import load_pack
from pbx_bridge.config import Config, SpeechConfig
from pbx_bridge.core.case import Transcript
from pbx_bridge.core.rulepack import Context, RulePack
from pbx_bridge.errors import RulePackError
from pbx_bridge.runtime.judges import Judges
from pbx_bridge.runtime.transcripts import Certain

log = structlog.get_logger()


def judges(config: Config, context: Callable[[], Context]) -> Judges:
    """
    Return who judges transcripts; *context* says what the calendar knows at that moment.

    A mistake in a rule file must not take the line down: the firm's own rules are left out, or
    every message is `unknown` and rings, and the log says so.
    """
    languages = {*config.speech.models, config.firm.language}
    packs = {language: _pack(language, config.rules.firm_file) for language in languages}
    return Judges(packs, config.firm.language, context)


def certainty(judged_by: Judges, speech: SpeechConfig) -> Certain:
    """Return who says, while a caller speaks, that his is an emergency: nobody, if it is off."""
    return judged_by.certain if speech.early_ring else _never_certain


def _never_certain(before: Transcript, now: Transcript, language: str) -> None:
    """Wait for the whole message."""


def _pack(language: str, firm_file: Path | None) -> RulePack | None:
    """Return the rules of a language: all of them, or only ours, or none."""
    for own in dict.fromkeys((firm_file, None)):
        try:
            return load_pack(language, own)
        except RulePackError as exc:
            for line in str(exc).splitlines():
                log.error("rules.unusable", language=language, reason=line)
    return None
