"""How log lines look, and what never stands in one."""

import logging
import re
import sys
from collections.abc import MutableMapping

import structlog

from pbx_bridge.config import LogConfig, LogFormat

NUMBER = re.compile(r"(?<!\d)(?<!\d\.)\+?\d{4,}(?=\d{3}(?!\d|\.\d))")
"""All but the last three digits of what looks like a telephone number; ids go on after a point."""

NEVER_MASKED = frozenset({"timestamp", "call_id", "case_id", "channel", "channel_id"})
"""Ids of ours and of Asterisk; they hold long digit strings that are nobody's number."""


def mask(
    _logger: object, _method: str, event: MutableMapping[str, object]
) -> MutableMapping[str, object]:
    """Mask telephone numbers to their last three digits, wherever they stand."""
    for key, value in event.items():
        if key not in NEVER_MASKED and isinstance(value, str):
            event[key] = NUMBER.sub("***", value)
    return event


def set_up_logs(config: LogConfig) -> None:
    """Log to standard output: JSON lines for systemd, colours for a terminal."""
    as_json = config.format is LogFormat.JSON or (
        config.format is LogFormat.AUTO and not sys.stdout.isatty()
    )
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            mask,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(config.level.value),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=False,
    )
    # panoramisk logs every lost connection by itself, and the wire text at debug level
    logging.getLogger("panoramisk").setLevel(logging.CRITICAL)
