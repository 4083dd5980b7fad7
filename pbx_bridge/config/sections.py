"""The sections of the file, one frozen dataclass each; the reference page is made from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field, TypeAdapter

from pbx_bridge.config.calendar_sections import (
    DutyWindowConfig,
    HoursConfig,
    RotationConfig,
    SpecialDayConfig,
)
from pbx_bridge.config.escalation_sections import EscalationConfig, PolicyConfig
from pbx_bridge.config.notice_sections import (
    OFFICE_TOPICS,
    PERSONAL_TOPICS,
    AppriseConfig,
    NoticesConfig,
    PersonalTopics,
    Topics,
    WebhookConfig,
)
from pbx_bridge.config.numbers import e164_spellings
from pbx_bridge.config.values import (
    AbsolutePath,
    Address,
    AmiUser,
    Country,
    DialplanPath,
    DialTemplate,
    Host,
    Language,
    Line,
    Loopback,
    OptionalPath,
    Port,
    ShortName,
    SocketPath,
    Zone,
)
from pbx_bridge.core.call_flow import CallLimits
from pbx_bridge.core.policy import Technician


class MailSecurity(StrEnum):
    """How the connection to the mail server is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class LogLevel(StrEnum):
    """The least important events that are still logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """How a log line looks; ``auto`` is console on a terminal and JSON elsewhere."""

    AUTO = "auto"
    JSON = "json"
    CONSOLE = "console"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmConfig:
    """Whose line this is."""

    name: Annotated[Line, Field(max_length=80)]
    """The firm's name as callers hear it in the greeting."""
    zone: Zone
    """IANA time zone of the firm; it decides what "tonight" means, so there is no default."""
    country: Country = "DE"
    """ISO code of the country, for public holidays and for the remedies of mistaken numbers."""
    region: Line | None = None
    """Part of the country for its public holidays, like "BY"; without it what all parts have."""
    language: Language = "de"
    """de, en, pl or ru: the caller's prompts, the recogniser and the rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AsteriskConfig:
    """How Asterisk is reached, and the folders we share with it."""

    dial: DialTemplate
    """Where a technician is rung, ``{number}`` stands for his number; names your trunk."""
    caller_id: Line | None = None
    """Number shown on the technician's mobile, E.164; without it the trunk decides."""
    ami_host: Loopback = "127.0.0.1"
    """Where the manager interface listens; only this machine is allowed."""
    ami_port: Port = 5038
    """TCP port of the manager interface."""
    ami_user: AmiUser = "pbx-bridge"
    """Section of manager.conf that we log in with."""
    ami_secret_file: AbsolutePath = Path("/etc/pbx-bridge/ami.secret")
    """File with its secret, one line, mode 0600."""
    agi_host: Loopback = "127.0.0.1"
    """Where we listen for Asterisk; AGI has no password, so only this machine is allowed."""
    agi_port: Port = 4573
    """TCP port we listen on; the dialplan names the same one."""
    recordings_dir: DialplanPath = Path("/var/spool/asterisk/pbx-bridge")
    """Folder of the recordings; Asterisk writes, we read."""
    live_dir: OptionalPath = Path("/dev/shm/pbx-bridge")  # noqa: S108 - memory, made 0750 by us
    """Folder in memory for what a caller is saying now; "" switches live transcripts off."""
    prompts_dir: DialplanPath = Path("/var/lib/pbx-bridge/prompts")
    """Folder of the rendered prompts, one folder per language below it."""
    lease_s: Annotated[int, Field(ge=5, le=60)] = 10
    """Seconds after which the dialplan takes a call back that we do not renew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TechnicianConfig:
    """A person who can take a case; one [[technician]] each."""

    name: ShortName
    """Short name, a-z, 0-9 and -; the policy, the journal and the prompts use it."""
    number: str
    """His mobile, E.164, like "+491711234567"; premium numbers are refused."""
    language: Language | None = None
    """de, en, pl or ru: what he hears and reads; without it the firm's language."""
    notify: tuple[str, ...] = field(default=(), repr=False)
    """Apprise URLs to which he is told; they are secrets: rather use notify_file."""
    notify_file: AbsolutePath | None = None
    """File with his Apprise URLs, one in a line, mode 0600."""
    notify_topics: PersonalTopics = PERSONAL_TOPICS[:-1]
    """What he is told; line-down is the only other one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageConfig:
    """What a caller may leave."""

    max_s: Annotated[int, Field(ge=10, le=600)] = 180
    """Longest message in seconds."""
    silence_s: Annotated[int, Field(ge=2, le=30)] = 4
    """Seconds of silence that end a message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechConfig:
    """What the recogniser may use."""

    models: Mapping[Language, AbsolutePath]
    """Two-letter language to the folder of its Vosk model; only these are loaded."""
    live_slots: Annotated[int, Field(ge=0, le=64)] = 8
    """Calls transcribed while they are spoken; the others are transcribed afterwards."""
    memory_limit_mb: Annotated[int, Field(ge=100)] = 1500
    """Resident memory above which the recogniser is replaced, between calls."""
    deadline_s: Annotated[float, Field(ge=1, le=60)] = 5.0
    """How long a call waits for the rest of its transcript after the last word."""
    early_ring: bool = True
    """Whether a certain emergency rings while the caller still speaks; it is not taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesConfig:
    """Which rules decide how urgent a message is, beside those of the language."""

    firm_file: OptionalPath = None
    """Rule pack of the firm, TOML; it adds to the shipped rules or overrides them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailConfig:
    """The mail to the office, for example when nobody took a case; without it there is none."""

    host: Host
    """Mail server."""
    sender: Annotated[Address, Field(alias="from")]
    """Address the mail comes from."""
    to: Annotated[tuple[Address, ...], Field(min_length=1)]
    """Addresses it goes to."""
    port: Port = 587
    """TCP port of the mail server; 587 for starttls, 465 for tls, often 25 for none."""
    security: MailSecurity = MailSecurity.STARTTLS
    """``none``, ``starttls`` or ``tls``."""
    user: Line | None = None
    """Name to log in with; without it no login."""
    secret_file: AbsolutePath | None = None
    """File with its password, one line, mode 0600."""
    topics: Topics = OFFICE_TOPICS
    """What the mail is about; docs/notifications.md explains each."""
    include_transcript: bool = False
    """Whether the mail quotes what the caller said; mail is often read by more people."""

    def options(self) -> dict[str, object]:
        """Return the section as the notifier ``mail`` takes it: keys and values of the file."""
        options: dict[str, object] = TypeAdapter(MailConfig).dump_python(self, by_alias=True)
        return options


