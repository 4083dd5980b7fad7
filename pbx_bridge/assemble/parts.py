"""Parts that the configuration chooses, or that must not keep the rest from starting."""

from collections.abc import Mapping

import structlog

from pbx_bridge.adapters.asr.transcriber import VoskTranscriber
from pbx_bridge.config import Config, read_pins
from pbx_bridge.errors import ConfigError

log = structlog.get_logger()


def transcriber_of(config: Config) -> VoskTranscriber:
    """Return the speech recogniser; a second engine is chosen here, and nowhere else."""
    return VoskTranscriber(config.speech)


def pins_of(config: Config) -> Mapping[str, str]:
    """Return the technicians' PINs; with a mistake there nobody can call in, the rest goes on."""
    if config.call_in.pins_file is None:
        return {}
    try:
        return read_pins(config.call_in.pins_file, [one.name for one in config.technicians])
    except ConfigError as exc:
        for line in exc.mistakes:
            log.error("call_in.unusable", reason=line)
        return {}
