"""The configuration: one TOML file, read once, all of its mistakes reported at once."""

from pbx_bridge.config.calendar_sections import (
    DutyWindowConfig,
    HoursConfig,
    RotationConfig,
    SpecialDayConfig,
)
from pbx_bridge.config.escalation_sections import EscalationConfig, PolicyConfig, StepConfig
from pbx_bridge.config.notice_sections import AppriseConfig, NoticesConfig, WebhookConfig
from pbx_bridge.config.parsing import load, parse
from pbx_bridge.config.pins import read_pins
from pbx_bridge.config.secret_files import read_secret
from pbx_bridge.config.sections import (
    AsteriskConfig,
    CallInConfig,
    Config,
    FirmConfig,
    LogConfig,
    LogFormat,
    LogLevel,
    MailConfig,
    MailSecurity,
    MessageConfig,
    RulesConfig,
    ServiceConfig,
    SpeechConfig,
    StoreConfig,
    TechnicianConfig,
)
from pbx_bridge.config.values import LANGUAGES

__all__ = [
    "LANGUAGES",
    "AppriseConfig",
    "AsteriskConfig",
    "CallInConfig",
    "Config",
    "DutyWindowConfig",
    "EscalationConfig",
    "FirmConfig",
    "HoursConfig",
    "LogConfig",
    "LogFormat",
    "LogLevel",
    "MailConfig",
    "MailSecurity",
    "MessageConfig",
    "NoticesConfig",
    "PolicyConfig",
    "RotationConfig",
    "RulesConfig",
    "ServiceConfig",
    "SpecialDayConfig",
    "SpeechConfig",
    "StepConfig",
    "StoreConfig",
    "TechnicianConfig",
    "WebhookConfig",
    "load",
    "parse",
    "read_pins",
    "read_secret",
]