@dataclass(frozen=True, slots=True, kw_only=True)
class CallInConfig:
    """How technicians call us to say how a case ended; without PINs nobody can."""

    pins_file: OptionalPath = None
    """File with one line per technician: short name, space, PIN of 6 to 12 digits; mode 0600."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceConfig:
    """How commands reach the running service."""

    socket: SocketPath = Path("/run/pbx-bridge/control.sock")
    """Unix socket, mode 0600: whoever may open it may change who is on call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreConfig:
    """Where cases are kept."""

    path: AbsolutePath = Path("/var/lib/pbx-bridge/pbx-bridge.db")
    """The SQLite file; its folder must be on a local disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogConfig:
    """What is written to standard output."""

    level: LogLevel = LogLevel.INFO
    """``debug``, ``info``, ``warning`` or ``error``."""
    format: LogFormat = LogFormat.AUTO
    """``auto``, ``json`` or ``console``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The whole file; pass its sections on, not itself."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid", strict=True, allow_inf_nan=False
    )

    firm: FirmConfig
    asterisk: AsteriskConfig
    technicians: Annotated[tuple[TechnicianConfig, ...], Field(alias="technician", min_length=1)]
    speech: SpeechConfig
    hours: HoursConfig = field(default_factory=HoursConfig)
    special_days: Annotated[tuple[SpecialDayConfig, ...], Field(alias="special_day")] = ()
    duty_windows: Annotated[tuple[DutyWindowConfig, ...], Field(alias="duty_window")] = ()
    rotations: Annotated[tuple[RotationConfig, ...], Field(alias="rotation")] = ()
    escalation: EscalationConfig = field(default_factory=EscalationConfig)
    policies: Annotated[tuple[PolicyConfig, ...], Field(alias="policy")] = ()
    message: MessageConfig = field(default_factory=MessageConfig)
    rules: RulesConfig = field(default_factory=RulesConfig)
    mail: MailConfig | None = None
    call_in: CallInConfig = field(default_factory=CallInConfig)
    webhooks: Annotated[tuple[WebhookConfig, ...], Field(alias="webhook")] = ()
    apprise: AppriseConfig | None = None
    notices: NoticesConfig = field(default_factory=NoticesConfig)
    service: ServiceConfig = field(default_factory=ServiceConfig)
    store: StoreConfig = field(default_factory=StoreConfig)
    log: LogConfig = field(default_factory=LogConfig)

    def order(self) -> tuple[str, ...]:
        """Return whom the firm rings where no calendar says who is on call, as it wrote it down."""
        return self.escalation.order or tuple(person.name for person in self.technicians)

    def roster(self) -> tuple[Technician, ...]:
        """Return everybody who may be rung at all."""
        return tuple(Technician(person.name, person.number) for person in self.technicians)

    def technician_of(self, number: str) -> str | None:
        """Return whose mobile *number* is, as a trunk may spell it; `None`: a stranger's."""
        spelled = e164_spellings(number, self.firm.country)
        return next((t.name for t in self.technicians if t.number in spelled), None)

    def limits(self) -> CallLimits:
        """Return the limits that a call freezes when it arrives."""
        return CallLimits(
            message=timedelta(seconds=self.message.max_s),
            silence=timedelta(seconds=self.message.silence_s),
            verdict=timedelta(seconds=self.speech.deadline_s),
        )

    def lease(self) -> timedelta:
        """Return how long a channel stays ours without being renewed."""
        return timedelta(seconds=self.asterisk.lease_s)

    def language_of(self, technician: str) -> str:
        """Return the language that a technician hears; the firm's when he is not known."""
        own = {person.name: person.language for person in self.technicians}
        return own.get(technician) or self.firm.language

    def languages(self) -> tuple[str, ...]:
        """Return every language that somebody hears, the firm's first."""
        spoken = (self.firm.language, *(self.language_of(t.name) for t in self.technicians))
        return tuple(dict.fromkeys(spoken))
